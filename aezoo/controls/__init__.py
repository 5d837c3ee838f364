"""Controls: generators whose quality is known by construction, one file each.

A control is a function `(images, labels, n, generator, dose) -> images (n, 28, 28)`, float32 in [0, 1]. It is
registered with the split that it draws from, which is never the reference, and with the doses of its failure:

    @CONTROLS.register("blur", draws_from="oracle", doses=(0.5, 1.0, 2.0), default=1.0, unit="sigma in pixels")
    def blur(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images: ...

Doses stand in order from mild to severe. A control without doses (real images as they are) takes no `dose`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aezoo.errors import UsageError
from aezoo.registry import Registry

Bytes = NDArray[np.uint8]
Images = NDArray[np.float32]
Generate = Callable[..., Images]


@dataclass(frozen=True)
class Control:
    """A registered control.

    Attributes:
        name: its registered name.
        function: the function behind it.
        draws_from: the split whose images and labels it is given.
        doses: the doses of an audit, from mild to severe; none where there is nothing to dose.
        default: the dose where none is given.
        unit: what a dose counts or measures.
    """

    name: str
    function: Generate
    draws_from: Literal["train", "oracle"]
    doses: tuple[float, ...] = ()
    default: float | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        if self.doses and (self.default not in self.doses or not self.unit):
            raise UsageError(
                f"control {self.name!r} has doses {self.doses}, default {self.default} and unit {self.unit!r}; "
                "give a unit, and one of the doses as default"
            )

    def generate(
        self,
        images: Bytes,
        labels: Bytes,
        n: int,
        generator: np.random.Generator,
        dose: float | None = None,
    ) -> Images:
        """`n` images of this control, float32 in [0, 1], shape (n, 28, 28).

        Args:
            images: of the split `draws_from`, uint8, (m, 28, 28).
            labels: of the same split, (m,).
            n: how many images to give.
            generator: all that is random comes from it.
            dose: any that makes sense, listed or not; None takes the default.

        Raises:
            UsageError: a dose for a control that has none.
            ValueError: a dose that makes no sense, or too few images to draw from.
        """
        if not self.doses:
            if dose is not None:
                raise UsageError(f"control {self.name!r} has no dose but was given {dose}; leave it out")
            return self.function(images, labels, n, generator)
        return self.function(images, labels, n, generator, self.default if dose is None else dose)


def _build(
    name: str,
    target: Generate,
    draws_from: Literal["train", "oracle"],
    doses: tuple[float, ...] = (),
    default: float | None = None,
    unit: str = "",
) -> Control:
    return Control(name, target, draws_from, doses, default, unit)


CONTROLS: Registry[Control] = Registry("control", "aezoo.controls", _build)
