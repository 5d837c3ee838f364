"""Calibration of q(z|x) by simulation: codes that are known, ranked among draws for the images made of them."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.likelihood.bounds import check_count
from aezoo.metrics.likelihood.density import AnnealableDensity, Density, check_observations
from aezoo.seeds import generator

DRAWS = 99


class SimulatedDensity(Density, AnnealableDensity, Protocol):
    """A density to draw codes and images from, with an approximation of p(z|x)."""


@METRICS.register(
    "posterior_calibration",
    question="likelihood",
    needs=("annealable_density", "x_binary", "seed"),
    scores=(
        Score("posterior_miscalibration", "share", "lower", 0.0, (0.0, 1.0)),
        Score("posterior_rank_spread", "ratio", "target", 1.0, (0.0, 3.0)),
    ),
    minimum_n=100,
)
def posterior_calibration(
    annealable_density: SimulatedDensity, x_binary: Floats, seed: int = 0, draws: int = DRAWS
) -> dict[str, float]:
    """Distance of the ranks of true codes among draws of q(z|x) from uniform: simulation-based calibration.

    Codes ``z ~ p(z)``, an image ``x ~ p(x|z)`` of each; the rank of ``z_d`` is the share of draws of q(z_d|x) below it.
    Under q(z|x) = p(z|x) all ranks are equally frequent, in every dimension.

    - ``posterior_miscalibration``: ``mean_d max_r |P(rank_d <= r) - r|``, the Kolmogorov distance from uniform; in
      [0, 1], lower is better. Of n images 0.87 / sqrt(n) is expected of the exact posterior.
    - ``posterior_rank_spread``: the variance of ranks over that of uniform ones, ``12 Var(rank)``, mean over
      dimensions; in [0, 3], 1 is ideal. Above 1 q(z|x) is too narrow, and claims to know more than it does; below 1
      it is too wide, or all of it is shifted one way, which the miscalibration tells.

    On images that the model itself draws, so that it is not asked of data that it does not fit; binary ones, of which
    encoders here have seen only grey.

    There is no standard error: a maximum over ranks has no closed form, and resamples would need the ranks, which cost
    the whole metric. The spread over seeds holds it, since each seed simulates its own codes.

    Args:
        annealable_density: p(z), p(x|z) to draw from, and q(z|x).
        x_binary: images (n, D); only their number matters: as many are simulated.
        seed: of all draws.
        draws: of q(z|x), for each image.

    Raises:
        ValueError: for grey images and a Bernoulli density, NaN or infinite values, or no draws.

    Limits: necessary, not sufficient: q(z|x) = p(z) is calibrated as well, so that a collapsed code passes.

    Source: Talts et al. 2018, arXiv:1804.06788, algorithm 1; Cook et al. 2006.
    """
    n = len(check_observations(annealable_density, "x_binary", x_binary))
    ranks = posterior_ranks(annealable_density, n, seed, draws)
    return {
        "posterior_miscalibration": float(np.mean([uniform_distance(column) for column in ranks.T])),
        "posterior_rank_spread": float(np.mean(12 * ranks.var(axis=0))),
    }


def posterior_ranks(density: SimulatedDensity, n: int, seed: int = 0, draws: int = DRAWS) -> Floats:
    """Compute the ranks (n, d) of n simulated codes, in (0, 1): ``(#{draws below} + 1/2) / (draws + 1)``.

    A draw that equals the code counts half.
    """
    random = generator(seed, "posterior calibration")
    codes = density.sample_prior(n, random)
    proposal = density.proposal(density.simulate(codes, random))
    below = np.zeros(codes.shape)
    for _ in range(check_count("draws", draws)):
        z, _ = proposal.draw(1, random)
        below += np.where(z[:, 0] == codes, 0.5, z[:, 0] < codes)
    return np.asarray((below + 0.5) / (draws + 1))


def uniform_distance(ranks: Floats) -> float:
    """Compute the largest difference between the distribution of ranks (n,) in [0, 1] and the uniform one."""
    ordered, n = np.sort(ranks), len(ranks)
    above = np.arange(1, n + 1) / n - ordered
    return float(max(above.max(), (ordered - np.arange(n) / n).max()))
