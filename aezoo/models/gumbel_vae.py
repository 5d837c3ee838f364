"""The variational autoencoder with a code of categorical variables, trained through their relaxation."""

from __future__ import annotations

import math
from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, losses, networks
from aezoo.models.base import Family, Model, Tensor, Terms
from aezoo.models.parameters import check_positive, check_whole
from aezoo.spec import Protocol


@MODELS.register("gumbel-vae")
class GumbelVAE(Model):
    r"""Categorical VAE: minimises -E[ln p(x|y)] + KL(q(z|x) || uniform), y a relaxed draw of the one-hot code z.

    $$
    \mathcal{L}(x) = -\mathbb{E}_{g}[\ln p(x \mid y)] + \sum_j \left(\ln C - H(q_j)\right), \quad y_j =
    \operatorname{softmax}\left(\frac{l_j(x) + g_j}{t}\right)
    $$

    C is `categories`, q_j = softmax(l_j(x)), H its entropy. q(z|x) = prod_j softmax(logits_j(x)) over `latent_dim`
    variables of `categories` each, y = softmax((logits + g) / t) with Gumbel noise g, and KL = sum_j (ln categories -
    entropy_j). The temperature t falls linearly from 1 to `temperature`. Jang et al. 2017, section 3. The loss is of
    relaxed codes and no bound; scores are of exact draws, under the uniform prior. The decoder is given categories * y
    - 1, which is 0 in the mean: given y itself it learns little more than the mean image, for its inputs hardly differ.

    Defaults:
        categories: paper, 10 classes a variable.
        temperature: paper, the floor of its schedule; its fall is linear here.
    """

    family: ClassVar[Family] = "variational"
    paper: ClassVar[str] = "Jang et al. 2017, arXiv:1611.01144"

    def __init__(self, protocol: Protocol, categories: int = 10, temperature: float = 0.5) -> None:
        super().__init__(protocol)
        self.categories = check_whole("categories", categories, least=2)
        self.last_temperature = check_positive("temperature", temperature)
        self.vocabulary = (categories,) * protocol.latent_dim
        self.encoder = networks.encoder(protocol, heads={"logits": categories * protocol.latent_dim})
        self.decoder = networks.decoder(protocol, codes=categories * protocol.latent_dim)
        self.temperature = self.add_weight(shape=(), initializer="ones", trainable=False, name="temperature")

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        return "" if protocol.latent_dim > 4 else "the codes of so few discrete variables are few images"

    def objective(self, x: Tensor) -> Terms:
        logits = self._logits(x)
        relaxed = losses.gumbel_softmax(logits, self.temperature, self.noise)
        nll, kl = losses.bernoulli_nll(x, self.decode_logits(_flat(relaxed))), losses.categorical_kl(logits)
        return {"loss": nll + kl, "nll": nll, "kl": kl}

    def on_step(self, x: Tensor, progress: Tensor) -> None:
        self.temperature.assign(1 + (self.last_temperature - 1) * progress)

    def _logits(self, x: Tensor) -> Tensor:
        return ops.reshape(self.encoder(x), (-1, len(self.vocabulary), self.categories))

    def encode(self, x: Tensor) -> Tensor:
        return self.from_symbols(ops.argmax(self._logits(x), axis=-1))

    def draw(self, x: Tensor) -> tuple[Tensor, Tensor]:
        drawn, log_q = losses.categorical_draw(self._logits(x), self.noise)
        return _flat(drawn), log_q

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(self.categories * z - 1)

    def log_prior(self, z: Tensor) -> Tensor:
        return ops.zeros_like(z[:, 0]) - len(self.vocabulary) * math.log(self.categories)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        even = ops.zeros((n, len(self.vocabulary), self.categories))
        return _flat(losses.categorical_draw(even, seed)[0])

    def symbols(self, z: Tensor) -> Tensor:
        return ops.argmax(ops.reshape(z, (-1, len(self.vocabulary), self.categories)), axis=-1)

    def from_symbols(self, symbols: Tensor) -> Tensor:
        return _flat(ops.one_hot(symbols, self.categories))


def _flat(one_hot: Tensor) -> Tensor:
    return ops.reshape(one_hot, (-1, one_hot.shape[-2] * one_hot.shape[-1]))
