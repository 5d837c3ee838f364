"""Stratified splits, checks and fingerprints."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aezoo.datasets.base import DatasetEntry, LoadedArrays, Split
from aezoo.datasets.splits import check_split, fingerprint, split_arrays, stratified
from aezoo.errors import DatasetError

IMAGES = np.full((6, 28, 28), 200, dtype=np.uint8)
LABELS = np.arange(6, dtype=np.uint8)
PATTERNS = st.sampled_from([(0, 1), (0, 0, 0, 1, 2)])
SOME_LABELS = st.lists(st.integers(0, 4), min_size=5, max_size=200).map(lambda x: np.array(x, dtype=np.uint8))


@given(SOME_LABELS, PATTERNS, st.integers(0, 9))
def test_parts_are_disjoint_and_leave_nothing_out(labels, pattern, seed):
    parts = stratified(labels, pattern, seed)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(len(labels)))


@given(SOME_LABELS, PATTERNS, st.integers(0, 9))
def test_every_label_has_its_share_in_every_part(labels, pattern, seed):
    for number, rows in enumerate(stratified(labels, pattern, seed)):
        share, most = pattern.count(number) / len(pattern), pattern.count(number)
        off = np.bincount(labels[rows], minlength=5) - share * np.bincount(labels, minlength=5)
        assert np.abs(off).max() <= most


@given(SOME_LABELS, PATTERNS)
def test_the_seed_decides(labels, pattern):
    first, second = stratified(labels, pattern, 3), stratified(labels, pattern, 3)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_another_seed_gives_other_parts():
    labels = np.zeros(100, dtype=np.uint8)
    assert not np.array_equal(stratified(labels, (0, 1), 0)[0], stratified(labels, (0, 1), 1)[0])


def test_the_order_of_the_file_does_not_decide_the_sizes():
    labels = np.repeat(np.arange(10, dtype=np.uint8), 50)
    for order in (labels, labels[::-1], np.random.default_rng(0).permutation(labels)):
        parts = stratified(order, (0, 0, 0, 1, 2), 0)
        assert [np.bincount(order[rows]).tolist() for rows in parts] == [[30] * 10, [10] * 10, [10] * 10]


def test_fingerprint_is_the_sha256_of_types_shapes_and_bytes():
    content = b"|u1(6, 28, 28)" + IMAGES.tobytes() + b"|u1(6,)" + LABELS.tobytes()
    assert fingerprint(Split(IMAGES, LABELS)) == hashlib.sha256(content).hexdigest()


@given(st.integers(0, 5), st.integers(0, 27), st.integers(0, 27))
def test_one_changed_pixel_changes_the_fingerprint(image, row, column):
    changed = IMAGES.copy()
    changed[image, row, column] ^= 1
    assert fingerprint(Split(changed, LABELS)) != fingerprint(Split(IMAGES, LABELS))


def test_a_changed_label_changes_the_fingerprint():
    assert fingerprint(Split(IMAGES, LABELS[::-1])) != fingerprint(Split(IMAGES, LABELS))


def test_the_layout_in_memory_does_not_change_the_fingerprint():
    assert fingerprint(Split(np.asfortranarray(IMAGES), LABELS)) == fingerprint(Split(IMAGES, LABELS))


@pytest.mark.parametrize(
    ("images", "labels", "found"),
    [
        (IMAGES.astype(np.float32), LABELS, "images are float32"),
        (IMAGES.reshape(6, 784), LABELS, r"\(6, 784\)"),
        (IMAGES[..., None], LABELS, r"\(6, 28, 28, 1\)"),
        (IMAGES[:0], LABELS[:0], r"\(0, 28, 28\)"),
        (IMAGES, LABELS[:5], r"labels are uint8 of shape \(5,\)"),
        (IMAGES, LABELS.astype(np.int64), "labels are int64"),
        (IMAGES // 200, LABELS, "no intensity is above 1"),
    ],
)
def test_what_is_not_images_with_labels_is_refused(images, labels, found):
    with pytest.raises(DatasetError, match=found):
        check_split(Split(images, labels), "a file")


def test_too_few_images_to_split_are_refused():
    entry = DatasetEntry("few", lambda source: None, "few")
    with pytest.raises(DatasetError, match="4 images cannot be split"):
        split_arrays(entry, LoadedArrays(Split(IMAGES[:4], LABELS[:4]), None, "nowhere"))
