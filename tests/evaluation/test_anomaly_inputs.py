"""Outliers are what they are called, and a model finds each of them by its own scores."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.datasets.sprites import draw, factors_of, subset
from aezoo.evaluation.anomaly_inputs import anomaly_inputs
from aezoo.evaluation.densities import ModelDensity
from aezoo.evaluation.inference import decode, encode
from aezoo.evaluation.outliers import outlier_sets
from aezoo.metrics import INPUTS, METRICS
from aezoo.metrics.anomaly import OUTLIERS
from aezoo.metrics.likelihood import frozen_binarisation, importance_bounds
from aezoo.models import MODELS
from aezoo.seeds import integer_seed
from aezoo.spec import Protocol

N = 60
TINY = Protocol(name="tiny", hidden_units=8)
DIGITS = "mnist-5k"


@pytest.fixture(scope="module")
def few(digits):
    from dataclasses import replace

    return replace(digits, **{name: getattr(digits, name).take(np.arange(N)) for name in ("reference", "oracle")})


@pytest.fixture(scope="module")
def vae_inputs(few):
    model = MODELS.get("vae").create(TINY, 0)
    return model, anomaly_inputs(model, few, 3)


def test_outliers_are_what_they_are_called(few):
    images = few.oracle.images
    sets = outlier_sets(images, DIGITS)
    assert tuple(sets) == OUTLIERS
    assert all(of.shape == images.shape and of.dtype == np.uint8 for of in sets.values())
    np.testing.assert_array_equal(sets["flipped"][:, 3, 4], images[:, 3, 23])
    np.testing.assert_array_equal(sets["rotated"][:, 3, 4], images[:, 4, 24])
    np.testing.assert_array_equal(np.abs(sets["faint"] - 0.3 * images) <= 0.5 + 1e-9, True)
    assert abs(sets["noise"].mean() - 127.5) < 5 * 74 / sets["noise"].size ** 0.5
    for image, shuffled in zip(images, sets["patches"], strict=True):
        tiles = [{part.tobytes() for part in _tiles(each)} for each in (image, shuffled)]
        assert tiles[0] == tiles[1]
    assert not np.array_equal(sets["patches"], images)
    assert all(
        np.array_equal(of, again)
        for of, again in zip(sets.values(), outlier_sets(images, DIGITS).values(), strict=True)
    )


def test_foreign_outliers_are_of_another_data_set(few):
    sprites = outlier_sets(few.oracle.images, DIGITS)["foreign"]
    np.testing.assert_array_equal(sprites, draw(factors_of(subset(N, 0))))
    digits = outlier_sets(sprites, "sprites")["foreign"]
    np.testing.assert_array_equal(digits, few.reference.images)


def _tiles(image):
    return [image[i : i + 7, j : j + 7] for i in range(0, 28, 7) for j in range(0, 28, 7)]


def test_a_variational_model_has_every_score(few, vae_inputs):
    model, inputs = vae_inputs
    assert set(inputs) == set(INPUTS["anomaly"]) - {"seed"}
    images = few.reference.images.reshape(N, -1)
    p = decode(model, encode(model, images)).reshape(N, -1)
    np.testing.assert_allclose(inputs["inlier_errors"], np.square(images / 255 - p).sum(axis=1))
    binary = frozen_binarisation(images / 255)
    bounds, _ = importance_bounds(ModelDensity(model), binary, 16, integer_seed(3, "anomaly"))
    np.testing.assert_allclose(inputs["inlier_bounds"], -bounds, rtol=1e-6)
    train, codes = (encode(model, of[:10_000].reshape(-1, 784)) for of in (few.train.images, images))
    fifth = np.sort(np.linalg.norm(codes[:, None] - train[None], axis=2), axis=1)[:, 4]
    np.testing.assert_allclose(inputs["inlier_distances"], fifth, rtol=1e-4, atol=1e-6)


def test_outliers_are_not_made_from_the_inliers(few, vae_inputs):
    model, inputs = vae_inputs
    faint = outlier_sets(few.oracle.images, DIGITS)["faint"].reshape(N, -1)
    p = decode(model, encode(model, faint)).reshape(N, -1)
    column = OUTLIERS.index("faint")
    np.testing.assert_allclose(inputs["outlier_errors"][:, column], np.square(faint / 255 - p).sum(axis=1))


@pytest.mark.parametrize(("name", "lacking"), [("ae", {"bounds"}), ("gan", {"errors", "bounds", "distances"})])
def test_what_a_model_has_no_score_for_is_left_out(few, name, lacking):
    inputs = anomaly_inputs(MODELS.get(name).create(TINY, 0), few, 0)
    assert set(inputs) == {
        f"{side}_{score}" for side in ("inlier", "outlier") for score in {"errors", "bounds", "distances"} - lacking
    }


def test_a_likelihood_prefers_the_wrong_data(few):
    """The mean image is a density of independent pixels: digits with less ink are likelier under it than digits."""
    inks = few.train.images.reshape(len(few.train), -1).mean(axis=0) / 255
    means = np.clip(inks, 1e-3, 1 - 1e-3)

    def minus_log(images):
        x = frozen_binarisation(images.reshape(len(images), -1) / 255)
        return -(x @ np.log(means) + (1 - x) @ np.log1p(-means))

    outliers = np.stack([minus_log(of) for of in outlier_sets(few.oracle.images, DIGITS).values()], axis=1)
    areas = METRICS.get("auroc_likelihood")(
        {"inlier_bounds": minus_log(few.reference.images), "outlier_bounds": outliers}
    )
    assert areas["auroc_likelihood_faint"] < 0.1
    assert areas["auroc_likelihood_noise"] == 1
    assert areas["auroc_likelihood_foreign"] < 0.5  # sprites have less ink, too
