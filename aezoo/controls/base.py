"""Control: a function, the splits that it may see, and the doses of its failure."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets.base import Split
from aezoo.errors import UnknownNameError, UsageError
from aezoo.parameters import type_error_message
from aezoo.spec import Parameter

Bytes = NDArray[np.uint8]
Images = NDArray[np.float32]
Generate = Callable[..., Images]
Check = Callable[..., float | None]
DrawsFrom = Literal["train", "oracle", "train and oracle"]

ALLOWED: tuple[DrawsFrom, ...] = ("train", "oracle", "train and oracle")
"""Splits that a control may draw from; never the reference, against which its images are measured."""


class ControlImages(Protocol):
    """Anything with the two splits that controls may see, such as a `Dataset`."""

    @property
    def train(self) -> Split:
        """The images for models, the judge and copy tests."""

    @property
    def oracle(self) -> Split:
        """Held-out real images."""


def accept_any_dose(dose: float | None, **others: Parameter) -> float | None:
    """Accept any finite dose: the check of a control that names none."""
    return dose


def _annotation_text(annotation: Any) -> str:  # noqa: ANN401
    """Return an annotation, which may be a type, the text of one or `inspect.Parameter.empty`, as it is written."""
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


@dataclass(frozen=True)
class Control:
    """A registered control.

    Attributes:
        name: its registered name.
        function: the function behind it.
        draws_from: the splits that it is given; nothing else reaches it.
        doses: the doses of an audit, from mild to severe; none where there is nothing to dose.
        default: the dose where none is given.
        unit: what a dose counts or measures.
        failure: what is wrong with its images, a sentence of a few words; "" for the oracle. Controls of one failure
            have the same words.
        needs_labels: whether it makes no sense without known labels.
        changes_pixels: whether its images are others than those it draws from; False where it only chooses.
        check: called with the dose, and the function's other parameters by name, before any image is drawn: gives the
            dose that is meant, None for the default, or raises `ValueError` for what no data allows. The dose is None
            only where there are other parameters and no dose was given.

    Raises:
        UsageError: another split, doses without a unit or without a default among them, or a default without doses.
    """

    name: str
    function: Generate
    draws_from: DrawsFrom
    doses: tuple[float, ...] = ()
    default: float | None = None
    unit: str = ""
    check: Check = accept_any_dose
    failure: str = ""
    needs_labels: bool = False
    changes_pixels: bool = True

    def __post_init__(self) -> None:
        if self.draws_from not in ALLOWED:
            raise UsageError(
                f"control {self.name!r} draws from {self.draws_from!r}; give one of "
                f"{', '.join(map(repr, ALLOWED))}: never the reference, against which its images are measured"
            )
        if self.doses and (self.default not in self.doses or not self.unit):
            raise UsageError(
                f"control {self.name!r} has doses {self.doses}, default {self.default} and unit {self.unit!r}; "
                "give a unit, and one of the doses as default"
            )
        if not self.doses and self.default is not None:
            raise UsageError(
                f"control {self.name!r} has no doses but the default {self.default}; give doses, or neither"
            )

    @cached_property
    def annotations(self) -> dict[str, str]:
        """The parameters that a user may give, with their types as written: `dose`, then the function's own."""
        given = list(inspect.signature(self.function).parameters.values())[5 if self.doses else 4 :]
        own = {each.name: each for each in given if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)}
        types = {name: _annotation_text(each.annotation) for name, each in own.items()}
        return {"dose": "float", **types} if self.doses else types

    def resolve_parameters(self, given: Mapping[str, Parameter]) -> dict[str, Any]:
        """Return all that the function gets for the parameters `given`: these, and the dose that is meant.

        Raises:
            UnknownNameError: a parameter that the control does not have.
            UsageError: a dose for a control that has none, or a value that makes no sense on any data.
        """
        self._require_known(given)
        others = {name: value for name, value in given.items() if name != "dose"}
        if not self.doses and not others:
            return others
        try:
            meant = self.check(given.get("dose", None if others else self.default), **others)
        except ValueError as error:
            raise UsageError(f"control {self.name!r}: {error}") from error
        return {"dose": self.default if meant is None else meant, **others} if self.doses else others

    def _require_known(self, given: Mapping[str, Parameter]) -> None:
        """Raise an error for a parameter that there is not, or a value of another kind than its annotation says."""
        for name, value in given.items():
            if name == "dose" and not self.doses:
                raise UsageError(f"control {self.name!r} has no dose but was given {value}; leave it out")
            if name not in self.annotations:
                raise UnknownNameError(f"parameter of {self.name}", name, self.annotations)
            wrong = type_error_message(name, value, self.annotations[name])
            if wrong:
                raise UsageError(f"control {self.name!r}: {wrong}")

    def generate(
        self, splits: ControlImages, n: int, generator: np.random.Generator, /, **parameters: Parameter | None
    ) -> Images:
        """Return `n` images of this control, float32 in [0, 1], shape (n, 28, 28).

        Args:
            splits: a `Dataset`, of which only the splits `draws_from` are handed on.
            n: how many images to give.
            generator: all that is random comes from it.
            parameters: `dose`, any that makes sense, listed or not; and what else the function takes. One that is
                left out or None has its default.

        Raises:
            UsageError: a parameter that the control does not have, or a value that makes no sense on any data.
            ValueError: a value that makes no sense on this data, too few images to draw from, or no known labels for a
                control that needs them.
        """
        resolved = self.resolve_parameters({name: value for name, value in parameters.items() if value is not None})
        dose = [resolved.pop("dose")] if self.doses else []
        sources: list[Split] = [getattr(splits, name) for name in self.draws_from.split(" and ")]
        if self.needs_labels and not any((source.labels != source.labels[:1]).any() for source in sources):
            raise ValueError(f"control {self.name!r} needs labels, and all images have the same one; leave it out")
        given = sources if len(sources) > 1 else (sources[0].images, sources[0].labels)
        return self.function(*given, n, generator, *dose, **resolved)
