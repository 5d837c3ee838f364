"""The frame of autoencoders that match their codes to N(0, I), so that a family states only its distance."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from keras import ops

from aezoo.models import noise
from aezoo.models.base import Family, Tensor, Terms
from aezoo.models.deterministic import DeterministicModel
from aezoo.models.losses import bernoulli_nll
from aezoo.models.parameters import check_non_negative
from aezoo.spec import Protocol


class MatchingAutoencoder(DeterministicModel, ABC):
    """An autoencoder of points, minimising -ln p(x | f(x)) + weight D(q, N(0, I)), abstract like `Model`.

    q is the law of the codes z = f(x) of all images, of which a batch is a sample: Tolstikhin et al. 2018, equation 4,
    with a Bernoulli decoder's cross-entropy as the cost. Where D is one number for a batch, each of its images has it.
    weight is in nats for a unit of D; with 0 it is the plain autoencoder.
    """

    family: ClassVar[Family] = "matching"
    annealable: ClassVar[bool] = True

    def __init__(self, protocol: Protocol, weight: float) -> None:
        super().__init__(protocol)
        self.weight = check_non_negative("weight", weight)

    @abstractmethod
    def distance(self, z: Tensor) -> Tensor:
        """Compute the distance of the law of codes z (n, d) to N(0, I), () or (n,), defined for one code as well."""

    def objective(self, x: Tensor) -> Terms:
        return self.terms(x, self.encoder(x))

    def terms(self, x: Tensor, z: Tensor) -> Terms:
        """Compute the loss and its parts for images (n, 784) and their codes (n, d)."""
        nll = bernoulli_nll(x, self.decoder(z))
        if not self.weight:
            return {"loss": nll, "nll": nll}
        distance = ops.broadcast_to(self.distance(z), ops.shape(nll))
        return {"loss": nll + self.weight * distance, "nll": nll, "distance": distance}

    def prior_like(self, z: Tensor) -> Tensor:
        """Draw as many codes (n, d) from N(0, I) as there are in z, by the model's `noise`."""
        return noise.normal(ops.shape(z), self.noise)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return noise.normal((n, self.protocol.latent_dim), seed)
