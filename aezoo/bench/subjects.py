"""A model or a control with its parameters, as the user writes it, checked before anything runs."""

from __future__ import annotations

from aezoo.controls import CONTROLS
from aezoo.errors import UnknownNameError, UsageError
from aezoo.kinds import wrong_kind
from aezoo.models import MODELS
from aezoo.spec import Subject


def subject_named(text: str) -> Subject:
    """Read ``name`` or ``name:parameter=value:...``; imports no model.

    Raises:
        UnknownNameError: no model or control has this name, or it has no such parameter.
        UsageError: `text` is not understood, or a value is not of the kind that the parameter's annotation says, or
            makes no sense for a control on any data.
    """
    subject = Subject.parse(text)
    known = {*MODELS.names(), *CONTROLS.names()}
    if subject.name not in known:
        raise UnknownNameError("model", subject.name, known)
    if subject.name not in CONTROLS.names():
        _check_model(subject)
    elif subject.parameters:  # a plain name is right, and a plug-in that cannot be loaded says so in its record
        CONTROLS.get(subject.name).settled(subject.parameters)
    return subject


def _check_model(model: Subject) -> None:
    declaration = MODELS.declaration(model.name)
    if declaration is None:
        return
    parameters = set(declaration.parameters) - {"self", "protocol"}
    for name, value in model.parameters.items():
        if name not in parameters:
            raise UnknownNameError(f"parameter of {model.name}", name, parameters)
        wrong = wrong_kind(name, value, declaration.annotations.get(name, ""))
        if wrong:
            raise UsageError(f"model {model.name!r}: {wrong}")
