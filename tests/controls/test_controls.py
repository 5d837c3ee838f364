"""Controls: what holds for all of them, and what each is known to do."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from aezoo.controls import CONTROLS, Control
from aezoo.controls.class_imbalance import imbalanced_counts
from aezoo.controls.moment_matched import GaussianMoments, gaussian_images
from aezoo.datasets import Split
from aezoo.errors import UsageError
from aezoo.features.spaces import fit_pca
from aezoo.metrics.samples import frechet_distance

N = 200
EXACT_COPIES = (
    "oracle",
    "memoriser",
    "mode-dropper",
    "intra-class-collapse",
    "duplicator",
    "class-imbalance",
)


@pytest.fixture(params=CONTROLS.names())
def control(request):
    return CONTROLS.get(request.param)


def run(name, digits, dose=None, n=N, seed=0, **parameters):
    return CONTROLS.get(name).generate(digits, n, np.random.default_rng(seed), dose=dose, **parameters)


def splits_of(images, labels=None):
    """Both splits of the same images."""
    split = Split(images, np.zeros(len(images), np.uint8) if labels is None else labels)
    return SimpleNamespace(train=split, oracle=split)


def sources(control, digits):
    """The images that it may draw from."""
    return np.concatenate([getattr(digits, split).images for split in control.draws_from.split(" and ")])


def keys(images):
    """One number of bytes for each image, so that sets of images can be compared."""
    rounded = np.rint(np.asarray(images) * (1 if images.dtype == np.uint8 else 255)).astype(np.uint8)
    return [image.tobytes() for image in rounded]


def labels_of(images, split):
    known = dict(zip(keys(split.images), split.labels, strict=True))
    return np.array([known[key] for key in keys(images)])


def test_no_control_has_the_name_of_a_model():
    from aezoo.models import MODELS

    assert not set(CONTROLS.names()) & set(MODELS.names())


def test_the_default_is_one_of_the_doses_and_is_what_runs_without_one(control, digits):
    if control.doses:
        assert control.default in control.doses
        assert control.unit
        np.testing.assert_array_equal(run(control.name, digits), run(control.name, digits, control.default))
    else:
        assert control.name == "oracle"


@pytest.mark.parametrize("split", ["reference", "held_out", "oracle and train", "", None])
def test_a_control_of_the_reference_is_refused(split):
    with pytest.raises(UsageError, match=r"give one of 'train', 'oracle', .*: never the reference"):
        CONTROLS.register("cheat", draws_from=split)(run)
    assert "cheat" not in CONTROLS.names()


def test_works_on_other_images_and_labels_than_digits(control):
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (120, 28, 28), dtype=np.uint8)
    labels = np.repeat([3, 7, 11], 40).astype(np.uint8)
    dose = {"mode-dropper": 1}.get(control.name, min(control.doses[-1], 10) if control.doses else None)
    assert control.generate(splits_of(images, labels), 50, random, dose=dose).shape == (50, 28, 28)


@pytest.mark.parametrize("name", sorted({*CONTROLS.names()} - {"oracle"}))
@pytest.mark.parametrize("dose", [-1, np.nan])
def test_a_dose_that_makes_no_sense_is_refused(name, dose, digits):
    with pytest.raises(UsageError, match=f"control '{name}': .*; give"):
        run(name, digits, dose)


def test_real_images_have_no_dose(digits):
    with pytest.raises(UsageError, match="leave it out"):
        run("oracle", digits, 1.0)


def test_doses_need_a_unit_and_a_default_among_them():
    with pytest.raises(UsageError, match="one of the doses"):
        Control("x", run, "oracle", doses=(1, 2), default=3, unit="steps")
    with pytest.raises(UsageError, match="has no doses but the default 3; give doses, or neither"):
        Control("x", run, "oracle", default=3)


@pytest.mark.parametrize("name", [name for name, control in CONTROLS.items() if control.needs_labels])
def test_without_known_labels_what_needs_them_is_refused(name, digits):
    """An imbalance of classes would be real images as they are, and every metric blind to it."""
    unlabelled = splits_of(digits.oracle.images[:100])
    with pytest.raises(ValueError, match=f"control '{name}' needs labels, and all images have the same one"):
        run(name, unlabelled, CONTROLS.get(name).doses[-1], n=50)


@pytest.mark.parametrize("name", EXACT_COPIES)
def test_images_are_exactly_those_of_the_split(name, digits):
    images, source = run(name, digits), sources(CONTROLS.get(name), digits)
    assert set(keys(images)) <= set(keys(source))
    assert np.isin(images, source.astype(np.float32) / np.float32(255)).all()


@pytest.mark.parametrize("name", ["oracle", "blur", "pixel-noise", "pixel-average"])
def test_more_images_than_there_are_is_an_error(name, digits):
    with pytest.raises(ValueError, match="ask for fewer"):
        run(name, digits, n=len(digits.oracle) + 1)


def test_oracle_never_repeats_a_row(digits):
    size = len(digits.oracle)
    assert sorted(keys(run("oracle", digits, n=size))) == sorted(keys(digits.oracle.images))


@pytest.mark.parametrize("dose", [0, 0.01, 0.05, 0.2, 0.5, 0.777, 1])
def test_memoriser_shows_exactly_its_share_of_copies_and_new_images_beside_them(dose, digits):
    train, oracle = set(keys(digits.train.images)), set(keys(digits.oracle.images))
    assert not train & oracle
    images = keys(run("memoriser", digits, dose))
    assert len(set(images)) == N
    assert sum(key in train for key in images) == round(dose * N)
    assert sum(key in oracle for key in images) == N - round(dose * N)


def test_memoriser_mixes_its_copies_among_the_others(digits):
    train = set(keys(digits.train.images))
    copied = np.array([key in train for key in keys(run("memoriser", digits, 0.5))])
    assert 0.3 < copied[: N // 2].mean() < 0.7


def test_memoriser_repeats_only_what_it_must(digits):
    few = SimpleNamespace(train=digits.train.take(np.arange(30)), oracle=digits.oracle.take(np.arange(10)))
    counts = np.unique(keys(run("memoriser", few, 1.0)), return_counts=True)[1]
    assert len(counts) == 30
    assert np.ptp(counts) <= 1
    with pytest.raises(ValueError, match="100 images asked for but the split holds 10"):
        run("memoriser", few, 0.5)


@pytest.mark.slow
def test_jittered_memoriser_is_near_the_memoriser(digits):
    train = digits.train.images.reshape(len(digits.train), -1) / 255
    images = run("jittered-memoriser", digits, 0.01, n=20).reshape(20, 1, -1)
    nearest = np.sqrt(np.square(images - train).mean(axis=2).min(axis=1))
    # Clipping at black takes half of the noise away.
    assert (nearest < 0.01).all()
    assert (nearest > 0.005).all()


@pytest.mark.parametrize("number", [1, 5, 8])
def test_mode_dropper_never_shows_a_dropped_class(number, digits):
    labels = labels_of(run("mode-dropper", digits, number), digits.oracle)
    assert len(np.unique(labels)) == 10 - number


@pytest.mark.parametrize("repeats", [1, 3])
def test_mode_dropper_keeps_the_shares_of_the_other_classes(repeats):
    """Classes of 40, 20, 60 and 80 images, of which the second is dropped."""
    shares = [40, 20, 60, 80]
    images = np.random.default_rng(0).integers(0, 256, (200, 28, 28), dtype=np.uint8)
    split = splits_of(images, np.repeat(np.arange(4), shares).astype(np.uint8))
    drawn = labels_of(run("mode-dropper", split, n=repeats * 180, dropped=1), split.oracle)
    np.testing.assert_array_equal(np.bincount(drawn, minlength=4), repeats * np.array([40, 0, 60, 80]))
    few = labels_of(run("mode-dropper", split, n=90, dropped=1), split.oracle)
    # Without replacement: standard deviations of 2.8, 3.2 and 3.3 images.
    np.testing.assert_allclose(np.bincount(few, minlength=4), [20, 0, 30, 40], atol=11)


@pytest.mark.parametrize(
    ("parameters", "gone"),
    [({"dropped": "1+7"}, {1, 7}), ({"dropped": 4}, {4}), ({"dose": 2, "dropped": "9+0"}, {0, 9})],
)
def test_mode_dropper_drops_the_classes_that_are_named(parameters, gone, digits):
    images = run("mode-dropper", digits, **parameters)
    assert set(labels_of(images, digits.oracle)) == set(range(10)) - gone


def test_mode_dropper_drops_other_classes_with_another_seed(digits):
    kept = {tuple(np.unique(labels_of(run("mode-dropper", digits, 5, seed=s), digits.oracle))) for s in range(5)}
    assert len(kept) > 1


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"dropped": "1+12"}, r"dropped=1\+12 asks for classes that are not there; there are \[0, 1"),
        ({"dropped": "+".join("0123456789")}, "whole number from 1 to 9"),
        ({"dose": 10}, "whole number from 1 to 9"),
    ],
)
def test_mode_dropper_says_what_these_classes_do_not_allow(parameters, message, digits):
    with pytest.raises(ValueError, match=message):
        run("mode-dropper", digits, **parameters)


def test_intra_class_collapse_has_k_prototypes_a_class_and_the_shares_of_real_images(digits):
    images = run("intra-class-collapse", digits, 3, n=1000)
    labels = labels_of(images, digits.oracle)
    np.testing.assert_array_equal(np.bincount(labels), np.bincount(digits.oracle.labels))
    distinct = {(key, label) for key, label in zip(keys(images), labels, strict=True)}
    np.testing.assert_array_equal(np.bincount([label for _, label in distinct]), 3)


@pytest.mark.parametrize("k", [1, 10, 100])
def test_duplicator_has_exactly_k_different_images_equally_often(k, digits):
    counts = np.unique(keys(run("duplicator", digits, k)), return_counts=True)[1]
    np.testing.assert_array_equal(counts, N // k)


def test_a_dose_between_two_counts_is_refused(digits):
    with pytest.raises(UsageError, match="whole number of at least 1"):
        run("duplicator", digits, 2.5)
    with pytest.raises(ValueError, match="whole number from 1 to 1000"):
        run("duplicator", digits, 2000)


def test_blur_keeps_the_mean_intensity_of_each_image_and_lowers_its_variance(digits):
    real = run("oracle", digits)
    spread = real.std(axis=(1, 2))
    for sigma in (0.5, 1.0, 2.0):
        blurred = run("blur", digits, sigma)
        np.testing.assert_allclose(blurred.mean(axis=(1, 2)), real.mean(axis=(1, 2)), rtol=1e-5)
        assert (blurred.std(axis=(1, 2)) < spread).all()
        spread = blurred.std(axis=(1, 2))


@pytest.mark.parametrize("name", ["blur", "pixel-noise", "mean-image-blend", "pixel-average", "noise-mixture"])
def test_no_dose_at_all_leaves_real_images_and_a_dose_does_not(name, digits):
    images = run(name, digits, 0.0)
    assert np.array_equal(images, np.rint(images * 255).astype(np.float32) / np.float32(255))
    assert len(set(keys(images))) == N
    assert set(keys(images)) <= set(keys(digits.oracle.images))
    assert not set(keys(run(name, digits, 0.3))) <= set(keys(digits.oracle.images))


def test_pixel_noise_has_the_stated_deviation_where_nothing_is_clipped():
    grey = np.full((100, 28, 28), 128, np.uint8)
    control = CONTROLS.get("pixel-noise")
    images = control.generate(splits_of(grey), 100, np.random.default_rng(0), dose=0.05)
    assert images.std() == pytest.approx(0.05, rel=0.01)
    assert images.mean() == pytest.approx(128 / 255, abs=0.001)


def test_noise_mixture_has_its_share_of_images_that_are_not_real(digits):
    for dose in (0.05, 0.5, 1.0):
        real = set(keys(digits.oracle.images))
        assert sum(key not in real for key in keys(run("noise-mixture", digits, dose))) == round(dose * N)


def test_uniform_noise_has_mean_and_variance_of_the_unit_interval(digits):
    images = run("noise-mixture", digits, 1.0)
    assert images.mean() == pytest.approx(1 / 2, abs=0.005)
    assert images.var() == pytest.approx(1 / 12, abs=0.001)


def test_the_whole_weight_gives_the_mean_image_and_half_of_it_halves_the_differences(digits):
    mean = digits.oracle.images.mean(axis=0) / 255
    np.testing.assert_allclose(run("mean-image-blend", digits, 1.0), np.broadcast_to(mean, (N, 28, 28)), atol=1e-6)
    half, real = run("mean-image-blend", digits, 0.5), run("mean-image-blend", digits, 0.0)
    np.testing.assert_allclose(half - mean, (real - mean) / 2, atol=1e-6)


@pytest.mark.parametrize(
    ("n", "classes", "ratio", "expected"),
    [(7, 3, 4, (4, 2, 1)), (10, 2, 1, (5, 5)), (11, 2, 10, (10, 1)), (100, 1, 5, (100,)), (5, 2, 1, (3, 2))],
)
def test_imbalanced_counts(n, classes, ratio, expected):
    assert tuple(imbalanced_counts(n, classes, ratio)) == expected


def test_class_imbalance_has_these_shares_over_classes_in_some_order(digits):
    labels = labels_of(run("class-imbalance", digits, 4, n=500), digits.oracle)
    np.testing.assert_array_equal(np.sort(np.bincount(labels))[::-1], imbalanced_counts(500, 10, 4))


def test_the_gaussian_has_the_moments_of_its_source_where_nothing_is_clipped():
    random = np.random.default_rng(0)
    pattern = random.normal(size=(2, 28, 28))
    codes = random.normal(size=(2000, 2))
    grey = np.rint(128 + 10 * np.tensordot(codes, pattern, 1)).clip(0, 255).astype(np.uint8)
    images = gaussian_images(grey, 20_000, random).reshape(20_000, -1)
    source = grey.reshape(2000, -1) / 255
    np.testing.assert_allclose(images.mean(axis=0), source.mean(axis=0), atol=0.003)
    apart = np.cov(images, rowvar=False) - np.cov(source, rowvar=False)
    assert np.linalg.norm(apart) < 0.05 * np.linalg.norm(np.cov(source, rowvar=False))


@pytest.mark.parametrize("dose", [0.5, 1.0])
def test_the_noise_of_each_draw_has_the_moments_of_real_images_in_50_components(dose, digits):
    n = 600
    images = run("moment-matched", digits, dose, n=n)
    real = np.isin(keys(images), keys(digits.oracle.images))
    assert (~real).sum() == dose * n
    pixels = digits.oracle.images.reshape(len(digits.oracle), -1) / 255
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    codes = (images[~real].reshape(-1, 784) - pixels.mean(axis=0)) @ vectors[:, :-51:-1]
    wanted = values[:-51:-1]
    assert np.linalg.norm(codes.mean(axis=0)) <= 0.011 * math.sqrt(wanted.sum())
    assert np.linalg.norm(np.cov(codes, rowvar=False) - np.diag(wanted)) <= 0.011 * np.linalg.norm(wanted)


def test_the_frechet_distance_takes_the_noise_for_real_images(digits):
    pca = fit_pca(digits.train.images)
    real = pca(digits.reference.images[:500])
    matched, oracle, noise = (
        frechet_distance(real, pca(run(name, digits, dose, n=500)))
        for name, dose in (("moment-matched", 1.0), ("oracle", None), ("noise-mixture", 1.0))
    )
    assert matched < oracle < noise / 10


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 60])
def test_the_noise_is_finite_for_few_images(n, digits):
    images = gaussian_images(digits.oracle.images, n, np.random.default_rng(0))
    assert images.shape == (n, 28, 28)
    assert np.isfinite(images).all()


@pytest.mark.parametrize("size", [1, 5])
def test_the_noise_of_few_or_equal_images_is_finite_too(size, digits):
    few = digits.oracle.images[:size]
    for split in (few, np.repeat(few[:1], 30, axis=0)):
        images = gaussian_images(split, 20, np.random.default_rng(0))
        assert np.isfinite(images).all()
        if len(np.unique(split, axis=0)) == 1:
            np.testing.assert_allclose(images, np.broadcast_to(few[:1] / 255, (20, 28, 28)), atol=1e-6)


def test_principal_components_come_in_order_of_variance(digits):
    moments = GaussianMoments.of(digits.oracle.images)
    assert (np.diff(moments.variances) <= 0).all()
    codes = digits.oracle.images.reshape(-1, 784) / 255 @ moments.components[:, :3]
    np.testing.assert_allclose(codes.var(axis=0, ddof=1), moments.variances[:3])


def test_the_gaussian_leaves_out_pixels_that_never_vary(digits):
    images = gaussian_images(digits.oracle.images, 50, np.random.default_rng(0))
    always_black = (digits.oracle.images == 0).all(axis=0)
    assert always_black.any()
    assert images[:, always_black].max() < 1e-6


def test_centroids_are_few_and_average_to_the_mean_image(digits):
    images = run("kmeans-centroids", digits, 10, n=2000)
    assert len(np.unique(images.reshape(2000, -1), axis=0)) == 10
    np.testing.assert_allclose(images.mean(axis=0), digits.train.images.mean(axis=0) / 255, atol=0.06)


def test_pixel_average_lies_half_way_between_two_different_images(digits):
    images = digits.oracle.images[:2]
    control = CONTROLS.get("pixel-average")
    averages = control.generate(splits_of(images), 2, np.random.default_rng(0), dose=0.5)
    np.testing.assert_allclose(averages, np.broadcast_to(images.mean(axis=0) / 255, (2, 28, 28)), atol=1e-6)
