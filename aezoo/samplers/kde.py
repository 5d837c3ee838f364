"""A kernel density estimate of the training codes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aezoo.samplers import SAMPLERS, Codes, Latent
from aezoo.samplers.standardised import Standardisation, continuous_codes

BANDWIDTHS = np.geomspace(0.01, 1.0, 41)
"""Candidates, in standard deviations of a dimension; neighbours differ by 12 percent."""

MAX_HELD_OUT, MAX_CENTRES = 1_000, 20_000


@SAMPLERS.register("kde", optional=True)
def kde(latent: Latent, n: int, seed: int) -> Codes:
    """Draws from the mean of Gaussian kernels on the training codes, their bandwidth by held-out likelihood.

    z = z_i + h s epsilon, i uniform, epsilon ~ N(0, I), s the standard deviation of each dimension: Parzen 1962,
    equation 1.6. h is the one of 41 between 0.01 and 1 under which codes that are no centres, a tenth of all or
    1,000, are most likely: Duin 1976, by held-out codes in place of leaving out each. `bandwidth` gives it.
    """
    codes = continuous_codes(latent, 20)
    scale, random = Standardisation.of(codes), np.random.default_rng(seed)
    standard = scale.forth(codes)
    h = bandwidth(standard[random.permutation(len(codes))])
    centres = standard[random.integers(len(codes), size=n)]
    return scale.back(centres + h * random.standard_normal(centres.shape))


def bandwidth(codes: Codes) -> float:
    """Choose h among `BANDWIDTHS` for codes (n, d) in random order: see `kde`. Dimensions of 0 alone do not count."""
    held_out = min(MAX_HELD_OUT, len(codes) // 10)
    varying = codes[:, codes.any(axis=0)]
    squares = _squared_distances(varying[:held_out], varying[held_out : held_out + MAX_CENTRES])
    nearest = squares.min(axis=1, keepdims=True)
    squares -= nearest  # so that no kernel at its nearest centre underflows
    likelihoods = [
        float(np.mean(np.log(np.exp(squares / (-2 * h**2)).mean(axis=1)) - nearest[:, 0] / (2 * h**2)))
        - varying.shape[1] * np.log(h)
        for h in BANDWIDTHS.astype(np.float32)
    ]
    return float(BANDWIDTHS[np.argmax(likelihoods)])


def _squared_distances(a: Codes, b: Codes) -> Codes:
    squares: NDArray[np.float32] = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.maximum(squares, 0, out=squares)
