"""Published checks on bounded supports: spheres, a ball in a torus, and cubes that overlap by a known share.

Source: Räisä, van Breugel and van der Schaar 2025, arXiv:2505.22450; with fewer points on each axis, unless `fine`.
"""

from __future__ import annotations

import numpy as np

from aezoo.audit.checks import Case, Kind, Rule, Series, check
from aezoo.audit.checks.laws import ball, cube, sphere_surface, torus
from aezoo.audit.checks.rules import at, bell, bounds, every, property_, settles

OVERLAP = 0.2
SIZES = (0.25, 0.5, 1.0, 2.0)
FINE_SIZES = tuple(float(rows) / 1_000 for rows in np.logspace(2, 4, 20).astype(int))
"""Those of the authors, 100 to 10,000 rows, as parts of their 1,000."""

SHELL: tuple[Rule, ...] = (
    bounds("1 for equal radii, 0 at both ends", every(at(1, 1), at("first", 0), at("last", 0))),
    property_("highest for equal radii, falls to both ends", bell(1)),
)


@check(
    "sphere-of-another-radius",
    "the surface of the unit ball against one of radius 0.1 to 1.9, in 2, 16 and 128 dimensions",
    {"fidelity": SHELL, "diversity": SHELL},
)
def sphere_of_another_radius(fine: bool = False) -> tuple[Series, ...]:
    return tuple(
        Series(
            f"{d} dimensions",
            tuple(
                Case(radius, real, sphere_surface(d, radius), differs=radius != 1, disjoint=radius in (0.1, 1.9))
                for radius in (
                    np.linspace(0.1, 1.9, 51).round(3).tolist() if fine else (0.1, 0.4, 0.7, 1.0, 1.3, 1.6, 1.9)
                )
            ),
        )
        for d in (2, 16, 128)
        for real in [sphere_surface(d, 1.0)]
    )


INSIDE: tuple[Rule, ...] = (
    bounds("0 with the most fakes", at("last", 0)),
    property_("the same for more fakes", settles),
)


@check(
    "ball-in-a-torus",
    "a ball of radius 0.8 and a torus around it (radius 1, thickness 0.1), each once as the reals; 250 to 2,000 fakes",
    {"fidelity": INSIDE, "diversity": INSIDE},
)
def ball_in_a_torus(fine: bool = False) -> tuple[Series, ...]:
    shapes = {"ball": ball(3, 0.8), "torus": torus(1.0, 0.1)}
    return tuple(
        Series(
            f"reals: {name}",
            tuple(
                Case(size, shapes[name], shapes[other], differs=True, disjoint=True, sizes=(1.0, size))
                for size in (FINE_SIZES if fine else SIZES)
            ),
        )
        for name, other in (("ball", "torus"), ("torus", "ball"))
    )


def _overlapping(text: str) -> dict[Kind, tuple[Rule, ...]]:
    rules = (Rule("size", text, (settles,)), property_("0.2 with the most", at("last", OVERLAP)))
    return {"fidelity": rules, "diversity": rules}


def _cubes(real_size: float | None, fine: bool) -> tuple[Series, ...]:
    return tuple(
        Series(
            f"{d} dimensions",
            tuple(
                Case(size, real, cube(d, 1 - OVERLAP ** (1 / d)), differs=True, sizes=(real_size or size, size))
                for size in (FINE_SIZES if fine else SIZES)
            ),
        )
        for d in (1, 8, 64)
        for real in [cube(d, 0.0)]
    )


@check(
    "overlap-of-cubes",
    "unit cubes that share 0.2 of their volume; 250 to 2,000 rows on each side",
    _overlapping("the same for more rows"),
    distances=False,
)
def overlap_of_cubes(fine: bool = False) -> tuple[Series, ...]:
    return _cubes(None, fine)


@check(
    "overlap-of-cubes-more-fakes",
    "the same with 1,000 reals and 250 to 2,000 fakes",
    _overlapping("the same for more fakes"),
    distances=False,
)
def overlap_of_cubes_more_fakes(fine: bool = False) -> tuple[Series, ...]:
    return _cubes(1.0, fine)
