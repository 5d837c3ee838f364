"""Models: one file per idea, each a class that registers its presets.

A preset is a registered name for a model class with its parameters: `beta-vae` is `VAE(beta=4)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aezoo.architectures import ARCHITECTURES
from aezoo.errors import UnknownNameError, UsageError
from aezoo.optimizers import OPTIMIZERS
from aezoo.registry import Registry
from aezoo.seeds import integer_seed
from aezoo.spec import Parameter, Protocol

if TYPE_CHECKING:
    from aezoo.models.base import Model


@dataclass(frozen=True)
class Preset:
    """A registered name for a model class with its parameters."""

    name: str
    model: type[Model]
    parameters: Mapping[str, Parameter]

    def create(self, protocol: Protocol, seed: int, parameters: Mapping[str, Parameter] | None = None) -> Model:
        """Make a new model with weights drawn from `seed`.

        Raises `UsageError` for a parameter that it does not take, and for a protocol that does not suit it.
        """
        import keras

        from aezoo.models.networks import weights_from

        check_protocol(protocol)
        ARCHITECTURES.get(protocol.architecture).check(protocol)
        if reason := self.model.unsuitable(protocol):
            raise UsageError(f"model {self.name!r} makes no sense under protocol {protocol.name!r}: {reason}")
        merged = {**self.parameters, **(parameters or {})}
        known = self.model.parameter_names()
        for name in merged:
            if name not in known:
                raise UnknownNameError(f"parameter of {self.name}", name, known)
        word = integer_seed(seed, "weights")
        keras.utils.set_random_seed(word)
        try:
            with weights_from(word):
                model = self.model(protocol, **merged)
        except (TypeError, ValueError) as error:
            raise UsageError(f"model {self.name!r} cannot be made with {merged}: {error}") from error
        model.build()
        return model


def check_protocol(protocol: Protocol) -> None:
    """Raise `UnknownNameError` where `protocol` names an optimizer or an architecture that there is not."""
    OPTIMIZERS.check(protocol.optimizer)
    ARCHITECTURES.check(protocol.architecture)


def _build(name: str, target: type[Model], **parameters: Parameter) -> Preset:
    return Preset(name, target, parameters)


MODELS: Registry[Preset] = Registry("model", "aezoo.models", _build)
