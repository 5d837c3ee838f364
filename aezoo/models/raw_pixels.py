"""The identity: the floor of scores that need no learning at all."""

from __future__ import annotations

from typing import ClassVar, Literal

from keras import ops

from aezoo.models import MODELS
from aezoo.models.base import Family, Model, Tensor, Terms
from aezoo.models.losses import bernoulli_nll

MAX_PROBABILITY = 1 - 2.0**-24
"""The float32 below 1."""


@MODELS.register("raw-pixels")
class RawPixels(Model):
    """The image as its own code: latent scores of raw pixels, and the self-entropy that cross-entropy cannot beat.

    It reconstructs perfectly and generates nothing.
    """

    family: ClassVar[Family] = "baseline"
    role: ClassVar[Literal["floor"]] = "floor"
    generative: ClassVar[bool] = False

    def objective(self, x: Tensor) -> Terms:
        nll = bernoulli_nll(x, self.decode_logits(x))
        return {"loss": nll, "nll": nll}

    def encode(self, x: Tensor) -> Tensor:
        return x

    def decode_logits(self, z: Tensor) -> Tensor:
        p = ops.clip(z, 1.0 - MAX_PROBABILITY, MAX_PROBABILITY)
        return ops.log(p) - ops.log1p(-p)
