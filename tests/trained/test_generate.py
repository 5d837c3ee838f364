"""Images of a trained model, and their sheets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from aezoo.errors import UsageError
from aezoo.evaluation.inference import decode, encode
from aezoo.models import MODELS
from aezoo.npz import from_npz
from aezoo.spec import Protocol
from aezoo.trained.generate import interpolate, sample, sheet, traverse, write_images


def make(name: str):
    return MODELS.get(name).create(Protocol(hidden_units=8), 0)


@pytest.fixture
def linear():
    """A model whose decoder is linear up to its sigmoid, so that lines of codes are lines of logits."""
    model = make("vae")
    weights = np.random.default_rng(0).standard_normal((2, 784)).astype(np.float32)
    model.decode_logits = lambda z: z @ weights
    return model


def logits(images: np.ndarray) -> np.ndarray:
    return np.log(images) - np.log1p(-images)


def test_samples_are_those_of_the_prior_and_the_same_for_the_same_seed(digits):
    model = make("vae")
    first, again, other = (sample(model, digits, 5, seed=seed) for seed in (0, 0, 1))
    assert first.shape == (5, 28, 28)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_model_without_a_prior_has_standard_normal_codes(digits):
    model = make("ae")
    np.testing.assert_array_equal(sample(model, digits, 3), sample(model, digits, 3, "standard-normal"))


def test_a_sampler_that_makes_no_sense_says_why(digits):
    with pytest.raises(UsageError, match="sampler 'prior' makes no sense for this model"):
        sample(make("ae"), digits, 3, "prior")


def test_lines_of_codes_are_straight_and_end_in_reconstructions_of_two_classes(digits, linear):
    lines = interpolate(linear, digits, pairs=4, steps=5)
    assert lines.shape == (4, 5, 28, 28)
    values = logits(lines.astype(np.float64)).reshape(4, 5, -1)
    np.testing.assert_allclose(np.diff(values, 2, axis=1), 0, atol=2e-3)
    all_images = decode(linear, encode(linear, digits.held_out.images)).astype(np.float32)
    for line in lines:
        ends = [np.abs(all_images - end).sum(axis=(1, 2)).argmin() for end in (line[0], line[-1])]
        assert all(np.allclose(all_images[end], line[at], atol=1e-6) for end, at in zip(ends, (0, -1), strict=True))
        assert len(set(digits.held_out.labels[ends])) == 2


def test_a_traversal_moves_one_dimension_over_two_standard_deviations_to_each_side(digits, linear):
    moved = traverse(linear, digits, steps=3)
    assert moved.shape == (2, 3, 28, 28)
    codes = encode(linear, digits.held_out.images)
    weights = np.asarray(linear.decode_logits(np.eye(2, dtype=np.float32)))
    values = logits(moved.astype(np.float64)).reshape(2, 3, -1)
    for i in range(2):
        np.testing.assert_allclose(values[i, 2] - values[i, 0], 4 * codes[:, i].std() * weights[i], atol=5e-3)


@pytest.mark.parametrize("function", [lambda *a: interpolate(*a, 1, 2), lambda *a: traverse(*a, 2)])
def test_a_model_without_codes_says_so(digits, function):
    with pytest.raises(UsageError, match="has no encoder"):
        function(make("gan"), digits)


def test_a_sheet_has_the_images_row_by_row_dark_on_light():
    images = np.zeros((3, 28, 28))
    images[2] = 1
    found = sheet(images, 2)
    assert found.shape == (56, 56)
    assert (found[28:, :28] == 0).all()
    assert (found[:28] == 255).all()
    assert (found[28:, 28:] == 255).all()


def test_files_hold_the_sheet_and_the_numbers(tmp_path):
    images = np.random.default_rng(0).random((2, 3, 28, 28)).astype(np.float32)
    picture, arrays = write_images(images, 3, tmp_path / "new" / "lines")
    np.testing.assert_array_equal(from_npz(arrays.read_bytes())["images"], images)
    np.testing.assert_array_equal(np.asarray(Image.open(picture)), sheet(images.reshape(-1, 28, 28), 3))


def test_a_sheet_with_neighbours_has_each_below_its_image(tmp_path):
    images, below = (np.full((5, 28, 28), value, np.float32) for value in (1.0, 0.4))
    picture, arrays = write_images(images, 3, tmp_path / "both", below)
    drawn = np.asarray(Image.open(picture))
    rows = drawn.reshape(4, 28, 3, 28).mean(axis=(1, 3))
    np.testing.assert_array_equal(rows, [[0] * 3, [153] * 3, [0, 0, 255], [153, 153, 255]])
    kept = from_npz(arrays.read_bytes())
    np.testing.assert_array_equal(kept["nearest"], below)
    np.testing.assert_array_equal(kept["images"], images)


@pytest.mark.parametrize("name", ["ae", "vae", "gm-vae", "gan", "cvae"])
def test_the_model_itself_draws_what_the_command_does(digits, name):
    model = make(name)
    images = model.sample(4, seed=3)
    assert (images.shape, images.dtype) == ((4, 28, 28), np.float32)
    np.testing.assert_allclose(images, sample(model, digits, 4, seed=3), atol=1e-6)
    np.testing.assert_array_equal(images, model.sample(4, seed=3))
    assert not np.array_equal(images, model.sample(4, seed=4))


@pytest.mark.parametrize("name", MODELS.names())
def test_each_model_is_sampled_or_says_in_one_line_why_not(name):
    model = MODELS.get(name).create(Protocol(latent_dim=16, hidden_units=8), 0)
    if model.generative and (hasattr(model, "sample_prior") or not hasattr(model, "from_symbols")):
        images = model.sample(1)
        assert images.shape == (1, 28, 28)
        assert 0 <= images.min() <= images.max() <= 1
        return
    reason = "the codes of .* are symbols, and it has no prior" if model.generative else "is not meant to generate"
    with pytest.raises(UsageError, match=reason) as refusal:
        model.sample(1)
    assert "\n" not in str(refusal.value)


def test_parts_of_many_samples_are_those_of_all_at_once(monkeypatch):
    whole = make("vae").sample(5)
    monkeypatch.setattr("aezoo.models.base.SAMPLES_AT_ONCE", 2)
    np.testing.assert_allclose(make("vae").sample(5), whole, atol=1e-6)


@pytest.mark.parametrize("n", [0, -1, 1.5])
def test_no_or_part_of_a_sample_is_refused(n):
    with pytest.raises(ValueError, match=f"n is {n}; it must be a whole number from 1"):
        make("vae").sample(n)


def test_without_labels_lines_go_between_any_two_images(digits, linear):
    parts = {name: getattr(digits, name) for name in ("reference", "oracle")}
    unknown = replace(digits, **{name: replace(part, labels=0 * part.labels) for name, part in parts.items()})
    assert interpolate(linear, unknown, pairs=4, steps=3).shape == (4, 3, 28, 28)
