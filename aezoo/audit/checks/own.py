"""Our own checks: moments that match, a known share of bad fakes, and fakes among the outliers of the reals."""

from __future__ import annotations

import numpy as np

from aezoo.audit.checks import Case, Floats, Rule, Sampler, Series, check
from aezoo.audit.checks.laws import gaussian, mixture, shares
from aezoo.audit.checks.rules import CLOSE, at, bounds, every, property_

DIMENSIONS = 8
FAR = 50.0
"""Place of bad fakes on each axis: no real comes near."""

OUTLIERS = 0.05
"""Share of outliers among the reals."""

OUTLIER_SPREAD = 10.0


@check(
    "moments-matched",
    "two Gaussians 4 apart on each of 8 axes against one with their mean and covariance",
    {},
    source="aezoo",
)
def moments_matched(fine: bool = False) -> tuple[Series, ...]:
    """Match a normal to two: their covariance is I + m m^T with m the half of what parts them."""
    half = np.full(DIMENSIONS, 2.0)
    two = mixture(np.stack([-half, half]), 1.0, np.ones(2))

    def one(random: np.random.Generator, n: int) -> Floats:
        rows: Floats = random.normal(size=(n, DIMENSIONS)) + random.normal(size=(n, 1)) * half
        return rows

    return (Series(f"{DIMENSIONS} dimensions", (Case(0, two, two, differs=False), Case(1, two, one, differs=True))),)


def _linear(points: Floats, values: Floats) -> float:
    return CLOSE - float(np.abs(values - (1 - points) * values[0]).max())


SHARES: tuple[Rule, ...] = (
    bounds("1 without bad fakes, 0 with nothing else", every(at("first", 1), at("last", 0))),
    property_("for a share e of bad fakes 1 - e of the value without any", _linear),
)


@check(
    "share-of-bad-fakes",
    "N(0, I) in 8 dimensions against the same with a share e of the fakes far away, e from 0 to 1",
    {"fidelity": SHARES, "diversity": SHARES},
    source="aezoo",
)
def share_of_bad_fakes(fine: bool = False) -> tuple[Series, ...]:
    real, far = gaussian(DIMENSIONS), gaussian(DIMENSIONS, FAR)
    cases = (
        Case(bad, real, shares((bad, far), (1 - bad, real)), differs=bad > 0, disjoint=bad == 1)
        for bad in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    return (Series(f"{DIMENSIONS} dimensions", tuple(cases)),)


def _among_outliers() -> tuple[Sampler, Sampler]:
    wide = gaussian(DIMENSIONS, 0, OUTLIER_SPREAD)
    return shares((OUTLIERS, wide), (1 - OUTLIERS, gaussian(DIMENSIONS))), wide


@check(
    "fakes-among-outliers",
    "reals of which 5 % are ten times as spread as N(0, I), against fakes that are all spread so",
    {
        kind: (property_("0.10 at most: 5 % of the reals are there", lambda points, values: 0.10 - float(values[-1])),)
        for kind in ("fidelity", "diversity")
    },
    source="aezoo",
)
def fakes_among_outliers(fine: bool = False) -> tuple[Series, ...]:
    real, wide = _among_outliers()
    cases = (Case(0, real, real, differs=False), Case(1, real, wide, differs=True))
    return (Series(f"{DIMENSIONS} dimensions", cases),)
