"""A mixture of Gaussians fitted to the training codes afterwards."""

from __future__ import annotations

import numpy as np

from aezoo.samplers import SAMPLERS, Codes, Latent, NotApplicableError

COMPONENTS = 10
CODES_PER_DIMENSION = 10
MAX_CODES = 20_000
"""The mixture is fitted to at most so many codes: its parameters are few and the fit takes seconds."""


@SAMPLERS.register("gaussian-mixture")
def gaussian_mixture(latent: Latent, n: int, seed: int) -> Codes:
    """Draws from a mixture of 10 Gaussians with full covariances, fitted by expectation maximisation.

    The density estimate after training of Ghosh et al. 2020, section 4.
    """
    from sklearn.mixture import GaussianMixture

    codes = latent.codes
    dimensions = codes.shape[1]
    needed = COMPONENTS * CODES_PER_DIMENSION * dimensions
    if dimensions == 0:
        raise NotApplicableError("the model has no encoder, and so no codes to fit")
    if len(codes) < needed:
        raise NotApplicableError(f"{len(codes)} codes of {dimensions} dimensions; the mixture needs {needed}")
    mixture = GaussianMixture(COMPONENTS, covariance_type="full", random_state=seed, max_iter=200)
    mixture.fit(codes[:MAX_CODES].astype(np.float64))
    drawn = np.asarray(mixture.sample(n)[0], np.float32)
    return np.random.default_rng(seed).permutation(drawn)  # they come sorted by component
