"""The sparse autoencoder with a penalty on the size of its code."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, losses
from aezoo.models.base import Tensor, Terms
from aezoo.models.deterministic import DeterministicModel
from aezoo.models.parameters import check_non_negative
from aezoo.spec import Protocol


@MODELS.register("sparse-ae")
class SparseAutoencoder(DeterministicModel):
    r"""Sparse autoencoder: minimises -ln p(x | z) + weight |z|_1, z = max(f(x), 0) a code of numbers from 0.

    $$
    \mathcal{L}(x) = -\ln p(x \mid z) + \lambda \|z\|_1, \quad z = \max(f(x), 0)
    $$

    lambda is `weight`. The L1 penalty of Olshausen and Field 1996 on an amortised code; Ng 2011, CS294A lecture notes,
    section 3. weight is in nats for each unit of a code's number. The decoder could shrink codes and grow its weights
    to escape the penalty; that its weights start small and training is short is what keeps it from doing so entirely.

    Defaults:
        weight: searched, results/tuning: the less the better by reconstruction and by a mixture, down to `ae`.
    """

    paper: ClassVar[str] = "Ng 2011, CS294A lecture notes"

    def __init__(self, protocol: Protocol, weight: float = 0.1) -> None:
        super().__init__(protocol)
        self.weight = check_non_negative("weight", weight)

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "" if protocol.latent_dim > 2 else "of two numbers a sparse code leaves one"

    def objective(self, x: Tensor) -> Terms:
        z = self.encode(x)
        nll, size = losses.bernoulli_nll(x, self.decoder(z)), ops.sum(z, axis=-1)
        return {"loss": nll + self.weight * size, "nll": nll, "size": size}

    def encode(self, x: Tensor) -> Tensor:
        return ops.relu(self.encoder(x))
