"""The mean image: the floor of a model that learned nothing but the average."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from keras import ops

from aezoo.models import MODELS
from aezoo.models.base import Family, Model, Tensor, Terms
from aezoo.models.losses import bernoulli_nll
from aezoo.models.networks import PIXELS
from aezoo.spec import Protocol


@MODELS.register("mean-image")
class MeanImage(Model):
    """The best constant: p = (sum_i x_i + 1/2) / (n + 1) for every image; its code has no dimensions.

    The half image added keeps a pixel that was never lit from being impossible (Krichevsky and Trofimov 1981).
    """

    family: ClassVar[Family] = "baseline"
    role: ClassVar[Literal["floor"]] = "floor"

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(protocol)
        self.logits = self.add_weight(shape=(PIXELS,), trainable=False, name="logits")

    def adapt(self, images: Any) -> None:  # noqa: ANN401
        p = (images.sum(axis=0, dtype=np.float64) + 0.5) / (len(images) + 1)
        self.logits.assign(np.log(p) - np.log1p(-p))

    def objective(self, x: Tensor) -> Terms:
        nll = bernoulli_nll(x, self.decode_logits(self.encode(x)))
        return {"loss": nll, "nll": nll}

    def encode(self, x: Tensor) -> Tensor:
        return x[:, :0]

    def decode_logits(self, z: Tensor) -> Tensor:
        return ops.broadcast_to(self.logits, (ops.shape(z)[0], PIXELS))

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return ops.zeros((n, 0))
