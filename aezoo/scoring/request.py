"""Request of a scoring: the data set, and what stands beside the images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aezoo.controls import CONTROLS
from aezoo.errors import UsageError
from aezoo.metrics import FEATURE_QUESTIONS
from aezoo.metrics.compute import slow_metrics
from aezoo.store import Store

DRAWS = 10
MIN_DRAWS = 3
DATASET = "mnist"


def choose_dataset(dataset: str | None, against: Sequence[Path], own: bool = False) -> str:
    """Return the data set that was asked for, else that of the first trial of the folders to compare with, else mnist.

    Args:
        dataset: what was asked for.
        against: the folders to compare with.
        own: whether something of one's own takes its place, so that no folder has to tell.

    Raises:
        ResultsError: there is a folder without results.
        UsageError: the trials are of a data set that is not registered.
    """
    if dataset or own:
        return dataset or DATASET
    for folder in against:
        for record in Store(folder).records():
            return _registered(record["dataset"]["name"], folder)
    return DATASET


def _registered(name: str, folder: Path) -> str:
    from aezoo.datasets import DATASETS

    if name not in DATASETS.names():
        raise UsageError(
            f"the trials of {folder} are of {name[:80]!r}, which is not installed; give --dataset (dataset=), or "
            "--real (real=) with its images"
        )
    return name


@dataclass(frozen=True)
class ScoreRequest:
    """Arguments of `aezoo.score` but for the images; its docstring says what each means."""

    dataset: str = DATASET
    data_file: Path | None = None
    controls: Sequence[str] | None = None
    against: Sequence[Path] = ()
    oracle_draws: int = DRAWS
    also: Sequence[str] = ()
    seed: int = 0

    def check(self) -> None:
        """Refuse at once what would fail in the end; raises `UsageError`, `ResultsError` for a folder of no results."""
        from aezoo.datasets import DATASETS

        DATASETS.check(self.dataset)
        for control in self.controls or ():
            CONTROLS.check(control)
        self.slow_metrics()
        for folder in self.against:
            Store(folder).ids()
        if self.oracle_draws != 0 and self.oracle_draws < MIN_DRAWS:
            raise UsageError(
                f"oracle draws are {self.oracle_draws}; give at least {MIN_DRAWS} for a spread, or 0 for none"
            )
        if not 0 <= self.seed < 2**32:
            raise UsageError(f"seed {self.seed} is not allowed; give a whole number from 0 to 2**32 - 1")

    def rows(self) -> list[str]:
        """Name what is scored beside the samples: the oracle, then the controls, each once."""
        controls = CONTROLS.names() if self.controls is None else self.controls
        return list(dict.fromkeys(["oracle", *controls]))

    def slow_metrics(self) -> tuple[str, ...]:
        """Name the metrics that `also` asks for; raises `UnknownNameError` for what is no slow metric of samples."""
        return slow_metrics(self.also, FEATURE_QUESTIONS, "slow metric of samples")
