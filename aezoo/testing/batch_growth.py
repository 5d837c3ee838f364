"""Growth of the terms of an objective with the batch, which tells a sum over images from a mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aezoo.models.base import Model

SIZES = (16, 64, 256)
"""Images of a batch, each four times as many as before: a sum over them grows four times as much from step to step."""

DRAWS = 3
"""Times that each batch is asked, since noise alone moves a mean; once where the first answer is far from a fault."""

LEAST = 1.0
"""Nats of growth that are looked at."""

PROPORTIONAL = 2.5
"""The least ratio of one growth to the one before it: a sum over the batch has 4, a logarithm 1, a mean less."""

ERRORS = 4.0
"""Standard errors of the draws beyond which a growth is no chance."""

Means = dict[str, NDArray[np.float64]]
"""Means by term, an entry for each draw."""


def batch_growth(model: Model, images: Any) -> str:  # noqa: ANN401
    """Say which term grows in proportion to the images of a batch; empty where none does.

    Two sizes are compared on the same images. What is estimated from a whole batch, such as a discrepancy, may depend
    on its size, but less and less: it is the growth of the growth that tells a sum over images.

    Args:
        model: with the weights that are asked.
        images: rows in [0, 1], at least as many as the largest of `SIZES`.
    """
    small, middle, large = SIZES

    def asked(draws: int) -> tuple[dict[int, Means], dict[int, Means]]:
        return (
            {size: _means(model, images[:middle], size, draws) for size in (small, middle)},
            {size: _means(model, images[:large], size, draws) for size in (middle, large)},
        )

    few, many = asked(1)
    if all(abs(float((many[large][term] - many[middle][term]).item())) < LEAST / 2 for term in few[small]):
        return ""
    few, many = asked(DRAWS)
    for term in few[small]:
        before, after = few[middle][term] - few[small][term], many[large][term] - many[middle][term]
        noise = ERRORS * after.std(ddof=1) / np.sqrt(DRAWS)
        growth = abs(float(after.mean()))
        if growth > LEAST + noise and growth >= PROPORTIONAL * abs(float(before.mean())):
            found = ", ".join(f"{value:.6g} in batches of {size}" for size, value in _on_all(term, few, many).items())
            return (
                f"term {term!r} grows with the number of images of a batch: its mean is {found}; "
                "sum over the axis of one image alone, axis=-1"
            )
    return ""


def _means(model: Model, images: Any, size: int, draws: int) -> Means:  # noqa: ANN401
    """Compute the mean of each term over all images, in batches of `size`, once for each draw."""
    batches = [images[start : start + size] for start in range(0, len(images), size)]
    found: dict[str, list[list[float]]] = {}
    for _ in range(draws):
        asked: list[Mapping[str, Any]] = [model.objective(batch) for batch in batches]
        for term in asked[0]:
            found.setdefault(term, []).append([float(tf.reduce_mean(terms[term])) for terms in asked])
    return {term: np.mean(values, axis=1) for term, values in found.items()}


def _on_all(term: str, few: Mapping[int, Means], many: Mapping[int, Means]) -> dict[int, float]:
    return {size: float(means[term].mean()) for size, means in {**few, **many}.items()}
