"""Traversals for galleries: what each dimension does to the image, the most active first."""

import numpy as np
import pytest

from aezoo.evaluation.gallery import model_gallery
from aezoo.evaluation.traversal import MAX_ROWS, STEPS, traversal_codes, traversal_gallery
from aezoo.models import MODELS
from aezoo.spec import Protocol


def linear(d):
    """A model whose i-th code moves a block of pixels of its own, less the later it comes."""
    model = MODELS.get("vae").create(Protocol(hidden_units=4, latent_dim=d), 0)
    weights = np.zeros((d, 784), np.float32)
    for i in range(d):
        weights[i, 8 * i : 8 * i + 8] = 1.0 / (1 + i)
    model.decode_logits = lambda z: z @ weights
    return model


def codes(d, n=50):
    return np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)


def test_codes_move_one_dimension_over_two_deviations_to_each_side():
    some = codes(4)
    moved = traversal_codes(some, some[0], 5)
    assert moved.shape == (4, 5, 4)
    for i in range(4):
        np.testing.assert_allclose(
            moved[i, [0, -1], i], some[:, i].mean() + np.array([-2, 2]) * some[:, i].std(), rtol=1e-5
        )
        others = np.delete(moved[i], i, axis=1)
        np.testing.assert_array_equal(others, np.tile(np.delete(some[0], i), (5, 1)))


def test_the_most_active_dimensions_come_first_and_all_are_measured():
    found = traversal_gallery(linear(20), codes(20) * np.float32(0.5))
    assert found["traversals"].shape == (MAX_ROWS, STEPS, 28, 28)
    assert found["traversals"].dtype == np.uint8
    assert found["activity"].shape == (20,)
    np.testing.assert_array_equal(found["traversed"], np.argsort(-found["activity"], kind="stable")[:MAX_ROWS])
    assert found["traversed"][0] == 0
    for row, dimension in zip(found["traversals"], found["traversed"], strict=True):
        changed = np.ptp(row.astype(int), axis=0).reshape(-1) > 0
        assert set(np.flatnonzero(changed)) == set(range(8 * dimension, 8 * dimension + 8))


def test_a_collapsed_dimension_has_no_activity():
    some = codes(3)
    some[:, 1] = 0
    assert (traversal_gallery(linear(3), some)["activity"] > 0).tolist() == [True, False, True]


def test_a_code_of_one_dimension_is_walked_along():
    assert traversal_gallery(linear(1), codes(1))["traversals"].shape == (1, STEPS, 28, 28)


@pytest.mark.parametrize("d", [2, 129])
def test_planes_and_codes_as_long_as_an_image_have_none(d):
    assert traversal_gallery(linear(min(d, 90)), codes(d)) == {}


def test_a_gallery_has_them(digits):
    model = MODELS.get("ae").create(Protocol(hidden_units=4, latent_dim=3), 0)
    assert {"traversals", "traversed", "activity"} < model_gallery(model, digits).keys()
