"""Three metrics of samples in place of all, for tests whose question is not the numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pytest

from aezoo.metrics import METRICS, Metric

NAMES = ("copying_score", "fd", "near_duplicates")


@contextmanager
def few_metrics() -> Iterator[None]:
    """Within, images are scored by `NAMES`, and by what is asked for: the whole panel takes seconds of each row."""

    def chosen(also: Collection[str] = (), questions: Collection[str] = ()) -> list[Metric]:
        return [METRICS.get(name) for name in (*NAMES, *sorted(also))]

    with pytest.MonkeyPatch.context() as patch:
        for module in ("aezoo.trial", "aezoo.scoring.scorer"):
            patch.setattr(f"{module}.default_metrics", chosen)
        yield


@pytest.fixture
def few() -> Iterator[None]:
    """`few_metrics` for one test."""
    with few_metrics():
        yield
