"""The documentation site: `make site` builds it from the pages of this folder, which are also read as they are."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

import certify

project = "certify"
author = "The certify maintainers"
version = release = certify.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 4  # the slugs by which Markdown links to headings, as on GitHub

default_role = "code"  # of the docstrings: `name` is code
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = "certify"
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False


def as_downloads(app: Sphinx, docname: str, source: list[str]) -> None:
    """Has links out of this folder lead to copies of the files; otherwise a .md is taken for a page of the site."""
    source[0] = re.sub(r"\]\((?=\.\./)", "](path:", source[0])


def setup(app: Sphinx) -> None:
    app.connect("source-read", as_downloads)
