"""The JumpReLU autoencoder."""

from __future__ import annotations

import math
from typing import ClassVar

import keras
from keras import ops

from aezoo.models import MODELS, losses
from aezoo.models.base import Tensor, Terms
from aezoo.models.deterministic import DeterministicModel
from aezoo.models.parameters import check_non_negative, check_positive
from aezoo.spec import Protocol


@MODELS.register("jumprelu-ae")
class JumpReLUAutoencoder(DeterministicModel):
    r"""JumpReLU autoencoder: minimises -ln p(x | z) + weight |z|_0, z = f(x) where f(x) > theta, and 0 elsewhere.

    $$
    \mathcal{L}(x) = -\ln p(x \mid z) + \lambda \|z\|_0, \quad z_i = f_i(x) \, \mathbf{1}[f_i(x) > \theta_i]
    $$

    lambda is `weight`. |z|_0 counts the numbers that are not 0; weight is in nats for each. Rajamanoharan et al. 2024,
    equations 9 and 10, theta learned for each number of the code by the straight-through gradients of equations 11 and
    12: a rectangular window of width `bandwidth` about theta stands for the derivative of the jump.

    Defaults:
        weight: searched, results/tuning: from 0.1 to 3 it hardly matters.
        threshold: searched, results/tuning: the best of five by reconstruction.
        bandwidth: searched, results/tuning: it hardly matters.
    """

    paper: ClassVar[str] = "Rajamanoharan et al. 2024, arXiv:2407.14435"

    def __init__(self, protocol: Protocol, weight: float = 1.0, threshold: float = 0.1, bandwidth: float = 0.1) -> None:
        super().__init__(protocol)
        self.weight = check_non_negative("weight", weight)
        self.bandwidth = check_positive("bandwidth", bandwidth)
        start = keras.initializers.Constant(math.log(check_positive("threshold", threshold)))
        self.log_threshold = self.add_weight((protocol.latent_dim,), initializer=start, name="log_threshold")

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "" if protocol.latent_dim > 2 else "of two numbers a sparse code leaves one"

    def objective(self, x: Tensor) -> Terms:
        z, active = self.gate(self.encoder(x))
        nll = losses.bernoulli_nll(x, self.decoder(z))
        return {"loss": nll + self.weight * active, "nll": nll, "active": active}

    def gate(self, code: Tensor) -> tuple[Tensor, Tensor]:
        """Return the gated code (n, d) and how many of its numbers are not 0 (n,), both with gradients for theta."""
        threshold = ops.exp(self.log_threshold)
        is_open = ops.cast(code > threshold, "float32")
        window = ops.cast(ops.abs(code - threshold) < self.bandwidth / 2, "float32") / self.bandwidth
        moved = ops.stop_gradient(window) * (ops.stop_gradient(threshold) - threshold)  # 0, with a slope in theta
        count = ops.sum(is_open + moved, axis=-1)
        return code * is_open + ops.stop_gradient(threshold) * moved, count

    def encode(self, x: Tensor) -> Tensor:
        return self.gate(self.encoder(x))[0]
