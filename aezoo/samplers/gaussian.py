"""A Gaussian fitted to the training codes afterwards."""

from __future__ import annotations

import numpy as np

from aezoo.samplers import SAMPLERS, Codes, Latent
from aezoo.samplers.standardised import continuous_codes


@SAMPLERS.register("gaussian", optional=True)
def gaussian(latent: Latent, n: int, seed: int) -> Codes:
    """Draws from N(m, C), m and C the mean and the full covariance of the training codes.

    The maximum of the likelihood among Gaussians; the simplest density after training of Ghosh et al. 2020,
    section 4. A covariance that is singular is no hindrance: what does not vary keeps its value.

    z = m + epsilon V sqrt(L), epsilon ~ N(0, I), C = V L V^T.
    """
    codes = continuous_codes(latent).astype(np.float64)
    mean = codes.mean(axis=0)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(codes.T, bias=True)))
    epsilon = np.random.default_rng(seed).standard_normal((n, codes.shape[1]))
    drawn: Codes = (mean + epsilon * np.sqrt(values.clip(0)) @ vectors.T).astype(np.float32)
    return drawn
