"""The Wasserstein GAN with gradient penalty on the chapter's decoder."""

from __future__ import annotations

from typing import ClassVar

import tensorflow as tf
from keras import ops

from aezoo.models import MODELS, networks, noise
from aezoo.models.base import Family, Model, Player, Tensor, Terms
from aezoo.models.parameters import check_positive, check_whole
from aezoo.spec import Protocol


@MODELS.register("wgan-gp")
class WGANGP(Model):
    r"""Wasserstein GAN with gradient penalty: G minimises -C(G(z)), z ~ N(0, I).

    $$
    \begin{split}
    \mathcal{L}_G &= -C(G(z)), \quad z \sim \mathcal{N}(0, I) \\
    \mathcal{L}_C(x) &= C(G(z)) - C(x) + \lambda \left(|\nabla C(y)| - 1\right)^2
    \end{split}
    $$

    lambda is `penalty`. The critic C minimises C(G(z)) - C(x) + penalty (|grad C(y)| - 1)^2 with y = u x + (1 - u)
    G(z), u ~ U(0, 1). Gulrajani et al. 2017, equation 3 and algorithm 1. G is the chapter's decoder, C mirrors its
    encoder; C makes `critic_steps` updates, each on another batch, for each of G. Terms in the units of C, the penalty
    included.

    Defaults:
        critic_steps: paper, algorithm 1.
        penalty: paper, algorithm 1.
    """

    family: ClassVar[Family] = "adversarial"
    paper: ClassVar[str] = "Gulrajani et al. 2017, arXiv:1704.00028"
    dearer: ClassVar[str] = "five updates of the critic for each of the generator, and gradients of its gradient"
    outputs: ClassVar[int] = 1
    annealable: ClassVar[bool] = True

    def __init__(self, protocol: Protocol, critic_steps: int = 5, penalty: float = 10.0) -> None:
        super().__init__(protocol)
        self.critic_steps = check_whole("critic_steps", critic_steps, most=100)
        self.penalty = check_positive("penalty", penalty)
        self.decoder = networks.decoder(protocol)
        self.critic = networks.discriminator(protocol)

    def objective(self, x: Tensor) -> Terms:
        z = noise.normal((ops.shape(x)[0], self.protocol.latent_dim), self.noise)
        generated = self.decode(z)
        fake = self.critic(generated)[:, 0]
        between = x + noise.uniform((ops.shape(x)[0], 1), self.noise) * (generated - x)
        steepness = ops.square(self._slope(between) - 1)
        return {"loss": -fake, "critic": fake - self.critic(x)[:, 0] + self.penalty * steepness}

    def _slope(self, x: Tensor) -> Tensor:
        """|grad C(x)|: (n, 784) -> (n,); the small constant keeps its own gradient finite at 0."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            score = self.critic(x)
        return ops.sqrt(ops.sum(ops.square(tape.gradient(score, x)), axis=-1) + 1e-12)

    def players(self) -> dict[str, Player]:
        critic = Player(self.critic.trainable_variables, self.critic_steps)
        return {"critic": critic, "loss": Player(self.decoder.trainable_variables)}

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(z)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return noise.normal((n, self.protocol.latent_dim), seed)
