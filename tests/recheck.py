"""The page's own program under node, many certificates at a time."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from certify.report.html import recheck_script
from tests.optional import require_program

Pair = tuple[str, str]

RUNNER = """
const lines = require("fs").readFileSync(0, "utf8").split("\\n").filter(Boolean);
for (const line of lines) console.log(JSON.stringify(answer(...JSON.parse(line))));
"""


def answers(of: str, lines: list[object], *inner: str) -> list[object]:
    """What `answer = (...) => {...}`, JavaScript text, makes of each line; `inner` names of the program are put into its reach."""
    script = recheck_script().replace("return recheck;", f"return Object.assign(recheck, {{ {', '.join(inner)} }});")
    names = f"const {{ {', '.join(inner)} }} = recheck;\n" if inner else ""
    given = "".join(json.dumps(line) + "\n" for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recheck.js"
        path.write_text(f"{script}{names}const answer = {of};\n{RUNNER}", encoding="utf-8")
        command = [require_program("node"), str(path)]
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(lines)
    return found


def recheck(pairs: list[Pair]) -> list[tuple[str, str]]:
    """Of each pair (map file, certificate), as texts: its status, and the rule that failed or else the message."""
    code = (
        "(map, proof) => { const { status, rule, message } = recheck(map, proof); return [status, rule || message]; }"
    )
    return [(status, rule) for status, rule in answers(code, [*pairs])]
