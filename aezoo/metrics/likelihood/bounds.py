"""Bounds on the log-likelihood from draws of the approximate posterior."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import logsumexp

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.likelihood.bits import bits_score, in_nats_and_bits, influences_in_nats_and_bits
from aezoo.metrics.likelihood.density import Density, check_observations
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences, subsample
from aezoo.seeds import generator

BINARY = "nats per image, binarised"
DRAWS = 25
"""So many draws an image are in memory at a time."""
MIN_EFFECTIVE_SAMPLES = 5
SPREAD_IMAGES = 200
"""So many images tell the spread of a bound over images to about 5 %, in a fifth of the time of 1,000."""


def _evidence_bounds(density: Density, x_binary: Floats, seed: int) -> Influences:
    some = x_binary[subsample(len(x_binary), SPREAD_IMAGES)]
    bounds = np.mean([weights[:, 0] for weights in _log_weights(density, some, 16, seed, 1)], axis=0)
    return influences_in_nats_and_bits("elbo", "x_binary", bounds)


def _importance_bounds(density: Density, x_binary: Floats, seed: int) -> Influences:
    some = x_binary[subsample(len(x_binary), SPREAD_IMAGES)]
    bounds, sizes = importance_bounds(density, some, 500, seed)
    degenerate = (sizes < MIN_EFFECTIVE_SAMPLES).astype(np.float64)
    return {**influences_in_nats_and_bits("iwae", "x_binary", bounds), "iwae_degenerate": {"x_binary": degenerate}}


@METRICS.register(
    "elbo",
    question="likelihood",
    needs=("density", "x_binary", "seed"),
    scores=(Score("elbo_binary", BINARY, "higher"), bits_score("elbo")),
    minimum_n=100,
    version=2,
    standard_error=InfluenceFunctionError(_evidence_bounds, ("density", "x_binary", "seed")),
    headline={"elbo_binary": 1, "elbo_bits_per_dim": 3},
    redundant_with={"elbo_bits_per_dim": "elbo_binary"},
)
def evidence_bound(density: Density, x_binary: Floats, seed: int = 0) -> dict[str, float]:
    """Evidence lower bound, the mean over images of ``E_q[ln p(x|z) + ln p(z) - ln q(z|x)]``, by 16 draws of z.

    - ``elbo_binary``: the bound, in nats per image, higher is better; at most ln p(x), by KL(q(z|x) || p(z|x)). Of a
      model that computes ln p(x) without a code it is ln p(x).
    - ``elbo_bits_per_dim``: the same as ``-elbo_binary / (784 ln 2)`` bits per pixel, lower is better.

    Args:
        density: p(x, z) and q(z|x).
        x_binary: images (n, D), float64; binary for a Bernoulli density.
        seed: of the draws.

    Raises:
        TypeError: a model in place of a density.
        ValueError: for grey images and a Bernoulli density, NaN or infinite values.

    Limits: a loose bound cannot be told from a bad model, and a high likelihood does not make samples look real.

    Source: Kingma and Welling 2014, equation 2.
    """
    return in_nats_and_bits("elbo", elbo(density, x_binary, seed))


def elbo(density: Density, x_binary: Floats, seed: int = 0, samples: int = 16) -> float:
    """Estimate the evidence lower bound by `samples` draws of z, as `evidence_bound` does: in nats per image.

    Args:
        density: p(x, z) and q(z|x).
        x_binary: images (n, D), float64; binary for a Bernoulli density.
        seed: of the draws.
        samples: draws an image.

    Raises:
        TypeError: a model in place of a density.
        ValueError: for grey images and a Bernoulli density, NaN or infinite values, or no draws.

    Source: Kingma and Welling 2014, equation 2.
    """
    return float(np.mean([weights.mean() for weights in _log_weights(density, x_binary, samples, seed, 1)]))


@METRICS.register(
    "iwae",
    question="likelihood",
    needs=("density", "x_binary", "seed"),
    scores=(
        Score("iwae_binary", BINARY, "higher"),
        bits_score("iwae"),
        Score("iwae_effective_sample_size", "draws of 500, median", "neither", range=(1.0, 500.0)),
        Score("iwae_degenerate", "share of images", "neither", range=(0.0, 1.0)),
    ),
    minimum_n=100,
    version=3,
    standard_error=InfluenceFunctionError(_importance_bounds, ("density", "x_binary", "seed")),
    headline={"iwae_binary": 2, "iwae_bits_per_dim": 4},
    redundant_with={"iwae_bits_per_dim": "iwae_binary"},
)
def iwae_bound(density: Density, x_binary: Floats, k: int = 500, seed: int = 0) -> dict[str, float]:
    """Importance-weighted bound: the mean over images of ln (1/k) sum_j w_j, w_j = p(x, z_j) / q(z_j|x), z_j ~ q(z|x).

    - ``iwae_binary``: the bound, in nats per image, higher is better; in expectation it grows with k from the evidence
      lower bound (k = 1) to ln p(x), which it is of a model that computes ln p(x) without a code.
    - ``iwae_bits_per_dim``: the same as ``-iwae_binary / (784 ln 2)`` bits per pixel, lower is better.
    - ``iwae_effective_sample_size``: the median over images of ``(sum w)^2 / sum w^2``, in [1, k]. It describes the
      bound, and ranks nothing.
    - ``iwae_degenerate``: the share of images for which it is below 5, so that a few draws make the bound, which is
      loose for them; in [0, 1], ranks nothing. A large size proves nothing: draws that all miss a mode of p(z|x) do
      not show it.

    Args:
        density: p(x, z) and q(z|x); of a Keras model, ``aezoo.evaluation.densities.ModelDensity(model)``.
        x_binary: images (n, D), float64; binary for a Bernoulli density.
        k: draws an image, summed a few at a time on the logarithmic scale.
        seed: of the draws.

    Raises:
        TypeError: a model in place of a density.
        ValueError: for grey images and a Bernoulli density, NaN or infinite values, or no draws.

    Limits: a bound that is loose, where q(z|x) misses a mode, cannot be told from a bad model, and a high likelihood
    does not make samples look real.

    Source: Burda et al. 2016, arXiv:1509.00519, equation 8; Kong 1992 for the effective sample size.
    """
    return _summary("iwae", *importance_bounds(density, x_binary, k, seed))


@METRICS.register(
    "iwae_5000",
    question="likelihood",
    needs=("density", "x_binary_few", "seed"),
    scores=(
        Score("iwae_5000_binary", BINARY, "higher"),
        bits_score("iwae_5000"),
        Score("iwae_5000_effective_sample_size", "draws of 5000, median", "neither", range=(1.0, 5000.0)),
        Score("iwae_5000_degenerate", "share of images", "neither", range=(0.0, 1.0)),
    ),
    minimum_n=10,
    version=3,
    slow=True,
    headline={"iwae_5000_binary": 10, "iwae_5000_degenerate": 12},
    redundant_with={"iwae_5000_bits_per_dim": "iwae_5000_binary"},
)
def iwae_bound_5000(density: Density, x_binary_few: Floats, seed: int = 0) -> dict[str, float]:
    """`iwae_bound` with k = 5,000, the number of draws that the literature reports, on fewer images.

    ``ln (1/k) sum_j w_j`` in nats per image, higher is better, and in bits per pixel, lower is better; the effective
    sample size, in [1, k], and the share of degenerate images, in [0, 1], describe it and rank nothing. On the images
    that `ais` and `grid` score, so that the three compare.

    Args:
        density: p(x, z) and q(z|x).
        x_binary_few: images (n, D), float64; binary for a Bernoulli density.
        seed: of the draws.

    Raises:
        TypeError: a model in place of a density.
        ValueError: for grey images and a Bernoulli density, NaN or infinite values.

    Limits: a bound that is loose, where q(z|x) misses a mode, cannot be told from a bad model, and a high likelihood
    does not make samples look real.

    Source: Burda et al. 2016, arXiv:1509.00519, section 5.
    """
    return _summary("iwae_5000", *importance_bounds(density, x_binary_few, 5000, seed))


def _summary(name: str, bounds: Floats, sizes: Floats) -> dict[str, float]:
    return {
        **in_nats_and_bits(name, float(bounds.mean())),
        f"{name}_effective_sample_size": float(np.median(sizes)),
        f"{name}_degenerate": float(np.mean(sizes < MIN_EFFECTIVE_SAMPLES)),
    }


def importance_bounds(density: Density, x: Floats, k: int, seed: int = 0) -> tuple[Floats, Floats]:
    """The importance-weighted bound with `k` draws, in nats, and the effective sample size of each image: (n,), (n,).

    The first draws of a larger `k` are those of a smaller one, where both are multiples of `DRAWS`.
    """
    sums = squares = np.array(-np.inf)
    for weights in _log_weights(density, x, k, seed, DRAWS):
        sums = np.logaddexp(sums, logsumexp(weights, axis=1))
        squares = np.logaddexp(squares, logsumexp(2 * weights, axis=1))
    return sums - np.log(k), np.clip(np.exp(2 * sums - squares), 1, k)


def _log_weights(density: Density, x: Floats, k: int, seed: int, draws: int) -> Iterator[Floats]:
    """Log-weights of `k` draws for each image, at most `draws` of them at a time: (n, draws)."""
    images = check_observations(density, "x_binary", x)
    proposal = density.proposal(images)
    random = generator(seed, "importance weights")
    for start in range(0, check_count("k", k), draws):
        z, log_q = proposal.draw(min(draws, k - start), random)
        yield density.log_likelihood(images, z) + density.log_prior(z) - log_q


def check_count(name: str, count: int) -> int:
    """Return `count`; raise `ValueError` where it is below 1."""
    if count < 1:
        raise ValueError(f"{name} is {count}; it must be at least 1")
    return count
