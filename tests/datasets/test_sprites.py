"""Sprites: every factor has its effect and no other, positions are exact below a pixel, all images differ."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.datasets import load_dataset
from aezoo.datasets.sprites import CENTRES, COUNT, FACTORS, RADII, SIZES, draw, factors_of, split, subset
from aezoo.errors import DatasetError

MIDDLE = (15, 16)

FINGERPRINT = "d579ff2e61c83a9e1e184b7f6ab9cdea4b9beb4c9cc83497df154838314734d9"
"""Of all images, labels and factors: published scores are of these sprites."""


def sprite(shape, scale=5, orientation=0, x=15, y=15):
    return draw(np.array([[shape, scale, orientation, x, y]], np.uint8))[0].astype(float)


def centre_of_mass(image):
    axis = np.arange(28) + 0.5
    return (image.sum(axis=0) @ axis / image.sum(), image.sum(axis=1) @ axis / image.sum())


def test_the_factors_are_a_whole_product():
    assert SIZES == (3, 6, 40, 32, 32)
    assert COUNT == 3 * 6 * 40 * 32 * 32 == 737_280
    numbers = np.array([0, 1, 32, COUNT - 1])
    assert factors_of(numbers).tolist() == [[0] * 5, [0, 0, 0, 0, 1], [0, 0, 0, 1, 0], [2, 5, 39, 31, 31]]
    every = np.unique(np.random.default_rng(0).integers(COUNT, size=5_000))
    assert len(np.unique(factors_of(every), axis=0)) == len(every)


def test_no_two_sprites_are_alike():
    """Near ones least: neighbours in each factor, in the smallest scale."""
    random = np.random.default_rng(0)
    some = factors_of(random.integers(COUNT, size=300)).astype(int)
    some[:150, 1] = 0
    for number, size in enumerate(SIZES):
        neighbours = some.copy()
        neighbours[:, number] = (neighbours[:, number] + 1) % size
        differ = draw(some.astype(np.uint8)) != draw(neighbours.astype(np.uint8))
        assert differ.reshape(300, -1).any(axis=1).all(), FACTORS[number].name
    images = draw(factors_of(subset(20_000, 1)))
    assert len({image.tobytes() for image in images}) == 20_000


@pytest.mark.parametrize("shape", range(3))
def test_position_moves_a_shape_by_a_fraction_of_a_pixel_and_leaves_it_as_it_is(shape):
    """A step is 12 / 31 of a pixel; anti-aliasing keeps the centre of mass to a tenth of one."""
    x, y = zip(*(centre_of_mass(sprite(shape, x=place)) for place in range(32)), strict=True)
    np.testing.assert_allclose(np.diff(x), np.diff(CENTRES), atol=0.12)
    np.testing.assert_allclose(y, y[0], atol=0.12)
    x, y = zip(*(centre_of_mass(sprite(shape, y=place)) for place in range(32)), strict=True)
    np.testing.assert_allclose(np.diff(y), np.diff(CENTRES), atol=0.12)
    np.testing.assert_allclose(x, x[0], atol=0.12)


@pytest.mark.parametrize(
    ("shape", "area"),
    [(0, (1 + 0.75**0.5) / 2), (1, np.pi / 2), (2, 2 * 0.85 / 3 + (1 - 1 / 3) / 3)],
)
def test_areas_are_those_of_the_shapes(shape, area):
    """A triangle of base r and height r (1 + sqrt 3/4), half a disc, and two bars a third of r wide: in r^2."""
    for scale in range(6):
        for orientation in (0, 7):
            covered = sprite(shape, scale, orientation).sum() / 255
            assert covered == pytest.approx(area * RADII[scale] ** 2, rel=0.05)


@pytest.mark.parametrize("shape", range(3))
def test_no_shape_looks_the_same_when_it_is_turned(shape):
    images = np.stack([sprite(shape, orientation=turn) for turn in range(40)])
    apart = np.abs(images[:, None] - images[None]).mean(axis=(2, 3))
    np.fill_diagonal(apart, np.inf)
    assert apart.min(axis=1).argmin() >= 0
    assert apart.min() > 0.5
    assert all({int(row.argmin())} <= {(i - 1) % 40, (i + 1) % 40} for i, row in enumerate(apart))


def test_a_quarter_turn_is_that_of_the_image():
    """Of a shape in the exact middle: the mean of the four images around it, as 14 lies between two centres."""
    whole = [
        np.mean([sprite(1, orientation=turn, x=x, y=y) for x in MIDDLE for y in MIDDLE], axis=0) for turn in (0, 10)
    ]
    shifted = [centre_of_mass(image) for image in whole]
    (x0, y0), (x1, y1) = (np.array(each) - 14 for each in shifted)
    assert (x1, y1) == pytest.approx((-y0, x0), abs=0.02)
    assert x0 > 2


def test_no_sprite_reaches_the_edge():
    corners = [[shape, 5, turn, x, y] for shape in range(3) for turn in range(40) for x in (0, 31) for y in (0, 31)]
    images = draw(np.array(corners, np.uint8))
    assert images[:, [0, -1]].max() == images[:, :, [0, -1]].max() == 0
    assert images.max() == 255


def test_the_data_set_is_seeded_and_its_splits_hold_factors():
    dataset = load_dataset("sprites")
    assert (len(dataset.train), len(dataset.reference), len(dataset.oracle)) == (30_000, 5_000, 5_000)
    assert dataset.fingerprint == FINGERPRINT
    assert dataset.factors == FACTORS
    for part in (dataset.train, dataset.reference, dataset.held_out):
        np.testing.assert_array_equal(part.labels, part.factors[:, 0])
        np.testing.assert_array_equal(draw(part.factors[:50]), part.images[:50])
        assert not part.factors.flags.writeable or part is not dataset.train
    numbers = np.ravel_multi_index(np.concatenate([dataset.train.factors, dataset.held_out.factors]).T, SIZES)
    assert len(np.unique(numbers)) == 40_000
    assert np.bincount(dataset.train.factors[:, 2]).min() > 600


def test_a_subset_depends_on_its_seed_alone():
    assert subset(100, 3).tolist() == subset(200, 3)[:100].tolist()
    assert subset(100, 3).tolist() != subset(100, 4).tolist()
    drawn = split(np.array([5, 5]))
    np.testing.assert_array_equal(drawn.images[0], drawn.images[1])


def test_a_data_file_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="takes no data file"):
        load_dataset("sprites", tmp_path / "sprites.npz")
