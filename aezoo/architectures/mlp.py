"""The multilayer perceptron, the chapter's architecture."""

from __future__ import annotations

from collections.abc import Mapping

import keras

from aezoo.architectures import ARCHITECTURES, Architecture
from aezoo.architectures.layers import PIXELS, mlp
from aezoo.spec import Protocol


@ARCHITECTURES.register("mlp")
class MultilayerPerceptron(Architecture):
    """Dense layers of `hidden_units`, `hidden_layers` of them on each side: 784-256-2-256-784 in the chapter."""

    def encoder(self, protocol: Protocol, heads: Mapping[str, int], classes: int, name: str) -> keras.Model:
        return mlp(PIXELS + classes, _widths(protocol), heads, name=name, activation=protocol.activation)

    def decoder(self, protocol: Protocol, codes: int) -> keras.Model:
        return mlp(codes, _widths(protocol), {"logits": PIXELS}, name="decoder", activation=protocol.activation)


def _widths(protocol: Protocol) -> list[int]:
    return [protocol.hidden_units] * protocol.hidden_layers
