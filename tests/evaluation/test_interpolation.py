"""Interpolations for galleries: lines between codes of held-out images, whatever the size of the code."""

import numpy as np
import pytest

from aezoo.evaluation.gallery import model_gallery
from aezoo.evaluation.geometry_inputs import pairs
from aezoo.evaluation.inference import decode, encode
from aezoo.evaluation.interpolation import PAIRS, STEPS, interpolation_gallery
from aezoo.images import to_bytes
from aezoo.models import MODELS
from aezoo.npz import to_npz
from aezoo.spec import Protocol


def small(name, d):
    return MODELS.get(name).create(Protocol(hidden_units=4, latent_dim=d), 0)


@pytest.mark.parametrize("d", [1, 2, 16])
def test_lines_go_from_code_to_code_in_equal_steps(d):
    model = small("vae", d)
    codes = np.random.default_rng(0).normal(size=(5, d)).astype(np.float32)
    found = interpolation_gallery(model, codes)["interpolations"]
    assert (found.shape, found.dtype) == ((PAIRS, STEPS, 28, 28), np.uint8)
    for pair in range(PAIRS):
        start, end = codes[2 * pair], codes[2 * pair + 1]
        for step, share in ((0, 0), (2, 0.25), (4, 0.5), (8, 1)):
            wanted = decode(model, ((1 - share) * start + share * end)[None])[0] * 255
            np.testing.assert_allclose(found[pair, step], wanted, atol=0.51)


def test_the_ends_are_the_reconstructions_of_the_gallery_and_take_little_room(digits):
    model = small("ae", 3)
    gallery = model_gallery(model, digits)
    ends = gallery["interpolations"][:, [0, -1]].reshape(-1, 28, 28).astype(int)
    assert np.abs(ends - gallery["reconstructions"][: 2 * PAIRS]).max() <= 1
    assert len(to_npz({"interpolations": gallery["interpolations"]})) < 12_000
    codes = encode(model, gallery["originals"])
    assert np.abs(to_bytes(decode(model, codes)).astype(int) - gallery["reconstructions"]).max() <= 1


def test_there_are_none_between_symbols_without_dimensions_and_from_one_image():
    assert interpolation_gallery(small("vae", 2), np.zeros((1, 2), np.float32)) == {}
    assert interpolation_gallery(small("vae", 2), np.zeros((10, 0), np.float32)) == {}
    symbolic = MODELS.get("vq-vae").create(Protocol(hidden_units=4, latent_dim=4), 0)
    assert interpolation_gallery(symbolic, np.zeros((10, 4), np.float32)) == {}


def test_pairs_of_images_differ_in_their_labels_where_there_are_any():
    labels = np.repeat(np.arange(3, dtype=np.uint8), 40)
    first, second = pairs(labels)
    assert (labels[first] != labels[second]).all()
    first, second = pairs(np.zeros(120, np.uint8))
    assert len(first) > 50
    assert (first != second).all()
