"""The chapter's models against its formulas written out in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.errors import AezooError
from aezoo.models import MODELS
from aezoo.models.pca import HALF_GREY_LEVEL
from aezoo.spec import Protocol

CHAPTER = Protocol()


def make(name: str, **parameters):
    return MODELS.get(name).create(CHAPTER, 0, parameters)


def test_parameter_counts_are_the_chapters():
    vae = make("vae")
    assert vae.encoder.count_params() == 201_988
    assert vae.decoder.count_params() == 202_256
    assert vae.count_params() == 404_244
    assert make("beta-vae").count_params() == 404_244
    assert make("ae").count_params() == 403_730


def dense(layer, x):
    kernel, bias = (np.asarray(weight, np.float64) for weight in layer.get_weights())
    return x @ kernel + bias


def chapter_loss(model, x, epsilon, beta):
    """The chapter's loss in float64: cross-entropy averaged over pixels plus KL / 784, per image."""
    hidden = np.maximum(dense(model.encoder.get_layer("hidden"), x), 0)
    mean = dense(model.encoder.get_layer("mean"), hidden)
    log_variance = dense(model.encoder.get_layer("log_variance"), hidden)
    z = mean + np.exp(log_variance / 2) * epsilon
    hidden = np.maximum(dense(model.decoder.get_layer("hidden"), z), 0)
    p = 1 / (1 + np.exp(-dense(model.decoder.get_layer("logits"), hidden)))
    cross_entropy = -(x * np.log(p) + (1 - x) * np.log(1 - p)).mean(axis=1)
    kl = -0.5 * (1 + log_variance - mean**2 - np.exp(log_variance)).sum(axis=1)
    return cross_entropy + beta * kl / 784


@pytest.mark.exact("vae", "beta-vae")
@pytest.mark.parametrize(
    ("name", "parameters", "beta"), [("vae", {}, 1), ("beta-vae", {}, 4), ("beta-vae", {"beta": 0.5}, 0.5)]
)
def test_loss_equals_the_formula_at_given_weights_and_noise(monkeypatch, images, name, parameters, beta):
    model = make(name, **parameters)
    epsilon = np.random.default_rng(3).standard_normal((len(images), 2))
    monkeypatch.setattr("aezoo.models.noise.normal", lambda shape, seeds: epsilon.astype(np.float32))
    expected = chapter_loss(model, images.astype(np.float64), epsilon, beta)
    np.testing.assert_allclose(np.asarray(model.objective(images)["loss"]) / 784, expected, rtol=1e-5)
    np.testing.assert_allclose(float(model.compute_loss(images)), expected.mean(), rtol=1e-5)


@pytest.mark.exact("ae")
def test_autoencoder_loss_equals_the_formula(images):
    model = make("ae")
    x = images.astype(np.float64)
    code = dense(model.encoder.get_layer("code"), np.maximum(dense(model.encoder.get_layer("hidden"), x), 0))
    hidden = np.maximum(dense(model.decoder.get_layer("hidden"), code), 0)
    p = 1 / (1 + np.exp(-dense(model.decoder.get_layer("logits"), hidden)))
    expected = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=1)
    np.testing.assert_allclose(np.asarray(model.objective(images)["loss"]), expected, rtol=1e-5)


def test_a_collapsed_posterior_has_no_kl(images):
    model = make("vae")
    for head in ("mean", "log_variance"):
        layer = model.encoder.get_layer(head)
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    np.testing.assert_array_equal(np.asarray(model.objective(images)["kl"]), 0.0)


def test_principal_components_equal_scikit_learns(digits):
    from sklearn.decomposition import PCA

    x = digits.train.images[:500].reshape(500, -1).astype(np.float32) / 255
    model = make("pca")
    model.adapt(x)
    peer = PCA(2, whiten=True, svd_solver="full").fit(x.astype(np.float64))
    codes = np.asarray(model.encode(x))
    np.testing.assert_allclose(np.abs(codes), np.abs(peer.transform(x.astype(np.float64))), rtol=1e-3, atol=1e-3)
    expected = np.clip(peer.inverse_transform(peer.transform(x)), HALF_GREY_LEVEL, 1 - HALF_GREY_LEVEL)
    np.testing.assert_allclose(np.asarray(model.decode(codes)), expected, atol=1e-4)


@pytest.mark.parametrize("latent_dim", [30, 1000])
def test_a_code_longer_than_images_vary_in_directions_is_zero_beyond_them(images, latent_dim):
    model = MODELS.get("pca").create(CHAPTER.model_copy(update={"latent_dim": latent_dim}), 0)
    model.adapt(images)
    codes = np.asarray(model.encode(images), np.float64)
    np.testing.assert_array_equal(codes[:, 19:], 0)  # 20 images less their mean
    np.testing.assert_allclose(codes[:, :19].var(axis=0, ddof=1), 1, rtol=1e-3)
    expected = np.clip(images, HALF_GREY_LEVEL, 1 - HALF_GREY_LEVEL)
    np.testing.assert_allclose(np.asarray(model.decode(codes.astype(np.float32))), expected, atol=1e-4)


def test_mean_image_is_the_smoothed_mean(images):
    model = make("mean-image")
    model.adapt(images)
    assert model.encode(images).shape == (20, 0)
    expected = (images.sum(axis=0) + 0.5) / 21
    np.testing.assert_allclose(
        np.asarray(model.decode(np.zeros((3, 0), np.float32))), np.tile(expected, (3, 1)), rtol=1e-5
    )


def test_raw_pixels_cost_their_self_entropy(images):
    x = np.clip(images.astype(np.float64), 2.0**-24, 1 - 2.0**-24)
    expected = -(images * np.log(x) + (1 - images) * np.log(1 - x)).sum(axis=1)
    np.testing.assert_allclose(np.asarray(make("raw-pixels").objective(images)["nll"]), expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("vae", {"bta": 2.0}, "did you mean beta"),
        ("beta-vae", {"beta": -1.0}, "at least 0"),
        ("beta-vae", {"beta": "x"}, "at least 0"),
        ("beta-vae", {"beta": True}, "at least 0"),
        ("beta-vae", {"beta": 10**400}, "at least 0"),
        ("vea", {}, "did you mean"),
    ],
)
def test_what_cannot_be_made_says_why(name, parameters, message):
    with pytest.raises(AezooError, match=message):
        make(name, **parameters)


def test_weights_do_not_depend_on_who_else_draws_from_the_global_generator(monkeypatch):
    import random

    from aezoo.models import networks

    alone = make("vae").get_weights()
    encoder = networks.encoder

    def disturbed(*arguments, **options):
        random.random()
        return encoder(*arguments, **options)

    monkeypatch.setattr(networks, "encoder", disturbed)
    for expected, weight in zip(alone, make("vae").get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)
