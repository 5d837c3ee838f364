"""Every test runs on one thread, as a worker does, and with data that the package index alone provides."""

from __future__ import annotations

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"})

import numpy as np
import pytest

from aezoo.datasets import Dataset, load_dataset
from aezoo.spec import Protocol


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """5,000 real digits."""
    return load_dataset("mnist-5k")


@pytest.fixture
def tiny_protocol() -> Protocol:
    """One short epoch."""
    return Protocol(name="tiny", epochs=1, batch_size=50, samples=1_000)


@pytest.fixture
def images(digits: Dataset) -> np.ndarray:
    """A few real digits, flattened, float32 in [0, 1], shape (20, 784)."""
    return digits.train.images[:20].reshape(20, -1).astype(np.float32) / 255
