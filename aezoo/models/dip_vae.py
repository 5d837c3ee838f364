"""The DIP-VAE, which penalises the covariance of the aggregate posterior."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS
from aezoo.models.base import Tensor, Terms
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import bernoulli_nll, gaussian_kl
from aezoo.models.parameters import check_non_negative
from aezoo.spec import Protocol


@MODELS.register("dip-vae-i", covariance="means", diagonal=100)
@MODELS.register("dip-vae-ii", covariance="draws", diagonal=10)
class DIPVAE(GaussianModel):
    r"""DIP-VAE: minimises the loss of `vae` + off_diagonal sum_{i != j} C_ij^2 + diagonal sum_i (C_ii - 1)^2.

    $$
    \mathcal{L}(x) = -\mathbb{E}_{q(z \mid x)}[\ln p(x \mid z)] + \mathrm{KL}(q(z \mid x) \,\|\, \mathcal{N}(0, I))
    + \lambda_o \sum_{i \neq j} C_{ij}^2 + \lambda_d \sum_i (C_{ii} - 1)^2
    $$

    lambda_o is `off_diagonal`, lambda_d is `diagonal`. C is a covariance over the images of a batch, so that 0 is
    reached only where it is the identity: of the posterior means in `dip-vae-i`, and of draws from the posteriors,
    Cov(mean) + E[variance], in `dip-vae-ii`. Kumar et al. 2018, equations 6 and 7. Covariances of n images have errors
    of 1 / sqrt(n), whose squares the penalty sums: at 100 images and 16 dimensions independent codes cost some 56 nats
    in `dip-vae-i`, and training and held-out values do not compare. A dimension that says nothing has C_ii = 1 in
    `dip-vae-ii` and 0 in `dip-vae-i`: the one leaves it be, the other forbids it.

    Defaults:
        off_diagonal: paper, the middle of what Locatello et al. 2019 try (1 to 50); in nats beside a Bernoulli decoder,
            so that no factor is needed.
        diagonal: paper, 10 times off_diagonal in `dip-vae-i` and once that in `dip-vae-ii`, as in both papers.
        covariance: definition of the two presets.
    """

    paper: ClassVar[str] = "Kumar et al. 2018, arXiv:1711.00848"

    def __init__(
        self, protocol: Protocol, off_diagonal: float = 10.0, diagonal: float = 10.0, covariance: str = "draws"
    ) -> None:
        super().__init__(protocol)
        self.off_diagonal = check_non_negative("off_diagonal", off_diagonal)
        self.diagonal = check_non_negative("diagonal", diagonal)
        if covariance not in ("means", "draws"):
            raise ValueError(f"covariance is {covariance!r}; it must be 'means' or 'draws'")
        self.covariance = covariance

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "two dimensions have next to nothing to disentangle" if protocol.latent_dim < 3 else ""

    def objective(self, x: Tensor) -> Terms:
        z, mean, log_variance = self.code(x)
        nll = bernoulli_nll(x, self.decoder(z))
        kl = gaussian_kl(mean, log_variance)
        if not (self.off_diagonal or self.diagonal):
            return {"loss": nll + kl, "nll": nll, "kl": kl}
        penalty = ops.broadcast_to(self.penalty(mean, log_variance), ops.shape(nll))
        return {"loss": nll + kl + penalty, "nll": nll, "kl": kl, "penalty": penalty}

    def penalty(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Compute the penalty of a batch of posteriors (n, d), (), in nats; 0 where C = I."""
        centred = mean - ops.mean(mean, axis=0)
        covariance = ops.mean(centred[:, :, None] * centred[:, None], axis=0)
        variance = ops.diagonal(covariance)
        off = ops.sum(ops.square(covariance * (1 - ops.eye(mean.shape[1]))))
        if self.covariance == "draws":
            variance = variance + ops.mean(ops.exp(log_variance), axis=0)
        return self.off_diagonal * off + self.diagonal * ops.sum(ops.square(variance - 1))
