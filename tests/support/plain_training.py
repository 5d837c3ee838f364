"""Training without XLA, for tests whose question is not how it is compiled: XLA takes two seconds of a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from aezoo.models.base import Model


@contextmanager
def without_xla() -> Iterator[None]:
    """Within, trainers that are made run as TensorFlow's graphs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Model, "xla", False)
        yield


@pytest.fixture
def no_xla() -> Iterator[None]:
    """`without_xla` for one test."""
    with without_xla():
        yield


@pytest.fixture(scope="module")
def no_xla_module() -> Iterator[None]:
    """`without_xla` for a file: ``pytestmark = pytest.mark.usefixtures("no_xla_module")``, or before a fixture."""
    with without_xla():
        yield
