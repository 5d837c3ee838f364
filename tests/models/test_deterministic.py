"""Deterministic autoencoders: each against its exact property, and against the plain autoencoder where it is one."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.trained_weights import trained_weights

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.spec import Protocol

WIDE = Protocol(name="wide", latent_dim=6, hidden_units=32)


def make(name: str, protocol: Protocol = WIDE, **parameters):
    return MODELS.get(name).create(protocol, 0, parameters)


@pytest.fixture(scope="module")
def plain_weights(digits) -> list[np.ndarray]:
    """Weights of the plain autoencoder, trained once for all tests."""
    return trained_weights(WIDE, "ae", digits.train.images)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("denoising-ae", {"sd": 0}),
        ("contractive-ae", {"weight": 0}),
        ("topk-ae", {"active": 1}),
        ("rae-l2", {"weight": 0, "weight_decay": 0}),
        ("rae-gp", {"weight": 0, "slope": 0}),
    ],
)
def test_is_the_plain_autoencoder_to_the_bit_without_its_penalty(digits, plain_weights, name, parameters):
    other = trained_weights(WIDE, name, digits.train.images, **parameters)
    for expected, weight in zip(plain_weights, other, strict=True):
        np.testing.assert_array_equal(weight, expected)


@pytest.mark.parametrize("name", ["denoising-ae", "masked-ae", "contractive-ae"])
def test_keras_fits_batches_whose_size_it_leaves_open(images, name):
    model = make(name)
    model.compile("rmsprop", jit_compile=False)
    losses = model.fit(images, batch_size=8, verbose=0).history["loss"]  # 20 images: the last batch has 4
    assert np.isfinite(losses).all()


@pytest.mark.exact("denoising-ae")
def test_the_best_linear_denoiser_shrinks_gaussian_pixels_by_the_share_of_their_variance():
    """For x ~ N(1/2, s^2) it is E[x | x + sd e], whose slope is s^2 / (s^2 + sd^2): likelihood falls to both sides."""
    s, sd, n = 0.1, 0.15, 1_000
    model, best = make("denoising-ae", sd=sd), s**2 / (s**2 + sd**2)
    x = tf.constant(np.random.default_rng(0).normal(0.5, s, (n, 784)), tf.float32)
    model.decoder = lambda mean: tf.math.log(mean / (1 - mean))
    for factor, sign in ((0.98, -1), (1.02, 1)):
        shrinkage = tf.fill((n, 1), np.float32(factor * best))
        model.encoder = lambda x, shrinkage=shrinkage: 0.5 + shrinkage * (x - 0.5)
        with tf.GradientTape() as tape:
            tape.watch(shrinkage)
            loss = tf.reduce_sum(model.objective(x)["loss"])
        slopes = tape.gradient(loss, shrinkage).numpy()
        assert sign * slopes.mean() > 4 * slopes.std() / np.sqrt(n)


def jacobian(function, x: np.ndarray) -> np.ndarray:
    """Jacobians of rows, (n, outputs, inputs), by central differences in float32."""
    step, columns = 1e-2, []
    for i in range(x.shape[1]):
        moved = np.zeros_like(x)
        moved[:, i] = step
        columns.append((np.asarray(function(x + moved)) - np.asarray(function(x - moved))) / (2 * step))
    return np.stack(columns, axis=2)


@pytest.mark.exact("contractive-ae")
def test_contraction_has_the_squared_norm_of_the_jacobian_as_its_mean(images):
    model = make("contractive-ae")
    x = tf.constant(np.repeat(images[:2], 4_000, axis=0))
    estimates = np.asarray(model.objective(x)["contraction"]).reshape(2, 4_000)
    hidden, code = (model.encoder.get_layer(name).get_weights() for name in ("hidden", "code"))
    for row, image in zip(estimates, images[:2], strict=True):
        mask = (image @ hidden[0] + hidden[1]) > 0
        exact = np.square((hidden[0] * mask) @ code[0]).sum()
        assert abs(row.mean() - exact) < 4 * row.std() / np.sqrt(len(row))


@pytest.fixture
def double_precision():
    """Have models made in float64."""
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)


@pytest.mark.exact("contractive-ae")
def test_contraction_of_one_hidden_layer_is_its_sum_over_hidden_units(double_precision, monkeypatch, images):
    """Sum over units of (h (1 - h))^2 |w|^2, Rifai et al. 2011, where codes are the units h; v are unit vectors."""
    model = make("contractive-ae", WIDE.model_copy(update={"hidden_units": 6, "activation": "sigmoid"}))
    model.encoder.get_layer("code").set_weights([np.eye(6), np.zeros(6)])
    x = images[:2].astype(np.float64)
    kernel, bias = model.encoder.get_layer("hidden").get_weights()
    units = 1 / (1 + np.exp(-(x @ kernel + bias)))
    closed = (units * (1 - units)) ** 2 @ np.square(kernel).sum(axis=0)
    moved = np.stack([1e-5 * np.eye(784), -1e-5 * np.eye(784)])[:, None] + x[:, None]
    ahead, behind = np.asarray(model.encoder(moved.reshape(-1, 784))).reshape(2, 2, -1)
    differences = np.square((ahead - behind) / 2e-5).sum(axis=1)
    np.testing.assert_allclose(closed, differences, rtol=1e-6)
    monkeypatch.setattr("aezoo.models.noise.normal", lambda shape, seeds: np.tile(np.eye(6), (2, 1)))
    found = np.asarray(model.objective(tf.constant(np.repeat(x, 6, axis=0)))["contraction"])
    np.testing.assert_allclose(found.reshape(2, 6).sum(axis=1), differences, rtol=1e-6)


@pytest.mark.exact("rae-gp")
def test_the_slope_has_the_squared_norm_of_the_decoders_jacobian_as_its_mean():
    model = make("rae-gp")
    z = np.random.default_rng(0).standard_normal((2, 6)).astype(np.float32)
    exact = np.square(jacobian(model.decode, z)).sum(axis=(1, 2))
    estimates = np.asarray(model._squared_slope(tf.constant(np.repeat(z, 4_000, axis=0)))).reshape(2, 4_000)
    spread = estimates.std(axis=1) / np.sqrt(4_000)
    np.testing.assert_allclose(estimates.mean(axis=1), exact, atol=float(4 * spread.max()))


@pytest.mark.exact("rae-gp")
def test_the_slope_of_a_linear_decoder_is_the_squared_norm_of_its_weights(monkeypatch):
    """Of W' z, with all unit vectors as v: each gives a row of the Jacobian, in whole numbers without rounding."""
    model, random = make("rae-gp"), np.random.default_rng(1)
    weights = random.integers(-3, 4, (6, 784)).astype(np.float32)
    model.decode = lambda z: z @ weights
    monkeypatch.setattr("aezoo.models.noise.normal", lambda shape, seeds: np.eye(784, dtype=np.float32))
    slopes = np.asarray(model._squared_slope(tf.constant(random.standard_normal((784, 6)), tf.float32)))
    np.testing.assert_array_equal(slopes, np.square(weights).sum(axis=0))
    assert slopes.sum() == np.linalg.norm(weights.astype(np.float64)) ** 2


@pytest.mark.exact("topk-ae")
@pytest.mark.parametrize(("active", "k"), [(0.5, 3), (0.1, 1), (1.0, 6)])
def test_exactly_k_numbers_of_the_code_are_left_and_they_are_the_largest(images, active, k):
    model = make("topk-ae", active=active)
    z, full = np.asarray(model.encode(images)), np.asarray(model.encoder(images))
    assert (np.count_nonzero(z, axis=1) == k).all()
    kept = z != 0
    np.testing.assert_array_equal(z[kept], full[kept])
    if k < 6:
        assert (np.abs(full)[kept].reshape(-1, k).min(axis=1) >= np.abs(np.where(kept, 0, full)).max(axis=1)).all()


def test_numbers_of_the_code_that_are_dropped_pass_no_gradient(images):
    model = make("topk-ae")
    head = model.encoder.get_layer("code").trainable_variables[1]  # a bias: its gradient is that of one code
    z = np.asarray(model.encode(images[:1]))[0]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model.objective(tf.constant(images[:1]))["loss"])
    gradient = tape.gradient(loss, head.value).numpy()
    np.testing.assert_array_equal(gradient != 0, z != 0)


def test_jumprelu_is_the_rectifier_at_a_threshold_of_almost_nothing_and_counts_what_is_open(images):
    model = make("jumprelu-ae", threshold=1e-30)
    code = model.encoder(images)
    gated, count = model.gate(code)
    np.testing.assert_array_equal(gated, np.maximum(code, 0))
    np.testing.assert_array_equal(count, (np.asarray(code) > 0).sum(axis=1))


@pytest.mark.exact("jumprelu-ae")
def test_jumprelu_thresholds_have_the_papers_pseudo_derivatives():
    model = make("jumprelu-ae", threshold=0.5, bandwidth=0.2)
    code = tf.constant([[0.45, 0.55, 0.7, 0.3, -1.0, 0.5 + 0.09]])
    threshold, inside = 0.5, np.array([1, 1, 0, 0, 0, 1.0])
    for pick, slope in ((0, -threshold / 0.2), (1, -1 / 0.2)):
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(model.gate(code)[pick])
        by_log = tape.gradient(value, model.log_threshold.value).numpy()
        np.testing.assert_allclose(by_log, inside * slope * threshold, rtol=1e-5)


@pytest.mark.exact("masked-ae")
def test_visible_pixels_of_a_masked_autoencoder_have_no_gradient(monkeypatch, images):
    model = make("masked-ae", mask=0.5, patch=4)
    draws = np.random.default_rng(1).random((len(images), 49)).astype(np.float32)
    monkeypatch.setattr("aezoo.models.noise.uniform", lambda shape, seeds: draws)
    hidden = (draws < 0.5).reshape(-1, 7, 7).repeat(4, axis=1).repeat(4, axis=2).reshape(-1, 784)
    logits, seen = tf.Variable(tf.ones((len(images), 784))), []
    model.decoder = lambda z: logits.value()
    encoder, model.encoder = model.encoder, lambda x: (seen.append(np.asarray(x)), encoder(x))[1]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model.objective(tf.constant(images))["loss"])
    gradient = tape.gradient(loss, logits).numpy()
    assert (gradient[~hidden] == 0).all()
    assert (gradient[hidden] != 0).all()
    np.testing.assert_allclose(seen[0], np.where(hidden, 0, images / 0.5))


def test_the_masked_loss_is_on_the_scale_of_a_whole_image(images):
    model = make("masked-ae")
    model.decoder = lambda z: tf.zeros((len(z), 784))
    losses = np.asarray(model.objective(tf.constant(np.repeat(images[:1], 4_000, axis=0)))["loss"])
    assert abs(losses.mean() - 784 * np.log(2)) < 4 * losses.std() / np.sqrt(len(losses))


@pytest.mark.exact("rae-l2", "sparse-ae")
def test_the_penalties_are_those_of_their_formulas(images):
    sparse = make("sparse-ae", weight=2.0)
    terms, z = sparse.objective(images), np.maximum(sparse.encoder(images), 0)
    np.testing.assert_allclose(terms["loss"], np.asarray(terms["nll"]) + 2 * z.sum(axis=1), rtol=1e-5)
    rae = make("rae-l2", weight=0.5, weight_decay=0.25)
    terms, z = rae.objective(images), np.asarray(rae.encode(images))
    weights = sum(np.square(weight).sum() for weight in rae.decoder.get_weights())
    np.testing.assert_allclose(terms["penalty"], 0.25 * np.square(z).sum(axis=1) + 0.25 * weights, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("masked-ae", {"mask": 0}, "above 0 and below 1"),
        ("masked-ae", {"patch": 5}, "divides 28"),
        ("topk-ae", {"active": 0}, "above 0"),
        ("denoising-ae", {"sd": -1}, "at least 0"),
        ("jumprelu-ae", {"threshold": 0}, "above 0"),
    ],
)
def test_what_makes_no_sense_is_refused(name, parameters, message):
    with pytest.raises(UsageError, match=message):
        make(name, **parameters)
