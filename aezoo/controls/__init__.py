"""Controls: generators whose quality is known by construction, one file each.

A control is a function `(images, labels, n, generator, dose) -> images (n, 28, 28)`, float32 in [0, 1]. It is
registered with the split that it draws from, which is never the reference, and with the doses of its failure:

    @CONTROLS.register("blur", draws_from="oracle", doses=(0.5, 1.0, 2.0), default=1.0, unit="sigma in pixels")
    def blur(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images: ...

Doses stand in order from mild to severe. A control without doses (real images as they are) takes no `dose`.
One that draws from "train and oracle" takes these two, each a `Split`, in place of `images` and `labels`. Parameters
after the dose are the control's own, with defaults; a user gives them, and the dose, as in
``run --models mode-dropper:dropped=4+9``. What is wrong on any data is refused before a run by `check=`. `failure=`
says what is wrong with the images, in the words in which `score` names it; `needs_labels=` and `changes_pixels=` say
on which data of one's own the control can stand.
"""

from __future__ import annotations

from aezoo.controls.base import Bytes, Check, Control, ControlImages, DrawsFrom, Generate, Images, accept_any_dose
from aezoo.datasets.base import Split
from aezoo.registry import Registry
from aezoo.spec import FLOORS

__all__ = ["CONTROLS", "Bytes", "Control", "ControlImages", "Images", "Split", "role_of"]


def _build(
    name: str,
    target: Generate,
    draws_from: DrawsFrom,
    doses: tuple[float, ...] = (),
    default: float | None = None,
    unit: str = "",
    check: Check = accept_any_dose,
    failure: str = "",
    needs_labels: bool = False,
    changes_pixels: bool = True,
) -> Control:
    return Control(name, target, draws_from, doses, default, unit, check, failure, needs_labels, changes_pixels)


CONTROLS: Registry[Control] = Registry("control", "aezoo.controls", _build)


def role_of(model: str) -> str:
    """Return the role of a trial as its name tells it before it runs: oracle, floor, control or model."""
    if model == "oracle":
        return "oracle"
    return "floor" if model in FLOORS else "control" if model in CONTROLS.names() else "model"
