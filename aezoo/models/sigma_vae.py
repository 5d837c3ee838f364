"""The variational autoencoder of grey images, whose Gaussian decoder has the width that fits best."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS
from aezoo.models.base import Tensor
from aezoo.models.grey import GreyModel
from aezoo.models.losses import gaussian_log_density, optimal_sigma_nll
from aezoo.spec import Protocol

AVERAGED = 10
"""Images of a batch that the width is averaged over, which keeps the step near the VAE's."""
DECAY = 0.99


@MODELS.register("sigma-vae")
class SigmaVAE(GreyModel):
    r"""sigma-VAE: minimises -E_q[ln N(x; m(z), sigma^2 I)] + KL(q(z|x) || N(0, I)), over sigma too, one draw an image.

    $$
    \mathcal{L}(x) = \mathbb{E}_{q(z \mid x)}\left[\frac{|x - m(z)|^2}{2 \sigma^2}\right] + \frac{D}{2} \ln(2 \pi
    \sigma^2) + \mathrm{KL}(q(z \mid x) \,\|\, \mathcal{N}(0, I)),
    \quad \sigma^2 = \frac{1}{n D} \sum_{i=1}^{n} |x_i - m(z_i)|^2
    $$

    D = 784 pixels, n is the number of images in the batch. m(z) is the sigmoid of the decoder's logits. In each batch
    sigma^2 is the mean squared error over images and pixels, the maximum of the likelihood, so that the first term is
    392 (ln(2 pi sigma^2) + 1) in the mean. Rybkin et al. 2021, section 3. It has no parameters. Scores are of one
    model, whose sigma^2 is a running average over the last hundred steps or so.
    """

    paper: ClassVar[str] = "Rybkin et al. 2021, arXiv:2006.13202"

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(protocol)
        self.log_variance = self.add_weight(shape=(), initializer="zeros", trainable=False, name="log_variance")

    def nll(self, x: Tensor, z: Tensor) -> Tensor:
        return optimal_sigma_nll(x, self.decode(z))

    def on_step(self, x: Tensor, progress: Tensor) -> None:
        some = x[:AVERAGED]
        error = ops.mean(ops.square(some - self.decode(self.code(some).z)))
        self.log_variance.assign(ops.log(DECAY * ops.exp(self.log_variance) + (1 - DECAY) * error))

    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        return gaussian_log_density(x, self.decode(z), self.log_variance)
