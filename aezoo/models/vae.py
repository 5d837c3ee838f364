"""The variational autoencoder and the beta-VAE."""

from __future__ import annotations

from typing import ClassVar

from aezoo.models import MODELS, networks, noise
from aezoo.models import losses as terms
from aezoo.models.base import Model, Tensor, Terms, check_non_negative
from aezoo.spec import Protocol


@MODELS.register("vae")
@MODELS.register("beta-vae", beta=4)
class VAE(Model):
    """Variational autoencoder: minimises -E_q[ln p(x|z)] + beta KL(q(z|x) || N(0, I)), one draw of z an image.

    beta = 1 is the negative evidence lower bound of Kingma and Welling 2014, equation 10; another beta is
    the beta-VAE of Higgins et al. 2017, equation 4. q(z|x) = N(mean(x), diag exp(log_variance(x))).
    """

    standard_normal_prior: ClassVar[bool] = True

    def __init__(self, protocol: Protocol, beta: float = 1.0) -> None:
        super().__init__(protocol)
        self.beta = check_non_negative("beta", beta)
        self.encoder = networks.encoder(protocol, heads=("mean", "log_variance"))
        self.decoder = networks.decoder(protocol)

    def objective(self, x: Tensor) -> Terms:
        mean, log_variance = self.encoder(x)
        z = terms.reparameterise(mean, log_variance, self.noise, self.protocol.epsilon_std)
        nll = terms.bernoulli_nll(x, self.decoder(z))
        kl = terms.gaussian_kl(mean, log_variance)
        return {"loss": nll + self.beta * kl, "nll": nll, "kl": kl}

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x)[0]

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.encoder(x)
        return mean, log_variance

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(z)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return noise.normal((n, self.protocol.latent_dim), seed)
