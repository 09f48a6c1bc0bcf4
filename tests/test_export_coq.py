"""Exported Coq files: their form, and the reader that compares them, number by number, with the map file. No Coq needed."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import certify
from certify import families
from certify.box import Box
from certify.cli import main
from certify.errors import NoExport
from certify.export.blocks import loops
from certify.export.coq import KINDS, SPATIAL_KINDS, coq, plain, working_bits
from certify.export.smt2 import smt2
from certify.kernel.compare import Different, NoMap, compare, number
from certify.kernel.reader import NotOfThisForm, read
from certify.mapfile import document
from tests import oracle
from tests.strategies import build, build_network, dense_layers, few, self_maps

ROOT = Path(__file__).parent.parent
CASES = sorted(
    path.parent
    for path in (ROOT / "cases").glob("*/certificate.json")
    if json.loads(path.read_text())["kind"] in {*KINDS, *SPATIAL_KINDS}
)
SMALL = [
    folder
    for folder in CASES
    if (folder / "map.json").stat().st_size < 3_000 and (folder / "certificate.json").stat().st_size < 3_000
]


SLOPE = {
    "kind": "constant-slope",
    "core_steps": 0,
    "growth": "2",
    "map_sha256": "0" * 64,
    "claim": {"verdict": "UNCHECKED"},
}


def exported(folder: Path, big: bool = False) -> str:
    proof = json.loads((folder / "certificate.json").read_text())
    return coq(certify.load(folder / "map.json"), proof, folder.name, big)


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_every_case_is_exported_and_read_back(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "claim.v"
    command = [
        "export",
        str(folder / "certificate.json"),
        "--map",
        str(folder / "map.json"),
        "--to",
        "coq",
        "-o",
        str(out),
    ]
    result = CliRunner().invoke(main, command)
    assert (result.exit_code, result.output) == (0, "")
    text = out.read_text()
    found = read(text)
    assert compare(found, (folder / "map.json").read_bytes()) > 2
    assert found.sha256 == json.loads((folder / "certificate.json").read_text())["map_sha256"]
    assert all(len(line) <= 110 or "0x" in line for line in text.splitlines())


def test_the_whole_file_of_the_tent_as_a_network(tmp_path: Path) -> None:
    tent = certify.Network(
        [certify.Layer([[1], [1]], [0, "-1/2"], "relu"), certify.Layer([[2, -4]], [0], "clip:0,1")], (0, 1)
    )
    proof = certify.prove(tent).certificate
    assert proof is not None
    assert (
        coq(tent, proof, "tent").splitlines()
        == f"""\
(* CHAOTIC: tent
   SHA-256 of the canonical map: {proof["map_sha256"]} *)
From Certify Require Import Certificates.

Definition the_map : network := [
  Layer Relu 2 [
    ([2], 0);
    ([2], -1)];
  Layer (Clip (0 # 1) (1 # 1)) 1 [
    ([2; -4], 0)]].

Definition the_certificate := OddReturn 0 3 (1 # 2) 64.

Theorem certified :
  selfmap (net_sem the_map) 0 1 /\\ li_yorke_chaotic (net_sem the_map) 0 1.
Proof.
  apply (li_yorke_on_interval (Network the_map) (0 # 1) (1 # 1) the_certificate).
  vm_cast_no_check (eq_refl true).
Qed.

Print Assumptions certified.
""".splitlines()
    )


STATEMENTS = {
    "tent": "selfmap (pl_sem the_map) 0 1 /\\ li_yorke_chaotic (pl_sem the_map) 0 1",
    "tent-on-the-line": "exists lo hi, li_yorke_chaotic (pl_sem the_map) lo hi",
    "fibonacci": "selfmap (pl_sem the_map) 0 1 /\\ li_yorke_chaotic (pl_sem the_map) 0 1",
    "five-not-three": "selfmap (pl_sem the_map) 1 5 /\\ chaotic (pl_sem the_map) 1 5",
    "leaky": "exists lo hi, chaotic (net_sem the_map) lo hi",
    "stunted-tent-level-3": "selfmap (pl_sem the_map) 0 1 /\\ ordered (pl_sem the_map) 0 1 8",
    "reflection": "ordered_line (pl_sem the_map) 2",
    "monotone": "selfmap (net_sem the_map) 0 1 /\\ ordered (net_sem the_map) 0 1 2",
    "lozi": "chaotic_in_space 2 (plrnn_sem the_map) (1075 / 934)",
    "lozi-network": "chaotic_in_space 2 (layers_sem the_map) (1075 / 934)",
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements(name: str) -> None:
    assert read(exported(ROOT / "cases" / name)).statement == STATEMENTS[name]


@pytest.mark.parametrize(
    ("lo", "hi", "real", "rational"),
    [
        ("-3/4", "1/3", "(-3 / 4) (1 / 3)", "(-3 # 4) (1 # 3)"),
        ("-2", "-1", "(-2) (-1)", "(-2 # 1) (-1 # 1)"),
        ("-2", "0", "(-2) 0", "(-2 # 1) (0 # 1)"),
        ("5", "6", "5 6", "(5 # 1) (6 # 1)"),
    ],
)
def test_ends_of_every_form(lo: str, hi: str, real: str, rational: str) -> None:
    f = certify.PiecewiseLinear([(lo, hi), (hi, lo)])
    proof = certify.prove(f).certificate
    assert proof is not None
    text = coq(f, proof)
    assert f"selfmap (pl_sem the_map) {real} /\\ ordered (pl_sem the_map) {real} 2." in text
    assert f"{rational} the_certificate" in text
    assert read(text).domain == (Fraction(lo), Fraction(hi))
    with pytest.raises(NotOfThisForm):
        read(text.replace(f"{real} 2.", f"{real.replace('(', '').replace(')', '')} 3 2."))


@few(60)
@given(st.one_of(self_maps().map(build), dense_layers().map(lambda layers: build_network(layers, None))))
def test_random_maps_come_back(f: Any) -> None:
    proof = certify.prove(f, max_level=3, max_pieces=2_000).certificate
    if proof is not None:
        assert compare(read(coq(f, proof)), json.dumps(document(f)).encode()) > 0


@few(60)
@given(self_maps())
def test_the_precision_is_enough(f: oracle.Map) -> None:
    """The rounded orbit, followed here as Orbit.v follows it, keeps on the right side."""
    given = build(f)
    proof = certify.prove(given, max_level=3, max_pieces=2_000).certificate
    if proof is None or proof["kind"] != "odd-return":
        return
    bits, m, x = working_bits(given, proof), 1 << proof["level"], Fraction(proof["x"])
    steepest = max(int(abs(s)) + 1 for s in map(Fraction, map(str, given.slopes)))
    y, error, bounds = x, 0, []
    for _ in range(proof["n"] * m):
        y, error = oracle.value(f, y), steepest * error
        if y.denominator.bit_length() > bits:
            y, error = Fraction((y.numerator << bits) // y.denominator, 1 << bits), error + 1
        bounds.append((y - Fraction(error, 1 << bits), y + Fraction(error, 1 << bits)))
    (low, high), (last_low, last_high) = bounds[m - 1], bounds[-1]
    assert (last_high <= x < low) if proof["side"] == "right" else (high < x <= last_low)


# Whatever is changed is noticed


def noticed(text: str, map_file: bytes) -> bool:
    try:
        compare(read(text), map_file)
    except (NotOfThisForm, Different):
        return True
    return False


def parts(text: str) -> tuple[str, str, str]:
    """The file up to the certificate as data, that datum, and the rest."""
    before, rest = text.split("Definition the_certificate", 1)
    datum, after = rest.split("Theorem", 1)
    return before, "Definition the_certificate" + datum, "Theorem" + after


NUMBER = re.compile(r"-?(?:0x[0-9a-f]+|\b[0-9]+)\b")


@pytest.mark.parametrize("folder", SMALL, ids=lambda path: path.name)
def test_every_number_of_the_map_and_of_the_domain_counts(folder: Path) -> None:
    given, text = (folder / "map.json").read_bytes(), exported(folder)
    start = text.index("Definition the_map")
    before, datum, after = parts(text)
    assert not noticed(text, given)
    level = re.search(r"ordered(?:_line)? .* ([0-9]+)\.\n", after)
    growth = re.search(r"chaotic_in_space .* \(([0-9]+) / ([0-9]+)\)\.\n", after)
    starts = ([level.start(1)] if level else []) + ([growth.start(1), growth.start(2)] if growth else [])
    ends = [len(before) + len(datum) + start for start in starts]
    places = [m for m in NUMBER.finditer(text, start) if not len(before) <= m.start() < len(before) + len(datum)]
    for place in places:
        if (
            place.start() not in ends
        ):  # a period or a growth is no part of the map; the kernel compares it with the certificate
            other = str(int(place[0], 0) + 1)
            assert noticed(text[: place.start()] + other + text[place.end() :], given), place


@pytest.mark.parametrize("folder", SMALL, ids=lambda path: path.name)
def test_every_number_of_the_map_file_counts(folder: Path) -> None:
    text, content = exported(folder), json.loads((folder / "map.json").read_text())
    found = read(text)

    def visit(value: Any, put: Any) -> int:
        if isinstance(value, dict):
            return sum(
                visit(item, lambda new, key=key, value=value: value.__setitem__(key, new))
                for key, item in value.items()
            )
        if isinstance(value, list):
            return sum(
                visit(item, lambda new, i=i, value=value: value.__setitem__(i, new)) for i, item in enumerate(value)
            )
        if not (isinstance(value, str) and NUMBER.match(value)):
            return 0
        put(str(number(value) + 1))
        try:
            compare(found, json.dumps(content).encode())
            raise AssertionError(f"not noticed: {value}")
        except (Different, NoMap):
            put(value)
        return 1

    changed = sum(visit(content[key], lambda new, key=key: content.__setitem__(key, new)) for key in ("domain", "map"))
    assert changed >= compare(found, json.dumps(content).encode())


VOCABULARY = [
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    "#",
    ".",
    ":=",
    "/\\",
    "0",
    "-1",
    "Relu",
    "Axiom",
    "Admitted",
    "the_map",
    "Abs",
    "1 # 2",
]


FORMS = ["ties", "leaky", "fibonacci", "tent-on-the-line", "flip", "reflection", "lower", "upper", "slope", "counted"]


@pytest.mark.parametrize("name", FORMS)
def test_every_word_counts(name: str) -> None:
    """A word left out, put in twice, or put in from outside is noticed: the file has no room for anything else."""
    folder = ROOT / "cases" / (name if (ROOT / "cases" / name).exists() else "tent")
    given, f = (folder / "map.json").read_bytes(), certify.load(folder / "map.json")
    if name in FORMS[:6]:
        text = exported(folder)
    else:
        found = certify.entropy(f)
        proofs = {
            "lower": found.lower,
            "upper": found.upper,
            "slope": SLOPE,
            "counted": certify.regions(f, 2).certificate,
        }
        text = coq(f, proofs[name] or {})
    assert not noticed(text, given)
    words = [m for m in re.finditer(r"[^\s()\[\];,#.%]+|[()\[\];,#.%]", text) if m.start() > text.index("*)") + 2]
    for word in words:
        for instead in ("", f"{word[0]} {word[0]}", *(f"{other} {word[0]}" for other in VOCABULARY)):
            assert noticed(f"{text[: word.start()]} {instead} {text[word.end() :]}", given), (word, instead)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Relu", "Abs"),
        ("Relu", "Identity"),
        ("Clip (0 # 1) (1 # 1)", "Clip (1 # 1) (0 # 1)"),
        ("(Clip (0 # 1) (1 # 1))", "Relu"),
        ("([4], 0);\n    ([4], -2);", "([4], -2);\n    ([4], 0);"),
        ("    ([4], 0);\n", ""),
        (" : network", " : list layer"),
        ("selfmap (net_sem the_map) 0 1 /\\ ", ""),
        ("li_yorke_chaotic", "has_scrambled"),
        ("(net_sem the_map) 0 1.", "(fun x => x) 0 1."),
        ("certified :\n  ", "certified :\n  True \\/ "),
        ("Qed.", "Admitted."),
        ("Qed.", "Defined."),
        ("vm_cast_no_check (eq_refl true)", "admit"),
        ("Print Assumptions certified.", ""),
        ("Print Assumptions certified.", "Print Assumptions the_map."),
        ("Theorem", "Axiom e : False.\nTheorem"),
        ("Theorem", 'Notation "0" := 1.\nTheorem'),
        ("Theorem", "Definition net_sem (x : network) (y : R) := y.\nTheorem"),
        ("Theorem", "Unset Guard Checking.\nTheorem"),
        ("Theorem", "(* *) Theorem"),
        ("Theorem", "#[bypass_check(guard)] Theorem"),
        ("Import Certificates.", "Import Certificates Textbook."),
        ("From Certify", "From Coq"),
        ("*)", "*) Axiom e : False. (* *)"),
        ("CHAOTIC", '"*) Axiom e : False. (*"'),
        ("CHAOTIC", "*) Axiom e : False. (*"),
        ("(* ", "(* (* "),
        ("CHAOTIC", "CHAOTIC é"),
        ("CHAOTIC", "CHAOTIC\t"),
    ],
)
def test_what_must_not_be_in_a_file(old: str, new: str) -> None:
    folder = ROOT / "cases" / "ties"
    given, text = (folder / "map.json").read_bytes(), exported(folder)
    assert old in text
    assert noticed(text.replace(old, new, 1), given)


@pytest.mark.parametrize(("old", "new"), [("Order 1 0", "Order 11 0"), ("Order 1 0", "Order 1 5000")])
def test_counts_of_steps_are_bounded(old: str, new: str) -> None:
    with pytest.raises(NotOfThisForm, match="a number up to"):
        read(exported(ROOT / "cases" / "flip").replace(old, new))


def test_another_map_is_noticed() -> None:
    files = {folder.name: (exported(folder), (folder / "map.json").read_bytes()) for folder in SMALL}
    for name, (text, _) in files.items():
        for other, (_, map_file) in files.items():
            assert noticed(text, map_file) == (name != other), (name, other)


def test_ways_to_write_a_map() -> None:
    """False knots, defaults, decimals and hexadecimal floats: what means the same is the same."""
    text = exported(ROOT / "cases" / "tent")
    knots = [["0", "0"], ["0.25", "0x1p-1"], ["5e-1", 1], ["3/4", ".5"], ["1.", "[0,-0]"]]
    given = {"domain": ["0e9", "0x1"], "map": {"kind": "piecewise-linear", "knots": knots}}
    assert compare(read(text), json.dumps(given).encode()) == 8
    layers = [{"weight": [["2"]], "bias": ["-1"], "activation": "hardtanh"}]
    net = certify.Network([certify.Layer([[2]], [-1], "hardtanh")], (-1, 1))
    proof = certify.prove(net).certificate
    assert proof is not None
    given = {"domain": ["-1", "1"], "map": {"kind": "network", "layers": layers}}
    assert compare(read(coq(net, proof)), json.dumps(given).encode()) == 6


def test_a_map_file_with_intervals_or_smooth_activations_is_another_map() -> None:
    for end in ("[0,1/2]", "0.1?"):
        with pytest.raises(Different, match="many maps"):
            number(end)
    for end in ("[0,0", "[1/0,1/0]", "[1,0]", "x?"):
        with pytest.raises(NoMap):
            number(end)
    text = exported(ROOT / "cases" / "ties")
    given = json.loads((ROOT / "cases" / "ties" / "map.json").read_text())
    given["map"]["layers"][0]["activation"] = "tanh"
    with pytest.raises(Different, match="tanh in the map file"):
        compare(read(text), json.dumps(given).encode())


@pytest.mark.parametrize(
    "given",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"domain": null}',
        '{"domain": ["0", "1"], "map": {"kind": "smooth"}}',
        '{"domain": ["0", "1"], "domain": null, "map": {}}',
        '{"domain": [0.5, 1], "map": {}}',
        '{"domain": [true, "1"], "map": {}}',
        '{"domain": ["1/0", "1"], "map": {}}',
        '{"domain": ["0"], "map": {}}',
        '{"domain": [NaN, "1"], "map": {}}',
        '{"domain": ["0", "1"], "map": {"kind": "piecewise-linear", "knots": [["0", "0"], ["0", "1"]]}}',
        '{"domain": ["0", "1"], "map": {"kind": "piecewise-linear", "knots": [["0"], ["0", "1"]]}}',
    ],
)
def test_map_files_that_cannot_be_read(given: str) -> None:
    with pytest.raises(NoMap):
        compare(read(exported(ROOT / "cases" / "tent")), given.encode())


def test_what_has_no_form_in_coq() -> None:
    line = certify.load(ROOT / "cases" / "tent-on-the-line" / "map.json")
    deep = json.loads((ROOT / "cases" / "flip" / "certificate.json").read_text()) | {"level": 11}
    for f, proof, reason in (
        (families.tent(), SLOPE | {"kind": "hearsay"}, "hearsay"),
        (line, SLOPE, "on the line"),
        (line, certify.entropy(line).upper, "on the line"),
        (families.tent(), deep, "level"),
    ):
        with pytest.raises(NoExport, match=reason):
            coq(f, proof)


def test_boxes_and_smooth_networks_have_no_form_anywhere() -> None:
    net = certify.Network([certify.Layer([[3]], ["1/2"], "tanh")], (-1, 1))
    for f in (net, Box.around(net, "1/100")):
        for export in (coq, smt2):
            with pytest.raises(NoExport, match="only"):
                export(f, {"kind": "odd-return"})


def horseshoe(name: str, **changes: Any) -> tuple[Any, dict[str, Any]]:
    folder = ROOT / "cases" / name
    return certify.load(folder / "map.json"), json.loads((folder / "certificate.json").read_text()) | changes


def test_a_horseshoe_is_for_maps_of_space_and_fits_its_map() -> None:
    f, proof = horseshoe("lozi")
    smooth = certify.Network([certify.Layer([[1, 0], [0, 1]], [0, 0], "tanh")], None)
    narrow = certify.Network([certify.Layer([[1, 0]], [0], "identity")], None)
    straight = certify.Network([certify.Layer([[1, 0], [0, 1]], [0, 0], "leaky_relu:1")], None)
    for g, reason in (
        (families.tent(), "only a plrnn"),
        (smooth, "piecewise-linear"),
        (narrow, "as many outputs"),
        (straight, "without a kink"),
    ):
        with pytest.raises(NoExport, match=reason):
            coq(g, proof)
    for words in ([[0, 0, "1 1 1 1"], [0, 0, "1 0 1 1 1 0"]], [[0, 0, "0 0"], [0, 0, "1"]]):
        with pytest.raises(NoExport, match="strictly"):
            coq(f, proof | {"words": words})
    with pytest.raises(NoExport, match="paths return"):
        coq(f, proof | {"words": proof["words"][:1]})


def test_another_map_of_space_is_noticed() -> None:
    (f, proof), (other, _) = horseshoe("lozi"), horseshoe("lozi-full-shift")
    text, given = coq(f, proof), document(f)
    assert compare(read(text), json.dumps(given).encode()) == 11
    assert noticed(text, json.dumps(document(other)).encode())
    assert noticed(text, json.dumps(document(families.tent())).encode())
    for key in "AWC":
        assert noticed(text, json.dumps(given | {"map": given["map"] | {key: given["map"][key][:-1]}}).encode())
    for old, new in (("[17; 10]", "[17; 10; 0]"), ("Plrnn 10", "Plrnn 20"), ("plrnn_sem", "layers_sem")):
        assert old in text
        assert noticed(text.replace(old, new), json.dumps(given).encode())


@pytest.mark.parametrize(
    "words",
    [
        [(0, 0), (0, 0)],
        [(0, 0), (0, 1), (1, 0)],
        [(0, 1), (1, 2), (2, 0), (2, 1)],
        [(0, 1), (0, 1), (1, 0)],
        [(0, 1), (1, 1), (1, 1)],
        [(0, 1), (0, 2), (1, 3), (2, 3), (3, 0), (3, 4), (4, 4)],
    ],
)
def test_two_loops(words: list[tuple[int, int]]) -> None:
    one, other = loops(words)
    assert one[0] != other[0]
    assert words[one[0]][0] == words[other[0]][0]
    for loop in (one, other):
        assert all(words[i][1] == words[j][0] for i, j in zip(loop, [*loop[1:], loop[0]]))


@pytest.mark.parametrize("words", [[(0, 0)], [(0, 1), (1, 0)], [(0, 0), (0, 1), (1, 1)], [(0, 1), (0, 1)]])
def test_no_two_loops(words: list[tuple[int, int]]) -> None:
    with pytest.raises(NoExport, match="paths return"):
        loops(words)


def test_machine_integers_are_for_one_kind() -> None:
    assert "Import CertificatesBig." in exported(ROOT / "cases" / "tent", big=True)
    assert "(li_yorke_on_interval_big (" in exported(ROOT / "cases" / "tent", big=True)
    with pytest.raises(NoExport, match="odd-return"):
        exported(ROOT / "cases" / "flip", big=True)


ENTROPIES = {
    ("tent", "entropy-lower"): "selfmap (pl_sem the_map) 0 1 /\\ entropy_ge_ln (pl_sem the_map) 0 1 2",
    ("tent", "entropy-upper"): "selfmap (pl_sem the_map) 0 1 /\\ entropy_le_ln (pl_sem the_map) 0 1 2",
    ("tent-on-the-line", "entropy-lower"): "exists lo hi, entropy_ge_ln (pl_sem the_map) lo hi 2",
    ("tent", "constant-slope"): "selfmap (pl_sem the_map) 0 1 /\\ entropy_ge_ln (pl_sem the_map) 0 1 2 /\\ "
    "entropy_le_ln (pl_sem the_map) 0 1 2",
}


@pytest.mark.parametrize(("name", "kind"), ENTROPIES)
def test_bounds_of_the_entropy(name: str, kind: str) -> None:
    f = certify.load(ROOT / "cases" / name / "map.json")
    found = certify.entropy(f)
    proof = {"entropy-lower": found.lower, "entropy-upper": found.upper, "constant-slope": SLOPE}[kind]
    assert proof is not None
    text = coq(f, proof)
    assert read(text).statement == ENTROPIES[name, kind]
    given = (ROOT / "cases" / name / "map.json").read_bytes()
    assert compare(read(text), given) > 2


@pytest.mark.parametrize("name", ["tent", "reflection", "ties"])
def test_region_counts(name: str) -> None:
    f = certify.load(ROOT / "cases" / name / "map.json")
    text = coq(f, certify.regions(f, 3).certificate)
    found = read(text)
    assert compare(found, json.dumps(document(f)).encode()) > 2
    counts = "[1; 1; 1]" if name == "reflection" else "[2; 4; 8]"
    assert found.library == "RegionCertificate"
    assert f"{counts}%Z" in found.statement
    assert f"RegionCount {counts}%Z." in text


def test_names_cannot_close_the_comment() -> None:
    assert plain('a *) Axiom e : False. (* "x" \n é') == "a ) Axiom e : False. ( x".replace("(", "").replace(")", "")
