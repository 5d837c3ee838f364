"""The regularised autoencoder, with a penalty on its decoder's weights or on its decoder's slope."""

from __future__ import annotations

from typing import ClassVar

import tensorflow as tf
from keras import ops

from aezoo.models import MODELS, losses, noise
from aezoo.models.base import Tensor, Terms
from aezoo.models.deterministic import DeterministicModel
from aezoo.models.parameters import check_non_negative
from aezoo.spec import Protocol


@MODELS.register("rae-l2", weight_decay=3e-4)
@MODELS.register("rae-gp", slope=3e-4)
class RegularisedAutoencoder(DeterministicModel):
    r"""Regularised autoencoder: minimises -ln p(x|z) + weight |z|^2 / 2 + weight_decay |W|^2 + slope |J(z)|_F^2.

    $$
    \mathcal{L}(x) = -\ln p(x \mid z) + \frac{\lambda}{2} \|z\|^2 + \alpha \|W\|^2 + \gamma \|J(z)\|_F^2
    $$

    lambda is `weight`, alpha is `weight_decay`, gamma is `slope`. z = f(x) is the code, W are the weights of the
    decoder, and J(z) is the Jacobian of its mean image at z, estimated by |J' v|^2 with one v ~ N(0, I) an image. Ghosh
    et al. 2020, equations 3, 5 (`rae-l2`) and 6 (`rae-gp`). With all three 0, as `rae-l2:weight=0:weight_decay=0`, it
    is `ae`. Weights beside a squared error are converted by a factor: at the chapter's optimum a unit of it stands for
    (149.3 - 45.5) / (784 * 0.0436) = 3.0 nats of cross-entropy above its floor. The paper's third is `rae-sn`.

    Defaults:
        weight: program, pythae's 1e-2 beside a squared error, times 3.0.
        weight_decay: program, in `rae-l2` pythae's 1e-4 beside a squared error, times 3.0; 0 by definition in `rae-gp`.
        slope: program, in `rae-gp` pythae's 1e-4 beside a squared error, times 3.0; 0 by definition in `rae-l2`.
    """

    paper: ClassVar[str] = "Ghosh et al. 2020, arXiv:1903.12436"
    dearer: ClassVar[str] = "gradients of the gradient of its decoder, in `rae-gp`"

    def __init__(self, protocol: Protocol, weight: float = 0.03, weight_decay: float = 0.0, slope: float = 0.0) -> None:
        super().__init__(protocol)
        self.weight = check_non_negative("weight", weight)
        self.weight_decay = check_non_negative("weight_decay", weight_decay)
        self.slope = check_non_negative("slope", slope)

    def objective(self, x: Tensor) -> Terms:
        z = self.encoder(x)
        nll = losses.bernoulli_nll(x, self.decoder(z))
        penalty = self.weight * ops.sum(ops.square(z), axis=-1) / 2
        if self.weight_decay:
            penalty += self.weight_decay * sum(ops.sum(ops.square(w)) for w in self.decoder.trainable_variables)
        if self.slope:
            penalty += self.slope * self._squared_slope(z)
        return {"loss": nll + penalty, "nll": nll, "penalty": penalty}

    def _squared_slope(self, z: Tensor) -> Tensor:
        """Estimate |J(z)|_F^2 without bias: codes (n, d) to (n,)."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(z)
            image = self.decode(z)
            projected = ops.sum(image * noise.normal(ops.shape(image), self.noise), axis=-1)
        return ops.sum(ops.square(tape.gradient(projected, z)), axis=-1)
