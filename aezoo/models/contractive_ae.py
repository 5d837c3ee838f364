"""The contractive autoencoder."""

from __future__ import annotations

from typing import ClassVar

import tensorflow as tf
from keras import ops

from aezoo.models import MODELS, losses, noise
from aezoo.models.base import Tensor, Terms
from aezoo.models.deterministic import DeterministicModel
from aezoo.models.parameters import check_non_negative
from aezoo.spec import Protocol


@MODELS.register("contractive-ae")
class ContractiveAutoencoder(DeterministicModel):
    r"""Contractive autoencoder: minimises -ln p(x | f(x)) + weight |J(x)|_F^2, J(x) the Jacobian of the encoder f at x.

    $$
    \mathcal{L}(x) = -\ln p(x \mid f(x)) + \lambda \|J(x)\|_F^2, \quad J(x) = \frac{\partial f(x)}{\partial x}
    $$

    lambda is `weight`. Rifai et al. 2011, equation 2. |J|_F^2 is estimated without bias by |J' v|^2 with one v ~ N(0,
    I) an image, which works for every encoder at the price of one backward pass (Hutchinson 1989). weight = 0 is the
    plain autoencoder.

    Defaults:
        weight: searched, results/tuning: the less the better by reconstruction and by a mixture, down to `ae`.
    """

    paper: ClassVar[str] = "Rifai et al. 2011, ICML"

    def __init__(self, protocol: Protocol, weight: float = 0.1) -> None:
        super().__init__(protocol)
        self.weight = check_non_negative("weight", weight)

    def objective(self, x: Tensor) -> Terms:
        if not self.weight:
            nll = losses.bernoulli_nll(x, self.decoder(self.encoder(x)))
            return {"loss": nll, "nll": nll}
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            z = self.encoder(x)
            projected = ops.sum(z * noise.normal(ops.shape(z), self.noise), axis=-1)
        contraction = ops.sum(ops.square(tape.gradient(projected, x)), axis=-1)
        nll = losses.bernoulli_nll(x, self.decoder(z))
        return {"loss": nll + self.weight * contraction, "nll": nll, "contraction": contraction}
