"""The variational autoencoder with planar flows."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS
from aezoo.models.base import Tensor
from aezoo.models.flow_posterior import FlowPosteriorModel
from aezoo.models.losses import planar_flow
from aezoo.models.parameters import check_whole
from aezoo.spec import Protocol


@MODELS.register("vae-planar")
class PlanarVAE(FlowPosteriorModel):
    r"""Planar-flow autoencoder: minimises -E[ln p(x|z) + ln p(z) - ln q(z|x)], z = f_K(... f_1(z0)), z0 Gaussian.

    $$
    \mathcal{L}(x) = -\mathbb{E}\left[\ln p(x \mid z) + \ln p(z) - \ln q(z_0 \mid x) + \sum_{k=1}^{K} \ln\left(1 + (1 -
    \tanh^2 a_k) \, w_k^\top v_k\right)\right]
    $$

    a_k = w_k z_(k-1) + b_k. f(z) = z + v tanh(w z + b) with v, w and b of each of K `steps` given by the encoder for
    each image: Rezende and Mohamed 2015, equations 10 to 13 and section 4.2. Without steps it is `vae`.

    Defaults:
        steps: program, pythae's for binary MNIST.
    """

    paper: ClassVar[str] = "Rezende and Mohamed 2015, arXiv:1505.05770"

    def __init__(self, protocol: Protocol, steps: int = 3) -> None:
        self.steps = check_whole("steps", steps, least=0, most=100)
        numbers = self.steps * (2 * protocol.latent_dim + 1)
        super().__init__(protocol, more_heads={"flow": numbers} if numbers else None)

    def flow(self, z: Tensor, parameters: list[Tensor]) -> tuple[Tensor, Tensor]:
        log_determinant, d = ops.zeros_like(z[:, 0]), self.protocol.latent_dim
        for step in ops.split(parameters[0], self.steps, axis=-1) if self.steps else ():
            z, added = planar_flow(z, step[:, :d], step[:, d:-1], step[:, -1])
            log_determinant += added
        return z, log_determinant
