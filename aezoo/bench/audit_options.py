"""The options of the command `audit`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


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
