"""Writes what lies here: recurrent cells as torch saves and exports them, and what torch computes with them. Run with torch and onnxscript.

python tests/data/cells/make.py

For each cell cells.json has a constant input, some states and the states that follow, all doubles as `float.hex`.
"""

import json
import warnings
from pathlib import Path

FOLDER = Path(__file__).parent
IN, UNITS, STATES = 2, 3, 5


def flat(state) -> list[str]:
    """h, or h and then c of an LSTM."""
    parts = state if isinstance(state, tuple) else (state,)
    return [x.hex() for part in parts for x in part.flatten().tolist()]


def strip(path: Path) -> None:
    """Leaves out what exporters say about themselves, stack traces and paths."""
    import onnx  # here and below, as pytest looks for examples in this file too

    model = onnx.load(path)
    for part in (
        model,
        model.graph,
        *model.graph.node,
        *model.graph.input,
        *model.graph.output,
        *model.graph.value_info,
    ):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    for stored in model.graph.initializer:
        stored.ClearField("metadata_props")
    onnx.save(model, path)


def main() -> None:
    import torch

    torch.manual_seed(20)
    torch.set_default_dtype(torch.float64)
    recorded = {}
    for name, cell in {
        "rnn_relu": torch.nn.RNN(IN, UNITS, nonlinearity="relu"),
        "rnn_tanh": torch.nn.RNN(IN, UNITS, batch_first=True),
        "lstm": torch.nn.LSTM(IN, UNITS),
        "gru": torch.nn.GRU(IN, UNITS, batch_first=True),
    }.items():
        torch.save(cell.state_dict(), FOLDER / f"{name}.pt")
        x = torch.randn(IN)
        steps = []
        for _ in range(STATES):
            many = 2 if name == "lstm" else 1
            state = tuple(2 * torch.randn(1, UNITS) for _ in range(many))
            state = state if many == 2 else state[0]
            _, after = cell(x.reshape(1, IN), state)
            steps.append([flat(state), flat(after)])
        recorded[name] = {"input": [value.hex() for value in x.tolist()], "steps": steps}
        for exporter in ("script", "dynamo"):
            if exporter == "dynamo" and name.startswith("rnn"):
                continue  # written out step by step, without an RNN node
            torch.onnx.export(
                cell.eval(),
                (torch.zeros(4, 1, IN),),
                FOLDER / f"{name}_{exporter}.onnx",
                dynamo=exporter == "dynamo",
                external_data=False,
                verbose=False,
            )
            strip(FOLDER / f"{name}_{exporter}.onnx")
    (FOLDER / "cells.json").write_text(json.dumps(recorded, indent=1) + "\n")


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
