"""The FactorVAE, whose total correlation an adversary estimates."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, networks, noise
from aezoo.models.base import Player, Tensor, Terms
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import bernoulli_nll, gaussian_kl
from aezoo.models.parameters import check_non_negative
from aezoo.spec import Protocol


@MODELS.register("factor-vae")
class FactorVAE(GaussianModel):
    r"""FactorVAE: minimises -E_q[ln p(x|z)] + KL(q(z|x) || N(0, I)) + gamma TC, TC = KL(q(z) || prod_j q(z_j)).

    $$
    \begin{split}
    \mathcal{L}(x) &= -\mathbb{E}_{q(z \mid x)}[\ln p(x \mid z)] + \mathrm{KL}(q(z \mid x) \,\|\, \mathcal{N}(0, I)) +
    \gamma \, \mathbb{E}_{q(z \mid x)}\left[\ln \frac{D(z)}{1 - D(z)}\right] \\
    \mathcal{L}_D(x) &= -\ln D(z) - \ln(1 - D(z'))
    \end{split}
    $$

    The total correlation TC is the mean of ln D(z) - ln(1 - D(z)), where the adversary D minimises -ln D(z) - ln(1 -
    D(z')): it tells codes z from codes z' whose dimensions are permuted among the images, each by itself. Kim and Mnih
    2018, equation 2 and algorithm 2, but with z' of the same batch, and a D as wide and as deep as the encoder instead
    of six layers of 1,000. The single value of an image is D's logit, "correlation". With gamma 0 the loss is that of
    `vae`.

    Defaults:
        gamma: paper, the least that Locatello et al. 2019 try (10 to 100), beside a Bernoulli decoder, so that no
            factor is needed.
    """

    paper: ClassVar[str] = "Kim and Mnih 2018, arXiv:1802.05983"

    def __init__(self, protocol: Protocol, gamma: float = 10.0) -> None:
        super().__init__(protocol)
        self.gamma = check_non_negative("gamma", gamma)
        self.discriminator = networks.discriminator(protocol, codes=protocol.latent_dim)

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "two dimensions have next to nothing to disentangle" if protocol.latent_dim < 3 else ""

    def objective(self, x: Tensor) -> Terms:
        z, mean, log_variance = self.code(x)
        nll = bernoulli_nll(x, self.decoder(z))
        kl = gaussian_kl(mean, log_variance)
        own = self.discriminator(z)[:, 0]
        permuted = self.discriminator(self.permuted(z))[:, 0]
        loss = nll + kl + self.gamma * own if self.gamma else nll + kl
        discriminator = ops.softplus(-own) + ops.softplus(permuted)
        return {"loss": loss, "nll": nll, "kl": kl, "correlation": own, "discriminator": discriminator}

    def permuted(self, z: Tensor) -> Tensor:
        """Permute each dimension of codes (n, d) among the images, by itself: draws of the product of marginals."""
        order = ops.argsort(noise.uniform(ops.shape(z), self.noise), axis=0)
        return ops.take_along_axis(z, order, axis=0)

    def players(self) -> dict[str, Player]:
        return {
            "discriminator": Player(self.discriminator.trainable_variables, outputs=1),
            "loss": Player([*self.encoder.trainable_variables, *self.decoder.trainable_variables]),
        }
