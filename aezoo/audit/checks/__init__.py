"""Sanity checks: laws drawn by formula, on which a sample metric must give an answer that is known beforehand.

A check is a function without arguments that returns its series, registered by name with `check`. A series is a run of
cases: two laws, reals and fakes, and the point at which they stand. The answer that is asked for depends on the kind of
a score: one of fidelity must not fall where modes are missing, one of diversity must not fall where modes are invented,
and a distance must see whatever differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sampler = Callable[[np.random.Generator, int], Floats]
"""Draws n rows, (n, d), of a law."""

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
    """Cases along one axis, and in words what they share, such as the number of dimensions."""

    where: str
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Rule:
    """Meaning of passing for the scores of one kind.

    Attributes:
        desideratum: "bounds", "property", "invariance" or "size".
        text: what passing means, in words.
        holds: tells from the points of a series, (m,), and the values there, (m,), whether it passes.
    """

    desideratum: str
    text: str
    holds: Callable[[Floats, Floats], bool]


@dataclass(frozen=True)
class Check:
    """A registered check.

    Attributes:
        name: its registered name.
        title: its laws in words.
        series: makes its series.
        rules: those of fidelity and of diversity scores; a distance has rules that follow from the cases.
        distances: tells whether distances are asked too.
        source: "published" where the laws and rules are those of the paper, "aezoo" where they are our own.
    """

    name: str
    title: str
    series: Callable[[], tuple[Series, ...]]
    rules: Mapping[Kind, tuple[Rule, ...]]
    distances: bool = True
    source: Literal["published", "aezoo"] = "published"

    def __reduce__(self) -> tuple[Callable[[str], Check], tuple[str]]:
        """Go to another process by name: the laws are closures, which every process makes itself."""
        return find_check, (self.name,)

    @property
    def desiderata(self) -> tuple[str, ...]:
        """The desiderata of its rules, each once."""
        named = dict.fromkeys(rule.desideratum for rules in self.rules.values() for rule in rules)
        return tuple(named) or ("property",)


CHECKS: dict[str, Check] = {}
"""The checks by name, in the order of the page."""


def check(
    name: str,
    title: str,
    rules: Mapping[Kind, tuple[Rule, ...]],
    distances: bool = True,
    source: Literal["published", "aezoo"] = "published",
) -> Callable[[Callable[[], tuple[Series, ...]]], Callable[[], tuple[Series, ...]]]:
    """Register the function that makes the series of a check; raises `ValueError` for a name that is taken."""

    def register(series: Callable[[], tuple[Series, ...]]) -> Callable[[], tuple[Series, ...]]:
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
