"""The vector-quantised autoencoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from aezoo.models import MODELS
from aezoo.models.base import Tensor
from aezoo.models.vector_quantised import VectorQuantisedModel
from aezoo.spec import Protocol


@MODELS.register("vq-vae")
@MODELS.register("vq-vae-gradient", codebook="gradient")
@MODELS.register("vq-vae-rotation", estimator="rotation")
@MODELS.register("simvq-vae", codebook="simvq")
class VQVAE(VectorQuantisedModel):
    r"""Vector-quantised autoencoder: minimises -ln p(x|e_k) + |sg z - e_k|^2 + commitment |z - sg e_k|^2.

    $$
    \mathcal{L}(x) = -\ln p(x \mid e_k) + \|\mathrm{sg}(z) - e_k\|^2 + \beta \|z - \mathrm{sg}(e_k)\|^2, \quad k =
    \operatorname{argmin}_{j} \|z - e_j\|
    $$

    beta is `commitment`. z = f(x), k = argmin_j |z - e_j|, sg holds constant; van den Oord et al. 2017, equation 3,
    with a Bernoulli likelihood in nats, so that `commitment` needs no conversion. The code is one of `codes` vectors,
    so the model has at most as many images. Presets: by default the vectors are averages of what is rounded to them,
    their appendix A.1, in place of the second term; `vq-vae-gradient` has that term; `simvq-vae` has vectors C W with C
    frozen (Zhu et al. 2024, arXiv:2411.02038); `vq-vae-rotation` turns the decoder's gradient as the rounding turned z
    (Fifty et al. 2025, arXiv:2410.06424) where the others pass it on as it is. A vector with under a tenth (`restart`)
    of the mean use starts anew at a code of the batch, as in Dhariwal et al. 2020. The vectors of `simvq-vae` move
    together and never start anew.

    Defaults:
        codes: program, pythae's for MNIST.
        commitment: paper, van den Oord et al. 2017, equation 3; beside nats, as there, so that no factor is needed.
        decay: paper, van den Oord et al. 2017, appendix A.1.
        restart: searched, results/tuning: at 1 samples are better and reconstructions worse; the idea is of Dhariwal et
            al. 2020; without it, 5 of 100 vectors are ever used.
        codebook: paper, the averages of their appendix A.1; definition of the other presets.
        estimator: paper, van den Oord et al. 2017, section 3.2; definition of `vq-vae-rotation`.
    """

    paper: ClassVar[str] = "van den Oord et al. 2017, arXiv:1711.00937"
    papers: ClassVar[Mapping[str, str]] = {
        "simvq-vae": "Zhu et al. 2024, arXiv:2411.02038",
        "vq-vae-rotation": "Fifty et al. 2025, arXiv:2410.06424",
    }

    def __init__(
        self,
        protocol: Protocol,
        codes: int = 256,
        commitment: float = 0.25,
        decay: float = 0.99,
        restart: float = 0.1,
        codebook: str = "ema",
        estimator: str = "straight-through",
    ) -> None:
        super().__init__(
            protocol,
            places=1,
            width=protocol.latent_dim,
            codes=codes,
            commitment=commitment,
            decay=decay,
            restart=restart,
            codebook=codebook,
            estimator=estimator,
        )

    def assign(self, z: Tensor) -> tuple[Tensor, Tensor]:
        parts = self._by_place(z)
        return parts, self.codebook.nearest(parts)

    def combine(self, vectors: Tensor) -> Tensor:
        return vectors
