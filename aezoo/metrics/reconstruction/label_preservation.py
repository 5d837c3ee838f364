"""Whether a reconstruction still shows the digit of its original."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import METRICS, Score
from aezoo.metrics.standard_errors import BinomialError


@METRICS.register(
    "label_preservation",
    question="reconstruction",
    needs=("labels", "judged"),
    scores=(Score("label_preservation", "share", "higher", 1.0, (0.0, 1.0)),),
    standard_error=BinomialError("labels"),
    headline={"label_preservation": 5},
)
def label_preservation(labels: ArrayLike, judged: ArrayLike) -> float:
    """Share of reconstructions that the judge labels as the true digit of their original.

    In [0, 1], higher is better. A plain share: it is not divided by the judge's accuracy on the originals,
    which is therefore the value of a perfect reconstruction.

    Args:
        labels: true labels of the originals, (n,).
        judged: the judge's labels of their reconstructions, (n,).

    Raises:
        ValueError: for differing shapes or no labels.

    Source: accuracy, with a frozen classifier's labels as predictions.
    """
    true, seen = np.asarray(labels), np.asarray(judged)
    if true.ndim != 1 or true.size == 0 or true.shape != seen.shape:
        raise ValueError(f"labels have shape {true.shape} and judged {seen.shape}; give one of each per image")
    return float(np.mean(true == seen))
