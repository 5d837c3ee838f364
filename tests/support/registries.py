"""Registries that forget after a test what was registered in it."""

from __future__ import annotations

from typing import Any

import pytest

from aezoo.registry import Registry


def forget_afterwards(monkeypatch: pytest.MonkeyPatch, *registries: Registry[Any]) -> None:
    """Restore the registries after the test.

    Everything of theirs is imported first: a module that the test were the first to import would be forgotten with what
    the test registers, and register no second time.
    """
    for registry in registries:
        dict(registry.items())
        for names in ("_loaded", "_registered"):
            monkeypatch.setattr(registry, names, dict(getattr(registry, names)))
