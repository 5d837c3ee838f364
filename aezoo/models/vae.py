"""The variational autoencoder and the beta-VAE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from aezoo.models import MODELS
from aezoo.models.base import Tensor, Terms
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import bernoulli_nll, gaussian_kl
from aezoo.models.parameters import check_non_negative
from aezoo.spec import Protocol


@MODELS.register("vae")
@MODELS.register("beta-vae", beta=4)
class VAE(GaussianModel):
    r"""Variational autoencoder: minimises -E_q[ln p(x|z)] + beta KL(q(z|x) || N(0, I)), one draw of z an image.

    $$
    \mathcal{L}(x) = -\mathbb{E}_{q(z \mid x)}[\ln p(x \mid z)] + \beta \, \mathrm{KL}(q(z \mid x) \,\|\, \mathcal{N}(0,
    I))
    $$

    beta = 1 is the negative evidence lower bound of Kingma and Welling 2014, equation 10; another beta is
    the beta-VAE of Higgins et al. 2017, equation 4. q(z|x) = N(mean(x), diag exp(log_variance(x))).

    Defaults:
        beta: definition in `vae`; paper in `beta-vae`, one of the six that
            Locatello et al. 2019 try (1 to 16), beside a Bernoulli decoder, so that no factor is needed.
    """

    paper: ClassVar[str] = "Kingma and Welling 2014, arXiv:1312.6114"
    papers: ClassVar[Mapping[str, str]] = {"beta-vae": "Higgins et al. 2017, ICLR"}

    def __init__(self, protocol: Protocol, beta: float = 1.0) -> None:
        super().__init__(protocol)
        self.beta = check_non_negative("beta", beta)

    def objective(self, x: Tensor) -> Terms:
        z, mean, log_variance = self.code(x)
        nll = bernoulli_nll(x, self.decoder(z))
        kl = gaussian_kl(mean, log_variance)
        return {"loss": nll + self.beta * kl, "nll": nll, "kl": kl}
