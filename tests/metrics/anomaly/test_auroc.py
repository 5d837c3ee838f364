"""The area under the ROC curve: exact cases, Mann-Whitney, scikit-learn, and its standard error."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, norm
from sklearn.metrics import roc_auc_score

from aezoo.metrics import METRICS
from aezoo.metrics.anomaly import OUTLIERS, auroc, code_density_auroc

SCORES = st.lists(st.integers(-3, 3), min_size=1, max_size=20)


@pytest.mark.exact_metric("auroc_reconstruction", "auroc_likelihood", "auroc_code")
@pytest.mark.parametrize(
    ("inliers", "outliers", "expected"),
    [
        ([0, 1, 2], [3, 4], 1),
        ([3, 4], [0, 1, 2], 0),
        ([1, 1], [1, 1, 1], 0.5),
        ([0, 2], [1], 0.5),
        ([0, 1, 2, 3], [2.5, 3], (3 + 3.5) / 8),
    ],
)
def test_exact_cases(inliers, outliers, expected):
    assert auroc(inliers, outliers) == expected


@pytest.mark.parametrize("wrong", [[], [float("nan")]])
def test_the_side_that_is_wrong_is_named(wrong):
    with pytest.raises(ValueError, match="^inlier_scores "):
        auroc(wrong, [1.0])
    with pytest.raises(ValueError, match="^outlier_scores "):
        auroc([1.0], wrong)


@pytest.mark.independent("auroc_reconstruction", "auroc_likelihood", "auroc_code", by="SciPy, scikit-learn")
@settings(max_examples=50)
@given(SCORES, SCORES)
def test_it_is_mann_whitneys_and_scikit_learns_and_exchanging_sides_gives_the_rest(inliers, outliers):
    area = auroc(inliers, outliers)
    assert area == pytest.approx(mannwhitneyu(outliers, inliers).statistic / (len(inliers) * len(outliers)))
    truth = [0] * len(inliers) + [1] * len(outliers)
    assert area == pytest.approx(roc_auc_score(truth, inliers + outliers))
    assert area + auroc(outliers, inliers) == pytest.approx(1)


def test_normal_scores_have_the_area_of_their_distance_with_the_stated_error():
    """``Phi(shift / sqrt(2))``; 60 sets give the spread to 9 %, 5 estimates add theirs."""
    metric, areas, errors = METRICS.get("auroc_code"), [], []
    for seed in range(60):
        random = np.random.default_rng(seed)
        inputs = {
            "inlier_distances": random.normal(size=300),
            "outlier_distances": random.normal(size=(200, len(OUTLIERS))) + np.arange(len(OUTLIERS)) / 2,
        }
        areas.append(list(metric(inputs).values()))
        found = metric.standard_error(metric, inputs, {}, random)
        errors.append([found[score.name].generated + found[score.name].held_out for score in metric.scores])
    spread = np.std(areas, axis=0, ddof=1)
    exact = norm.cdf(np.arange(len(OUTLIERS)) / 2 / 2**0.5)
    np.testing.assert_allclose(np.mean(areas, axis=0), exact, atol=4 * spread.max() / 60**0.5)
    np.testing.assert_allclose(np.sqrt(np.mean(errors, axis=0)), spread, rtol=0.3)


def test_each_kind_of_outliers_is_a_column():
    areas = code_density_auroc(np.zeros(4), np.tile([1.0, -1, 0, 1, 1, -1], (3, 1)))
    assert list(areas.values()) == [1, 0, 0.5, 1, 1, 0]
    assert list(areas) == [f"auroc_code_{kind}" for kind in OUTLIERS]


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="one for each of noise"):
        code_density_auroc(np.zeros(4), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="1 dimensions"):
        auroc(np.zeros((2, 2)), [1])
