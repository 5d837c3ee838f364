"""Feature spaces: PCA against scikit-learn and by its properties; one pass for everything."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from aezoo.datasets import Split, load_dataset
from aezoo.errors import UnknownNameError
from aezoo.features.given import GivenFeatures
from aezoo.features.spaces import PCA_COMPONENTS, feature_spaces, fit_pca, pixels

RANDOM = np.random.default_rng(0)
NOISE = RANDOM.integers(0, 256, (120, 28, 28), dtype=np.uint8)


@pytest.fixture(scope="module")
def digits():
    return load_dataset("mnist-5k")


def test_importing_features_imports_no_tensorflow():
    code = "import sys, aezoo.features.spaces; sys.exit(bool({'tensorflow', 'keras'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_pca_equals_scikit_learns_but_for_signs(digits):
    ours = fit_pca(digits.train.images)
    peer = PCA(PCA_COMPONENTS, svd_solver="full").fit(pixels(digits.train.images))
    assert np.allclose(np.abs(ours.components @ peer.components_.T), np.eye(PCA_COMPONENTS), atol=1e-8)
    assert np.allclose(ours.variances, peer.explained_variance_ * (len(digits.train) - 1) / len(digits.train))
    expected = np.abs(peer.transform(pixels(digits.oracle.images)))
    assert np.allclose(np.abs(ours(digits.oracle.images)), expected, atol=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.integers(2, 120), st.integers(1, 60))
def test_pca_is_orthonormal_ordered_centred_and_of_full_rank(count, most):
    pca = fit_pca(NOISE[:count], most)
    codes = pca(NOISE[:count])
    assert codes.shape == (count, min(most, count - 1))
    assert codes.dtype == np.float64
    assert np.allclose(pca.components @ pca.components.T, np.eye(codes.shape[1]), atol=1e-9)
    assert np.allclose(codes.mean(axis=0), 0, atol=1e-9)
    assert np.allclose(codes.T @ codes / count, np.diag(pca.variances), atol=1e-9)
    assert np.all(np.diff(pca.variances) <= 0)


def test_the_largest_entry_of_every_component_is_positive():
    components = fit_pca(NOISE).components
    assert np.all(components[np.arange(len(components)), np.abs(components).argmax(axis=1)] > 0)


def test_pca_in_several_chunks_is_the_same(monkeypatch: pytest.MonkeyPatch):
    whole = fit_pca(NOISE)
    monkeypatch.setattr("aezoo.features.spaces.BLOCK", 7)
    assert np.allclose(fit_pca(NOISE).components, whole.components, atol=1e-8)


def test_pca_is_bit_for_bit_the_same_in_every_fit():
    assert np.array_equal(fit_pca(NOISE).components, fit_pca(NOISE).components)


def test_bytes_and_intensities_have_the_same_features():
    pca = fit_pca(NOISE)
    assert np.allclose(pca(NOISE), pca(NOISE / 255), atol=1e-5)


def test_pixels_are_the_images_in_rows():
    assert np.array_equal(pixels(NOISE / 255.0), (NOISE / 255.0).reshape(120, 784))


def test_without_a_judge_there_are_pca_and_pixels():
    spaces = feature_spaces(NOISE, None)
    found = spaces.extract(NOISE[:5])
    assert list(spaces) == ["pca", "pixels"] == list(found.spaces)
    assert found.probabilities is None
    assert found.labels is None


def test_an_unknown_judge_is_an_error():
    with pytest.raises(UnknownNameError, match="judge 'mnits'; did you mean"):
        feature_spaces(NOISE, "mnits")


def test_with_a_judge_one_pass_gives_features_labels_and_probabilities(digits):
    spaces = feature_spaces(digits.train.images, "mnist")
    found = spaces.extract(digits.oracle.images[:100])
    assert list(spaces) == ["judge", "pca"] == list(found.spaces)
    for name, space in spaces.items():
        assert np.array_equal(space(digits.oracle.images[:100]), found.spaces[name])
    assert found.probabilities.shape == (100, 10)
    assert np.mean(found.labels == digits.oracle.labels[:100]) > 0.95


@pytest.mark.parametrize("images", [NOISE.reshape(120, 784), NOISE.astype(int), NOISE * 1.0, NOISE / -255.0])
def test_other_shapes_types_and_ranges_are_refused(images):
    with pytest.raises(ValueError, match="images"):
        fit_pca(NOISE)(images)


def test_nan_is_refused():
    images = np.zeros((2, 28, 28))
    images[1, 3, 3] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        pixels(images)


def test_images_too_wide_for_a_covariance_have_the_same_components(monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (200, 6, 5, 3)).astype(np.uint8)
    images[:, 0] //= 4
    usual = fit_pca(images, 4)
    monkeypatch.setattr("aezoo.features.spaces.MAX_PIXELS", 10)
    wide = fit_pca(images, 4)
    assert np.allclose(wide.components, usual.components, atol=1e-6)
    assert np.allclose(wide.variances, usual.variances)
    assert np.allclose(wide.mean, usual.mean)


def test_features_that_were_given_are_a_space_of_their_own_before_those_of_pixels():
    images = np.random.default_rng(0).integers(0, 256, (200, 6, 5, 3)).astype(np.uint8)
    rows = np.arange(400.0).reshape(200, 2)
    given = GivenFeatures(Split(images, np.zeros(200, np.uint8), None, rows))
    spaces = feature_spaces(images, None, given)
    assert list(spaces) == ["features", "pca"]
    assert np.array_equal(spaces.extract(images[5:9]).spaces["features"], rows[5:9])
    assert list(spaces.extract(images[5:9] // 2).spaces) == ["pca"]
    assert np.array_equal(spaces.extract(images[5:9] // 2, rows[:4]).spaces["features"], rows[:4])
    assert list(feature_spaces(images, None, given, has_pixels=False)) == ["features"]
