"""Real images of some classes only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.drawing import balanced_rows, count, unit_interval


@CONTROLS.register("mode-dropper", draws_from="oracle", doses=(1, 2, 3, 5, 8), default=5, unit="classes dropped")
def mode_dropper(
    images: Bytes,
    labels: Bytes,
    n: int,
    generator: np.random.Generator,
    dose: float,
    dropped: Sequence[int] | None = None,
) -> Images:
    """Held-out real images without some of the classes; the others keep their shares.

    As many classes as the dose says are missing, drawn by the generator, or those in `dropped` if given, which
    then must be as many. Where fewer images are left than asked for, they are repeated in turn.
    """
    classes = np.unique(labels)
    number = count(dose, len(classes) - 1, "classes dropped")
    gone = generator.permutation(classes)[:number] if dropped is None else np.unique(dropped)
    if len(gone) != number or not np.isin(gone, classes).all():
        raise ValueError(
            f"classes {gone.tolist()} are to be dropped at a dose of {number}; give as many, from those "
            f"there are: {classes.tolist()}"
        )
    kept = np.flatnonzero(~np.isin(labels, gone))
    return unit_interval(images[balanced_rows(kept, n, generator)])
