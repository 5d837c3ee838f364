"""Terms of objectives, as pure functions: per example, in nats per image."""

from __future__ import annotations

from keras import ops

from aezoo.models import noise
from aezoo.models.base import Tensor
from aezoo.models.noise import Seeds


def bernoulli_nll(x: Tensor, logits: Tensor) -> Tensor:
    """Cross-entropy -sum_p [x ln s + (1 - x) ln(1 - s)], s = sigmoid(logits): (n, 784), (n, 784) -> (n,)."""
    return ops.sum(bernoulli_nll_of_pixels(x, logits), axis=-1)


def bernoulli_nll_of_pixels(x: Tensor, logits: Tensor) -> Tensor:
    """Cross-entropy -x ln s - (1 - x) ln(1 - s) of each pixel, s = sigmoid(logits): (n, 784), (n, 784) -> (n, 784).

    Written as max(l, 0) - l x + ln(1 + exp(-|l|)), which loses nothing where s is near 0 or 1.
    """
    return ops.relu(logits) - logits * x + ops.log1p(ops.exp(-ops.abs(logits)))


def gaussian_kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, I)) = sum_d (mean^2 + var - 1 - ln var) / 2: (n, d), (n, d) -> (n,).

    Kingma and Welling 2014, appendix B.
    """
    return 0.5 * ops.sum(ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance, axis=-1)


def reparameterise(mean: Tensor, log_variance: Tensor, seeds: Seeds, epsilon_std: float = 1.0) -> Tensor:
    """z = mean + exp(log_variance / 2) * epsilon with epsilon ~ N(0, epsilon_std^2 I): (n, d), (n, d) -> (n, d).

    Kingma and Welling 2014, section 2.4.
    """
    epsilon = epsilon_std * noise.normal(ops.shape(mean), seeds)
    return mean + ops.exp(0.5 * log_variance) * epsilon
