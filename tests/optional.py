"""Tests that need an optional package or program skip without it, and fail where the environment promises that it is there."""

from __future__ import annotations

import importlib
import os
import shutil
from typing import Any

import pytest


def require(name: str) -> Any:
    """The package, imported; the calling test or module is skipped without it.

    With CERTIFY_REQUIRE_OPTIONAL=1 in the environment a missing package is a failure: a run that is meant to cover
    everything must not pass by skipping.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        if os.environ.get("CERTIFY_REQUIRE_OPTIONAL") == "1":
            raise
        pytest.skip(f"the optional package {name} is not installed", allow_module_level=True)


def require_program(name: str) -> str:
    """The path of a program; the calling test or module is skipped without it, or fails as in `require`."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CERTIFY_REQUIRE_OPTIONAL") == "1":
            pytest.fail(f"this run is meant to cover everything, and {name} is not installed")
        pytest.skip(f"the program {name} is not installed", allow_module_level=True)
    return found
