"""Architectures: the shape of encoders and decoders, one file per idea, chosen by the protocol's `architecture`.

An architecture is a class registered by name. It builds two networks for any model: from images to the heads that the
model asks for, and from codes to the logits of images. Its layers come from `aezoo.architectures.layers`, so that their
weights follow from a trial's seed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from aezoo.errors import UsageError
from aezoo.registry import Registry
from aezoo.spec import Protocol

if TYPE_CHECKING:
    import keras


class Architecture(ABC):
    """The networks of one architecture, abstract here and final everywhere else.

    Attributes:
        settings: the fields of `Protocol` that shape it beside `latent_dim`, of `hidden_units`, `hidden_layers` and
            `activation`; the others must keep their default, so that no setting is without effect.
        xla: whether epochs and evaluations are compiled by XLA, which is faster for matrix products on a processor,
            and several times slower for convolutions.
    """

    settings: ClassVar[frozenset[str]] = frozenset({"hidden_units", "hidden_layers", "activation"})
    xla: ClassVar[bool] = True

    @abstractmethod
    def encoder(self, protocol: Protocol, heads: Mapping[str, int], classes: int, name: str) -> keras.Model:
        """Return a network from images to linear heads, called `name`.

        Args:
            protocol: its sizes and activation.
            heads: name and number of units of each output, in order; a single one is no list.
            classes: how many one-hot label inputs follow the 784 pixels: inputs are (n, 784 + classes).
            name: of the network.
        """

    @abstractmethod
    def decoder(self, protocol: Protocol, codes: int) -> keras.Model:
        """Return a network from codes (n, codes) to the logits of 784 pixels (n, 784), called "decoder"."""

    def check(self, protocol: Protocol) -> None:
        """Raise `UsageError` where `protocol` sets what this architecture does not have."""
        fields = Protocol.model_fields
        for setting in sorted(Architecture.settings - self.settings):
            value, default = getattr(protocol, setting), fields[setting].default
            if value != default:
                raise UsageError(
                    f"architecture {protocol.architecture!r} has no {setting} to set, but {setting} is {value}; "
                    f"leave it at {default}"
                )


def _build(name: str, target: type[Architecture]) -> Architecture:
    return target()


ARCHITECTURES: Registry[Architecture] = Registry("architecture", "aezoo.architectures", _build)
