"""Flow matching on pixels."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, losses, networks, noise
from aezoo.models.base import Family, Model, Tensor, Terms
from aezoo.models.networks import PIXELS
from aezoo.models.parameters import check_whole
from aezoo.spec import Protocol


@MODELS.register("flow-matching")
class FlowMatching(Model):
    r"""Flow matching on pixels: minimises E_t,e of the cross-entropy of x under the mean m(x_t, t) that a network says.

    $$
    \mathcal{L}(x) = -\mathbb{E}_{t, e}\left[\sum_p x_p \ln m_p + (1 - x_p) \ln(1 - m_p)\right],
    \quad m = m(x_t, t), \quad x_t = (1 - t) e + t (2x - 1)
    $$

    y = 2x - 1 is the image between -1 and 1, e ~ N(0, I) noise of its 784 pixels, t ~ U(0, 1), x_t = (1 - t) e + t y.
    The velocity (2 m - 1 - x_t) / (1 - t) carries noise at t = 0 to images at t = 1: Lipman et al. 2023, equation 23
    with sigma_min = 0. The cross-entropy is least at m = E[x|x_t], as the squared error of a velocity is at its mean; a
    hidden layer narrower than the image can say a clean image, and cannot pass on 784 numbers of noise. Images come by
    `steps` steps of Euler, the last of which ends at m itself: a Bernoulli mean, as in every other model. The network
    is the protocol's decoder with x_t and t in place of a code. It has no encoder; its code is the noise.

    Defaults:
        steps: searched, results/tuning: from 5 to 100 they hardly matter.
    """

    family: ClassVar[Family] = "flow"
    paper: ClassVar[str] = "Lipman et al. 2023, arXiv:2210.02747"

    def __init__(self, protocol: Protocol, steps: int = 25) -> None:
        super().__init__(protocol)
        self.steps = check_whole("steps", steps)
        self.decoder = networks.decoder(protocol, codes=PIXELS + 1)

    def objective(self, x: Tensor) -> Terms:
        n = ops.shape(x)[0]
        t = noise.uniform((n, 1), self.noise)
        between = (1 - t) * noise.normal((n, PIXELS), self.noise) + t * (2 * x - 1)
        return {"loss": losses.bernoulli_nll(x, self.mean_logits(between, t))}

    def mean_logits(self, between: Tensor, t: Tensor) -> Tensor:
        """Compute the logits (n, 784) of the mean image, given x_t (n, 784) at times t (n, 1)."""
        return self.decoder(ops.concatenate([between, t], axis=-1))

    def decode_logits(self, z: Tensor) -> Tensor:
        for step in range(self.steps):
            t = step / self.steps
            logits = self.mean_logits(z, ops.full((ops.shape(z)[0], 1), t))
            z = z + (2 * ops.sigmoid(logits) - 1 - z) / (self.steps * (1 - t))
        return logits

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return noise.normal((n, PIXELS), seed)
