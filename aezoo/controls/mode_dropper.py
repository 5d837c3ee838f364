"""Real images of some classes only."""

from __future__ import annotations

import re

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import Rows, balanced_rows, check_integer, check_integer_up_to
from aezoo.images import unit_interval


def named_classes(dropped: int | str) -> Rows:
    """Return the classes in ``4+9``, or in 4 alone, sorted; raises `ValueError` for anything else."""
    if isinstance(dropped, bool) or not re.fullmatch(r"\d{1,9}(\+\d{1,9})*", str(dropped)):
        raise ValueError(f"dropped={str(dropped)[:80]} is not understood; write the classes to drop as in dropped=4+9")
    return np.unique([int(each) for each in str(dropped).split("+")])


def number_dropped(dose: float | None, dropped: int | str | None = None) -> float | None:
    """Say how many classes are dropped: the dose, or as many as `dropped` names; `ValueError` where these differ."""
    number = None if dropped is None else len(named_classes(dropped))
    if dose is None:
        return number
    if number is not None and dose != number:
        raise ValueError(f"dose={dose} but dropped={dropped} names {number} of the classes; leave the dose out")
    return check_integer(dose)


@CONTROLS.register(
    "mode-dropper",
    draws_from="oracle",
    doses=(1, 2, 3, 5, 8),
    default=5,
    unit="classes dropped",
    check=number_dropped,
    failure="kinds of images are missing or too rare",
    needs_labels=True,
    changes_pixels=False,
)
def mode_dropper(
    images: Bytes,
    labels: Bytes,
    n: int,
    generator: np.random.Generator,
    dose: float,
    dropped: int | str | None = None,
) -> Images:
    """Held-out real images without some of the classes (dropped=4+9 says which); the others keep their shares.

    As many classes as the dose says are missing: those that `dropped` names, joined by ``+``, which then must be as
    many; unless given, the generator draws them. Where fewer images are left than asked for, they are repeated in
    turn.
    """
    classes = np.unique(labels)
    number = check_integer_up_to(dose, len(classes) - 1, "classes dropped")
    gone = generator.permutation(classes)[:number] if dropped is None else named_classes(dropped)
    if not np.isin(gone, classes).all():
        raise ValueError(f"dropped={dropped} asks for classes that are not there; there are {classes.tolist()}")
    kept = np.flatnonzero(~np.isin(labels, gone))
    return unit_interval(images[balanced_rows(kept, n, generator)], np.float32)
