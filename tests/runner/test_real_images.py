"""Real images at hand: neighbours of samples, and why there are none."""

from dataclasses import replace

import numpy as np
import pytest
from support.factories import record

from aezoo.reporting.figures.selection import figure_data
from aezoo.runner.real_images import HELD_OUT_IMAGES, NEIGHBOURS, RealImages


def scene_of(fingerprint, gallery, name="mnist-5k"):
    records = [
        record("memoriser", role="control", fingerprint=fingerprint, dataset_name=name),
        record("ae", status="error"),
    ]
    (scene,) = figure_data(records, lambda _: gallery)
    return scene


def test_the_neighbours_of_copies_are_their_originals(digits):
    copies = digits.train.images[[5, 3, *range(100, 120)]]
    gallery = {"samples/memoriser": copies, "latent": np.zeros((2, 2))}
    (subject,) = RealImages().with_neighbours(scene_of(digits.fingerprint, gallery)).subjects
    assert subject.gallery.keys() == {"samples/memoriser", "latent", "nearest/memoriser"}
    np.testing.assert_array_equal(subject.gallery["nearest/memoriser"], copies[:NEIGHBOURS])


def test_the_own_sampler_is_the_one_that_stands_beside_training_images(digits):
    images = digits.train.images[:3]
    gallery = {f"samples/{name}": images for name in ("gaussian-mixture", "prior", "flow")}
    (subject,) = RealImages().with_neighbours(scene_of(digits.fingerprint, gallery)).subjects
    assert [name for name in subject.gallery if name.startswith("nearest")] == ["nearest/prior"]


def test_without_the_images_of_training_nothing_is_added_and_the_reason_is_kept(digits, tmp_path):
    for fingerprint, name, reason in (
        ("0" * 64, "mnist-5k", "other images"),
        ("0" * 64, "no-such-data", "no-such-data"),
    ):
        real, scene = RealImages(), scene_of(fingerprint, {"samples/prior": digits.train.images[:1]}, name)
        assert real.with_neighbours(scene) is scene
        assert reason in real.problems[name]


def test_no_data_set_is_read_where_there_are_no_samples(digits):
    real, scene = RealImages(), scene_of("0" * 64, {})
    assert real.with_neighbours(scene) is scene
    assert not real.problems


@pytest.mark.parametrize("size", [200, 1_000])
def test_the_page_is_given_as_many_held_out_images_as_there_are(digits, monkeypatch, size):
    half = np.arange(size // 2)
    small = replace(digits, reference=digits.reference.take(half), oracle=digits.oracle.take(half))
    monkeypatch.setattr(RealImages, "dataset", lambda self, record: small)
    found = RealImages().digits(record())
    expected = small.held_out.images[:HELD_OUT_IMAGES]
    np.testing.assert_array_equal(found.test, expected)
    assert len(found.labels) == min(size, HELD_OUT_IMAGES)
