"""The hyperspherical variational autoencoder, whose code lies on a sphere."""

from __future__ import annotations

import math
from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, losses, networks, noise
from aezoo.models.base import Family, Model, Tensor, Terms
from aezoo.models.parameters import check_positive
from aezoo.spec import Protocol


@MODELS.register("svae")
class HypersphericalVAE(Model):
    r"""Hyperspherical VAE: minimises -E_q[ln p(x|z)] + KL(q(z|x) || uniform), z on the unit sphere in d dimensions.

    $$
    \mathcal{L}(x) = -\mathbb{E}_{q(z \mid x)}[\ln p(x \mid z)] + \mathrm{KL}(\mathrm{vMF}(m(x), \kappa(x)) \,\|\,
    \mathrm{U}(S^{d-1}))
    $$

    q(z|x) is von Mises-Fisher, with density C(kappa) exp(kappa m'z), its mean direction m(x) and concentration kappa(x)
    given by the encoder; one draw an image. Davidson et al. 2018, equation 9. The paper has kappa = softplus + 1 and
    decodes z. Here kappa = `start` exp(f(x)), and the decoder is given sqrt(d) z, of the size of normal codes: with
    kappa near 1 and numbers near 1 / sqrt(d) the mean image is all it draws for epochs.

    Defaults:
        start: searched, results/tuning: from 5 to 500 within 4 % by samples; with the paper's softplus + 1 the mean
            image is all it draws for epochs.
    """

    family: ClassVar[Family] = "variational"
    paper: ClassVar[str] = "Davidson et al. 2018, arXiv:1804.00891"

    def __init__(self, protocol: Protocol, start: float = 50.0) -> None:
        super().__init__(protocol)
        self.start = check_positive("start", start)
        self.encoder = networks.encoder(protocol, heads={"direction": protocol.latent_dim, "log_concentration": 1})
        self.decoder = networks.decoder(protocol)

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "" if protocol.latent_dim > 2 else "a sphere in two dimensions is a circle, a code of one number"

    def posterior_law(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Compute mean direction (n, d) and concentration (n,) of q(z|x)."""
        direction, log_concentration = self.encoder(x)
        return _normalised(direction), self.start * ops.exp(log_concentration[:, 0])

    def objective(self, x: Tensor) -> Terms:
        mean, kappa = self.posterior_law(x)
        z, _ = losses.von_mises_fisher_draw(mean, kappa, self.noise)
        nll = losses.bernoulli_nll(x, self.decode_logits(z))
        kl = losses.von_mises_fisher_kl(kappa, self.protocol.latent_dim)
        return {"loss": nll + kl, "nll": nll, "kl": kl}

    def encode(self, x: Tensor) -> Tensor:
        return self.posterior_law(x)[0]

    def draw(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return losses.von_mises_fisher_draw(*self.posterior_law(x), self.noise)

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(math.sqrt(self.protocol.latent_dim) * z)

    def log_prior(self, z: Tensor) -> Tensor:
        return ops.zeros_like(z[:, 0]) - losses.log_area_of_sphere(self.protocol.latent_dim)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return _normalised(noise.normal((n, self.protocol.latent_dim), seed))


def _normalised(vectors: Tensor) -> Tensor:
    return vectors / ops.sqrt(ops.sum(ops.square(vectors), axis=1, keepdims=True) + 1e-12)
