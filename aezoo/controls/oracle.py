"""Real images played as a generator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aezoo.controls import CONTROLS, Bytes


@CONTROLS.register("oracle", draws_from="oracle")
def oracle(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator) -> NDArray[np.float32]:
    """Held-out real images without replacement: the best that a generator can be expected to reach."""
    if n > len(images):
        raise ValueError(f"{n} images asked for but the oracle split holds {len(images)}")
    return images[generator.permutation(len(images))[:n]].astype(np.float32) / 255
