"""The variational autoencoder of grey images, with a Gaussian decoder of fixed width."""

from __future__ import annotations

import math
from typing import ClassVar

from aezoo.models import MODELS
from aezoo.models.base import Tensor
from aezoo.models.grey import GreyModel
from aezoo.models.losses import gaussian_log_density
from aezoo.models.parameters import check_positive
from aezoo.spec import Protocol


@MODELS.register("gaussian-vae")
class GaussianVAE(GreyModel):
    r"""VAE with Gaussian pixels: minimises -E_q[ln N(x; m(z), sigma^2 I)] + KL(q(z|x) || N(0, I)), one draw an image.

    $$
    \mathcal{L}(x) = \mathbb{E}_{q(z \mid x)}\left[\frac{|x - m(z)|^2}{2 \sigma^2}\right] + \frac{D}{2} \ln(2 \pi
    \sigma^2) + \mathrm{KL}(q(z \mid x) \,\|\, \mathcal{N}(0, I))
    $$

    D = 784 pixels. m(z) is the sigmoid of the decoder's logits. Kingma and Welling 2014, appendix C.2, at a fixed
    sigma, which is a weight in disguise: |x - m|^2 / (2 sigma^2) beside KL. The default of 1 is that of a squared error
    summed over pixels and halved, which many programs minimise: no pixel is off by more than 1, and the code keeps few
    nats.

    Defaults:
        sigma: program, pythae's and many others', which minimise a squared error summed over pixels and halved.
    """

    paper: ClassVar[str] = "Kingma and Welling 2014, arXiv:1312.6114"

    def __init__(self, protocol: Protocol, sigma: float = 1.0) -> None:
        super().__init__(protocol)
        self.sigma = check_positive("sigma", sigma)

    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        return gaussian_log_density(x, self.decode(z), 2 * math.log(self.sigma))
