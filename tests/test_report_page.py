"""The web page of a certificate: its re-checker against the Python checker, under node and in a real browser, and its formulas."""

from __future__ import annotations

import html as pages
import json
import random
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mpmath import mp, mpf

import certify
from certify import checker
from certify.cli import main
from certify.layout import json_text
from certify.mapfile import document as content_of
from certify.report.argument import CELLS, Exact, Table, argument
from certify.report.html import html
from certify.report.mathml import mathml
from certify.report.pictures import pictures
from tests import (
    test_checker,
    test_checker_blocks,
    test_checker_boxes,
    test_checker_chains,
    test_checker_cycles,
    test_checker_order_tree,
    test_rank_one,
)
from tests.checker_mutations import mutations
from tests.optional import require_program
from tests.recheck import Pair, answers, recheck
from tests.test_checker import TENT, knots, network, resealed

Document = dict[str, Any]

ROOT = Path(__file__).parent.parent
CASES = sorted(path.parent for path in (ROOT / "cases").glob("*/certificate.json"))


def texts(document: Document, proof: Document) -> Pair:
    return json.dumps(document), json.dumps(proof)


@pytest.fixture(autouse=True)
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here needs much; what needs too much shall be told so soon."""
    monkeypatch.setattr(checker.Work, "left", 3 * 10**6)


def agree(ours: str, theirs: str) -> bool:
    """What is VALID for one is so for the other; beyond its limits, which differ, a checker says nothing."""
    return (ours == "VALID") == (theirs == "VALID") or "UNSUPPORTED" in (ours, theirs)


# Good certificates


def made(kind: str, document: Document, verdict: str, **data: Any) -> tuple[Document, Document]:
    """A certificate with data written by hand."""
    body: Document = {"format": "certify-certificate", "version": 1, "kind": kind, **data}
    body["map_sha256"] = checker.map_sha256(document)
    body["claim"] = {"verdict": verdict, "domain": document["domain"], "words": ""}
    body["claim"]["words"] = checker.claim_words(kind, body)
    return document, resealed(body)


# The full tent doubles its regions; 0 -> [0, 1/2] -> [0, 1]; the golden mean: an interval that covers two, of which one covers one.
HALVES = {"intervals": [["0", "1"]], "rows": [[[0, 0], [1, 0]]], "vector": ["1"], "growth": "2"}
MARKOV = knots((0, "1/2"), ("1/2", 1), (1, 0))
GOLDEN = {"intervals": [["0", "1/2"], ["1/2", "1"]], "rows": [[[0, 1]], [[1, 0], [1, 1]]]}
PLATEAU = knots((0, 0), ("1/4", "1/2"), ("1/2", "1/2"), ("3/4", 1), (1, 0))
NINE = knots((0, 0), ("1/3", 1), ("2/3", 0), (1, 1))
WRITTEN = {
    "regions of the tent": made("region-count", TENT, "COUNTED", regions=["2", "4", "8", "16"]),
    "regions with a plateau": made("region-count", PLATEAU, "COUNTED", regions=["4", "8"]),
    "entropy from below": made("entropy-lower", TENT, "ENTROPY-AT-LEAST", **HALVES),
    "entropy from above": made("entropy-upper", TENT, "ENTROPY-AT-MOST", **HALVES, core_steps=0, ranks=[0]),
    "constant slope": made("constant-slope", NINE, "ENTROPY-EQUALS", core_steps=0, growth="3"),
    "all cycles": test_checker_cycles.BY_HAND["a rotation"],
}


def goods() -> Iterator[tuple[str, Document, Document]]:
    kinds = (test_checker_boxes, test_checker_blocks, test_checker_chains, test_rank_one, test_checker_order_tree)
    for module in (test_checker, *kinds):
        for name, (document, proof) in module.GOOD.items():
            yield f"{module.__name__}: {name}", document, proof
    for name, (document, proof) in {**WRITTEN, **test_checker_cycles.BY_HAND}.items():
        yield name, document, proof


def test_the_certificates_written_here_are_valid() -> None:
    for name, (document, proof) in WRITTEN.items():
        assert checker.check(document, proof).status == "VALID", name


def test_good_certificates_are_valid() -> None:
    """Closed forms of every kind, and every case of the project with the certificate as it stands in its file."""
    named = [(name, texts(document, proof)) for name, document, proof in goods()]
    named += [
        (folder.name, ((folder / "map.json").read_text(), (folder / "certificate.json").read_text()))
        for folder in CASES
    ]
    for (name, _), answer in zip(named, recheck([pair for _, pair in named]), strict=True):
        assert answer[0] == "VALID", (name, answer)


# Bad ones


def verdict_of_the_checker(document: Document, proof: Document) -> str:
    """The Python checker's answer for the data, whatever the sentence says: the sentence is formed anew where it is what fails."""
    try:
        outcome = checker.check(document, proof)
        if outcome.message.startswith("claim.words"):
            for many in (False, True):
                claim = {**proof["claim"], "words": checker.claim_words(proof["kind"], proof, many)}
                outcome = checker.check(document, resealed({**proof, "claim": claim}))
                if outcome.status == "VALID":
                    break
        return outcome.status
    except (checker.Unreadable, checker.Beyond):
        return "UNREADABLE"


def written(pairs: list[tuple[Any, Document, Document]]) -> list[tuple[Any, Document, Document]]:
    """Those that JSON can write at all: without integers of more digits than Python prints."""

    def fits(document: Document) -> bool:
        try:
            json.dumps(document)
        except (TypeError, ValueError):
            return False
        return True

    return [row for row in pairs if fits(row[1]) and fits(row[2])]


def test_tables_of_defects() -> None:
    """What the checker's own tests refuse is refused here, except where the sentence alone is wrong, which is not compared here."""
    tables = [*test_checker.TABLES.values(), *test_checker_boxes.TABLES.values()]
    spatial = (test_checker_chains, test_checker_cycles, test_checker_order_tree, test_rank_one)
    tables += [module.DEFECTS for module in spatial]
    rows = written([(name, *row[:2]) for table in tables for name, row in table.items()])
    answers = recheck([texts(document, proof) for _, document, proof in rows])
    refused = 0
    for (name, document, proof), answer in zip(rows, answers, strict=True):
        assert agree(answer[0], verdict_of_the_checker(document, proof)), (name, answer)
        refused += answer[0] != "VALID"
    assert refused > 0.9 * len(rows)


KINDS = {
    "odd-return": (test_checker.GOOD, "swap, level 1"),
    "odd-return with period three": (test_checker.GOOD, "tent"),
    "periodic-orbit": (test_checker.GOOD, "period 3"),
    "order": (test_checker.GOOD, "line, -x/2"),
    "region-count": (WRITTEN, "regions with a plateau"),
    "entropy-lower": (WRITTEN, "entropy from below"),
    "entropy-upper": (WRITTEN, "entropy from above"),
    "constant-slope": (WRITTEN, "constant slope"),
    "boxes": (test_checker_boxes.GOOD, next(iter(test_checker_boxes.GOOD))),
    "horseshoe": (test_checker_blocks.GOOD, next(iter(test_checker_blocks.GOOD))),
    "chains": (test_checker_chains.GOOD, "on the way"),
    "smooth chains": (test_checker_chains.GOOD, "slanted"),
    "cycles": (test_checker_cycles.BY_HAND, "one piece"),
    "cycles with a vector": (test_checker_cycles.BY_HAND, "the other base"),
    "rank one": (test_rank_one.GOOD, "order"),
    "tree": (test_checker_order_tree.GOOD, "basins"),
    "tree of a cell": (test_checker_order_tree.GOOD, "lstm"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_changed_certificates_get_the_answer_of_the_checker(kind: str) -> None:
    """Each leaf changed, with the old digest and with one that fits. The sentence alone is not compared."""
    table, name = KINDS[kind]
    document, proof = table[name]
    changes = written(
        [(path, document, other) for path, other in mutations(proof) if path[:1] != ("cover",) or path[1:] < (2,)]
    )
    sealed = [
        (path, document, resealed(other))
        for path, _, other in changes
        if "digest" in other and path not in (("digest",), ("claim", "words"))
    ]
    for path, answer in zip(changes, recheck([texts(*row[1:]) for row in changes]), strict=True):
        assert answer[0] != "VALID", path
    valid = 0
    for (path, _, other), answer in zip(sealed, recheck([texts(*row[1:]) for row in sealed]), strict=True):
        assert agree(answer[0], verdict_of_the_checker(document, other)), (path, other, answer)
        valid += answer[0] == "VALID"
    assert valid < len(sealed) / 4


@pytest.mark.parametrize(
    "kind", ["odd-return", "order", "boxes", "horseshoe", "smooth chains", "cycles", "rank one", "tree"]
)
def test_changed_maps_get_the_answer_of_the_checker(kind: str) -> None:
    table, name = KINDS[kind]
    document, proof = table[name]
    changes = written([(path, other, proof) for path, other in mutations(document)])
    for (path, other, _), answer in zip(changes, recheck([texts(*row[1:]) for row in changes]), strict=True):
        assert agree(answer[0], verdict_of_the_checker(other, proof)), (path, answer)


def test_every_kind_of_the_checker_is_rechecked() -> None:
    [kinds] = answers("() => Object.keys(RULES)", [[]], "RULES")
    assert set(kinds) == set(checker.KINDS)


def test_files_that_are_no_json_or_of_tomorrow() -> None:
    document, proof = test_checker.GOOD["tent"]
    good = json.dumps(proof)
    later = {**proof, "version": 2}, {**proof, "kind": "telepathy"}
    bad = [
        "",
        "{",
        "[]",
        good + "x",
        good.replace('"level": 0', '"level": 0, "level": 0'),
        good.replace('"n": 3', '"n": 3.0'),
    ]
    answers = recheck([(json.dumps(document), text) for text in [*bad, *map(json.dumps, later)]])
    assert [status for status, _ in answers] == ["INVALID"] * len(bad) + ["UNSUPPORTED"] * 2


# Numbers and functions, against others


def test_random_region_counts() -> None:
    """Counts by composition, the definition; and each of them changed by one."""
    maps = [MARKOV, PLATEAU, NINE, test_checker.SWAP, test_checker.SINK, test_checker.MODULUS]
    pairs = []
    for document in maps:
        f = certify.mapfile.parse_map(json.dumps(document).encode()).map
        regions = [str(f.iterate(t).pieces) for t in range(1, 6)]
        wrong = [*regions[:-1], str(int(regions[-1]) + 1)]
        pairs += [texts(*made("region-count", document, "COUNTED", regions=claimed)) for claimed in (regions, wrong)]
    assert [status for status, _ in recheck(pairs)] == ["VALID", "INVALID"] * len(maps)


def test_entropies_of_the_package() -> None:
    for document in (
        MARKOV,
        PLATEAU,
        network(*test_checker.CLIPPED["map"]["layers"], domain=["0", "1"]),
        test_checker.MODULUS,
    ):
        given = certify.mapfile.parse_map(json.dumps(document).encode()).map
        found = certify.entropy(given, 3)
        proofs = [proof for proof in (found.lower, found.upper) if proof is not None]
        answers = recheck([texts(document, proof) for proof in proofs])
        assert [status for status, _ in answers] == ["VALID"] * len(proofs), answers


ENCLOSE = """(name, u, v, bits) => {
  work.left = 1e9;
  const { values, slopes } = activated({ name, alpha: { n: 3n, d: 2n } }, [BigInt(u), BigInt(v)], bits);
  return [...values, ...slopes].map(String);
}"""


@pytest.mark.parametrize("bits", [1, 8, 53, 64, 200])
def test_enclosures_against_mpmath(bits: int) -> None:
    """The true values and derivatives of sampled points lie within, and points are enclosed tightly."""
    rng, one = random.Random(bits), 1 << bits
    places = [0, 1, -1, one, -one, 9 * one, -9 * one, 300 * one, -300 * one, int(2.399357 * one), int(-0.751791 * one)]
    places += [rng.randint(-4 * one, 4 * one) for _ in range(25)]
    asked = [
        (name, u, u + width)
        for name in test_checker_boxes.SMOOTH
        for u in places
        for width in (0, rng.getrandbits(bits), rng.getrandbits(bits + 3))
    ]
    found = answers(ENCLOSE, [[name, str(u), str(v), bits] for name, u, v in asked], "activated", "work")
    for (name, u, v), ends in zip(asked, found, strict=True):
        a, b, c, d = map(int, ends)
        with mp.workprec(2 * bits + 200):
            for t in {u, v, *(u + (v - u) * k // 6 for k in range(7))}:
                assert a <= test_checker_boxes.FUNCTIONS[name](mpf(t) / one) * one <= b, (name, u, v, t)
                assert (name == "elu" and t == 0) or c <= test_checker_boxes.DERIVATIVES[name](
                    mpf(t) / one
                ) * one <= d, (
                    name,
                    u,
                    v,
                    t,
                )
        assert u != v or (b - a <= 3 and (d - c <= 3 or name == "elu")), (name, u)


# The page


class Reader(HTMLParser):
    """What stands in a page: the tags with their attributes, and the text of the elements that have an id."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "br", "wbr", "link"):
            self._open.append(dict(attrs).get("id"))

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in filter(None, self._open):
            self.texts[name] = self.texts.get(name, "") + data


def page_of(folder: Path) -> str:
    given = certify.load(folder / "map.json")
    certificate = json.loads((folder / "certificate.json").read_text())
    return html(given, certificate, (folder / "map.json").read_text(), folder.name)


def one_of_each_kind() -> list[Path]:
    kinds: dict[str, Path] = {}
    for folder in CASES:
        kinds.setdefault(json.loads((folder / "certificate.json").read_text())["kind"], folder)
    return [*kinds.values()]


@pytest.mark.parametrize("folder", one_of_each_kind(), ids=lambda path: path.name)
def test_the_page_stands_alone_and_holds_the_files(folder: Path) -> None:
    page = page_of(folder)
    reader = Reader()
    reader.feed(page)
    for tag, attributes in reader.tags:
        assert not {"src", "srcset", "style", "onclick"} & set(attributes), tag
        assert tag not in ("link", "img", "iframe")
        assert not (attributes.get("href") or "#").startswith(("http", "//")), attributes
    assert "eval(" not in page
    assert "fetch(" not in page
    assert json.loads(reader.texts["certificate-json"]) == json.loads((folder / "certificate.json").read_text())
    assert checker.map_sha256(json.loads(reader.texts["map-json"])) == checker.map_sha256(
        json.loads((folder / "map.json").read_text())
    )
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labels = [attributes.get("aria-labelledby") for tag, attributes in reader.tags if tag == "section"]
    assert set(labels) <= set(ids)


def test_every_good_certificate_has_a_page() -> None:
    """Kinds and maps of all sorts, some of one dimension where most have several."""
    for name, content, proof in goods():
        given = certify.mapfile.parse_map(json.dumps(content).encode()).map
        reader = Reader()
        reader.feed(html(given, proof, json.dumps(content), name))
        assert json.loads(reader.texts["certificate-json"]) == proof, name


def test_names_are_text_and_no_markup() -> None:
    given, proof = certify.load(ROOT / "cases" / "tent" / "map.json"), ROOT / "cases" / "tent" / "certificate.json"
    name = '</script></pre><b id="x">{{map}}&'
    reader = Reader()
    reader.feed(html(given, json.loads(proof.read_text()), json_text(content_of(given, name)), name))
    assert ("b", {"id": "x"}) not in reader.tags
    assert json.loads(reader.texts["map-json"])["name"] == name


def test_formulas_are_mathml() -> None:
    """All formulas of all cases are well-formed, and a few are what they should be."""
    for folder in CASES:
        certificate = json.loads((folder / "certificate.json").read_text())
        proof = argument(certify.load(folder / "map.json"), certificate)
        prose: list[str] = [proof.theorem]
        for part in [*proof.definition, *proof.proof]:
            if isinstance(part, str):
                prose.append(part)
            else:
                assert isinstance(part, Table)
                prose += [
                    part.caption,
                    *part.head,
                    *(cell for row in part.rows for cell in row if isinstance(cell, str)),
                ]
                prose += [f"${cell.shown}$" for row in part.rows for cell in row if isinstance(cell, Exact)]
        for formula in re.findall(r"\$+([^$]+)\$+", "\n".join(prose)):
            ElementTree.fromstring(mathml(formula))
    for words in CELLS.values():
        for formula in re.findall(r"\$+([^$]+)\$+", words):
            ElementTree.fromstring(mathml(formula))
    prime = ElementTree.fromstring(mathml("c'"))
    assert [element.text for element in prime.iter()][2:] == ["c", "′"]
    plain = ElementTree.fromstring(mathml(r"f^{2}(x)\le \tfrac{1}{2}\,\log z_a^b"))
    names = [element.tag.rpartition("}")[2] for element in plain.iter()]
    assert [names.count(name) for name in ("msup", "mfrac", "msubsup", "mspace")] == [1, 1, 1, 2]
    assert "".join(plain.itertext()) == "f2(x)≤12logzab"
    with pytest.raises(ValueError, match="not known"):
        mathml(r"\href{x}")


def test_pictures_show_the_map() -> None:
    """The corners of the tent's iterates, its regions, and two orbits that part by a factor of 2 a step."""
    folder = ROOT / "cases" / "tent"
    data = pictures(certify.load(folder / "map.json"), json.loads((folder / "certificate.json").read_text()))
    assert data["graphs"][1]["points"] == [[0, 0], [0.25, 1], [0.5, 0], [0.75, 1], [1, 0]]
    assert data["counts"] == [str(2**t) for t in range(1, 13)]
    assert data["distances"]["values"][:10] == pytest.approx([2**t * 1e-7 for t in range(10)])
    assert data["orbit"] == [0.5, 1, 0, 0]


def test_the_command_writes_a_page_by_default(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = CliRunner().invoke(main, ["report", str(ROOT / "cases" / "tent" / "map.json"), "-o", str(out)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert out.read_text().startswith("<!DOCTYPE html>")
    changed = json.loads((ROOT / "cases" / "tent" / "certificate.json").read_text())
    (tmp_path / "bad.json").write_text(json.dumps({**changed, "x": "1/3"}))
    command = [
        "report",
        str(ROOT / "cases" / "tent" / "map.json"),
        str(tmp_path / "bad.json"),
        "-o",
        str(tmp_path / "bad.html"),
    ]
    assert CliRunner().invoke(main, command).exit_code == 1
    assert not (tmp_path / "bad.html").exists()


# In a browser


def opened(page: str, folder: Path) -> tuple[str, str, str, Reader]:
    """The page in headless Chromium, opened at #recheck: its title, the status and rule of the result, and all that stands in it."""
    chromium = require_program("chromium")
    file = folder / "report.html"
    file.write_text(page, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    done = subprocess.run([chromium, *options, f"{file.as_uri()}#recheck"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    reader = Reader()
    reader.feed(done.stdout)
    result = next(attributes for _, attributes in reader.tags if attributes.get("id") == "recheck-result")
    title = re.search("<title>(.*?)</title>", done.stdout)
    assert title
    return pages.unescape(title[1]), str(result["data-status"]), str(result["data-rule"]), reader


@pytest.mark.parametrize("name", WRITTEN)
def test_a_browser_replays_counts_entropies_and_cycles(name: str, tmp_path: Path) -> None:
    document, proof = WRITTEN[name]
    given = certify.mapfile.parse_map(json.dumps(document).encode()).map
    title, status, _, _ = opened(html(given, proof, json.dumps(document), name), tmp_path)
    assert (title, status) == (f"VALID – {name}", "VALID")


@pytest.mark.parametrize("folder", one_of_each_kind(), ids=lambda path: path.name)
def test_a_browser_replays_the_certificate(folder: Path, tmp_path: Path) -> None:
    title, status, rule, reader = opened(page_of(folder), tmp_path)
    assert (title, status, rule) == (f"VALID – {folder.name}", "VALID", "")
    assert reader.texts["recheck-result"].startswith("VALID")
    drawn = [attributes for tag, attributes in reader.tags if tag == "svg"]
    assert drawn
    assert all(attributes["role"] == "img" and attributes["aria-labelledby"] for attributes in drawn)


TAMPERED = {
    "a step of the orbit": ("certificate", lambda proof: proof["orbit"].__setitem__(2, "1/3"), "digest"),
    "a step of the orbit, sealed": ("sealed", lambda proof: proof["orbit"].__setitem__(2, "1/3"), "orbit[2]"),
    "another verdict, sealed": (
        "sealed",
        lambda proof: proof["claim"].__setitem__("verdict", "ORDERED"),
        "claim.verdict",
    ),
    "another map": ("map", lambda document: document["map"]["knots"].__setitem__(1, ["1/2", "9/10"]), "map_sha256"),
}


@pytest.mark.parametrize("title", TAMPERED)
def test_a_browser_refuses_a_tampered_page(title: str, tmp_path: Path) -> None:
    where, change, rule = TAMPERED[title]
    folder = ROOT / "cases" / "tent"
    page = page_of(folder)
    name = "map-json" if where == "map" else "certificate-json"
    start = page.index("\n", page.index(f'<pre id="{name}"')) + 1
    end = page.index("</pre>", start)
    content = json.loads(pages.unescape(page[start:end]))
    change(content)
    content = resealed(content) if where == "sealed" else content
    tampered = page[:start] + pages.escape(json.dumps(content), quote=False) + page[end:]
    found, status, broken, _ = opened(tampered, tmp_path)
    assert (status, broken) == ("INVALID", rule)
    assert found.startswith("INVALID")
