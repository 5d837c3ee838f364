"""Plan of an audit: its sets of images, each one draw of one control at one dose, or of the oracle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aezoo.controls import CONTROLS
from aezoo.datasets import Dataset
from aezoo.errors import UsageError
from aezoo.metrics import FEATURE_QUESTIONS, METRICS, Metric

ORACLE = "oracle"
TRAIN = "train"
MAX_DEFAULT_N = 2_000
MIN_N = 100
"""Below it an eighth of n would be a dozen images."""

DRAWS = 5
BAND_DRAWS = 20
FRESH_DRAWS = 60
SIZE_DRAWS = 20
FRACTIONS = (8, 4, 2)

Role = Literal["band", "fresh", "size", "train", "control", "size-control"]


@dataclass(frozen=True)
class AuditSpec:
    """The data set, metrics and controls of an audit, and how many images are drawn.

    Attributes:
        dataset: the registered data set, never ``auto``.
        fingerprint: of its arrays.
        n: images in a set, and on the real side.
        draws: sets of each control at each dose.
        metrics: registered names, sorted.
        controls: registered names, sorted.
        seed: of all draws.
        data_file: the file or folder of the data set, or None.
        asked: the options that chose metrics and controls, as they are typed.
    """

    dataset: str
    fingerprint: str
    n: int
    draws: int
    metrics: tuple[str, ...]
    controls: tuple[str, ...]
    seed: int = 0
    data_file: Path | None = None
    asked: tuple[str, ...] = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """The smaller numbers of images at which all is scored as well, the controls at their default doses."""
        return tuple(self.n // fraction for fraction in FRACTIONS)


@dataclass(frozen=True)
class SampleSet:
    """One set of `n` images.

    Attributes:
        role: its purpose: the oracle's band, fresh draws of the oracle to check the band with, the oracle at a
            smaller size, training images as they are, at any size, a control, or a control at a smaller size.
        control: the control that draws it; "oracle", or "train" for training images.
        dose: of the control; None where there is none.
        draw: its number, from 0.
        n: images in it.
    """

    role: Role
    control: str
    dose: float | None
    draw: int
    n: int

    @property
    def purpose(self) -> tuple[str, ...]:
        """The words that key its random streams."""
        return ("audit", self.role, self.control, repr(self.dose), str(self.n), str(self.draw))


def plan_sets(spec: AuditSpec) -> list[SampleSet]:
    """List every set of an audit, in the order of the record."""
    return list(_sets(spec))


def make_spec(
    dataset: Dataset,
    n: int | None = None,
    draws: int = DRAWS,
    metrics: Sequence[str] | None = None,
    controls: Sequence[str] | None = None,
    slow: bool = False,
    data_file: Path | None = None,
) -> AuditSpec:
    """Make the specification of an audit: of all sample metrics against all controls, unless some are named.

    Args:
        dataset: that the images come from.
        n: images in a set; unless given, 2,000, or as many as the splits allow: half of the oracle and of the training
            split, and all of the reference.
        draws: sets of each control at each dose.
        metrics: registered names; unless given, every metric of the questions samples and copying that is not slow.
        controls: registered names; unless given, every control, but for those that need labels where none are known.
            The oracle is always there.
        slow: also the slow metrics.
        data_file: the file or folder in which another process finds the data set.

    Raises:
        UsageError: an unknown name, a metric of another question, a control that the data set cannot have, a number
            that the splits do not allow, or splits that allow none.
    """
    chosen = _number_of_images(dataset, n)
    if draws < 1:
        raise UsageError(f"{draws} draws of each control asked for; give at least 1")
    return AuditSpec(
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        n=chosen,
        draws=draws,
        metrics=_metric_names(metrics, slow),
        controls=_control_names(dataset, controls),
        data_file=data_file,
        asked=tuple(_options(metrics, controls, slow)),
    )


def left_out(dataset: Dataset) -> list[str]:
    """List the controls that make no sense on the data set, because its labels are not known."""
    return [name for name, control in CONTROLS.items() if control.needs_labels and not dataset.has_labels]


def _number_of_images(dataset: Dataset, n: int | None) -> int:
    oracle, reference, train = (len(split) for split in (dataset.oracle, dataset.reference, dataset.train))
    held = f"{oracle} oracle, {reference} reference and {train} training images"
    most = min(oracle // 2, reference, train // 2)
    if most < MIN_N:
        raise UsageError(
            f"an audit needs {2 * MIN_N} oracle, {MIN_N} reference and {2 * MIN_N} training images, and {dataset.name} "
            f"has {held}; bring more images"
        )
    chosen = min(MAX_DEFAULT_N, most) if n is None else n
    if not MIN_N <= chosen <= most:
        raise UsageError(
            f"an audit of n = {chosen} images is asked for; give {MIN_N} to {most} on {dataset.name}: it has {held}, "
            "and more than half of the oracle or of the training images would make all draws of them nearly the same"
        )
    return chosen


def _control_names(dataset: Dataset, requested: Sequence[str] | None) -> tuple[str, ...]:
    without = left_out(dataset)
    if requested is None:
        return tuple(name for name, _ in CONTROLS.items() if name not in (ORACLE, *without))
    for name in requested:
        if CONTROLS.check(name) in without:
            raise UsageError(f"control {name!r} needs labels, which {dataset.name} does not have; leave it out")
    return tuple(sorted({*requested} - {ORACLE}))


def _options(metrics: Sequence[str] | None, controls: Sequence[str] | None, slow: bool) -> Iterator[str]:
    for option, names in (("--metrics", metrics), ("--controls", controls)):
        if names is not None:
            yield from (option, ",".join(names))
    if slow:
        yield "--slow"


def _metric_names(requested: Sequence[str] | None, slow: bool) -> tuple[str, ...]:
    if requested is None:
        return tuple(name for name, metric in METRICS.items() if _is_audited(metric) and (slow or not metric.slow))
    for name in requested:
        if not _is_audited(METRICS.get(name)):
            raise UsageError(
                f"metric {name!r} answers the question {METRICS.get(name).question!r}; an audit takes metrics of "
                f"{' and '.join(FEATURE_QUESTIONS)}"
            )
    return tuple(sorted(set(requested)))


def _is_audited(metric: Metric) -> bool:
    return metric.question in FEATURE_QUESTIONS


def _sets(spec: AuditSpec) -> Iterator[SampleSet]:
    for draw in range(BAND_DRAWS):
        yield SampleSet("band", ORACLE, None, draw, spec.n)
    for draw in range(FRESH_DRAWS):
        yield SampleSet("fresh", ORACLE, None, draw, spec.n)
    for size in spec.sizes:
        for draw in range(SIZE_DRAWS):
            yield SampleSet("size", ORACLE, None, draw, size)
    yield from _training_sets(spec)
    for name in spec.controls:
        for dose in CONTROLS.get(name).doses or (None,):
            for draw in range(spec.draws):
                yield SampleSet("control", name, dose, draw, spec.n)
    for size in spec.sizes:
        for name in spec.controls:
            for draw in range(spec.draws):
                yield SampleSet("size-control", name, CONTROLS.get(name).default, draw, size)


def _training_sets(spec: AuditSpec) -> Iterator[SampleSet]:
    """Bands of training images, for the scores that never see the training images."""
    if any(METRICS.get(name).question == "samples" for name in spec.metrics):
        for size, draws in ((spec.n, BAND_DRAWS), *((size, SIZE_DRAWS) for size in spec.sizes)):
            for draw in range(draws):
                yield SampleSet("train", TRAIN, None, draw, size)
