"""The networks that models are made of, in the shape that the protocol's architecture gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras

from aezoo.architectures import ARCHITECTURES, Architecture
from aezoo.architectures.layers import PIXELS, dense, mlp, vectors, weights_from
from aezoo.spec import Protocol

__all__ = ["PIXELS", "Heads", "decoder", "dense", "discriminator", "encoder", "mlp", "vectors", "weights_from"]

Heads = Sequence[str] | Mapping[str, int]
"""Outputs of a network by name: of `latent_dim` units, or of as many as a mapping says."""


def encoder(protocol: Protocol, heads: Heads, classes: int = 0) -> keras.Model:
    """Return a network from images (n, 784) to one linear output for each head, in order.

    Args:
        protocol: its architecture, sizes and activation.
        heads: names, for heads of `latent_dim` units, or names with their numbers of units.
        classes: of one-hot labels that follow the pixels, for inputs (n, 784 + classes).
    """
    sizes = heads if isinstance(heads, Mapping) else dict.fromkeys(heads, protocol.latent_dim)
    return _architecture(protocol).encoder(protocol, sizes, classes, "encoder")


def decoder(protocol: Protocol, codes: int | None = None) -> keras.Model:
    """Return a network from codes (n, codes), of `latent_dim` numbers unless said, to logits (n, 784).

    Their sigmoid is the chapter's output layer.
    """
    return _architecture(protocol).decoder(protocol, protocol.latent_dim if codes is None else codes)


def discriminator(protocol: Protocol, codes: int | None = None) -> keras.Model:
    """Return a network to one linear output (n, 1): the encoder of images with one number in place of a code.

    With `codes`, a multilayer perceptron of the protocol's width and depth that judges codes (n, codes) instead.
    """
    if codes is None:
        return _architecture(protocol).encoder(protocol, {"score": 1}, 0, "discriminator")
    hidden = [protocol.hidden_units] * protocol.hidden_layers
    return mlp(codes, hidden, {"score": 1}, name="discriminator", activation=protocol.activation)


def _architecture(protocol: Protocol) -> Architecture:
    return ARCHITECTURES.get(protocol.architecture)
