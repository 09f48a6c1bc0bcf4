"""How the binary files of this folder were made: once, with torch 2.13.0, in an environment of its own.

The weights are written out here, so that the tests compare with these numbers and not with what a reader says.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

# A tent with noise, as one would have it after training: none of these decimals is a float of any size.
WEIGHT_IN = [[0.9268734900175533], [1.0159205459103513]]
BIAS_IN = [-0.04035479074957106, -0.6072381264676494]
WEIGHT_OUT = [[1.9844817095443414, -3.994050227066154]]
BIAS_OUT = [0.061194172930627615]


def tent(dtype: Any) -> Any:
    import torch

    net = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1)).to(torch.float64)
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor(WEIGHT_IN, dtype=torch.float64))
        net[0].bias.copy_(torch.tensor(BIAS_IN, dtype=torch.float64))
        net[2].weight.copy_(torch.tensor(WEIGHT_OUT, dtype=torch.float64))
        net[2].bias.copy_(torch.tensor(BIAS_OUT, dtype=torch.float64))
    return net.to(dtype)


def main() -> None:
    import torch

    for name in ("float16", "bfloat16", "float32", "float64"):
        torch.save(tent(getattr(torch, name)).state_dict(), HERE / f"tent_{name}.pt")

    # Views of one storage: a transpose, a slice with steps, a number spread over two units by a stride of 0.
    shared = torch.arange(1, 25, dtype=torch.float32) / 8
    views = OrderedDict()
    views["0.weight"] = shared.reshape(4, 6).T[2:6:3, 1:2]
    views["0.bias"] = shared[5].expand(2)
    views["1.weight"] = shared[20::3].reshape(1, 2)
    views["1.bias"] = shared[:1]
    torch.save(views, HERE / "views.pt")

    torch.save(tent(torch.float32), HERE / "whole_module.pt")
    torch.save({"model": tent(torch.float32).state_dict(), "epoch": 3}, HERE / "checkpoint.pt")
    torch.save(tent(torch.float32).state_dict(keep_vars=True), HERE / "parameters_protocol4.pt", pickle_protocol=4)
    torch.save(tent(torch.float32).state_dict(), HERE / "legacy.pt", _use_new_zipfile_serialization=False)
    torch.jit.save(torch.jit.script(tent(torch.float32)), HERE / "torchscript.pt")

    rnn = torch.nn.RNN(3, 1, nonlinearity="relu")
    with torch.no_grad():
        for parameter, value in zip(rnn.parameters(), (0.3, -1.7, 0.9, 0.4), strict=True):
            parameter.fill_(value)
    torch.save(rnn.state_dict(), HERE / "rnn.pt")


if __name__ == "__main__":
    main()
