"""The masked autoencoder for distribution estimation, MADE."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import ops

from aezoo.architectures.layers import PIXELS
from aezoo.architectures.masked import masked_mlp
from aezoo.models import MODELS, noise
from aezoo.models.base import Family, Model, Tensor, Terms
from aezoo.models.losses import bernoulli_nll
from aezoo.spec import Protocol


@MODELS.register("made")
class MADE(Model):
    r"""Masked autoencoder for distribution estimation: minimises -ln p(x) = -sum_i ln p(x_i | x_1 ... x_{i-1}).

    $$
    \mathcal{L}(x) = -\mathbb{E}_{b}\left[\sum_i x_i \ln p_i(b_{<i}) + (1 - x_i) \ln(1 - p_i(b_{<i}))\right], \quad b_i
    \sim \mathrm{Bernoulli}(x_i)
    $$

    p_i is the probability that pixel i is 1; of a binary image b = x. Each pixel is Bernoulli given those before it in
    reading order, by one network of masked weights: Germain et al. 2015, equations 4 and 5, with one order and one
    mask. The likelihood is exact, of binary images: of grey ones the network sees a draw, a pixel 1 with its intensity
    as probability, and the loss is the mean over the pixel that it predicts. The network has the protocol's width and
    depth; the paper's is 500 wide. A code is z ~ N(0, I), one number for each pixel, which is 1 where Phi(z_i) < p(x_i
    = 1 | x_1 ... x_{i-1}); these probabilities are the mean image.
    """

    family: ClassVar[Family] = "autoregressive"
    paper: ClassVar[str] = "Germain et al. 2015, arXiv:1502.03509"

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(protocol)
        hidden = [protocol.hidden_units] * protocol.hidden_layers
        self.network = masked_mlp([1] * PIXELS, hidden, [1] * PIXELS, activation=protocol.activation, name="made")

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "" if protocol.architecture == "mlp" else f"its network is masked, and no {protocol.architecture!r}"

    def adapt(self, images: Any) -> None:  # noqa: ANN401
        """Set the biases to the pixels' log-odds: pixels that are never 1 would be drawn long into the training."""
        frequencies = (images.sum(axis=0) + 0.5) / (len(images) + 1)
        self.network.layers[-1].bias.assign(ops.log(frequencies) - ops.log1p(-frequencies))

    def objective(self, x: Tensor) -> Terms:
        binary = ops.cast(noise.uniform(ops.shape(x), self.noise) < x, "float32")
        nll = bernoulli_nll(x, self.network(binary))
        return {"loss": nll, "nll": nll}

    def log_density(self, x: Tensor) -> Tensor:
        return -bernoulli_nll(x, self.network(x))

    def decode_logits(self, z: Tensor) -> Tensor:
        first, *middle, last = self.network.layers[1:]
        kernel, last_kernel = first.kernel * first.kernel_mask, last.kernel * last.kernel_mask

        def next_pixel(i: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
            sums, logits = state  # of the first layer, which a new pixel moves by a row of the kernel; and found so far
            hidden = first.activation(sums)
            for layer in middle:
                hidden = layer(hidden)
            logit = ops.matmul(hidden, last_kernel[:, i, None]) + last.bias[i]
            pixel = ops.cast(
                ops.erf(z[:, i, None] / 2**0.5) < ops.tanh(logit / 2), "float32"
            )  # Phi(z) < sigmoid(logit)
            return sums + pixel * kernel[i], logits + logit * ops.cast(ops.arange(PIXELS) == i, "float32")

        start = ops.zeros_like(z[:, :1]) + first.bias, ops.zeros_like(z)
        return ops.fori_loop(0, PIXELS, next_pixel, start)[1]

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return noise.normal((n, PIXELS), seed)
