"""The Wasserstein autoencoder with the maximum mean discrepancy."""

from __future__ import annotations

from typing import ClassVar

from aezoo.models import MODELS
from aezoo.models.base import Tensor
from aezoo.models.losses import mmd
from aezoo.models.matching import MatchingAutoencoder
from aezoo.spec import Protocol


@MODELS.register("wae-mmd")
class WassersteinAutoencoder(MatchingAutoencoder):
    r"""Wasserstein autoencoder: minimises -ln p(x | f(x)) + weight MMD^2(q, N(0, I)), f(x) the code of x.

    $$
    \mathcal{L}(x) = -\ln p(x \mid f(x)) + \lambda \left(\mathbb{E}[k(z, z')] + \mathbb{E}[k(y, y')] - 2 \,
    \mathbb{E}[k(z, y)]\right),
    \quad k(z, y) = \frac{2d}{2d + |z - y|^2}
    $$

    lambda is `weight`; z and z' are codes of two images, y and y' two draws of N(0, I). q is the law of the codes, and
    MMD^2 the unbiased estimate of `aezoo.models.losses.mmd` with the kernel 2d / (2d + D) of squared distances D:
    Tolstikhin et al. 2018, equation 4 and algorithm 2. With weight 0 it is the plain autoencoder. The paper's code adds
    kernels of seven widths, of which this is the middle one.

    Defaults:
        weight: program, the authors' on MNIST, 10 beside a squared error divided by 20, times 20 and times 3 nats a
            unit of squared error (as `rae-l2`).
    """

    paper: ClassVar[str] = "Tolstikhin et al. 2018, arXiv:1711.01558"

    def __init__(self, protocol: Protocol, weight: float = 600.0) -> None:
        super().__init__(protocol, weight)

    def distance(self, z: Tensor) -> Tensor:
        return mmd(z, self.prior_like(z), "imq")
