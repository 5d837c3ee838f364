"""Methods that Gaussian variational autoencoders share, so that a family states only what differs."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar, NamedTuple

from aezoo.models import networks, noise
from aezoo.models.base import Family, Model, Tensor
from aezoo.models.losses import reparameterise
from aezoo.spec import Protocol


class Coded(NamedTuple):
    """A draw from the posterior of each image of a batch: z, mean and log_variance, each (batch, d)."""

    z: Tensor
    mean: Tensor
    log_variance: Tensor


class GaussianModel(Model, ABC):
    """A model with q(z|x) = N(mean(x), diag exp(log_variance(x))), prior N(0, I) and decoder, abstract like `Model`.

    It has the protocol's `encoder` and `decoder` and every method but `objective`. A family with another prior defines
    `log_prior` and `sample_prior` anew; one with another posterior defines `draw` and `encode`.
    """

    family: ClassVar[Family] = "variational"
    annealable: ClassVar[bool] = True

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(protocol)
        self.encoder = networks.encoder(protocol, heads=("mean", "log_variance"), classes=self.classes)
        self.decoder = networks.decoder(protocol, codes=protocol.latent_dim + self.classes)

    def code(self, x: Tensor) -> Coded:
        """Draw z = mean + exp(log_variance / 2) epsilon for each image, with the protocol's `epsilon_std`."""
        mean, log_variance = self.encoder(x)
        z = reparameterise(mean, log_variance, self.noise, self.protocol.epsilon_std)
        return Coded(z, mean, log_variance)

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x)[0]

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.encoder(x)
        return mean, log_variance

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(z)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return noise.normal((n, self.protocol.latent_dim), seed)
