"""The few codes that a trial keeps, to be held against those of other seeds: float16, 30 kB of 16 dimensions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import Dataset
from aezoo.evaluation.model_inputs import features, rows
from aezoo.evaluation.traversal import MAX_DIMENSIONS
from aezoo.models.base import Model
from aezoo.models.capabilities import HasEncoder

KEPT = 1_000
"""Held-out images whose codes are kept: as many as the paper on UDR has."""


def kept_codes(model: Model, dataset: Dataset) -> dict[str, NDArray[np.float16]]:
    """Encode the first 1,000 held-out images: `codes` (n, d), what latent scores look at.

    Nothing without an encoder, without dimensions, and for codes of more than 128, which are no summary of an image.
    """
    if not isinstance(model, HasEncoder):
        return {}
    codes = features(model, rows(model, dataset.held_out)[:KEPT])
    return {"codes": codes.astype(np.float16)} if 0 < codes.shape[1] <= MAX_DIMENSIONS else {}
