"""The network of deep embedded clustering."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import keras

from aezoo.architectures import ARCHITECTURES, Architecture
from aezoo.architectures.layers import PIXELS, mlp
from aezoo.spec import Protocol


@ARCHITECTURES.register("dec")
class DeepEmbeddedClustering(Architecture):
    """Dense layers of widths h, h, 4h and back, h = `hidden_units`: 784-500-500-2000-10 in the clustering literature.

    Xie et al. 2016, section 4.3, whose numbers are compared under it only.
    """

    settings: ClassVar[frozenset[str]] = frozenset({"hidden_units", "activation"})

    def encoder(self, protocol: Protocol, heads: Mapping[str, int], classes: int, name: str) -> keras.Model:
        return mlp(PIXELS + classes, _widths(protocol), heads, name=name, activation=protocol.activation)

    def decoder(self, protocol: Protocol, codes: int) -> keras.Model:
        widths, logits = _widths(protocol)[::-1], {"logits": PIXELS}
        return mlp(codes, widths, logits, name="decoder", activation=protocol.activation)


def _widths(protocol: Protocol) -> list[int]:
    return [protocol.hidden_units, protocol.hidden_units, 4 * protocol.hidden_units]
