"""The beta-TCVAE, whose rate is taken apart."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import ops

from aezoo.models import MODELS
from aezoo.models.base import Tensor, Terms
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import (
    aggregate_log_densities,
    bernoulli_nll,
    gaussian_kl,
    gaussian_log_density,
    standard_normal_log_density,
)
from aezoo.models.parameters import check_non_negative
from aezoo.spec import Protocol


@MODELS.register("beta-tcvae")
class BetaTCVAE(GaussianModel):
    r"""beta-TCVAE: minimises -E_q[ln p(x|z)] + alpha MI + beta TC + gamma DKL, the three parts of the mean rate.

    $$
    \mathcal{L} = -\mathbb{E}_{q(z \mid x)}[\ln p(x \mid z)] + \alpha \, \mathrm{MI} + \beta \, \mathrm{KL}(q(z) \,\|\,
    \prod_j q(z_j))
    + \gamma \sum_j \mathrm{KL}(q(z_j) \,\|\, p(z_j))
    $$

    MI is the mutual information of images and codes, TC = KL(q(z) || prod_j q(z_j)) the total correlation of the
    aggregate posterior q(z), and DKL = sum_j KL(q(z_j) || p(z_j)): Chen et al. 2018, equation 4. The parts are
    estimated from a batch by `aggregate_log_densities` with the number of training images; each has the paper's bias,
    for it is the logarithm of an unbiased estimate: at 16 dimensions and 100 images TC comes out below 0. Their sum,
    the mean rate, is known in closed form: the loss is that of `vae` plus (alpha - 1) MI + (beta - 1) TC + (gamma - 1)
    DKL, which with all three 1 is `vae`.

    Defaults:
        beta: paper, for dSprites beside a Bernoulli decoder, so that no factor is needed.
        alpha: paper.
        gamma: paper.
    """

    paper: ClassVar[str] = "Chen et al. 2018, arXiv:1802.04942"
    own_draws: ClassVar[bool] = True

    def __init__(self, protocol: Protocol, beta: float = 6.0, alpha: float = 1.0, gamma: float = 1.0) -> None:
        super().__init__(protocol)
        self.alpha = check_non_negative("alpha", alpha)
        self.beta = check_non_negative("beta", beta)
        self.gamma = check_non_negative("gamma", gamma)
        self.data_size = self.add_weight(name="data_size", shape=(), initializer="zeros", trainable=False)

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        few = "two dimensions have next to nothing to disentangle" if protocol.latent_dim < 3 else ""
        return few or super().unsuitable(protocol)

    def adapt(self, images: Any) -> None:  # noqa: ANN401
        self.data_size.assign(len(images))

    def objective(self, x: Tensor) -> Terms:
        z, mean, log_variance = self.code(x)
        nll = bernoulli_nll(x, self.decoder(z))
        kl = gaussian_kl(mean, log_variance)
        joint, marginals = aggregate_log_densities(z, mean, log_variance, self.data_size)
        product = ops.sum(marginals, axis=-1)
        parts = {
            "information": gaussian_log_density(z, mean, log_variance) - joint,
            "correlation": joint - product,
            "dimensions": product - standard_normal_log_density(z),
        }
        loss = nll + kl
        for weight, part in zip((self.alpha, self.beta, self.gamma), parts.values(), strict=True):
            if weight != 1:
                loss += (weight - 1) * part
        return {"loss": loss, "nll": nll, "kl": kl, **parts}
