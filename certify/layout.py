"""How the JSON files that leave the package are laid out: a line for each number, row and innermost list."""

from __future__ import annotations

import json
from typing import Any


def json_text(content: Any, *, sort_keys: bool = False) -> str:
    """The text of a map file or a certificate; the same content gives the same text."""
    return _text(content, sort_keys, "") + "\n"


def _text(value: Any, sort_keys: bool, indent: str) -> str:
    inner = indent + "  "
    if isinstance(value, dict) and value:
        pairs = sorted(value.items()) if sort_keys else value.items()
        lines = [f"{inner}{json.dumps(key)}: {_text(item, sort_keys, inner)}" for key, item in pairs]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        return "[\n" + ",\n".join(inner + _text(item, sort_keys, inner) for item in value) + f"\n{indent}]"
    return json.dumps(value)
