"""Scores of a collector: what metrics warn of that nobody can mend is not shown."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from aezoo.evaluation.evaluator import ScoreCollector
from aezoo.metrics import METRICS


def collected(warning):
    """Warnings that are shown of a metric that warns, and its row."""

    def warns(codes, factors):
        warnings.warn("no end in 200 steps", warning, stacklevel=1)
        return 0.5

    metric = replace(METRICS.get("mig"), function=warns, minimum_n=1, standard_error=None)
    collector = ScoreCollector([metric], 0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        collector.add("disentanglement", {"codes": np.zeros((5, 2)), "factors": np.zeros((5, 2))})
    (row,) = collector.rows
    return [each.category for each in caught], row


def test_a_classifier_that_is_stopped_is_no_news_and_anything_else_is():
    shown, row = collected(ConvergenceWarning)
    assert (shown, row["value"]) == ([], 0.5)
    assert collected(RuntimeWarning)[0] == [RuntimeWarning]
