"""A few images, again and again."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import balanced_rows, check_integer, check_integer_up_to
from aezoo.images import unit_interval


@CONTROLS.register(
    "duplicator",
    draws_from="oracle",
    doses=(300, 100, 30, 10),
    default=100,
    unit="different images",
    check=check_integer,
    failure="a few images are repeated",
    changes_pixels=False,
)
def duplicator(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """As many different held-out real images as the dose says, each repeated equally often.

    Of n images, at most n are different, whatever the dose.
    """
    chosen = generator.permutation(len(images))[: check_integer_up_to(dose, len(images), "different images")]
    return unit_interval(images[balanced_rows(chosen, n, generator)], np.float32)
