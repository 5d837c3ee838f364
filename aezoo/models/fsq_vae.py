"""The autoencoder of finite scalar quantisation."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, losses
from aezoo.models.base import Tensor, Terms
from aezoo.models.codebook import straight_through
from aezoo.models.parameters import check_positive, check_whole
from aezoo.models.quantised import QuantisedModel
from aezoo.spec import Protocol

MARGIN = 1e-3
"""Of the bound, so that the outermost levels are safely reached; the paper's."""


@MODELS.register("fsq-vae")
class FSQVAE(QuantisedModel):
    r"""Finite scalar quantisation: minimises -ln p(x|c), c the nearest of L levels to each number of bound(f(x)).

    $$
    \mathcal{L}(x) = -\ln p(x \mid c), \quad c_i = \operatorname{argmin}_{l} \left| h \tanh(s f_i(x)) - l \right|
    $$

    s is `slope`, l runs over the levels. bound(z) = h tanh(slope z), h = (L - 1)(1 + 0.001) / 2; the levels are -(L -
    1) / 2, ..., (L - 1) / 2 in steps of 1, L = `levels`, one number for all dimensions, where the paper has one for
    each. Rounding passes the gradient on as it is; no codebook, no other term.
    Mentzer et al. 2024, section 3.1, with even levels on both sides of 0 as in Parker et al. 2024, arXiv:2411.19842,
    section 3.2. Two changes for RMSprop, whose first steps are 3.2 times as long as its later ones and move all codes
    together by several units: `slope` is 0.1 where the paper has 1, or a tanh would be at its bound for ever (all 16
    with 5 levels, 13 with 8); and codes are not divided by L / 2.

    Defaults:
        levels: paper, the largest of its usual numbers.
        slope: searched, results/tuning: the best of five by samples; the paper has 1.
    """

    paper: ClassVar[str] = "Mentzer et al. 2024, arXiv:2309.15505"

    def __init__(self, protocol: Protocol, levels: int = 8, slope: float = 0.1) -> None:
        super().__init__(protocol)
        self.levels = check_whole("levels", levels, least=2, most=1_000)
        self.slope = check_positive("slope", slope)
        self.vocabulary = (levels,) * protocol.latent_dim
        self.highest = (levels - 1) / 2

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "a few levels of so few numbers make a few images" if protocol.latent_dim < 4 else ""

    def objective(self, x: Tensor) -> Terms:
        z = self.bound(self.encoder(x))
        nll = losses.bernoulli_nll(x, self.decoder(straight_through(z, self.nearest_code(z))))
        return {"loss": nll, "nll": nll}

    def bound(self, z: Tensor) -> Tensor:
        """Squeeze numbers (n, d) into the range of the levels."""
        return self.highest * (1 + MARGIN) * ops.tanh(self.slope * z)

    def encode(self, x: Tensor) -> Tensor:
        return self.nearest_code(self.bound(self.encoder(x)))

    def symbols(self, z: Tensor) -> Tensor:
        return ops.cast(ops.clip(ops.round(z + self.highest), 0, self.levels - 1), "int32")

    def from_symbols(self, symbols: Tensor) -> Tensor:
        return ops.cast(symbols, "float32") - self.highest
