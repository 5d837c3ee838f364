"""The product-quantised autoencoder."""

from __future__ import annotations

from typing import ClassVar

from aezoo.models import MODELS
from aezoo.models.base import Tensor
from aezoo.models.parameters import check_whole
from aezoo.models.vector_quantised import VectorQuantisedModel
from aezoo.spec import Protocol


@MODELS.register("pq-vae")
class PQVAE(VectorQuantisedModel):
    r"""Product-quantised autoencoder: `vq-vae` on each of m = d / group_size groups of the code, with a codebook each.

    $$
    \mathcal{L}(x) = -\ln p(x \mid e_1, \ldots, e_m) + \beta \sum_{j=1}^{m} \|z_j - \mathrm{sg}(e_j)\|^2
    $$

    beta is `commitment`; with `codebook` "gradient" or "simvq", |sg z_j - e_j|^2 is added, as in `vq-vae`. Minimises
    -ln p(x | e_1, ..., e_m) + sum_j commitment |z_j - sg e_j|^2, e_j the vector of codebook j nearest to the group z_j:
    Jegou et al. 2011, section 2.2, for product quantisation; van den Oord et al. 2017, equation 3, for the objective.
    It has up to codes^m images where one codebook has `codes`, at a rate of up to m ln(codes) nats. With one group it
    is `vq-vae`.

    Defaults:
        group_size: searched, results/tuning: the best of five by samples; groups are counted by their size, so that a
            preset serves every protocol.
        codes: searched, results/tuning: within 6 % of the best of five by samples; 64 vectors make 33 nats at 16
            dimensions, where a VAE spends 25.
        commitment: paper, van den Oord et al. 2017, equation 3; beside nats, as there, so that no factor is needed.
        decay: paper, van den Oord et al. 2017, appendix A.1.
        restart: searched, results/tuning: within 5 % of the best of five; the idea is of Dhariwal et al. 2020.
        codebook: paper, the averages of their appendix A.1.
        estimator: paper, van den Oord et al. 2017, section 3.2.
    """

    paper: ClassVar[str] = "Jegou et al. 2011, IEEE TPAMI 33"

    def __init__(
        self,
        protocol: Protocol,
        group_size: int = 2,
        codes: int = 64,
        commitment: float = 0.25,
        decay: float = 0.99,
        restart: float = 0.1,
        codebook: str = "ema",
        estimator: str = "straight-through",
    ) -> None:
        if protocol.latent_dim % check_whole("group_size", group_size):
            raise ValueError(f"group_size is {group_size}; it must divide the {protocol.latent_dim} latent dimensions")
        super().__init__(
            protocol,
            places=protocol.latent_dim // group_size,
            width=group_size,
            codes=codes,
            commitment=commitment,
            decay=decay,
            restart=restart,
            codebook=codebook,
            estimator=estimator,
        )

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "two dimensions are one group of its usual size, which is vq-vae" if protocol.latent_dim <= 2 else ""

    def assign(self, z: Tensor) -> tuple[Tensor, Tensor]:
        parts = self._by_place(z)
        return parts, self.codebook.nearest(parts)

    def combine(self, vectors: Tensor) -> Tensor:
        return vectors
