"""Models as arrays: rows with labels, features of their own, groups, symbols, and what samplers may use of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.toy_models import TINY, GridCode, Labelled, Linear, MixturePrior, make

from aezoo.datasets.base import Split
from aezoo.evaluation import model_inputs
from aezoo.evaluation.collapse import collapse_warnings
from aezoo.evaluation.gallery import manifold_codes, model_gallery
from aezoo.evaluation.inference import latent_of, sample_images
from aezoo.evaluation.model_inputs import (
    check_labels,
    disentanglement_inputs,
    kept_codes,
    latent_inputs,
    reconstruction_inputs,
    rows,
)
from aezoo.models import MODELS


@pytest.fixture(scope="module")
def few(digits):
    """The data set with 300 images to train on and 300 held out."""

    def part(split, n=300):
        return Split(split.images[:n], split.labels[:n])

    return replace(digits, train=part(digits.train), reference=part(digits.reference), oracle=part(digits.oracle, 0))


def test_rows_are_pixels_and_for_a_model_of_labels_its_label(few):
    flat = few.train.images.reshape(300, 784)
    np.testing.assert_array_equal(rows(make(GridCode), few.train), flat)
    told = rows(make(Labelled), few.train)
    assert told.dtype == np.uint8
    np.testing.assert_array_equal(told[:, :784], flat)
    np.testing.assert_array_equal(told[:, 784:], 255 * np.eye(10)[few.train.labels])


def test_more_labels_than_a_model_has_classes_are_refused(few):
    with pytest.raises(ValueError, match="told 10 classes; the data set has label 11"):
        rows(make(Labelled), Split(few.train.images[:1], np.array([11], np.uint8)))


def test_classes_without_images_to_learn_from_are_refused(few):
    check_labels(make(Labelled), few.train)
    check_labels(make(GridCode), Split(few.train.images, few.train.labels * 0))
    for labels, known in ((few.train.labels * 0, "1 label:"), (few.train.labels % 5, "5 labels:")):
        with pytest.raises(ValueError, match=f"told 10 classes; the training images have {known}"):
            check_labels(make(Labelled), Split(few.train.images, labels))


def test_latent_scores_see_features_without_the_label(few):
    model = make(Labelled)
    inputs = latent_inputs(model, few)
    assert inputs["codes"].shape == (len(few.held_out), 2)
    assert inputs["train_codes"].shape == (300, 2)
    seen = rows(model, few.held_out).astype(np.float32) / 255
    np.testing.assert_allclose(inputs["codes"], model.features(seen), atol=1e-5)
    reconstructed = reconstruction_inputs(model, few, None)["p"]
    np.testing.assert_allclose(reconstructed.reshape(-1, 784), model.decode(model.encode(seen)), atol=1e-5)


def test_a_code_without_dimensions_has_nothing_to_disentangle(few, monkeypatch):
    with_factors = replace(few, reference=replace(few.reference, factors=np.zeros((300, 5), np.uint8)))
    with_factors = replace(with_factors, oracle=replace(few.oracle, factors=np.zeros((0, 5), np.uint8)))
    assert disentanglement_inputs(MODELS.get("mean-image").create(TINY, 0), with_factors) == {}
    assert kept_codes(MODELS.get("mean-image").create(TINY, 0), few) == {}
    assert kept_codes(MODELS.get("gan").create(TINY, 0), few) == {}
    assert kept_codes(MODELS.get("raw-pixels").create(TINY, 0), few) == {}
    assert kept_codes(MODELS.get("ae").create(TINY, 0), few)["codes"].shape == (300, 2)
    far = MODELS.get("ae").create(TINY, 0)
    monkeypatch.setattr(model_inputs, "features", lambda model, seen: np.full((len(seen), 2), 1e6))
    assert kept_codes(far, few)["codes"].dtype == np.float32  # beyond float16
    monkeypatch.undo()
    found = disentanglement_inputs(MODELS.get("ae").create(TINY, 0), with_factors)
    assert (found["codes"].shape, found["factors"].shape) == ((300, 2), (300, 5))


def test_groups_and_symbols_are_the_models(few):
    inputs = latent_inputs(make(GridCode), few)
    np.testing.assert_array_equal(inputs["symbols"], inputs["codes"] + 1)
    np.testing.assert_array_equal(inputs["clusters"], inputs["symbols"][:, 0])
    assert inputs["vocabulary"].tolist() == [3, 3]
    assert not {"clusters", "symbols"} & set(latent_inputs(MODELS.get("ae").create(TINY, 0), few))


def test_the_posterior_of_a_latent_is_drawn_for_training_images(few):
    model = make(Linear)
    latent = latent_of(model, rows(model, few.train))
    drawn = latent.posterior(2_000, 3)
    np.testing.assert_array_equal(drawn, latent.posterior(2_000, 3))
    assert (drawn != latent.posterior(2_000, 4)).any()
    scatter = np.cov(latent.codes.T) + model.covariance
    np.testing.assert_allclose(np.cov(drawn.T), scatter, atol=0.1 * scatter.max())
    np.testing.assert_allclose(drawn.mean(axis=0), latent.codes.mean(axis=0), atol=0.5)


def test_what_a_model_does_not_have_is_none(few):
    def latent(model):
        return latent_of(model, rows(model, few.train))

    ae, vae, gan = (latent(MODELS.get(name).create(TINY, 0)) for name in ("ae", "vae", "gan"))
    assert (ae.prior, ae.posterior, ae.symbols) == (None, None, None)
    assert vae.prior is not None
    assert vae.posterior is not None
    assert (gan.codes.shape, gan.posterior) == ((300, 0), None)


def test_symbols_of_a_latent_go_there_and_back(few):
    model = make(GridCode)
    latent = latent_of(model, rows(model, few.train))
    symbols = latent.symbols.of(latent.codes)
    assert symbols.dtype == np.int64
    np.testing.assert_array_equal(latent.symbols.codes(symbols), latent.codes)


def test_conditional_samples_are_of_all_labels(few):
    model = make(Labelled)
    latent = latent_of(model, rows(model, few.train))
    assert latent.codes.shape == (300, 12)
    assert sample_images(model, "prior", latent, 20, 0).shape == (20, 28, 28)


def test_the_manifold_spans_the_models_own_prior():
    corners = manifold_codes(make(MixturePrior), None).reshape(20, 20, 2)
    assert corners[-1, 0] == pytest.approx([-2.6, -2.6], abs=0.15)
    assert corners[0, -1] == pytest.approx([2.6, 2.6], abs=0.15)


def test_the_gallery_maps_features_and_has_a_manifold_of_planar_codes_only(few):
    told = model_gallery(make(Labelled), few)
    assert told["latent"].shape == (300, 2)
    assert "manifold" not in told
    assert model_gallery(make(MixturePrior), few)["manifold"].shape == (20, 20, 28, 28)


def test_a_posterior_that_is_the_prior_has_collapsed_whatever_the_prior(few):
    model = make(Linear)
    assert not any(text.startswith("posterior collapse") for text in collapse_warnings(model, few, {}))
    prior_width = np.float32(model.PRIOR_WIDTH)
    model.draw = lambda x: (
        z := prior_width * np.random.default_rng(0).normal(size=(len(x), 2)).astype("f"),
        model.log_prior(z),
    )
    assert any(text.startswith("posterior collapse: all 2") for text in collapse_warnings(model, few, {}))
