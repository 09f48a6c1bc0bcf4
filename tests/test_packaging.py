"""What a user installs and starts: the public names, what the command line loads, shell completion, and what the wheel holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from zipfile import ZipFile

import pytest

import certify
from certify.cli import main
from tests.optional import require, require_program

ROOT = Path(__file__).parent.parent
TENT = [str(ROOT / "cases" / "tent" / name) for name in ("map.json", "certificate.json")]
HEAVY = {
    "flint",
    "numpy",
    "rich",
    "sympy",
    "matplotlib",
    "highspy",
    "certify.verdict",
    "certify.piecewise",
    "certify.network",
}


def python(code: str, *arguments: str, **environment: str) -> str:
    """What a fresh interpreter prints."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# The public names


def test_every_public_name_is_there_and_comes_from_the_module_that_defines_it() -> None:
    for name in certify.__all__:
        value = getattr(certify, name)
        assert getattr(import_module(value.__module__), name) is value, name


def test_the_names_are_listed_before_they_are_imported() -> None:
    assert (
        python("import certify; print({*certify.__all__} <= {*dir(certify)}, 'prove' in vars(certify))")
        == "True False\n"
    )


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'certify' has no attribute 'chaos'"):
        certify.chaos  # noqa: B018


@pytest.mark.parametrize("name", ["crosscheck", "entropy"])
@pytest.mark.parametrize("first", ["certify.crosscheck.adapters, certify.entropy.laps", "certify.verdict", "certify"])
def test_a_function_called_like_a_subpackage_is_the_function_whatever_was_imported_before(
    name: str, first: str
) -> None:
    code = (
        f"import {first}\nfrom certify import {name}\nimport certify\nprint(callable({name}), certify.{name} is {name})"
    )
    assert python(code) == "True True\n"


# What the command line loads


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    code = """if True:
        import json, sys
        from certify.cli import main
        try:
            main()
        finally:
            print(json.dumps(sorted(sys.modules)))
    """
    return set(json.loads(python(code, *arguments).splitlines()[-1]))


@pytest.mark.parametrize("command", ["", *sorted(main.commands)])
def test_help_loads_nothing_heavy(command: str) -> None:
    found = loaded(*command.split(), "--help")
    assert "click" in found
    assert not found & {*HEAVY, "certify.checker"}


def test_check_loads_nothing_but_the_checker() -> None:
    found = loaded("check", *TENT)
    ours = {name for name in found if name.startswith("certify.") and not name.startswith("certify.cli")}
    assert ours == {"certify.checker", "certify.crosscheck", "certify.entropy", "certify.errors"}
    assert not found & HEAVY


# Shell completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_written(shell: str) -> None:
    if shell == "bash":
        require_program("bash")
    script = python("from certify.cli import main; main(prog_name='certify')", _CERTIFY_COMPLETE=f"{shell}_source")
    assert f"_CERTIFY_COMPLETE={shell}_complete" in script


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("certify pr", ["plain,prove"]),
        ("certify verify", ["plain,verify-coq"]),
        ("certify family stun", ["plain,stunted-tent"]),
        ("certify export --to ", ["plain,coq", "plain,smt2"]),
        ("certify prove cases/te", ["file,cases/te"]),
    ],
)
def test_completion(words: str, expected: list[str]) -> None:
    found = python(
        "from certify.cli import main; main(prog_name='certify')",
        _CERTIFY_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split(" ")) - 1),
    )
    assert found.splitlines() == expected


# The wheel

SUFFIXES = {".py", ".typed", ".html", ".css", ".js"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require("hatchling")
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    [found] = out.glob("*.whl")
    return found


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = {path for path in (ROOT / "certify").rglob("*.*") if path.suffix in SUFFIXES}
    theories = {f"certify/theories/{path.name}" for path in (ROOT / "proofs" / "theories").glob("*.v")}
    assert {path.suffix for path in package} == SUFFIXES
    assert theories
    assert held == {path.relative_to(ROOT).as_posix() for path in package} | theories


def test_the_package_of_the_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Reports, exports and the theories come from the unpacked wheel; its place is put first, and the checkout is left out."""
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = """if True:
        import sys
        place, *command = sys.argv[1:]
        sys.path[:0] = [place]
        from certify.cli import main
        from certify.kernel.coqc import sources
        assert str(sources()).startswith(place)
        main(command)
    """
    for command in (
        ["prove", TENT[0]],
        ["check", *TENT],
        ["regions", TENT[0], "-t", "5"],
        ["report", *TENT, "-o", str(tmp_path / "report.html")],
        ["export", TENT[1], "--map", TENT[0], "--to", "coq", "-o", str(tmp_path / "proof.v")],
        ["sweep", "--help"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "site"), *command],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
    assert "</html>" in (tmp_path / "report.html").read_text(encoding="utf-8")
