"""Tests that need an optional package skip without it, and fail where the environment promises that it is there."""

from __future__ import annotations

import importlib
import os
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
