"""The masked autoencoder."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from keras import ops
from numpy.typing import NDArray

from aezoo.models import MODELS, losses, noise
from aezoo.models.base import Tensor, Terms
from aezoo.models.deterministic import DeterministicModel
from aezoo.spec import Protocol

SIDE = 28


@MODELS.register("masked-ae")
class MaskedAutoencoder(DeterministicModel):
    r"""Masked autoencoder: minimises the cross-entropy of hidden pixels, given the others, over the share hidden.

    $$
    \mathcal{L}(x) = -\mathbb{E}_{m}\left[\frac{1}{\mu} \sum_p m_p \left(x_p \ln y_p + (1 - x_p) \ln(1 -
    y_p)\right)\right],
    \quad y = g\left(f\left(\frac{x (1 - m)}{1 - \mu}\right)\right)
    $$

    mu is `mask`, f the encoder, g the decoder. L(x) = sum_p m_p nll_p(x, f(x (1 - m) / (1 - mask))) / mask, where the
    mask m hides each square of `patch` x `patch` pixels with probability `mask`. He et al. 2022, section 3, for a
    multilayer perceptron: hidden pixels are 0, and visible ones are divided by their share, as dropout does, so that
    whole images can be encoded as they are. The expectation of the loss is on the scale of a whole image's
    cross-entropy.

    Defaults:
        mask: paper.
        patch: paper, 14 squares a side; results/tuning: the smaller the better.
    """

    paper: ClassVar[str] = "He et al. 2022, arXiv:2111.06377"

    def __init__(self, protocol: Protocol, mask: float = 0.75, patch: int = 2) -> None:
        super().__init__(protocol)
        if not 0 < mask < 1:
            raise ValueError(f"mask is {mask!r}; it must be a share above 0 and below 1")
        if not isinstance(patch, int) or patch < 1 or SIDE % patch:
            raise ValueError(f"patch is {patch!r}; it must be a whole number that divides {SIDE}")
        self.mask, self.patch = float(mask), patch
        self.patch_of_pixel = _patch_of_pixel(patch)

    def objective(self, x: Tensor) -> Terms:
        patches = (SIDE // self.patch) ** 2
        draws = noise.uniform((ops.shape(x)[0], patches), self.noise)
        hidden = ops.take(ops.cast(draws < self.mask, "float32"), self.patch_of_pixel, axis=1)
        logits = self.decoder(self.encoder(x * (1 - hidden) / (1 - self.mask)))
        nll = ops.sum(hidden * losses.bernoulli_nll_of_pixels(x, logits), axis=-1) / self.mask
        return {"loss": nll, "nll": nll}


def _patch_of_pixel(patch: int) -> NDArray[np.int32]:
    """Return the number of the square in which each of the 784 pixels lies, row by row."""
    rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
    return np.asarray(rows // patch * (SIDE // patch) + columns // patch, np.int32)
