"""Densities held to their own draws, of which nothing else need be known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CELLS, DRAWS_A_CELL = 12, 15
LIMIT = 5.0
"""Standard errors that an estimate may be off."""


def area_error(z: Floats, log_density: Floats) -> str:
    """Say how far a density is from that of its draws in the plane; empty where it is not.

    For draws z of q and any region A, E_q[1(z in A) / q(z)] is the area of A if q is normalised and is the density of
    the draws, and another number if not. A is made of the cells of a grid in which many of the first half of the draws
    lie; the second half estimates its area.

    Args:
        z: draws (n, 2).
        log_density: ln q(z) of each, (n,), in nats.

    Returns:
        A clause with estimate and area; empty where they differ by less than five standard errors and 3 %. Draws that
        lie on a line have no area to compare, and no density in the plane.
    """
    half = len(z) // 2
    low, high = np.quantile(z[:half], [0.05, 0.95], axis=0)
    edges = list(np.linspace(low, high, CELLS + 1).T)
    counts = np.histogramdd(z[:half], bins=edges)[0]
    chosen = counts >= DRAWS_A_CELL
    area = chosen.sum() * np.prod([edge[1] - edge[0] for edge in edges])
    if not area > 0:
        return "draws have no spread in some dimension, or fill no cell of the grid: they have no density in the plane"
    places = np.stack([np.searchsorted(edge, z[half:, axis]) - 1 for axis, edge in enumerate(edges)])
    inside = ((places >= 0) & (places < CELLS)).all(axis=0)
    within = inside & chosen[tuple(np.clip(places, 0, CELLS - 1))]
    weights = np.where(within, np.exp(-log_density[half:]), 0.0)
    estimate, error = weights.mean(), weights.std() / np.sqrt(len(weights))
    if abs(estimate - area) <= LIMIT * error + 0.03 * area:
        return ""
    return f"draws give an area of {estimate:.4g} where the grid has {area:.4g}: the density is off by their ratio"


def ratio_error(log_ratio: Floats) -> str:
    """Say how far E_q[p / q] is from 1, for ln p - ln q of draws of q (n,); empty where it is not.

    It cannot be above 1; it must not be below where the draws reach all of p, which an effective sample size of a tenth
    of them tells.
    """
    ratios = np.exp(log_ratio)
    if not np.isfinite(ratios).all():
        return "p / q is not finite"
    mean, error = ratios.mean(), ratios.std() / np.sqrt(len(ratios))
    reaches = ratios.sum() ** 2 >= 0.1 * len(ratios) * np.square(ratios).sum()
    if mean > 1 + LIMIT * error + 1e-3 or (reaches and mean < 1 - LIMIT * error - 1e-3):
        return f"E_q[p / q] is {mean:.4g} with standard error {error:.2g}; it must be 1"
    return ""
