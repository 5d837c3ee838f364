"""The variational autoencoder with a continuous and a categorical part of the code, each of a given capacity."""

from __future__ import annotations

import math
from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, losses, networks, noise
from aezoo.models.base import Family, Model, Tensor, Terms
from aezoo.models.parameters import check_non_negative, check_whole
from aezoo.spec import Protocol

RISE, DISCRETE_CAPACITY, TEMPERATURE = 0.27, 5.0, 0.67


@MODELS.register("joint-vae")
class JointVAE(Model):
    r"""Joint VAE: minimises -E[ln p(x|z, c)] + weight (|KL(q(z|x) || N(0, I)) - C_z| + |KL(q(c|x) || even) - C_c|).

    $$
    \mathcal{L}(x) = -\mathbb{E}[\ln p(x \mid z, c)] + \gamma \left| \mathrm{KL}(q(z \mid x) \,\|\, \mathcal{N}(0, I)) -
    C_z(t) \right|
    + \gamma \left| \mathrm{KL}(q(c \mid x) \,\|\, \mathrm{even}) - C_c(t) \right|
    $$

    gamma is `weight`, t is the share of the training that is done. z has `latent_dim` numbers, c is one variable of
    `categories`, drawn relaxed at temperature 0.67; both KL are means over the batch. Dupont 2018, equation 7. The
    program for MNIST has ten numbers, C_z rising to 5 nats and C_c to min(5, ln 10) in 25,000 of 93,800 steps, and
    weight 30 beside nats an image; so here, with C_z = `capacity` * latent_dim. The loss is of relaxed codes and no
    bound; scores are of exact draws. Its groups of images are the likeliest c.

    Defaults:
        categories: paper, the number of classes.
        capacity: program, 5 nats over ten numbers.
        weight: program, beside nats an image, so that no factor is needed.
    """

    family: ClassVar[Family] = "variational"
    paper: ClassVar[str] = "Dupont 2018, arXiv:1804.00104"

    def __init__(self, protocol: Protocol, categories: int = 10, capacity: float = 0.5, weight: float = 30.0) -> None:
        super().__init__(protocol)
        self.categories = check_whole("categories", categories, least=2)
        self.capacity = check_non_negative("capacity", capacity) * protocol.latent_dim
        self.weight = check_non_negative("weight", weight)
        d = protocol.latent_dim
        self.encoder = networks.encoder(protocol, heads={"mean": d, "log_variance": d, "logits": categories})
        self.decoder = networks.decoder(protocol, codes=d + categories)
        self.risen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="risen")

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "" if protocol.latent_dim > 4 else "half a nat for each of so few dimensions shows the group alone"

    def objective(self, x: Tensor) -> Terms:
        mean, log_variance, logits = self._law(x)
        z = losses.reparameterise(mean, log_variance, self.noise, self.protocol.epsilon_std)
        relaxed = losses.gumbel_softmax(logits, TEMPERATURE, self.noise)
        nll = losses.bernoulli_nll(x, self.decoder(_beside(z, relaxed[:, 0])))
        kl, kl_discrete = losses.gaussian_kl(mean, log_variance), losses.categorical_kl(logits)
        discrete_capacity = ops.minimum(DISCRETE_CAPACITY * self.risen, math.log(self.categories))
        excess = ops.abs(ops.mean(kl) - self.capacity * self.risen)
        excess += ops.abs(ops.mean(kl_discrete) - discrete_capacity)
        return {"loss": nll + self.weight * excess, "nll": nll, "kl": kl, "kl_discrete": kl_discrete}

    def on_step(self, x: Tensor, progress: Tensor) -> None:
        self.risen.assign(ops.minimum(progress / RISE, 1))

    def _law(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_variance, logits = self.encoder(x)
        return mean, log_variance, logits[:, None]

    def encode(self, x: Tensor) -> Tensor:
        return _beside(self._law(x)[0], ops.one_hot(self.cluster(x), self.categories))

    def cluster(self, x: Tensor) -> Tensor:
        return ops.argmax(self._law(x)[2][:, 0], axis=-1)

    def draw(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance, logits = self._law(x)
        z = losses.reparameterise(mean, log_variance, self.noise)
        c, log_q = losses.categorical_draw(logits, self.noise)
        return _beside(z, c[:, 0]), losses.gaussian_log_density(z, mean, log_variance) + log_q

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(z)

    def log_prior(self, z: Tensor) -> Tensor:
        return losses.standard_normal_log_density(z[:, : self.protocol.latent_dim]) - math.log(self.categories)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        c, _ = losses.categorical_draw(ops.zeros((n, 1, self.categories)), seed + 1)
        return _beside(noise.normal((n, self.protocol.latent_dim), seed), c[:, 0])


def _beside(z: Tensor, c: Tensor) -> Tensor:
    return ops.concatenate([z, c], axis=1)
