"""The prose is run: README and docs show what the program prints, and their examples are read and checked."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

import certify
from certify import checker, families
from certify.certificate import digest
from certify.cli import main
from certify.mapfile import parse_map, sha256

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PAGES = sorted((ROOT / "docs").glob("*.md"))


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_readme_python_runs() -> None:
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert (failed, tried > 4) == (0, True)


def test_readme_shows_what_prove_prints(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases").symlink_to(ROOT / "cases")
    (tmp_path / "build").mkdir()
    shown = next(block for block in blocks(README, "console") if "paper-perturbed-tent" in block)
    command, _, output = shown.partition("\n")
    assert command.startswith("$ certify ")
    result = CliRunner().invoke(main, command.removeprefix("$ certify ").split())
    assert result.exit_code == 0
    assert unwrapped(output) == unwrapped(result.stdout)


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def test_the_readme_commands_run_as_written() -> None:
    """`make prove` from the README, where `make test` (the other one) has made the environment that both use."""
    if not (ROOT / ".venv" / "ready").exists():
        if os.environ.get("CERTIFY_REQUIRE_OPTIONAL") == "1":
            pytest.fail("this run is meant to cover everything: start it by `make test`")
        pytest.skip("the environment in .venv is made by `make test`")
    commands = [
        line[2:] for block in blocks(README, "console") for line in block.splitlines() if line.startswith("$ make")
    ]
    assert commands == ["make prove", "make test"]
    outside = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}  # as typed in a shell
    done = subprocess.run(["make", "prove"], cwd=ROOT, env=outside, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "CHAOTIC" in lines
    assert lines[-1].startswith("VALID ")


def test_every_map_in_the_docs_can_be_read() -> None:
    maps = [block for page in PAGES for block in blocks(page.read_text(), "json") if '"certify-map"' in block]
    assert len(maps) >= 2
    read = [parse_map(block.encode()).map for block in maps]
    functions = {f.to_piecewise_linear() if isinstance(f, certify.Network) else f for f in read}
    lozi, lstm = (certify.load(ROOT / "cases" / name / "map.json") for name in ("lozi", "laurent-von-brecht-lstm"))
    assert functions == {families.tent(), lozi, lstm}, "two files of docs/map-format.md are the tent"


def test_the_running_example_of_the_certificate_page() -> None:
    tent = families.tent()
    page = (ROOT / "docs" / "certificate-format.md").read_text()
    example = next(json.loads(block) for block in blocks(page, "json") if '"odd-return"' in block)
    assert certify.check(tent, example).status == "VALID"
    orbit = next(json.loads(block) for block in blocks(page, "json") if '"periodic-orbit"' in block)
    assert certify.check(tent, orbit).status == "VALID"
    order = next(json.loads(block) for block in blocks(page, "json") if '"order"' in block)
    flip = certify.PiecewiseLinear([(0, 1), (1, 0)])
    assert certify.check(flip, order).status == "VALID"
    horseshoe = next(json.loads(block) for block in blocks(page, "json") if '"block-horseshoe"' in block)
    assert certify.check(ROOT / "cases" / "lozi" / "map.json", horseshoe).status == "VALID"
    chains = next(json.loads(block) for block in blocks(page, "json") if '"covering-chain"' in block)
    assert certify.check(ROOT / "cases" / "lozi-full-shift" / "map.json", chains).status == "VALID"
    contraction = next(json.loads(block) for block in blocks(page, "json") if '"contraction"' in block)
    turned = certify.Network([certify.Layer([["1/2", "1/4"], ["-1/4", "1/2"]], [0, 0], "tanh")], None)
    assert certify.check(turned, contraction).status == "VALID"
    cycles = next(json.loads(block) for block in blocks(page, "json") if '"cycles-complete"' in block)
    assert certify.check(ROOT / "cases" / "lozi" / "map.json", cycles).status == "VALID"
    tree = next(json.loads(block) for block in blocks(page, "json") if '"order-tree"' in block)
    settling = certify.Network([certify.Layer([[2]], [0], "tanh")], None)
    assert certify.check(settling, tree).status == "VALID"
    assert example["map_sha256"] == orbit["map_sha256"] == sha256(tent)
    assert all(proof["digest"] == digest(proof) for proof in (example, orbit, order, horseshoe, chains, tree))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_the_commands_in_the_docs_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (ROOT / "build").mkdir(exist_ok=True)
    for block in blocks(page.read_text(), "console"):
        for line in block.splitlines():
            if line.startswith("$ certify "):
                result = CliRunner().invoke(main, line.removeprefix("$ certify ").split())
                assert result.exit_code == 0, (line, result.output)


def test_every_kind_of_the_checker_is_documented() -> None:
    page = (ROOT / "docs" / "certificate-format.md").read_text()
    for kind, rule in checker.KINDS.items():
        section = page.split(f"## `{kind}`")[1].split("\n## ")[0]
        as_above = {"intervals", "rows", "vector"} if "as above" in section else set()
        for key in {*rule.required.split(), *rule.optional.split()} - as_above:
            assert f"`{key}`" in section, (kind, key)


def test_every_activation_is_documented() -> None:
    page = (ROOT / "docs" / "map-format.md").read_text()
    for name in certify.network.PARAMETERS:
        assert f"| `{name}` |" in page


def test_the_command_page_is_the_help_text() -> None:
    assert (ROOT / "docs" / "commands.md").read_text() == commands_page()


def commands_page() -> str:
    """docs/commands.md, made from `--help`."""
    pages = ["# Commands\n\nWhat `certify --help` and each command's `--help` print.\n"]
    for name in ["", *sorted(main.commands)]:
        result = CliRunner().invoke(main, [*name.split(), "--help"], prog_name="certify", terminal_width=100)
        pages.append(f"## `{('certify ' + name).strip()}`\n\n```text\n{result.stdout}```\n")
    return "\n".join(pages)


def test_the_architecture_page_names_every_module() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    for path in (ROOT / "certify").rglob("*.py"):
        name = path.relative_to(ROOT / "certify").with_suffix("").as_posix()
        room = name.split("/")[0]
        if not name.startswith("__"):
            assert (f"`{room}/`" if "/" in name and room != "decision" else room) in page, name
        if room == "decision" and "/__" not in name:
            assert name.split("/")[-1] in page, name


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


def write() -> None:
    """Regenerates docs/commands.md: `python -m tests.test_docs`."""
    (ROOT / "docs" / "commands.md").write_text(commands_page())


if __name__ == "__main__":
    write()
