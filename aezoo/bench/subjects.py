"""A model with its parameters, as the user writes it, checked without importing the model."""

from __future__ import annotations

import sys
from typing import Any

from aezoo.controls import CONTROLS
from aezoo.errors import UnknownNameError, UsageError
from aezoo.models import MODELS
from aezoo.spec import Subject

WANTED = {"float": "a finite number", "int": "a whole number", "bool": "true or false"}
"""What a parameter takes, in words, by its annotation; another annotation is for the constructor to check."""


def subject_named(text: str) -> Subject:
    """Read ``name`` or ``name:parameter=value:...``.

    Raises:
        UnknownNameError: no model or control has this name, or the model has no such parameter.
        UsageError: `text` is not understood, or a value is not of the kind that the parameter's annotation says.
    """
    subject = Subject.parse(text)
    known = {*MODELS.names(), *CONTROLS.names()}
    if subject.name not in known:
        raise UnknownNameError("model", subject.name, known)
    declaration = MODELS.declaration(subject.name)
    if declaration is not None:
        parameters = set(declaration.parameters) - {"self", "protocol"}
        for name, value in subject.parameters.items():
            if name not in parameters:
                raise UnknownNameError(f"parameter of {subject.name}", name, parameters)
            _check(subject.name, name, value, declaration.annotations.get(name, ""))
    return subject


def _check(model: str, name: str, value: Any, annotation: str) -> None:  # noqa: ANN401
    if annotation in WANTED and not _is_a(annotation, value):
        raise UsageError(f"model {model!r}: parameter {name}={str(value)[:80]} is not {WANTED[annotation]}; give one")


def _is_a(annotation: str, value: Any) -> bool:  # noqa: ANN401
    if annotation == "bool" or isinstance(value, bool):
        return annotation == "bool" and isinstance(value, bool)
    if annotation == "int":
        return isinstance(value, int)
    return isinstance(value, int | float) and abs(value) <= sys.float_info.max
