"""The regularised autoencoder with a spectrally normalised decoder, which does not work here."""

from __future__ import annotations

from typing import ClassVar

import keras
from keras import ops

from aezoo.models import MODELS, losses
from aezoo.models.base import Tensor, Terms
from aezoo.models.deterministic import DeterministicModel
from aezoo.models.parameters import check_non_negative
from aezoo.spec import Protocol

ITERATIONS = 30
"""Of the power method, from the same vector each time: at the end of a training they find a norm to 0.1 %."""


class SpectralNorm(keras.constraints.Constraint):  # type: ignore[misc]
    """Constraint of a matrix (inputs, units) to a spectral norm of 1 at most, found by the power method."""

    def __call__(self, w: Tensor) -> Tensor:
        matrix = ops.reshape(w, (-1, w.shape[-1]))
        v = ops.ones_like(matrix[0])
        for _ in range(ITERATIONS):
            v = ops.matmul(ops.matmul(matrix, v), matrix)
            v = v / (ops.norm(v) + 1e-12)
        return w / ops.maximum(ops.norm(ops.matmul(matrix, v)), 1.0)


@MODELS.register("rae-sn")
class SpectralAutoencoder(DeterministicModel):
    r"""Spectrally normalised autoencoder: minimises -ln p(x|z) + weight |z|^2 / 2, the decoder's matrices at norm 1.

    $$
    \mathcal{L}(x) = -\ln p(x \mid z) + \frac{\lambda}{2} \|z\|^2, \quad \|W_l\|_2 \le 1
    $$

    lambda is `weight`, W_l are the matrices of the decoder, scaled back after each step: Ghosh et al. 2020, section
    3.1, the third of their regularisers. Logits of two such layers differ no more than the codes do: those of +-5 in
    784 pixels would need codes that are 140 long, which the penalty forbids.

    Defaults:
        weight: program, pythae's, as of `rae-l2`.
    """

    paper: ClassVar[str] = "Ghosh et al. 2020, arXiv:1903.12436"
    failure: ClassVar[str] = "its decoder cannot reach the logits of black and white pixels from a small code"

    def __init__(self, protocol: Protocol, weight: float = 0.03) -> None:
        super().__init__(protocol)
        self.weight = check_non_negative("weight", weight)
        for variable in self.decoder.trainable_variables:
            if len(variable.shape) > 1:
                variable.constraint = SpectralNorm()

    def objective(self, x: Tensor) -> Terms:
        z = self.encoder(x)
        nll = losses.bernoulli_nll(x, self.decoder(z))
        penalty = self.weight * ops.sum(ops.square(z), axis=-1) / 2
        return {"loss": nll + penalty, "nll": nll, "penalty": penalty}
