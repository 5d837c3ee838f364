"""The variational autoencoder with inverse autoregressive flows."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.architectures.masked import masked_mlp
from aezoo.models import MODELS
from aezoo.models.base import Tensor
from aezoo.models.flow_posterior import FlowPosteriorModel
from aezoo.models.parameters import check_whole
from aezoo.spec import Protocol


@MODELS.register("vae-iaf")
class InverseAutoregressiveVAE(FlowPosteriorModel):
    r"""Inverse-autoregressive autoencoder: minimises -E[ln p(x|z) + ln p(z) - ln q(z|x)], z a flow of a Gaussian z0.

    $$
    \mathcal{L}(x) = -\mathbb{E}\left[\ln p(x \mid z) + \ln p(z) - \ln q(z_0 \mid x) + \sum_{k} \sum_{i} s_{k,i}\right]
    $$

    s_k,i is the logarithm of the factor of number i in step k. Each of `steps` maps z_i to m_i + exp(s_i) z_i, with m
    and s of z_1 ... z_{i-1} and of a context that the encoder gives for each image, by a masked network of the
    protocol's width; the order is reversed after each. Kingma et al. 2016, equations 9 to 11; two steps, an even
    number, begin as the identity. The context is as long as the code. Without steps it is `vae`.

    Defaults:
        steps: program, pythae's for MNIST; an even number, which begins as the identity.
    """

    paper: ClassVar[str] = "Kingma et al. 2016, arXiv:1606.04934"

    def __init__(self, protocol: Protocol, steps: int = 2) -> None:
        check_whole("steps", steps, least=0, most=100)
        d = protocol.latent_dim
        super().__init__(protocol, more_heads={"context": d} if steps else None)
        self.steps = [
            masked_mlp(
                [1] * d,
                [protocol.hidden_units],
                [2] * d,
                context=d,
                activation=protocol.activation,
                zero_outputs=True,
                name=f"step_{index + 1}",
            )
            for index in range(steps)
        ]

    def flow(self, z: Tensor, parameters: list[Tensor]) -> tuple[Tensor, Tensor]:
        log_determinant = ops.zeros_like(z[:, 0])
        for step in self.steps:
            shift_and_scale = ops.reshape(step(ops.concatenate([*parameters, z], axis=-1)), (-1, z.shape[-1], 2))
            log_scale = shift_and_scale[..., 1]
            z = ops.flip(shift_and_scale[..., 0] + ops.exp(log_scale) * z, axis=-1)
            log_determinant += ops.sum(log_scale, axis=-1)
        return z, log_determinant
