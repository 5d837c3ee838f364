"""Random streams: an independent one per purpose, all from a trial's one seed.

A stream is keyed by the words of its purpose, not by its position, so that adding a model, a metric or a
sampler never moves the numbers of another.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


def seed_sequence(seed: int, *purpose: str) -> np.random.SeedSequence:
    """Return the seed sequence of `purpose` (for example ``"sampling", "prior"``) under `seed`."""
    digest = hashlib.sha256("\0".join(purpose).encode()).digest()
    return np.random.SeedSequence(seed, spawn_key=tuple(np.frombuffer(digest[:8], "<u4").tolist()))


def generator(seed: int, *purpose: str) -> np.random.Generator:
    """Make a NumPy generator on the stream of `purpose`."""
    return np.random.default_rng(seed_sequence(seed, *purpose))


def integer_seed(seed: int, *purpose: str) -> int:
    """Draw a 31-bit integer from the stream of `purpose`, for libraries that take an integer seed."""
    return int(seed_sequence(seed, *purpose).generate_state(1)[0] >> 1)


def standard_normal(seed: int, *shape: int) -> NDArray[np.float32]:
    """Draw standard normal numbers, float32 of this shape, from NumPy's generator of `seed`."""
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
