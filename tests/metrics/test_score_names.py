"""Names of scores lead to the metrics that give them."""

from __future__ import annotations

import pytest

from aezoo.metrics.score_names import metric_of_score


@pytest.mark.parametrize(
    ("score", "metric"),
    [("fd_judge", "fd"), ("fd_features", "fd"), ("coverage_pixels", "prdc"), ("nll", "nll"), ("fd_zzz", None)],
)
def test_a_score_is_that_of_its_metric_in_each_feature_space(score, metric):
    assert metric_of_score(score) == metric
