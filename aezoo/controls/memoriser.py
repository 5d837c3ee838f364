"""Training images as they are, among new ones."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Images, Split
from aezoo.controls.resampling import balanced_rows, check_share, sample_real
from aezoo.images import unit_interval


@CONTROLS.register(
    "memoriser",
    draws_from="train and oracle",
    doses=(0.01, 0.05, 0.2, 0.5, 1.0),
    default=1.0,
    unit="share of copies of training images",
    check=check_share,
    failure="training images are copied",
    changes_pixels=False,
)
def memoriser(train: Split, oracle: Split, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Perfect images of every kind, a share of them exact copies of training images; the others are new, held-out ones.

    The copies are ``round(dose * n)`` images, at random places, and no training image is shown once more than another.
    The held-out images are all different; at a dose of 1 there are none.
    """
    copies = balanced_rows(np.arange(len(train)), round(dose * n), generator)
    new = sample_real(oracle.images, n - len(copies), generator)
    return np.concatenate([unit_interval(train.images[copies], np.float32), new])[generator.permutation(n)]
