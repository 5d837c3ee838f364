"""Published checks on mixtures: modes that are dropped, one by one or together, and modes that are invented.

Source: Räisä, van Breugel and van der Schaar 2025, arXiv:2505.22450; with fewer points on each axis, unless `fine`.
"""

from __future__ import annotations

import numpy as np

from aezoo.audit.checks import Case, Floats, Kind, Rule, Sampler, Series, check
from aezoo.audit.checks.laws import gaussian, mixture
from aezoo.audit.checks.rules import at, bounds, every, falls, falls_by, flat, property_, rises

MODES = 10
SPREAD = {1: 1 / 6, 8: 1 / 3, 64: 1.0}
"""Standard deviation of each mode, in each number of dimensions; the modes lie at 0 to 10 on the diagonal."""

REAL_MODES = 5

CENTRES = np.array(
    [
        [5.46794328, -4.08481523],
        [4.87211875, -13.64864684],
        [-16.39432073, 9.09802249],
        [-2.15447941, 12.46200019],
        [11.55784483, -4.96049923],
        [-24.60558474, 14.18020818],
        [16.84215967, -3.18710751],
        [-5.47807206, -6.77247129],
        [9.46726546, 1.05922347],
        [-5.40346201, -17.29490131],
    ]
)
"""The centres of the paper's modes: five of the reals, five that are invented."""

KEPT: tuple[Rule, ...] = (
    bounds("1 with all modes and with one", every(at("first", 1), at("last", 1))),
    property_("the same however many are missing", flat),
)


def _dropping(place: float, text: str) -> dict[Kind, tuple[Rule, ...]]:
    return {
        "fidelity": KEPT,
        "diversity": (bounds("1 with all modes", at("first", 1)), property_(text, falls_by(place))),
    }


def _diagonal(dimensions: int) -> Floats:
    return np.tile(np.linspace(0, 10, MODES)[:, np.newaxis], dimensions)


def _on_diagonal(dimensions: int, weights: Floats) -> Sampler:
    return mixture(_diagonal(dimensions), SPREAD[dimensions], weights)


@check(
    "modes-dropped-together",
    "ten modes, of which nine lose 0 to 100 % of their fakes",
    _dropping(0.96, "falls, by 0.1 at least where 96 % are missing"),
)
def modes_dropped_together(fine: bool = False) -> tuple[Series, ...]:
    def weights(dropped: float) -> Floats:
        return np.array([1.0] + [1 - dropped] * (MODES - 1))

    return tuple(
        Series(
            f"{d} dimensions",
            tuple(
                Case(dropped, real, _on_diagonal(d, weights(dropped)), differs=dropped > 0)
                for dropped in (np.linspace(0, 1, 50).tolist() if fine else (0.0, 0.3, 0.6, 0.9, 0.96, 1.0))
            ),
            _diagonal(d),
        )
        for d in SPREAD
        for real in [_on_diagonal(d, weights(0.0))]
    )


@check(
    "modes-dropped-one-by-one",
    "ten modes, of which 0 to 9 have no fakes",
    _dropping(4.0, "falls, by 0.1 at least where four are missing"),
)
def modes_dropped_one_by_one(fine: bool = False) -> tuple[Series, ...]:
    def weights(dropped: int) -> Floats:
        return np.array([1.0] * (MODES - dropped) + [0.0] * dropped)

    return tuple(
        Series(
            f"{d} dimensions",
            tuple(
                Case(float(dropped), real, _on_diagonal(d, weights(dropped)), differs=dropped > 0)
                for dropped in (range(MODES) if fine else (0, 1, 2, 4, 6, 9))
            ),
            _diagonal(d),
        )
        for d in SPREAD
        for real in [_on_diagonal(d, weights(0))]
    )


@check(
    "modes-invented",
    "five real modes in two dimensions against the first 1 to 10 of ten",
    {
        "fidelity": (
            bounds("1 with one mode and with the real five", every(at("first", 1), at(REAL_MODES, 1))),
            property_("falls with invented modes", falls),
        ),
        "diversity": (
            bounds("1 with the real five and with ten", every(at(REAL_MODES, 1), at("last", 1))),
            property_("rises with the modes", rises),
        ),
    },
)
def modes_invented(fine: bool = False) -> tuple[Series, ...]:
    def law(modes: int) -> Sampler:
        return mixture(CENTRES[:modes], 0.25, np.ones(modes))

    real = law(REAL_MODES)
    cases = (Case(float(modes), real, law(modes), differs=modes != REAL_MODES) for modes in range(1, MODES + 1))
    return (Series("2 dimensions", tuple(cases), CENTRES[:REAL_MODES]),)


@check(
    "one-mode-for-two",
    "two Gaussians m apart on each axis, variance 1 + m²/4, against one of variance 1 + m², m from 0 to 5",
    {
        "fidelity": (bounds("1 for m = 0", at("first", 1)), property_("falls with m", falls)),
        "diversity": (bounds("1 for m = 0", at("first", 1)), property_("falls with m, or stays", falls, flat)),
    },
)
def one_mode_for_two(fine: bool = False) -> tuple[Series, ...]:
    """Draw the variances of the authors' program, of which that of the one is the larger."""

    def two(dimensions: int, apart: float) -> Sampler:
        return mixture(np.array([[-apart / 2] * dimensions, [apart / 2] * dimensions]), 1.0, np.ones(2))

    return tuple(
        Series(
            f"{d} dimensions",
            tuple(
                Case(
                    apart,
                    two(d, apart),
                    gaussian(d, 0, float(np.sqrt(1 + apart**2))),
                    differs={0.0: False, 5.0: True}.get(apart),
                )
                for apart in np.linspace(0, 5, 20 if fine else 5).tolist()
            ),
        )
        for d in (1, 8, 64)
    )
