"""Methods that autoencoders with codes of symbols share, so that a family states only how it rounds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from aezoo.models import networks
from aezoo.models.base import Family, Model, Tensor
from aezoo.spec import Protocol


class QuantisedModel(Model, ABC):
    """A model whose code is a sequence of symbols, abstract like `Model`.

    It has the protocol's `encoder` and `decoder`. `quantise` rounds what the encoder gives, and `symbols` finds the
    symbols of any point of the space of codes: of the nearest code, so that a point that a sampler drew between codes
    is decoded as that one.

    Attributes:
        vocabulary: how many symbols there are at each place.
    """

    family: ClassVar[Family] = "quantised"
    vocabulary: tuple[int, ...]

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(protocol)
        self.encoder = networks.encoder(protocol, heads=("code",))
        self.decoder = networks.decoder(protocol)

    @abstractmethod
    def symbols(self, z: Tensor) -> Tensor:
        """Map points (n, d) to the symbols of their nearest codes (n, s), integers from 0 to vocabulary - 1."""

    @abstractmethod
    def from_symbols(self, symbols: Tensor) -> Tensor:
        """Map symbols (n, s) to their codes (n, d)."""

    def encode(self, x: Tensor) -> Tensor:
        return self.nearest_code(self.encoder(x))

    def nearest_code(self, z: Tensor) -> Tensor:
        """Map points (n, d) to their nearest codes (n, d)."""
        return self.from_symbols(self.symbols(z))

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(self.nearest_code(z))
