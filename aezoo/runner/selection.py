"""Models that are chosen together: all of them, or those of a family."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from aezoo.errors import UnknownNameError, UsageError
from aezoo.models import MODELS, Preset
from aezoo.spec import PROTOCOLS, ModelSpec, Protocol

ALL = "all"
FAMILY_PREFIX = "family:"


def expand_models(
    models: Iterable[str | ModelSpec], protocol: Protocol, tell: Callable[[str], None]
) -> Iterator[str | ModelSpec]:
    """Yield models with ``all`` and ``family:NAME`` replaced by the names of what works and suits `protocol`.

    Floors are not among them: every table has them anyway. Asks TensorFlow for nothing where neither is written.

    Args:
        models: specs, or texts.
        protocol: of the run.
        tell: called with a line for each model that is left out, with the reason.

    Raises:
        UnknownNameError: no model is of such a family.
        UsageError: nothing is left.
    """
    for model in models:
        if not isinstance(model, str) or not (model == ALL or model.startswith(FAMILY_PREFIX)):
            yield model
            continue
        suitable = []
        for name, preset in models_named(model):
            if reason := preset.model.failure or preset.model.unsuitable(protocol) or _refusal(preset, protocol):
                tell(f"model {name} is left out: {reason}")
            else:
                suitable.append(name)
        if not suitable:
            raise UsageError(f"models {model!r} makes no sense under protocol {protocol.name!r}: none is left")
        yield from suitable


def _refusal(preset: Preset, protocol: Protocol) -> str:
    """Say why a model cannot be made under a protocol of one's own with the parameters of its preset; "" if it can.

    Under each of `PROTOCOLS` all can that it suits.
    """
    if protocol in PROTOCOLS.values():
        return ""
    try:
        preset.create(protocol, 0)
    except UsageError as error:
        if error.__cause__ is None:  # what is wrong is wrong for all models
            raise
        return str(error.__cause__)
    return ""


def models_named(text: str) -> list[tuple[str, Preset]]:
    """List the models that ``all`` or ``family:NAME`` names, floors left out; raises `UnknownNameError`."""
    presets = [(name, preset) for name, preset in MODELS.items() if preset.model.role == "model"]
    if text == ALL:
        return presets
    family = text.removeprefix(FAMILY_PREFIX)
    known = {preset.model.family for _, preset in presets}
    if family not in known:
        raise UnknownNameError("family of models", family, known)
    return [(name, preset) for name, preset in presets if preset.model.family == family]
