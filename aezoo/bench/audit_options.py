"""The options of the command `audit`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aezoo.bench.names import listed_controls, listed_metrics


@dataclass(frozen=True)
class Wanted:
    """The options of `audit`; None is each one's default."""

    dataset: str
    data_file: Path | None
    n: int | None
    draws: int
    metrics: str | None
    controls: str | None
    slow: bool
    jobs: int | None
    out: Path

    def check(self) -> None:
        """Raise `UsageError` for a list of names that is none; imports no TensorFlow."""
        self.metric_names()
        self.control_names()

    def metric_names(self) -> list[str] | None:
        """The metrics asked for, None for the default; raises `UsageError` for what is not a list of metrics."""
        return None if self.metrics is None else listed_metrics("--metrics", self.metrics)

    def control_names(self) -> list[str] | None:
        """The controls asked for, None for all; raises `UsageError` for what is not a list of controls."""
        return None if self.controls is None else listed_controls("--controls", self.controls)
