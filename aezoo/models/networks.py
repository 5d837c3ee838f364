"""The networks that all models share."""

from __future__ import annotations

import keras
from keras import layers

from aezoo.spec import Protocol

PIXELS = 784


def encoder(protocol: Protocol, heads: tuple[str, ...]) -> keras.Model:
    """784 -> hidden ReLU -> one linear head of `latent_dim` for each name, in order."""
    inputs = keras.Input((PIXELS,))
    hidden = layers.Dense(protocol.hidden_units, "relu", name="hidden")(inputs)
    outputs = [layers.Dense(protocol.latent_dim, name=head)(hidden) for head in heads]
    return keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0], name="encoder")


def decoder(protocol: Protocol) -> keras.Model:
    """latent_dim -> hidden ReLU -> 784 logits; their sigmoid is the chapter's output layer."""
    inputs = keras.Input((protocol.latent_dim,))
    hidden = layers.Dense(protocol.hidden_units, "relu", name="hidden")(inputs)
    return keras.Model(inputs, layers.Dense(PIXELS, name="logits")(hidden), name="decoder")
