"""Deep embedded clustering: soft groups against the formulas of the paper, phases of the training, k-means."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import rel_entr
from scipy.stats import t as student
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from aezoo.models import MODELS
from aezoo.models.groups_of_codes import kmeans_centres
from aezoo.models.losses import categorical_divergence, sharpened_memberships, student_t_memberships
from aezoo.spec import Protocol
from aezoo.training import Trainer

WIDE = Protocol(name="wide", latent_dim=6, hidden_units=32, epochs=4, batch_size=50)


def make(name: str, **parameters):
    return MODELS.get(name).create(WIDE, 0, parameters)


def blobs(spread: float = 0.5):
    return make_blobs(300, centers=4, n_features=3, cluster_std=spread, random_state=1)


def test_memberships_are_those_of_students_t():
    z, centres = np.random.default_rng(0).standard_normal((2, 5, 1))
    density = student(df=1).pdf(z - centres.T)
    expected = density / density.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(student_t_memberships(tf.constant(z), tf.constant(centres)), expected, rtol=1e-6)


def test_the_target_divides_columns_by_their_share_and_leaves_certain_memberships():
    q = np.random.default_rng(1).dirichlet(np.ones(4), 9)
    shares = q.mean(axis=0)
    expected = np.array([[row[j] ** 2 / shares[j] for j in range(4)] for row in q])
    expected /= expected.sum(axis=1, keepdims=True)
    for factor in (1, 9):  # a share or a count
        np.testing.assert_allclose(sharpened_memberships(tf.constant(q), factor * shares), expected, rtol=1e-6)
    certain = np.eye(4)[[0, 2, 2, 3]]
    np.testing.assert_array_equal(sharpened_memberships(tf.constant(certain), np.array([0.1, 0.4, 0.2, 0.3])), certain)


def test_the_divergence_is_scipys():
    p, q = np.random.default_rng(2).dirichlet(np.ones(4), (2, 9))
    p[0], p[1], q[1] = [0, 0, 1, 0], [0.25] * 4, [0.5, 0.5, 0, 0]
    found = np.asarray(categorical_divergence(tf.constant(p), tf.constant(q)))
    np.testing.assert_allclose(found[[0, *range(2, 9)]], rel_entr(p, q).sum(axis=1)[[0, *range(2, 9)]], atol=1e-6)
    assert found[1] > 10


def test_k_means_has_the_least_distortion_that_scikit_learn_finds():
    points, _ = blobs(spread=4)
    best = KMeans(4, n_init=50, random_state=0).fit(points).inertia_
    centres = kmeans_centres(points.astype(np.float32), 4)
    distances = np.square(points[:, None] - centres).sum(axis=2).min(axis=1).sum()
    assert distances == pytest.approx(best, rel=1e-3)
    np.testing.assert_array_equal(centres, kmeans_centres(points.astype(np.float32), 4))


@pytest.mark.exact("dec", "idec")
@pytest.mark.parametrize(("name", "kept"), [("dec", 0.0), ("idec", 1.0)])
def test_before_and_after_pretraining_the_loss_is_that_of_each_phase(images, name, kept):
    model = make(name, weight=3.0)
    before = model.objective(tf.constant(images))
    np.testing.assert_array_equal(before["loss"], before["nll"])
    assert not np.asarray(before["clustering"]).any()
    np.testing.assert_allclose(before["nll"], make("ae").objective(tf.constant(images))["nll"])
    model.on_epoch(images, 0.5)
    assert float(model.clustering) == 0
    model.on_epoch(images, 0.6)
    z = np.asarray(model.encoder(images))
    np.testing.assert_allclose(model.centres, kmeans_centres(z, 10), rtol=1e-5)
    q = np.asarray(student_t_memberships(z, model.centres))
    np.testing.assert_allclose(model.shares, q.mean(axis=0), rtol=1e-5)
    p = np.square(q) / q.mean(axis=0)
    divergence = rel_entr(p / p.sum(axis=1, keepdims=True), q).sum(axis=1)
    after = model.objective(tf.constant(images))
    np.testing.assert_allclose(after["clustering"], divergence, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(after["loss"], kept * before["nll"] + 3 * divergence, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(model.cluster(tf.constant(images)), q.argmax(axis=1))


def test_the_target_rests_within_an_epoch(images):
    model, x = make("dec", weight=1.0), tf.constant(images)
    model.on_epoch(images, 0.9)
    p = sharpened_memberships(student_t_memberships(model.encoder(x), model.centres), model.shares)
    model.centres.assign(model.centres * 1.5)
    for variable in model.encoder.trainable_variables:
        variable.assign(variable * 0.9)
    expected = categorical_divergence(p, student_t_memberships(model.encoder(x), model.centres))
    np.testing.assert_allclose(model.objective(x)["loss"], expected, rtol=1e-4, atol=1e-6)


def test_centres_are_set_once_and_shares_anew(images):
    model = make("dec")
    model.on_epoch(images, 0.7)
    model.centres.assign(model.centres + 1.0)
    moved = np.asarray(model.centres)
    model.on_epoch(images, 0.8)
    np.testing.assert_array_equal(model.centres, moved)
    expected = np.asarray(student_t_memberships(model.encoder(images), moved)).mean(axis=0)
    np.testing.assert_allclose(model.shares, expected, rtol=1e-5)


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_groups_are_found_at_the_latest_before_the_last_epoch(images, epochs):
    protocol = WIDE.model_copy(update={"epochs": epochs})
    model = MODELS.get("dec").create(protocol, 0, {"pretraining": 1})
    for epoch in range(epochs):
        model.on_epoch(images, epoch / epochs)
        assert float(model.clustering) == (epoch == epochs - 1)
    np.testing.assert_allclose(model.centres, kmeans_centres(np.asarray(model.encoder(images)), 10), rtol=1e-5)


def test_training_pretrains_then_clusters_and_the_decoder_of_dec_rests(digits):
    trainer = Trainer(MODELS.get("dec"), WIDE, {"pretraining": 0.5})
    decoders = []
    images = digits.train.images[:1_000]
    curves = trainer.fit(images, images[:50], 0, lambda *_: decoders.append(trainer.model.decoder.get_weights()[0]))
    assert curves.train["loss"][1] == pytest.approx(curves.train["nll"][1])
    assert curves.train["loss"][3] == pytest.approx(235 * curves.train["clustering"][3], rel=1e-5)
    assert curves.train["clustering"][3] < curves.train["clustering"][2]
    assert not np.array_equal(decoders[0], decoders[1])
    np.testing.assert_array_equal(decoders[1], decoders[3])
