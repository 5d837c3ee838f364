"""Scores from the judge's probabilities and labels: exact values and bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aezoo.metrics import METRICS
from aezoo.metrics.samples import class_kl, covered_classes, inception_score

T10K_COUNTS = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)


@pytest.mark.exact_metric("inception_score")
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (np.eye(10), 10),
        (np.eye(10)[:5], 5),
        (np.full((7, 10), 0.1), 1),
        (np.full((10, 10), 0.01) + 0.9 * np.eye(10), 6.0635598),
        (np.repeat(np.eye(10), T10K_COUNTS, axis=0), 9.98265),
    ],
)
def test_inception_score(rows, expected):
    assert inception_score(rows) == pytest.approx(expected, abs=5e-6)


@given(seed=st.integers(0, 10_000), classes=st.integers(2, 10))
def test_inception_score_lies_between_1_and_the_classes(seed, classes):
    rows = np.random.default_rng(seed).dirichlet(np.full(classes, 0.3), size=20)
    assert 1 - 1e-9 <= inception_score(rows) <= classes + 1e-9
    assert inception_score(np.repeat(rows, 2, axis=0)) == pytest.approx(inception_score(rows))


@pytest.mark.parametrize("rows", [np.full((3, 2), 0.6), np.array([[1.5, -0.5]]), np.zeros((2, 3))])
def test_rows_that_are_no_probabilities_are_refused(rows):
    with pytest.raises(ValueError, match="summing to 1"):
        inception_score(rows)


@pytest.mark.exact_metric("class_kl")
def test_keeping_half_of_equal_classes_costs_ln_2():
    assert class_kl(np.repeat(np.arange(5), 2), np.arange(10)) == pytest.approx(np.log(2))


def test_class_kl_of_the_test_images_from_uniform():
    labels = np.repeat(np.arange(10), T10K_COUNTS)
    assert class_kl(labels, np.arange(10)) == pytest.approx(0.0017367, abs=5e-8)
    assert class_kl(labels, labels[::-1]) == 0


def test_a_class_that_the_reference_lacks_is_infinitely_far_and_an_error_in_a_record():
    assert class_kl([0, 1], [0, 0]) == np.inf
    with pytest.raises(ValueError, match="class_kl is inf"):
        METRICS.get("class_kl")({"labels": [0, 1], "reference_labels": [0, 0]})


@pytest.mark.exact_metric("covered_classes")
def test_classes_count_from_one_percent():
    assert covered_classes(np.repeat([0, 1, 3], [980, 10, 10])) == 3
    assert covered_classes(np.repeat([0, 1, 3], [981, 10, 9])) == 2
    assert covered_classes([7]) == 1


def test_more_than_a_hundred_classes_may_all_be_below_one_percent():
    low, _ = METRICS.get("covered_classes").scores[0].range
    assert covered_classes(np.arange(200)) == low == 0


@pytest.mark.parametrize("labels", [[0.5, 1.0], [-1, 0], [], [[1]]])
def test_what_is_no_label_is_refused(labels):
    with pytest.raises(ValueError, match="class numbers"):
        covered_classes(labels)
