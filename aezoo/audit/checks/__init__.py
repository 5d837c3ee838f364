"""Sanity checks: laws drawn by formula, on which a sample metric must give an answer that is known beforehand.

A check is a function that returns its series, registered by name with `check`: on an axis with few points, or, of a
published check, with as many as the authors have. A series is a run of cases: two laws, reals and fakes, and the point
at which they stand. The answer that is asked for depends on the kind of
a score: one of fidelity must not fall where modes are missing, one of diversity must not fall where modes are invented,
and a distance must see whatever differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sampler = Callable[[np.random.Generator, int], Floats]
"""Draws n rows, (n, d), of a law."""

Shape = Callable[[Floats, Floats], float]
"""Gives, from the points of a series, (m,), and the values there, (m,), the margin by which they have a shape: the
distance of the most critical value to its limit, below 0 where they do not have it."""

Kind = Literal["fidelity", "diversity", "distance"]
KINDS: tuple[Kind, ...] = ("fidelity", "diversity", "distance")


@dataclass(frozen=True)
class Case:
    """Two laws at a point of a series.

    Attributes:
        point: the place on the axis of the series, such as a difference of means.
        real, fake: the laws.
        differs: tells whether a distance has to see them apart; None where it is not asked.
        disjoint: tells whether they share nothing, so that a bounded score must be at its worst.
        base: the law of reals and fakes for the band of equal laws; None for `real`.
        sizes: numbers of reals and fakes, as parts of the n of the run.
    """

    point: float
    real: Sampler
    fake: Sampler
    differs: bool | None
    disjoint: bool = False
    base: Sampler | None = None
    sizes: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True)
class Series:
    """Cases along one axis.

    Attributes:
        where: what they share in words, such as the number of dimensions.
        cases: in the order of the axis.
        modes: centres of the modes of the reals, (k, d), which take the place of classes; None where there are none.
    """

    where: str
    cases: tuple[Case, ...]
    modes: Floats | None = None


class SeriesMaker(Protocol):
    """Function that makes the series of a check."""

    def __call__(self, fine: bool = False) -> tuple[Series, ...]:
        """Make the series; `fine`: on the axes of the authors, where they have more points or reach further."""


@dataclass(frozen=True)
class Rule:
    """Meaning of passing for the scores of one kind.

    Attributes:
        desideratum: "bounds", "property", "invariance" or "size".
        text: what passing means, in words.
        ways: shapes of which one has to hold, the same one in every series of a check.
    """

    desideratum: str
    text: str
    ways: tuple[Shape, ...]

    def margin(self, series: Sequence[tuple[Floats, Floats]]) -> float:
        """Give the margin by which the points and values of every series pass; below 0, or NaN, they fail."""
        return max(float(np.min([way(points, values) for points, values in series])) for way in self.ways)


@dataclass(frozen=True)
class Check:
    """A registered check.

    Attributes:
        name: its registered name.
        title: its laws in words.
        series: makes its series, with few points or on the authors' axes.
        rules: those of fidelity and of diversity scores; a distance has rules that follow from the cases.
        distances: tells whether distances are asked too.
        source: "published" where the laws and rules are those of the paper, "aezoo" where they are our own.
    """

    name: str
    title: str
    series: SeriesMaker
    rules: Mapping[Kind, tuple[Rule, ...]]
    distances: bool = True
    source: Literal["published", "aezoo"] = "published"

    def __reduce__(self) -> tuple[Callable[[str], Check], tuple[str]]:
        """Go to another process by name: the laws are closures, which every process makes itself."""
        return find_check, (self.name,)


CHECKS: dict[str, Check] = {}
"""The checks by name, in the order of the page."""


def check(
    name: str,
    title: str,
    rules: Mapping[Kind, tuple[Rule, ...]],
    distances: bool = True,
    source: Literal["published", "aezoo"] = "published",
) -> Callable[[SeriesMaker], SeriesMaker]:
    """Register the function that makes the series of a check; raises `ValueError` for a name that is taken."""

    def register(series: SeriesMaker) -> SeriesMaker:
        if name in CHECKS:
            raise ValueError(f"two checks are called {name!r}; choose another name")
        CHECKS[name] = Check(name, title, series, rules, distances, source)
        return series

    return register


def find_check(name: str) -> Check:
    """Return a registered check by its name."""
    return load_checks()[name]


def load_checks() -> dict[str, Check]:
    """Import the modules that register checks, and return all of them by name."""
    from aezoo.audit.checks import gaussians, mixtures, own, supports  # noqa: F401

    return CHECKS
