"""The one binarisation on which all likelihoods are computed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import Floats, check_array
from aezoo.seeds import generator

FROZEN_SEED = 0
"""The same for every trial, so that models and seeds are scored on the same binary images."""


def frozen_binarisation(x: ArrayLike) -> Floats:
    """Grey images (n, D) in [0, 1] as binary ones: each pixel is 1 with its intensity as probability.

    Drawn once and for all: row i depends on image i and its place i alone, whatever the trial or the number of rows.
    Values of other binarisations (a threshold at 1/2, new draws in each epoch) differ by some nats per image.

    Raises:
        ValueError: for values outside [0, 1], NaN or another number of dimensions.

    Source: Salakhutdinov and Murray 2008, section 6.
    """
    grey = check_array("x", x)
    if grey.min() < 0 or grey.max() > 1:
        raise ValueError(f"x lies in [{grey.min():g}, {grey.max():g}]; give intensities in [0, 1]")
    return (generator(FROZEN_SEED, "binarisation").random(grey.shape) < grey).astype(np.float64)
