"""An autoregressive prior of the symbols of a discrete code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aezoo.architectures.masked import masked_mlp
from aezoo.models.noise import Seeds
from aezoo.samplers import SAMPLERS, Codes, Latent, NotApplicableError
from aezoo.samplers.fitting import Fit, minimise

Tensor = Any

HIDDEN = (256,)

SMOOTHING = 0.5
"""Count added to every symbol at the start, so that none is impossible: Krichevsky and Trofimov 1981."""


class SymbolNetwork(Fit):
    """A distribution of symbols s (n, places): P(s) = prod_j P(s_j | s_1 ... s_(j-1)), each a softmax of one network.

    Minimises -ln P(s), in nats: Germain et al. 2015, equation 2, with symbols for pixels.
    """

    def __init__(self, vocabulary: tuple[int, ...]) -> None:
        self.vocabulary = vocabulary
        super().__init__()

    def build(self) -> Sequence[keras.layers.Layer]:
        return [masked_mlp(self.vocabulary, HIDDEN, self.vocabulary, zero_outputs=True)]

    def start(self, rows: NDArray[np.float32]) -> None:
        """Begin with independent symbols of the frequencies of the rows: the logarithm of a rare one is far from 0."""
        columns = zip(rows.astype(np.int64).T, self.vocabulary, strict=True)
        counts = np.concatenate([np.bincount(column, minlength=size) + SMOOTHING for column, size in columns])
        self.networks[0].get_layer("outputs").bias.assign(np.log(counts / len(rows)))

    def loss(self, rows: Tensor, seeds: Seeds) -> Tensor:
        symbols = tf.cast(rows, tf.int32)
        entropies = [
            tf.nn.sparse_softmax_cross_entropy_with_logits(symbols[:, place], logits)
            for place, logits in enumerate(self.logits(symbols))
        ]
        return tf.add_n(entropies)

    def logits(self, symbols: Tensor) -> list[Tensor]:
        """Compute for each place the logits (n, vocabulary) of its symbol, given those before it in symbols (n, s)."""
        told = [tf.one_hot(symbols[:, place], size) for place, size in enumerate(self.vocabulary)]
        logits: list[Tensor] = tf.split(self.networks[0](tf.concat(told, axis=1)), self.vocabulary, axis=1)
        return logits

    def generate(self, n: int, random: np.random.Generator) -> NDArray[np.int64]:
        """Draw symbols (n, s), one place after another."""
        drawn = np.zeros((n, len(self.vocabulary)), np.int64)
        for place, size in enumerate(self.vocabulary):
            logits = np.asarray(self.logits(tf.constant(drawn, tf.int32))[place])
            drawn[:, place] = (logits + random.gumbel(size=(n, size))).argmax(axis=1)
        return drawn


@lru_cache(maxsize=1)
def symbol_network(vocabulary: tuple[int, ...]) -> SymbolNetwork:
    """Return the network of this vocabulary, made once."""
    return SymbolNetwork(vocabulary)


@SAMPLERS.register("code-prior", optional=True, discrete=True)
def code_prior(latent: Latent, n: int, seed: int) -> Codes:
    """Draws symbols of a discrete code one after another, as often as they follow each other in training codes.

    The second stage of van den Oord et al. 2017, section 3.3, by a masked network in place of a PixelCNN: the places of
    a code here are no image.
    """
    if latent.symbols is None:
        raise NotApplicableError("the code is continuous; a prior of symbols needs a discrete one")
    fit = symbol_network(tuple(latent.symbols.vocabulary))
    minimise(fit, latent.symbols.of(latent.codes), seed)
    return latent.symbols.codes(fit.generate(n, np.random.default_rng(seed)))
