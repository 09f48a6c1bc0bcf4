"""What all pictures share: matplotlib when it is needed, one style, and files that are the same bytes for the same picture."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certify.artifact import write_whole
from certify.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = {"svg.hashsalt": "certify", "svg.fonttype": "none", "font.size": 9, "text.parse_math": False}
"""Names inside an SVG come from its content, not from chance; its text stays text, and a $ in a name is a $."""

UNDATED: dict[str, dict[str, Any]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {}}
"""What keeps the time of day out of a file of each kind."""


def require_suffix(target: Path) -> None:
    """Raises `InputError` unless the name says PNG, SVG or PDF."""
    if target.suffix.lower() not in UNDATED:
        raise InputError("picture", "a file name that ends in .png, .svg or .pdf", repr(target.name))


def style() -> AbstractContextManager[None]:
    """The package's settings, in force inside a `with`. Raises `InputError` where matplotlib is not installed."""
    try:
        matplotlib = import_module("matplotlib")
    except ModuleNotFoundError:
        raise InputError("picture", 'the optional package matplotlib (pip install "certify[plot]")', "none") from None
    context: AbstractContextManager[None] = matplotlib.rc_context(STYLE)
    return context


def save(figure: Figure, target: str | Path) -> None:
    """Writes the figure, whole or not at all, as PNG, SVG or PDF by the file's suffix.

    The same figure gives the same bytes, by the same version of matplotlib. Raises `InputError` for another suffix and where
    the file cannot be written.
    """
    path = Path(target)
    require_suffix(path)
    suffix, content = path.suffix.lower(), BytesIO()
    with style():
        figure.savefig(content, format=suffix[1:], metadata=UNDATED[suffix], bbox_inches="tight", dpi=150)
    write_whole(path, content.getvalue())
