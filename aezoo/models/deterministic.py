"""Methods that autoencoders with a point as code share, so that a family states only its objective."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

from aezoo.models import networks
from aezoo.models.base import Family, Model, Tensor
from aezoo.spec import Protocol


class DeterministicModel(Model, ABC):
    """An autoencoder with code z = f(x), a point, and without a prior, abstract like `Model`.

    It has the protocol's `encoder`, of one head, and `decoder`, and every method but `objective`. A family whose code
    is not what the encoder gives defines `encode`.
    """

    family: ClassVar[Family] = "deterministic"

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(protocol)
        self.encoder = networks.encoder(protocol, heads=("code",))
        self.decoder = networks.decoder(protocol)

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x)

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(z)
