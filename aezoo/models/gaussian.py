"""Methods that Gaussian variational autoencoders share, so that a family states only what differs."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from keras import ops

from aezoo.models import networks, noise
from aezoo.models.base import Family, Model, Tensor
from aezoo.models.losses import bernoulli_nll, gaussian_log_density, reparameterise, standard_normal_log_density
from aezoo.spec import Protocol


class Coded(NamedTuple):
    """A draw from the posterior of each image of a batch: z, mean and log_variance, each (batch, d)."""

    z: Tensor
    mean: Tensor
    log_variance: Tensor


class WeightedDraws(NamedTuple):
    """Draws z_j of the posterior of each image of a batch, k of each, with their likelihoods and weights.

    Attributes:
        nll: -ln p(x|z_j), (k, batch).
        log_weights: ln w_j = ln p(x|z_j) + ln p(z_j) - ln q(z_j|x), p(z) = N(0, I), (k, batch).
        mean: of the posterior, (batch, d).
        log_variance: of the posterior, (batch, d).
    """

    nll: Tensor
    log_weights: Tensor
    mean: Tensor
    log_variance: Tensor


class GaussianModel(Model, ABC):
    """A model with q(z|x) = N(mean(x), diag exp(log_variance(x))), prior N(0, I) and decoder, abstract like `Model`.

    It has the protocol's `encoder` and `decoder` and every method but `objective`. A family with another prior defines
    `log_prior` and `sample_prior` anew; one with another posterior defines `draw` and `encode`. `more_heads` of the
    encoder, by name and number of units, follow the mean and the log-variance.
    """

    family: ClassVar[Family] = "variational"
    annealable: ClassVar[bool] = True

    def __init__(self, protocol: Protocol, more_heads: Mapping[str, int] | None = None) -> None:
        super().__init__(protocol)
        heads = {"mean": protocol.latent_dim, "log_variance": protocol.latent_dim, **(more_heads or {})}
        self.encoder = networks.encoder(protocol, heads, classes=self.classes)
        self.decoder = networks.decoder(protocol, codes=protocol.latent_dim + self.classes)

    def code(self, x: Tensor) -> Coded:
        """Draw z = mean + exp(log_variance / 2) epsilon for each image, with the protocol's `epsilon_std`."""
        mean, log_variance = self.posterior(x)
        z = reparameterise(mean, log_variance, self.noise, self.protocol.epsilon_std)
        return Coded(z, mean, log_variance)

    def weighted_draws(self, x: Tensor, k: int) -> WeightedDraws:
        """Draw `k` codes from q(z|x) for each image, and weigh them against p(x, z)."""
        mean, log_variance = self.posterior(x)
        shape = (k, *ops.shape(mean))
        z = reparameterise(ops.broadcast_to(mean, shape), ops.broadcast_to(log_variance, shape), self.noise)
        logits = self.decoder(ops.reshape(z, (-1, shape[-1])))
        nll = bernoulli_nll(x, ops.reshape(logits, (k, -1, self.outputs)))
        log_ratio = standard_normal_log_density(z) - gaussian_log_density(z, mean, log_variance)
        return WeightedDraws(nll, log_ratio - nll, mean, log_variance)

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x)[0]

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.encoder(x)[:2]
        return mean, log_variance

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(z)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return noise.normal((n, self.protocol.latent_dim), seed)
