"""The model's prior, resampled until it looks like the codes of images: the noise-contrastive prior."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from aezoo.architectures.layers import mlp
from aezoo.models.noise import Seeds
from aezoo.samplers import SAMPLERS, Codes, Latent, NotApplicableError
from aezoo.samplers.fitting import Fit, minimise
from aezoo.samplers.standardised import Standardisation, continuous_codes
from aezoo.seeds import integer_seed

Tensor = Any

HIDDEN = (256, 256)
PAIRS = 100_000
PROPOSALS = 1_000
"""Draws from the prior of which one is taken."""

CHUNK = 250
"""Draws that are made at a time: 250,000 proposals."""


class Contrast(Fit):
    """A classifier of codes of images against draws from the prior; its logit is the logarithm of their ratio.

    Minimises -ln D(z) - ln(1 - D(z')) over pairs (z, z') side by side, rows (n, 2 d): Aneja et al. 2021, equation 5.
    At the optimum D / (1 - D) = q(z) / p(z).
    """

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        super().__init__()

    def build(self) -> Sequence[keras.layers.Layer]:
        return [mlp(self.dimensions, HIDDEN, {"logit": 1}, name="contrast")]

    def loss(self, rows: Tensor, seeds: Seeds) -> Tensor:
        image, prior = tf.split(rows, 2, axis=1)
        return tf.nn.softplus(-self.log_ratio(image)) + tf.nn.softplus(self.log_ratio(prior))

    def log_ratio(self, z: Tensor) -> Tensor:
        """Compute ln q(z) - ln p(z) of codes (n, d): (n,), in nats."""
        return self.networks[0](z)[:, 0]


@lru_cache(maxsize=1)
def contrast(dimensions: int) -> Contrast:
    """Return the classifier of codes of so many dimensions, made once."""
    return Contrast(dimensions)


@SAMPLERS.register("resampled", optional=True)
def resampled(latent: Latent, n: int, seed: int) -> Codes:
    """Draws from p(z) r(z) / Z: of 1,000 draws from the prior p one is taken, with probability in proportion to r.

    r = D / (1 - D) of a classifier D that tells codes of images, drawn from q(z|x) or points, from the prior: Aneja et
    al. 2021, arXiv:2010.02917, equations 3 and 6, in place of the energy-based prior there by the same resampling.
    """
    if latent.prior is None:
        raise NotApplicableError("the model has no prior to resample")
    codes = continuous_codes(latent)
    random = np.random.default_rng(seed)
    if latent.posterior is not None:
        codes = latent.posterior(PAIRS, seed)
    else:
        codes = codes[random.integers(len(codes), size=PAIRS)]
    scale, fit = Standardisation.of(codes), contrast(codes.shape[1])
    noise = latent.prior(PAIRS, integer_seed(seed, "pairs"))
    minimise(fit, np.concatenate([scale.forth(codes), scale.forth(noise)], axis=1), seed)
    return np.concatenate(
        [
            resample(latent.prior(size * PROPOSALS, integer_seed(seed, "proposals", str(start))), fit, scale, random)
            for start in range(0, n, CHUNK)
            for size in [min(CHUNK, n - start)]
        ]
    )


def resample(proposals: Codes, fit: Contrast, scale: Standardisation, random: np.random.Generator) -> Codes:
    """Take one of every `PROPOSALS` codes, with probability in proportion to the ratio: (n PROPOSALS, d) -> (n, d)."""
    logits = np.asarray(fit.log_ratio(tf.constant(scale.forth(proposals)))).reshape(-1, PROPOSALS)
    chosen = (logits + random.gumbel(size=logits.shape)).argmax(axis=1)
    taken: Codes = proposals.reshape(len(logits), PROPOSALS, -1)[np.arange(len(logits)), chosen]
    return taken
