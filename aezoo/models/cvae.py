"""The conditional variational autoencoder, which is told the digit."""

from __future__ import annotations

import math
from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, losses, noise
from aezoo.models.base import Tensor, Terms, labels_of, pixels_of
from aezoo.models.gaussian import GaussianModel


@MODELS.register("cvae")
class ConditionalVAE(GaussianModel):
    r"""Conditional VAE: minimises -E_q[ln p(x|z, y)] + KL(q(z|x, y) || N(0, I)), y the label, one draw of z an image.

    $$
    \mathcal{L}(x) = -\mathbb{E}_{q(z \mid x, y)}[\ln p(x \mid z, y)] + \mathrm{KL}(q(z \mid x, y) \,\|\, \mathcal{N}(0,
    I))
    $$

    Encoder and decoder are given y one-hot beside x and z: Sohn et al. 2015, equation 4, with a prior of z that does
    not depend on y. With weights of 0 for y it is the VAE. It has no parameters. The decoder sees 10 y - 1: given y
    itself, among 16 numbers of z, it learns to read the digit from z, and draws others than it is told to. The code is
    (z, y) with prior N(0, I) times 1/10 for each label, so that scores are of ln p(x, y), a bound on ln p(x), ln 10
    below that of the loss. Reconstructions are told y, which no other family's are; latent scores see z alone.
    """

    paper: ClassVar[str] = "Sohn et al. 2015, NeurIPS"
    classes: ClassVar[int] = 10
    annealable: ClassVar[bool] = False

    def objective(self, x: Tensor) -> Terms:
        z, mean, log_variance = self.code(x)
        nll = losses.bernoulli_nll(pixels_of(x), self.decode_logits(_beside(z, labels_of(x))))
        kl = losses.gaussian_kl(mean, log_variance)
        return {"loss": nll + kl, "nll": nll, "kl": kl}

    def encode(self, x: Tensor) -> Tensor:
        return _beside(self.features(x), labels_of(x))

    def features(self, x: Tensor) -> Tensor:
        return self.encoder(x)[0]

    def draw(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.encoder(x)
        z = losses.reparameterise(mean, log_variance, self.noise)
        return _beside(z, labels_of(x)), losses.gaussian_log_density(z, mean, log_variance)

    def decode_logits(self, z: Tensor) -> Tensor:
        d = self.protocol.latent_dim
        return self.decoder(_beside(z[:, :d], self.classes * z[:, d:] - 1))

    def log_prior(self, z: Tensor) -> Tensor:
        return losses.standard_normal_log_density(z[:, : self.protocol.latent_dim]) - math.log(self.classes)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        labels = ops.floor(self.classes * noise.uniform((n,), seed + 1))
        one_hot = ops.one_hot(ops.cast(labels, "int32"), self.classes)
        return _beside(noise.normal((n, self.protocol.latent_dim), seed), one_hot)


def _beside(z: Tensor, labels: Tensor) -> Tensor:
    return ops.concatenate([z, labels], axis=1)
