"""The autoencoder of lookup-free quantisation, on the corners of a cube or of a cube in a sphere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, losses
from aezoo.models.base import Tensor, Terms
from aezoo.models.codebook import straight_through
from aezoo.models.parameters import check_non_negative, check_positive
from aezoo.models.quantised import QuantisedModel
from aezoo.spec import Protocol


@MODELS.register("lfq-vae")
@MODELS.register("bsq-vae", spherical=True, commitment=0.0, entropy=2.0)
class LFQVAE(QuantisedModel):
    r"""Lookup-free quantisation: minimises -ln p(x|c) + commitment |z - sg c|^2 + entropy (E H(p(.|z)) - H(E p(.|z))).

    $$
    \mathcal{L}(x) = -\ln p(x \mid c) + \beta \|z - \mathrm{sg}(c)\|^2 + \eta \sum_i \left(H(b_i) -
    H(\mathbb{E}[b_i])\right)
    $$

    beta is `commitment`, eta is `entropy`, b_i the probability that bit i is 1, H the entropy of a bit, sg holds
    constant. z = f(x), c = sign(z), one of 2^d codes; p(c|z) is proportional to exp(-sharpness |z - c|^2), a product
    over bits. Yu et al. 2024, equations 3 to 5. `bsq-vae` has z = f(x) / |f(x)| and c = sign(z) / sqrt(d) on the unit
    sphere, and distances in units of 1 / sqrt(d): Zhao et al. 2024, arXiv:2406.07548, equations 6 to 10, without a
    commitment, as there. H(E p) is that of independent bits, an upper bound: their equation 10. The mean E is over the
    batch. Entropies are in nats, beside the cross-entropy in nats, so that their weight is a plain number.

    Defaults:
        commitment: searched, results/tuning: in `lfq-vae` the best of five, and with 8 it loses 43 nats;
            in `bsq-vae` 0, as in its paper.
        entropy: searched, results/tuning: in both presets within 5 % of the best of five by samples.
        sharpness: searched, results/tuning: within 7 % of the best of five.
        spherical: definition of the two presets.
    """

    paper: ClassVar[str] = "Yu et al. 2024, arXiv:2310.05737"
    papers: ClassVar[Mapping[str, str]] = {"bsq-vae": "Zhao et al. 2024, arXiv:2406.07548"}

    def __init__(
        self,
        protocol: Protocol,
        commitment: float = 2.5,
        entropy: float = 4.0,
        sharpness: float = 1.0,
        spherical: bool = False,
    ) -> None:
        super().__init__(protocol)
        self.commitment = check_non_negative("commitment", commitment)
        self.entropy = check_non_negative("entropy", entropy)
        self.sharpness = check_positive("sharpness", sharpness)
        self.spherical = spherical
        self.vocabulary = (2,) * protocol.latent_dim
        self.side = protocol.latent_dim**-0.5 if spherical else 1.0

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "so few bits make a few images" if protocol.latent_dim < 6 else ""

    def objective(self, x: Tensor) -> Terms:
        z = self.point(x)
        code = self.nearest_code(z)
        nll = losses.bernoulli_nll(x, self.decoder(straight_through(z, code) / self.side))
        distance = ops.sum(ops.square(z - ops.stop_gradient(code)), axis=-1)
        penalty = losses.bit_entropy_penalty(4 * self.sharpness * z / self.side)
        loss = nll + self.commitment * distance + self.entropy * penalty
        return {"loss": loss, "nll": nll, "distance": distance, "entropy": penalty}

    def point(self, x: Tensor) -> Tensor:
        """Map images (n, 784) to points (n, d): as the encoder gives them, or of norm 1."""
        z = self.encoder(x)
        return z / ops.maximum(ops.norm(z, axis=-1, keepdims=True), 1e-12) if self.spherical else z

    def symbols(self, z: Tensor) -> Tensor:
        return ops.cast(z > 0, "int32")

    def from_symbols(self, symbols: Tensor) -> Tensor:
        return self.side * (2 * ops.cast(symbols, "float32") - 1)

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(self.nearest_code(z) / self.side)
