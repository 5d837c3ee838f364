"""The networks that all models share."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import keras
from keras import layers

from aezoo.spec import Protocol

PIXELS = 784

_SEEDS: ContextVar[random.Random] = ContextVar("seeds of weights")


@contextmanager
def weights_from(seed: int) -> Iterator[None]:
    """Layers made by `dense` within draw their weights from `seed`.

    Keras would take their seeds from Python's global generator, from which any other thread may draw as well.
    """
    token = _SEEDS.set(random.Random(seed))
    try:
        yield
    finally:
        _SEEDS.reset(token)


def dense(units: int, activation: str | None = None, *, name: str) -> layers.Dense:
    """A dense layer with Glorot-uniform weights, as Keras's default, from the seed of `weights_from`."""
    source = _SEEDS.get(None) or random.Random()
    initializer = keras.initializers.GlorotUniform(source.randint(1, 10**9))
    return layers.Dense(units, activation, kernel_initializer=initializer, name=name)


def encoder(protocol: Protocol, heads: tuple[str, ...]) -> keras.Model:
    """784 -> hidden ReLU -> one linear head of `latent_dim` for each name, in order."""
    inputs = keras.Input((PIXELS,))
    hidden = dense(protocol.hidden_units, "relu", name="hidden")(inputs)
    outputs = [dense(protocol.latent_dim, name=head)(hidden) for head in heads]
    return keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0], name="encoder")


def decoder(protocol: Protocol) -> keras.Model:
    """latent_dim -> hidden ReLU -> 784 logits; their sigmoid is the chapter's output layer."""
    inputs = keras.Input((protocol.latent_dim,))
    hidden = dense(protocol.hidden_units, "relu", name="hidden")(inputs)
    return keras.Model(inputs, dense(PIXELS, name="logits")(hidden), name="decoder")


def discriminator(protocol: Protocol) -> keras.Model:
    """784 -> hidden ReLU -> 1 linear output, shape (n, 1): the encoder with one number in place of a code."""
    inputs = keras.Input((PIXELS,))
    hidden = dense(protocol.hidden_units, "relu", name="hidden")(inputs)
    return keras.Model(inputs, dense(1, name="score")(hidden), name="discriminator")
