"""Published checks on Gaussians: differences of mean and spread, outliers, scales, and one dimension among many.

Source: Räisä, van Breugel and van der Schaar 2025, arXiv:2505.22450; with fewer points on each axis, unless `fine`.
"""

from __future__ import annotations

import numpy as np

from aezoo.audit.checks import Case, Kind, Rule, Sampler, Series, check
from aezoo.audit.checks.laws import columns, gaussian, pareto, rounded, scaled, with_outlier
from aezoo.audit.checks.rules import (
    at,
    bell,
    bounds,
    every,
    falls,
    flat,
    property_,
    rises,
)

FARTHEST = {1: 6.0, 8: 3.0, 64: 1.0}
"""The largest difference of means in each number of dimensions."""

POINTS, FINE = 7, 51
"""Points on an axis here, and of the authors; of scales and roundings they have `FINE_SCALES`."""

FINE_SCALES = 20

BELL: tuple[Rule, ...] = (
    bounds("1 for equal means, 0 at both ends", every(at(0, 1), at("first", 0), at("last", 0))),
    property_("highest for equal means, falls to both ends", bell(0)),
)
BOTH_BELL: dict[Kind, tuple[Rule, ...]] = {"fidelity": BELL, "diversity": BELL}


def _shifted(where: str, farthest: float, real: Sampler, base: Sampler, fake: dict[float, Sampler]) -> Series:
    """Make the cases of a difference of means, whose ends share nothing."""
    cases = (
        Case(mean, real, law, differs=mean != 0, disjoint=abs(mean) == farthest, base=base)
        for mean, law in fake.items()
    )
    return Series(where, tuple(cases))


def _means(farthest: float, fine: bool) -> list[float]:
    return [float(mean) for mean in np.linspace(-farthest, farthest, FINE if fine else POINTS)]


def _scales(first: float, fine: bool) -> list[float]:
    return [float(scale) for scale in np.logspace(first, 3, FINE_SCALES if fine else POINTS)]


@check("mean-difference", "N(0, I) against N(m, I), in 1, 8 and 64 dimensions", BOTH_BELL)
def mean_difference(fine: bool = False) -> tuple[Series, ...]:
    return tuple(
        _shifted(f"{d} dimensions", end, real, real, {mean: gaussian(d, mean) for mean in _means(end, fine)})
        for d, end in FARTHEST.items()
        for real in [gaussian(d)]
    )


@check(
    "mean-difference-with-outlier",
    "the same, with one row of the reals, then of the fakes, made an outlier",
    BOTH_BELL,
)
def mean_difference_with_outlier(fine: bool = False) -> tuple[Series, ...]:
    series: list[Series] = []
    for d, end in FARTHEST.items():
        clean, fakes = gaussian(d), {mean: gaussian(d, mean) for mean in _means(end, fine)}
        series.append(_shifted(f"{d} dimensions, outlier among reals", end, with_outlier(clean, end), clean, fakes))
        with_outliers = {mean: with_outlier(law, end) for mean, law in fakes.items()}
        series.append(_shifted(f"{d} dimensions, outlier among fakes", end, clean, clean, with_outliers))
    return tuple(series)


@check(
    "spread-difference",
    "N(0, I) against N(0, s² I): s from 0.001 to 1,000 in 1 dimension, 0.1 to 10 in 8, 0.32 to 3.2 in 64",
    {
        "fidelity": (
            bounds("1 for narrow and for equal fakes, 0 for wide ones", every(at("first", 1), at(1, 1), at("last", 0))),
            property_("falls from narrow to wide fakes", falls),
        ),
        "diversity": (
            bounds(
                "0 for narrow, 1 for equal fakes; for wide ones 1 (they reach all) or 0 (they are spread too thin)",
                every(at("first", 0), at(1, 1), at("last", 1)),
                every(at("first", 0), at(1, 1), at("last", 0)),
            ),
            property_("highest for equal spread, or rises", bell(1), rises),
        ),
    },
)
def spread_difference(fine: bool = False) -> tuple[Series, ...]:
    points = FINE if fine else POINTS
    return tuple(
        Series(
            f"{d} dimensions",
            tuple(
                Case(float(spread), real, gaussian(d, 0, float(spread)), differs=i != points // 2)
                for i, spread in enumerate(np.logspace(-decades, decades, points))
            ),
        )
        for d, decades in {1: 3.0, 8: 1.0, 64: 0.5}.items()
        for real in [gaussian(d)]
    )


SCALING: tuple[Rule, ...] = (
    bounds("0 at both ends", every(at("first", 0), at("last", 0))),
    Rule("invariance", "the same for every scale", (flat,)),
)


@check(
    "scale-of-one-dimension",
    "N((0, 0), I) against N((6, 0), I), with the second dimension of both times 0.001 to 1,000",
    {"fidelity": SCALING, "diversity": SCALING},
)
def scale_of_one_dimension(fine: bool = False) -> tuple[Series, ...]:
    apart = columns(gaussian(1, 6), gaussian(1))
    cases = (
        Case(scale, scaled(gaussian(2), factors), scaled(apart, factors), differs=True, disjoint=True)
        for scale in _scales(-3, fine)
        for factors in [np.array([1.0, scale])]
    )
    return (Series("2 dimensions", tuple(cases)),)


@check(
    "mean-difference-beside-a-heavy-tail",
    "N(0, 1) against N(m, 1), beside a second dimension that is a Pareto law of exponent 1.01 on both sides",
    BOTH_BELL,
)
def mean_difference_beside_a_heavy_tail(fine: bool = False) -> tuple[Series, ...]:
    tail, end = pareto(1.01), 6.0
    real = columns(gaussian(1), tail)
    fakes = {mean: columns(gaussian(1, mean), tail) for mean in _means(end, fine)}
    return (_shifted("2 dimensions", end, real, real, fakes),)


DISJOINT: tuple[Rule, ...] = (
    bounds("0 with 1 and with 1,000 further dimensions", every(at("first", 0), at("last", 0))),
    property_("the same for any number of them", flat),
)


@check(
    "one-disjoint-dimension",
    "N(0, I) against the same with 6 added to one dimension, with 1 to 1,000 further ones that agree",
    {"fidelity": DISJOINT, "diversity": DISJOINT},
)
def one_disjoint_dimension(fine: bool = False) -> tuple[Series, ...]:
    cases = (
        Case(float(d), gaussian(d + 1), columns(gaussian(1, 6), gaussian(d)), differs=True, disjoint=True)
        for d in (np.unique(np.logspace(0, 3, FINE_SCALES).astype(int)).tolist() if fine else (1, 10, 100, 1_000))
    )
    return (Series("2 to 1,001 dimensions", tuple(cases)),)


ROUNDED_FAKES: tuple[Rule, ...] = (
    bounds("1 for coarse and for fine rounding", every(at("first", 1), at("last", 1))),
    property_("the same for every scale", flat),
)
GRID: dict[Kind, tuple[Rule, ...]] = {
    "fidelity": ROUNDED_FAKES,
    "diversity": (
        bounds("0 for coarse and for fine rounding", every(at("first", 0), at("last", 0))),
        property_("the same for every scale", flat),
    ),
}


@check(
    "rounded-fakes",
    "N(0, s²) against the same law rounded to whole numbers, s from 1 to 1,000",
    GRID,
    distances=False,
)
def rounded_fakes(fine: bool = False) -> tuple[Series, ...]:
    return (Series("1 dimension", tuple(_roundings(True, fine))),)


@check(
    "rounded-reals",
    "whole numbers from N(0, s²) against N(0, s²) itself, s from 1 to 1,000",
    {
        "fidelity": GRID["diversity"],
        "diversity": (
            bounds(
                "0, or 1, for coarse and for fine rounding alike",
                every(at("first", 0), at("last", 0)),
                every(at("first", 1), at("last", 1)),
            ),
            property_("the same for every scale", flat),
        ),
    },
    distances=False,
)
def rounded_reals(fine: bool = False) -> tuple[Series, ...]:
    return (Series("1 dimension", tuple(_roundings(False, fine))),)


def _roundings(fake: bool, fine: bool) -> list[Case]:
    laws = ((s, gaussian(1, 0, s)) for s in _scales(0, fine))
    return [Case(s, law, rounded(law), None) if fake else Case(s, rounded(law), law, None) for s, law in laws]
