"""A small convolutional pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import keras
from keras import layers

from aezoo.architectures import ARCHITECTURES, Architecture
from aezoo.architectures.layers import PIXELS, dense, glorot_uniform, hidden_name, linear_heads
from aezoo.spec import Protocol

SIDE = 28
KERNEL, STRIDE = 4, 2


@ARCHITECTURES.register("conv")
class Convolutional(Architecture):
    """Two convolutions 4 x 4 of stride 2 to 7 x 7 maps of c channels, and two transposed ones back; c = `hidden_units`.

    The first convolution has c / 2 channels. With c = 64 and 16 latent dimensions a VAE has 220,385 parameters. It is
    not compiled by XLA, which is seven times slower for convolutions on a processor.
    """

    settings: ClassVar[frozenset[str]] = frozenset({"hidden_units", "activation"})
    xla: ClassVar[bool] = False

    def encoder(self, protocol: Protocol, heads: Mapping[str, int], classes: int, name: str) -> keras.Model:
        inputs = keras.Input((PIXELS + classes,))
        layer = layers.Reshape((SIDE, SIDE, 1))(inputs[:, :PIXELS])
        for index, channels in enumerate(_channels(protocol)):
            layer = _convolution(layers.Conv2D, channels, protocol.activation, hidden_name(index))(layer)
        layer = layers.Flatten()(layer)
        hidden = layers.Concatenate()([layer, inputs[:, PIXELS:]]) if classes else layer
        return linear_heads(inputs, hidden, heads, name)

    def decoder(self, protocol: Protocol, codes: int) -> keras.Model:
        inputs, side = keras.Input((codes,)), SIDE // STRIDE**2
        first, last = _channels(protocol)
        layer = dense(side * side * last, protocol.activation, name=hidden_name(0))(inputs)
        layer = layers.Reshape((side, side, last))(layer)
        layer = _convolution(layers.Conv2DTranspose, first, protocol.activation, hidden_name(1))(layer)
        layer = _convolution(layers.Conv2DTranspose, 1, None, "logits")(layer)
        return keras.Model(inputs, layers.Reshape((PIXELS,))(layer), name="decoder")


def _channels(protocol: Protocol) -> tuple[int, int]:
    return max(1, protocol.hidden_units // 2), protocol.hidden_units


def _convolution(kind: type[Any], channels: int, activation: str | None, name: str) -> Any:  # noqa: ANN401
    return kind(
        channels,
        KERNEL,
        strides=STRIDE,
        padding="same",
        activation=activation,
        kernel_initializer=glorot_uniform(),
        name=name,
    )
