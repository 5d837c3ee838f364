"""Real images played as a generator."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import sample_real


@CONTROLS.register("oracle", draws_from="oracle", changes_pixels=False)
def oracle(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator) -> Images:
    """Held-out real images without replacement: the best that a generator can be expected to reach."""
    return sample_real(images, n, generator)
