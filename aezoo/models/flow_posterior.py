"""Methods that variational autoencoders with a normalising flow as posterior share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from aezoo.models.base import Tensor, Terms
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import bernoulli_nll, flow_kl, gaussian_kl, gaussian_log_density, reparameterise


class FlowPosteriorModel(GaussianModel, ABC):
    """A model with q(z|x) the law of f(z0; x), z0 ~ N(mean(x), diag exp(log_variance(x))), f invertible; abstract.

    ln q(z|x) = ln q(z0|x) - ln |det df/dz0|: Rezende and Mohamed 2015, arXiv:1505.05770, equation 5. `posterior` is the
    law of z0. A family defines `flow`.
    """

    own_draws: ClassVar[bool] = True

    @abstractmethod
    def flow(self, z: Tensor, parameters: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Map z0 (n, d) to z (n, d), with ln |det dz/dz0| (n,), by the outputs of the encoder's `more_heads`."""

    def objective(self, x: Tensor) -> Terms:
        mean, log_variance, *parameters = self.encoder(x)
        start = reparameterise(mean, log_variance, self.noise)
        z, log_determinant = self.flow(start, parameters)
        nll = bernoulli_nll(x, self.decoder(z))
        # Without steps both are one number; the second is made of the same operations as that of `vae`.
        kl = flow_kl(mean, log_variance, start, z, log_determinant) if parameters else gaussian_kl(mean, log_variance)
        return {"loss": nll + kl, "nll": nll, "kl": kl}

    def draw(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance, *parameters = self.encoder(x)
        start = reparameterise(mean, log_variance, self.noise)
        z, log_determinant = self.flow(start, parameters)
        return z, gaussian_log_density(start, mean, log_variance) - log_determinant

    def encode(self, x: Tensor) -> Tensor:
        mean, _, *parameters = self.encoder(x)
        return self.flow(mean, parameters)[0]
