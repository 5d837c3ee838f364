"""The generative adversarial network on the chapter's decoder."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, networks, noise
from aezoo.models.base import Family, Model, Player, Tensor, Terms
from aezoo.models.parameters import check_positive
from aezoo.spec import Protocol


@MODELS.register("gan")
class GAN(Model):
    r"""Generative adversarial network with the non-saturating loss: G minimises -ln D(G(z)), z ~ N(0, I).

    $$
    \begin{split}
    \mathcal{L}_G &= -\ln D(G(z)), \quad z \sim \mathcal{N}(0, I) \\
    \mathcal{L}_D(x) &= -\ln D(x) - \ln(1 - D(G(z)))
    \end{split}
    $$

    D minimises -ln D(x) - ln(1 - D(G(z))); D(x) is the probability, of logits l(x), that x is a real image. Goodfellow
    et al. 2014, equation 1 and the last paragraph of section 3. G is the chapter's decoder, D mirrors its encoder, and
    for each batch D makes one update and then G one, so that G makes as many as the chapter's decoder. At the only
    equilibrium D is undecided: "loss" ln 2 and "discriminator" 2 ln 2. Terms in nats per decision. `learning_rate` is
    that of both players.

    Defaults:
        learning_rate: searched, results/tuning: too low for 15 epochs, where the protocol's is better, and no worse for
            50; that of Radford et al. 2016 for Adam.
    """

    family: ClassVar[Family] = "adversarial"
    paper: ClassVar[str] = "Goodfellow et al. 2014, arXiv:1406.2661"
    outputs: ClassVar[int] = 1
    annealable: ClassVar[bool] = True

    def __init__(self, protocol: Protocol, learning_rate: float = 2e-4) -> None:
        super().__init__(protocol)
        self.learning_rate = check_positive("learning_rate", learning_rate)
        self.decoder = networks.decoder(protocol)
        self.discriminator = networks.discriminator(protocol)

    def objective(self, x: Tensor) -> Terms:
        z = noise.normal((ops.shape(x)[0], self.protocol.latent_dim), self.noise)
        real = self.discriminator(x)[:, 0]
        fake = self.discriminator(self.decode(z))[:, 0]
        return {"loss": ops.softplus(-fake), "discriminator": ops.softplus(-real) + ops.softplus(fake)}

    def players(self) -> dict[str, Player]:
        return {
            "discriminator": Player(self.discriminator.trainable_variables, 1, self.learning_rate),
            "loss": Player(self.decoder.trainable_variables, 1, self.learning_rate),
        }

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(z)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        return noise.normal((n, self.protocol.latent_dim), seed)
