"""Paths between codes and the decoder's metric: linear decoders, circles, and Jacobians by differences."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit

from aezoo.evaluation.geodesics import halved, shortest_curves
from aezoo.evaluation.geometry_inputs import LABELLED, POINTS, WIDE, decoder_metrics, geometry_inputs, pairs
from aezoo.evaluation.inference import decode, encode
from aezoo.evaluation.interpolation import lines
from aezoo.metrics.latent import interpolation_confidence, jacobian_condition, path_straightness
from aezoo.metrics.latent.interpolation import lengths, straightness
from aezoo.models import MODELS
from aezoo.spec import Protocol

TINY = Protocol(name="tiny", hidden_units=8)


def test_a_linear_decoder_gives_straight_paths():
    random = np.random.default_rng(0)
    codes = lines(*random.normal(size=(2, 7, 3)).astype(np.float32), POINTS)
    assert codes.shape == (7, POINTS, 3)
    weights = random.normal(size=(3, 50))
    images = codes @ weights + 1
    assert path_straightness(images, images[:, [0, -1]]) == pytest.approx(1, abs=1e-6)


@pytest.mark.exact_metric("path_straightness")
@pytest.mark.parametrize("angle", [np.pi / 3, np.pi, 1.9 * np.pi])
def test_an_arc_is_as_straight_as_its_chord_is_short(angle):
    """``2 sin(angle / 2) / angle``, approached from above as points are added."""
    t = np.linspace(0, angle, 2_001)
    arc = np.stack([np.cos(t), np.sin(t)], axis=1)[None]
    assert path_straightness(arc, arc[:, [0, -1]]) == pytest.approx(2 * np.sin(angle / 2) / angle, abs=1e-5)


def test_images_that_do_not_change_bend_nowhere():
    assert straightness(*np.ones((2, 3, 5, 4))).tolist() == [1, 1, 1]
    there_and_back = np.array([0.0, 1, 0])[None, :, None]
    assert path_straightness(there_and_back, there_and_back[:, ::2]) == 0
    assert path_straightness(there_and_back[:, ::2] + [[[0.0], [1.0]]], 9 * there_and_back) == 1  # no shorter one found


@pytest.mark.parametrize("outside", [-0.1, 1.1])
def test_logits_are_no_confidence(outside):
    with pytest.raises(ValueError, match="give softmax outputs"):
        interpolation_confidence(np.full((2, 3, 10), outside))


@pytest.mark.exact_metric("interpolation")
def test_confidence_is_that_between_the_ends():
    sure, unsure = np.eye(10)[3], np.full(10, 0.1)
    assert interpolation_confidence(np.array([[sure, unsure, sure]])) == pytest.approx(0.1)
    assert interpolation_confidence(np.array([[unsure, sure, unsure]])) == 1
    mixed = np.array([[sure, sure, unsure, sure], [sure, unsure, unsure, sure]])
    assert interpolation_confidence(mixed) == pytest.approx((0.55 + 0.1) / 2)


@pytest.mark.independent("jacobian_condition", by="NumPy's singular values")
def test_the_condition_is_the_ratio_of_singular_values():
    random = np.random.default_rng(0)
    jacobians = random.normal(size=(9, 20, 4))
    found = jacobian_condition(jacobians.transpose(0, 2, 1) @ jacobians)
    singular = np.linalg.svd(jacobians, compute_uv=False)
    assert found["jacobian_condition"] == pytest.approx(np.median(singular[:, 0] / singular[:, -1]))
    assert found["jacobian_log_volume"] == pytest.approx(np.median(np.log(singular).sum(axis=1)))


def test_a_rotation_of_the_code_changes_nothing_and_a_scale_does():
    random = np.random.default_rng(0)
    jacobian = random.normal(size=(1, 20, 3))
    turn = np.linalg.qr(random.normal(size=(3, 3)))[0]
    plain, turned, scaled = (
        jacobian_condition(j.transpose(0, 2, 1) @ j) for j in (jacobian, jacobian @ turn, 2 * jacobian)
    )
    assert turned == pytest.approx(plain)
    assert scaled["jacobian_condition"] == pytest.approx(plain["jacobian_condition"])
    assert scaled["jacobian_log_volume"] == pytest.approx(plain["jacobian_log_volume"] + 3 * np.log(2))


@pytest.mark.exact_metric("jacobian_condition")
def test_directions_that_change_nothing_have_the_largest_condition():
    assert jacobian_condition(np.diag([4.0, 0])[None])["jacobian_condition"] == pytest.approx(1e6)
    nothing = jacobian_condition(np.zeros((2, 3, 3)))
    assert nothing["jacobian_condition"] == pytest.approx(1e6)
    assert np.isfinite(nothing["jacobian_log_volume"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: path_straightness(np.zeros((2, 1, 3)), np.zeros((2, 2, 3))), "both ends"),
        (lambda: path_straightness(np.zeros((2, 4, 3)), np.zeros((1, 4, 3))), "2 lines and 1 geodesics"),
        (lambda: interpolation_confidence(np.zeros((2, 2, 3))), "between them"),
        (lambda: jacobian_condition(np.zeros((2, 3, 4))), r"\(n, d, d\)"),
        (lambda: path_straightness(*np.zeros((2, 2, 3))), "3 dimensions"),
    ],
)
def test_other_shapes_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_the_jacobian_is_that_of_differences():
    model = MODELS.get("vae").create(TINY, 0)
    codes = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    step = 1e-3
    columns = [
        (_means(model, codes + step * direction) - _means(model, codes - step * direction)) / (2 * step)
        for direction in np.eye(2, dtype=np.float32)
    ]
    jacobian = np.stack(columns, axis=2)
    np.testing.assert_allclose(
        decoder_metrics(model, codes), jacobian.transpose(0, 2, 1) @ jacobian, rtol=0.02, atol=1e-5
    )


def _means(model, codes):
    return expit(np.asarray(model.decode_logits(codes), np.float64))


class SphereDecoder:
    """Codes (n, 2) as longitude and latitude; images are points of a sphere, in the middle of pixel intensities."""

    xla = True

    def decode_logits(self, z):
        points = self.means(z)
        return tf.math.log(points) - tf.math.log1p(-points)

    def means(self, z):
        longitude, latitude = tf.unstack(z, axis=1)
        on_sphere = [tf.cos(latitude) * tf.cos(longitude), tf.cos(latitude) * tf.sin(longitude), tf.sin(latitude)]
        return 0.5 + 0.4 * tf.stack(on_sphere, axis=1)


@pytest.mark.exact_metric("path_straightness")
def test_shortest_paths_on_a_sphere_are_great_circles():
    """The straight line along a circle of latitude l through an angle a has the length r a cos l."""
    model, angle, latitude = SphereDecoder(), 2.0, 1.0
    ends = np.array([[[0, latitude]], [[angle, latitude]]], np.float32)
    straight = lines(*ends, POINTS)
    codes = straight.reshape(-1, 2)
    longitude_stretch = np.cos(codes[:, 1]) ** 2
    metrics = 0.16 * np.stack([np.diag([stretch, 1.0]) for stretch in longitude_stretch])
    shortest = shortest_curves(model, straight, metrics, 200)
    np.testing.assert_array_equal(shortest[:, [0, -1]], straight[:, [0, -1]])
    finer = [halved(halved(of)).reshape(-1, 2) for of in (straight, shortest)]
    decoded = [np.asarray(model.means(codes), np.float64)[None] for codes in finer]
    straight_length, shortest_length = (lengths("images", of)[0] for of in decoded)
    assert straight_length == pytest.approx(0.4 * angle * np.cos(latitude), rel=1e-3)
    great_circle = np.arccos(np.sin(latitude) ** 2 + np.cos(latitude) ** 2 * np.cos(angle))
    assert shortest_length == pytest.approx(0.4 * great_circle, rel=5e-3)
    assert path_straightness(*decoded) == pytest.approx(great_circle / (angle * np.cos(latitude)), rel=5e-3)


def test_no_path_is_shorter_than_the_line_of_a_linear_decoder():
    weights = tf.constant(np.random.default_rng(0).normal(size=(3, 9)), tf.float32)

    class LinearDecoder:
        def decode_logits(self, z):
            p = 0.5 + 0.01 * z @ weights
            return tf.math.log(p) - tf.math.log1p(-p)

    straight = lines(*np.random.default_rng(1).normal(size=(2, 7, 3)).astype(np.float32), POINTS)
    metrics = 1e-4 * (weights.numpy() @ weights.numpy().T)[None].astype(np.float64)
    np.testing.assert_allclose(shortest_curves(LinearDecoder(), straight, metrics), straight, atol=1e-4)
    bent = straight + np.sin(np.linspace(0, np.pi, POINTS, dtype=np.float32))[:, None]
    one_step = shortest_curves(LinearDecoder(), bent, metrics, 1)
    np.testing.assert_allclose(one_step, straight, atol=5e-3)  # which is Newton's


def test_a_model_has_paths_between_different_digits(digits):
    model = MODELS.get("ae").create(TINY, 0)
    inputs = geometry_inputs(model, digits, None)
    assert set(inputs) == {"path_images", "geodesic_images", "decoder_metrics"}
    first, second = pairs(digits.reference.labels)
    assert len(first) == 200
    assert (digits.reference.labels[first] != digits.reference.labels[second]).all()
    ends = decode(model, encode(model, digits.reference.images[first])).reshape(200, -1)
    np.testing.assert_allclose(inputs["path_images"][:, 0], ends, rtol=1e-5)
    assert inputs["decoder_metrics"].shape == (200, 2, 2)


def test_a_model_without_an_encoder_has_none_and_one_of_labels_says_so(digits):
    assert geometry_inputs(MODELS.get("gan").create(TINY, 0), digits, None) == {}
    wide = geometry_inputs(MODELS.get("raw-pixels").create(TINY, 0), digits, None)
    assert wide["decoder_metrics"] is WIDE
    assert wide["geodesic_images"] is WIDE
    assert wide["path_images"].shape == (200, 2 * POINTS - 1, 784)
    from support.toy_models import Labelled, make

    assert set(geometry_inputs(make(Labelled), digits, None).values()) == {LABELLED}
