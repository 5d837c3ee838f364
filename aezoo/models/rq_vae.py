"""The residual-quantised autoencoder."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS
from aezoo.models.base import Tensor
from aezoo.models.codebook import look_up, nearest
from aezoo.models.parameters import check_whole
from aezoo.models.vector_quantised import VectorQuantisedModel
from aezoo.spec import Protocol


@MODELS.register("rq-vae")
class RQVAE(VectorQuantisedModel):
    r"""Residual-quantised autoencoder: minimises -ln p(x | e_1 + ... + e_D) + sum_i commitment |r_(i-1) - sg e_i|^2.

    $$
    \mathcal{L}(x) = -\ln p(x \mid e_1 + \cdots + e_D) + \beta \sum_{i=1}^{D} \|r_{i-1} - \mathrm{sg}(e_i)\|^2
    $$

    beta is `commitment`; with `codebook` "gradient" or "simvq", |sg r_(i-1) - e_i|^2 is added, as in `vq-vae`. r_0 = z
    = f(x), and in D = `depth` stages e_i is the vector of codebook i nearest to r_(i-1), r_i = r_(i-1) - e_i. Lee et
    al. 2022, equations 5, 8 and 9, with a codebook for each stage as in Zeghidour et al. 2021, arXiv:2107.03312. With
    one stage it is `vq-vae`. Its code is the D vectors side by side, which rounding leaves as they are, where it could
    round their sum to others; latent scores see the sum.

    Defaults:
        depth: paper, its least.
        codes: program, pythae's for one codebook on MNIST, as in `vq-vae`; 4 stages make 22 nats.
        commitment: paper, van den Oord et al. 2017, equation 3; beside nats, as there, so that no factor is needed.
        decay: paper, van den Oord et al. 2017, appendix A.1.
        restart: searched, results/tuning: the best of five; the idea is of Dhariwal et al. 2020.
        codebook: paper, the averages of their appendix A.1.
        estimator: paper, van den Oord et al. 2017, section 3.2.
    """

    paper: ClassVar[str] = "Lee et al. 2022, arXiv:2203.01941"

    def __init__(
        self,
        protocol: Protocol,
        depth: int = 4,
        codes: int = 256,
        commitment: float = 0.25,
        decay: float = 0.99,
        restart: float = 0.1,
        codebook: str = "ema",
        estimator: str = "straight-through",
    ) -> None:
        super().__init__(
            protocol,
            places=check_whole("depth", depth, most=64),
            width=protocol.latent_dim,
            codes=codes,
            commitment=commitment,
            decay=decay,
            restart=restart,
            codebook=codebook,
            estimator=estimator,
        )

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "stages of a code of two numbers are a finer grid" if protocol.latent_dim <= 2 else ""

    def assign(self, z: Tensor) -> tuple[Tensor, Tensor]:
        table, residual, parts, symbols = self.codebook.vectors(), z[:, None], [], []
        for stage in range(len(self.vocabulary)):
            vectors = table[stage : stage + 1]
            symbol = nearest(vectors, residual)
            parts.append(residual)
            symbols.append(symbol)
            residual = residual - ops.stop_gradient(look_up(vectors, symbol))
        return ops.concatenate(parts, axis=1), ops.concatenate(symbols, axis=1)

    def combine(self, vectors: Tensor) -> Tensor:
        return ops.sum(vectors, axis=1, keepdims=True)

    def features(self, x: Tensor) -> Tensor:
        """Map images (n, 784) to the points (n, latent_dim) that their codes stand for."""
        return self.combine(self._by_place(self.encode(x)))[:, 0]
