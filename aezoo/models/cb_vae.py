"""The variational autoencoder of grey images, with a continuous Bernoulli decoder."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS
from aezoo.models.base import Tensor
from aezoo.models.grey import GreyModel
from aezoo.models.losses import continuous_bernoulli_nll
from aezoo.models.parameters import check_positive
from aezoo.spec import Protocol


@MODELS.register("cb-vae")
class ContinuousBernoulliVAE(GreyModel):
    r"""Continuous Bernoulli VAE: minimises -E_q[ln p(x|z)] + KL(q(z|x) || N(0, I)), one draw of z an image.

    $$
    \mathcal{L}(x) = -\mathbb{E}_{q(z \mid x)}\left[\sum_p x_p \ln s_p + (1 - x_p) \ln(1 - s_p) + \ln
    \frac{l_p}{\tanh(l_p / 2)}\right]
    + \mathrm{KL}(q(z \mid x) \,\|\, \mathcal{N}(0, I))
    $$

    p(x|z) = prod_p C(l_p) s_p^x_p (1 - s_p)^(1 - x_p) with logits l, s = sigmoid(l), and C(l) = l / tanh(l / 2), which
    makes it a density over [0, 1]; without C it is the VAE's cross-entropy, a likelihood of binary images only.
    Loaiza-Ganem and Cunningham 2019, section 3. The log-density of a pixel that is exactly 0 rises with -l without end.
    Its authors' program therefore cuts s off at 1e-4 and 1 - 1e-4, which is the default: logits of at most `limit`, and
    at most ln 9.2 nats a pixel. Images are shown as s, as there; the mean of such a density stays nearer to grey
    (`losses.continuous_bernoulli_mean_logits`).

    Defaults:
        limit: program, the authors', which cuts s off at 1e-4 and 1 - 1e-4: ln(0.9999 / 0.0001).
    """

    paper: ClassVar[str] = "Loaiza-Ganem and Cunningham 2019, arXiv:1907.06845"

    def __init__(self, protocol: Protocol, limit: float = 9.2102) -> None:
        super().__init__(protocol)
        self.limit = check_positive("limit", limit)

    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        return -continuous_bernoulli_nll(x, self.decode_logits(z))

    def decode_logits(self, z: Tensor) -> Tensor:
        return ops.clip(self.decoder(z), -self.limit, self.limit)
