"""Metrics as registered things: the function, its scores, and what they mean."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from aezoo.errors import UsageError
from aezoo.metrics.inputs import Input, Question, find_inputs
from aezoo.registry import Registry

Better = Literal["lower", "higher", "target", "neither"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """One number that a metric gives.

    Attributes:
        name: what tables call it; for metrics on features, the feature space is appended (``fd_judge``).
        unit: for example "nats per image", "dB", "share".
        better: which direction is better; "target": closer to `ideal` is better; "neither": it describes, and ranks
            nothing.
        ideal: the best value; None where it is the oracle's value (real images scored as if generated).
        range: the lowest and highest value possible.
    """

    name: str
    unit: str
    better: Better
    ideal: float | None = None
    range: tuple[float, float] = (-np.inf, np.inf)

    def __post_init__(self) -> None:
        if self.better not in get_args(Better):  # a table would find out after hours of training
            raise UsageError(
                f"score {self.name!r} has the direction {self.better!r}; give one of {', '.join(get_args(Better))}"
            )


@dataclass(frozen=True)
class Variance:
    """Sampling variance of a score, in squared units of the score, by what was sampled.

    Attributes:
        generated: over the images that the trial generated.
        held_out: over the real images that all trials are scored on.
    """

    generated: float
    held_out: float


class StandardErrors(Protocol):
    """Estimates the sampling variance of a metric's scores; `aezoo.metrics.standard_errors` has some to declare."""

    def __call__(
        self, metric: Metric, inputs: Mapping[str, Any], values: Mapping[str, float], random: np.random.Generator
    ) -> Mapping[str, Variance]:
        """Variances of scores by name, for `metric(inputs)` = `values`; a score left out has none."""
        ...


@dataclass(frozen=True)
class Metric:
    """A registered metric: a function, what it answers and what it needs.

    Attributes:
        name: its registered name.
        function: the public, pure function behind it.
        question: which question it answers.
        needs: the names (see `NEEDS`) of the arrays that it takes; missing ones make its scores "n/a".
        scores: the numbers it gives, in order.
        minimum_n: the smallest number of images at which the value is sensible; below it the score is "n/a".
        version: raised whenever the meaning or the value changes.
        slow: run only when asked for.
        standard_error: how its standard errors over the evaluation set are estimated; None where they are not, for
            lack of an estimate that is right and cheap.
        headline: scores to read first, by name, with their place among those of the question: 1 is the first. All
            other scores stand after them, in alphabetical order.
        redundant_with: by name, scores that are computed from the same quantity as another score, with that one's
            name. Reports say so, because every score weighs the same in a count.
    """

    name: str
    function: Callable[..., float | dict[str, float]]
    question: Question
    needs: tuple[str, ...]
    scores: tuple[Score, ...]
    minimum_n: int = 1
    version: int = 1
    slow: bool = False
    standard_error: StandardErrors | None = None
    headline: Mapping[str, int] = field(default_factory=dict, hash=False)
    redundant_with: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        find_inputs(self.name, self.question, self.needs)
        parameters = inspect.signature(self.function).parameters
        required = {p.name for p in parameters.values() if p.default is inspect.Parameter.empty}
        unknown = set(self.needs) - set(parameters)
        if unknown or not required <= set(self.needs):
            raise UsageError(
                f"metric {self.name!r} needs {self.needs} but its function takes {tuple(parameters)}; "
                "every need must be a parameter and every parameter without a default a need"
            )
        names = [score.name for score in self.scores]
        if not names or len(set(names)) < len(names):
            raise UsageError(
                f"metric {self.name!r} gives the scores {', '.join(names) or 'none'}; give each a name of its own"
            )
        foreign = {*self.headline, *self.redundant_with} - set(names)
        if foreign:
            raise UsageError(
                f"metric {self.name!r} names {', '.join(sorted(foreign))} in headline or redundant_with, but gives "
                f"{', '.join(names)}; name its own scores"
            )

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """The declarations of what it needs, in the order of `needs`."""
        return find_inputs(self.name, self.question, self.needs)

    @property
    def per_feature_space(self) -> bool:
        """True if it is computed once in each feature space."""
        return any(declared.per_space for declared in self.inputs)

    def __call__(self, inputs: Mapping[str, Any]) -> dict[str, float]:
        """The scores by name; raises whatever the function raises, and `ValueError` for a value that is not finite."""
        value = self.function(**{need: inputs[need] for need in self.needs})
        values = value if isinstance(value, dict) else {self.scores[0].name: value}
        if set(values) != {score.name for score in self.scores}:
            raise TypeError(f"metric {self.name!r} gave {sorted(values)}, not the scores it registered")
        for name, number in values.items():
            if not np.isfinite(number):
                raise ValueError(f"{name} is {number}")
        return {name: float(number) for name, number in values.items()}


def _build(name: str, target: Callable[..., float | dict[str, float]], **options: Any) -> Metric:  # noqa: ANN401
    return Metric(name=name, function=target, **options)


METRICS: Registry[Metric] = Registry("metric", "aezoo.metrics", _build)
