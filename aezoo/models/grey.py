"""Variational autoencoders of grey images: the bound on a likelihood of their own, without that likelihood."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from aezoo.models.base import Tensor, Terms
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import gaussian_kl
from aezoo.spec import Protocol


class GreyModel(GaussianModel, ABC):
    """A variational autoencoder whose `log_likelihood` is a density of grey images, abstract like `Model`.

    It minimises -E_q[ln p(x|z)] + KL(q(z|x) || N(0, I)), one draw of z an image. Values are log-densities, and may be
    above 0. Images that a protocol makes binary would drive such a density to infinity, and are refused.
    """

    binary: ClassVar[bool] = False

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "" if protocol.binarisation == "none" else "its likelihood is of grey images, not of binary ones"

    @abstractmethod
    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        """Compute ln p(x|z) of images (n, 784) and codes (n, d), (n,), in nats."""

    def nll(self, x: Tensor, z: Tensor) -> Tensor:
        """Compute what the training takes for -ln p(x|z), (n,)."""
        return -self.log_likelihood(x, z)

    def objective(self, x: Tensor) -> Terms:
        z, mean, log_variance = self.code(x)
        nll, kl = self.nll(x, z), gaussian_kl(mean, log_variance)
        return {"loss": nll + kl, "nll": nll, "kl": kl}
