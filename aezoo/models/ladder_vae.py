"""The ladder variational autoencoder of two latent layers."""

from __future__ import annotations

from typing import ClassVar

import keras
from keras import ops

from aezoo.models import MODELS, losses, networks, noise
from aezoo.models.base import Family, Model, Tensor, Terms
from aezoo.models.parameters import check_share
from aezoo.spec import Protocol


@MODELS.register("ladder-vae")
class LadderVAE(Model):
    r"""Ladder autoencoder: minimises -E_q[ln p(x|z1)] + weight [KL(q(z2|x) || N(0, I)) + KL(q(z1|z2, x) || p(z1|z2))].

    $$
    \mathcal{L}(x) = -\mathbb{E}_{q}[\ln p(x \mid z_1)] + w \left(\mathrm{KL}(q(z_2 \mid x) \,\|\, \mathcal{N}(0, I))
    + \mathbb{E}_{q(z_2 \mid x)} \mathrm{KL}(q(z_1 \mid z_2, x) \,\|\, p(z_1 \mid z_2))\right)
    $$

    w is the weight. q(z1|z2, x) is the product of p(z1|z2) and a Gaussian that the encoder gives, so that images
    correct what the upper layer expects: Sonderby et al. 2016, equations 13 to 20, with two layers of their five, and
    no batch normalisation. z1 has `latent_dim` numbers, z2 half as many; a code is (z1, z2), of which z1 is decoded and
    seen by latent scores. weight rises from 0 to 1 over the share `warm_up` of the training.

    Defaults:
        warm_up: paper, a tenth of the training.
    """

    family: ClassVar[Family] = "variational"
    paper: ClassVar[str] = "Sonderby et al. 2016, arXiv:1602.02282"
    annealable: ClassVar[bool] = True

    def __init__(self, protocol: Protocol, warm_up: float = 0.1) -> None:
        super().__init__(protocol)
        self.warm_up = check_share("warm_up", warm_up)
        self.d, top, width = protocol.latent_dim, max(1, protocol.latent_dim // 2), protocol.hidden_units
        heads = {"mean": self.d, "log_variance": self.d}
        self.encoder = networks.encoder(protocol, {**heads, "upward": width})
        self.upper_encoder = networks.mlp(width, [], {"mean": top, "log_variance": top}, name="upper_encoder")
        self.upper_decoder = networks.mlp(top, [width], heads, name="upper_decoder", activation=protocol.activation)
        self.decoder = networks.decoder(protocol)
        self.activation = keras.activations.get(protocol.activation)
        self.weight = self.add_weight(shape=(), initializer="ones", trainable=False, name="weight")

    def on_step(self, x: Tensor, progress: Tensor) -> None:
        if self.warm_up:
            self.weight.assign(ops.minimum(progress / self.warm_up, 1.0))

    def _infer(self, x: Tensor, epsilon_std: float) -> tuple[Tensor, ...]:
        """Draw z1 and z2; return them, with means and log-variances of q(z1|z2, x), p(z1|z2) and q(z2|x)."""
        mean, log_variance, upward = self.encoder(x)
        upper = self.upper_encoder(self.activation(upward))
        z2 = self._drawn(upper, epsilon_std)
        expected = self.upper_decoder(z2)
        lower = losses.gaussian_product(mean, log_variance, *expected)
        return self._drawn(lower, epsilon_std), z2, lower, expected, upper

    def _drawn(self, law: tuple[Tensor, Tensor], epsilon_std: float) -> Tensor:
        return losses.reparameterise(*law, self.noise, epsilon_std) if epsilon_std else law[0]

    def objective(self, x: Tensor) -> Terms:
        z1, _, lower, expected, upper = self._infer(x, self.protocol.epsilon_std)
        nll = losses.bernoulli_nll(x, self.decoder(z1))
        kl = losses.gaussian_kl(*upper) + losses.gaussian_kl_between(*lower, *expected)
        return {"loss": nll + self.weight * kl, "nll": nll, "kl": kl}

    def draw(self, x: Tensor) -> tuple[Tensor, Tensor]:
        z1, z2, lower, _, upper = self._infer(x, epsilon_std=1.0)
        log_q = losses.gaussian_log_density(z1, *lower) + losses.gaussian_log_density(z2, *upper)
        return ops.concatenate([z1, z2], axis=-1), log_q

    def encode(self, x: Tensor) -> Tensor:
        return ops.concatenate(self._infer(x, epsilon_std=0.0)[:2], axis=-1)

    def features(self, x: Tensor) -> Tensor:
        return self._infer(x, epsilon_std=0.0)[0]

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(z[:, : self.d])

    def log_prior(self, z: Tensor) -> Tensor:
        z1, z2 = z[:, : self.d], z[:, self.d :]
        return losses.standard_normal_log_density(z2) + losses.gaussian_log_density(z1, *self.upper_decoder(z2))

    def sample_prior(self, n: int, seed: int) -> Tensor:
        z2 = noise.normal((n, self.upper_decoder.input_shape[-1]), seed + 1)
        mean, log_variance = self.upper_decoder(z2)
        return ops.concatenate([mean + ops.exp(0.5 * log_variance) * noise.normal((n, self.d), seed), z2], axis=-1)
