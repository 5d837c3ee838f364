"""Label preservation: reconstructions that still show the digit of their original."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import METRICS, Score
from aezoo.metrics.standard_errors import BinomialError
from aezoo.metrics.validation import check_labels


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

    ``mean_i 1[judged_i = label_i]``; in [0, 1], higher is better. A plain share: it is not divided by the judge's
    accuracy on the originals, which is therefore the value of a perfect reconstruction.

    Args:
        labels: true labels of the originals, (n,).
        judged: the judge's labels of their reconstructions, (n,).

    Raises:
        ValueError: for differing shapes or no labels.

    Limits: one typical image for each digit, whatever the original looked like, counts as a perfect reconstruction.

    Source: accuracy, with a frozen classifier's labels as predictions.
    """
    true = check_labels("labels", labels, np.size(labels))
    return float(np.mean(true == check_labels("judged", judged, len(true))))
