"""Principal components as an autoencoder: the linear floor."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from keras import ops

from aezoo.models import MODELS, noise
from aezoo.models.base import Family, Model, Tensor, Terms
from aezoo.models.losses import bernoulli_nll
from aezoo.models.networks import PIXELS
from aezoo.spec import Protocol

HALF_GREY_LEVEL = 1 / 512
"""A linear reconstruction is no probability: it is kept this far from 0 and 1, half a step of 8 bits."""

ROUNDING = 1e-12
"""A component with less than this share of the largest variance is a rounding error."""


@MODELS.register("pca")
class PrincipalComponents(Model):
    """Principal component analysis: z = W (x - m) whitened, x' = m + W^+ z, the best linear code of this size.

    Hotelling 1933. Its codes have unit variance, so a standard normal is the Gaussian fitted to them. Images that vary
    in fewer directions than a code has numbers leave the others at 0.
    """

    family: ClassVar[Family] = "baseline"
    paper: ClassVar[str] = "Pearson 1901"
    role: ClassVar[Literal["floor"]] = "floor"

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(protocol)
        shape = (protocol.latent_dim, PIXELS)
        self.mean = self.add_weight(shape=(PIXELS,), trainable=False, name="mean")
        self.components = self.add_weight(shape=shape, trainable=False, name="components")
        self.scale = self.add_weight(shape=shape[:1], initializer="ones", trainable=False, name="scale")

    def adapt(self, images: Any) -> None:  # noqa: ANN401
        centred = images - images.mean(axis=0, dtype=np.float64)
        variances, vectors = np.linalg.eigh(centred.T @ centred / (len(images) - 1))
        order = np.argsort(variances)[::-1][: self.protocol.latent_dim]
        order = order[variances[order] > ROUNDING * variances.max()]
        vectors = vectors[:, order] * np.sign(vectors[np.abs(vectors[:, order]).argmax(axis=0), order])
        components, scale = np.zeros(self.components.shape), np.ones(self.scale.shape)
        components[: len(order)], scale[: len(order)] = vectors.T, np.sqrt(variances[order])
        self.mean.assign(images.mean(axis=0, dtype=np.float64))
        self.components.assign(components)
        self.scale.assign(scale)

    def objective(self, x: Tensor) -> Terms:
        nll = bernoulli_nll(x, self.decode_logits(self.encode(x)))
        return {"loss": nll, "nll": nll}

    def encode(self, x: Tensor) -> Tensor:
        return ops.matmul(x - self.mean, ops.transpose(self.components)) / self.scale

    def decode_logits(self, z: Tensor) -> Tensor:
        linear = self.mean + ops.matmul(z * self.scale, self.components)
        p = ops.clip(linear, HALF_GREY_LEVEL, 1.0 - HALF_GREY_LEVEL)
        return ops.log(p) - ops.log1p(-p)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return noise.normal((n, self.protocol.latent_dim), seed)
