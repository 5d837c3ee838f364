"""The k-sparse autoencoder."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, losses
from aezoo.models.base import Tensor, Terms
from aezoo.models.deterministic import DeterministicModel
from aezoo.spec import Protocol


@MODELS.register("topk-ae")
class TopKAutoencoder(DeterministicModel):
    r"""k-sparse autoencoder: minimises -ln p(x | z), z the k numbers of the code f(x) that are largest in magnitude.

    $$
    \mathcal{L}(x) = -\ln p(x \mid z), \quad z_i = f_i(x) \, \mathbf{1}[|f_i(x)| \geq |f(x)|_{(k)}]
    $$

    |f|_(k) is the k-th largest magnitude. The others are 0 and pass no gradient. Makhzani and Frey 2013, section 2.1;
    Gao et al. 2024, equation 3. The code is linear, so magnitude decides, as in the iterative hard thresholding that
    the method is derived from. `active` is a share of the latent size, so that a preset serves every protocol: k =
    round(active d), at least 1; active = 1 is the plain autoencoder.

    Defaults:
        active: searched, results/tuning: the more the better, up to `ae`.
    """

    paper: ClassVar[str] = "Makhzani and Frey 2013, arXiv:1312.5663"

    def __init__(self, protocol: Protocol, active: float = 0.5) -> None:
        super().__init__(protocol)
        if not 0 < active <= 1:
            raise ValueError(f"active is {active!r}; it must be a share above 0 and at most 1")
        self.k = max(1, round(active * protocol.latent_dim))

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "" if protocol.latent_dim > 2 else "of two numbers a sparse code leaves one"

    def objective(self, x: Tensor) -> Terms:
        nll = losses.bernoulli_nll(x, self.decoder(self.encode(x)))
        return {"loss": nll, "nll": nll}

    def encode(self, x: Tensor) -> Tensor:
        z = self.encoder(x)
        magnitude = ops.abs(z)
        threshold = ops.sort(magnitude, axis=-1)[:, -self.k, None]  # by sort: top_k compiles to a loop on a processor
        return ops.where(magnitude >= threshold, z, 0.0)
