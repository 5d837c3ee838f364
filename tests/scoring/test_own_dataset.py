"""Real images and features of one's own: how they are read, divided and compared with."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from PIL import Image
from support.few_metrics import few  # noqa: F401 - a fixture

import aezoo
from aezoo.controls import CONTROLS
from aezoo.errors import AezooError, SamplesError, UsageError
from aezoo.scoring.own_dataset import OwnSources, name_in_trial, read_own_data, require_known
from aezoo.scoring.protocol import protocol_line
from aezoo.scoring.validation import SamplesWarning
from aezoo.store import Store

RANDOM = np.random.default_rng(0)


def coloured(n, seed, side=12):
    """Squares of any colour at any place, uint8 (n, side, side, 3)."""
    random = np.random.default_rng(seed)
    images = np.zeros((n, side, side, 3), np.uint8)
    places = random.integers(0, side - 4, (n, 2))
    for image, (row, column), colour in zip(images, places, random.integers(60, 256, (n, 3)), strict=True):
        image[row : row + 4, column : column + 4] = colour
    return images


REAL, FAKE = coloured(2_500, 1), coloured(1_000, 2)
FEATURES = {"real": RANDOM.normal(size=(2_500, 8)), "fake": RANDOM.normal(size=(1_000, 8))}
QUICK = {"controls": [], "oracle_draws": 0}
NEED_LABELS = {name for name in CONTROLS.names() if CONTROLS.get(name).needs_labels}


def read(samples=FAKE, **sources):
    return read_own_data(OwnSources(**sources), [] if samples is None else [(None, samples)])


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_coloured_images_are_scored_in_principal_components_and_pixels():
    scored = aezoo.score(FAKE, real=REAL, controls=["blur", "memoriser"], oracle_draws=3)
    assert scored.n == 1_000
    assert {name for name in scored.scores if name.startswith("fd_")} == {"fd_pca", "fd_pixels"}
    assert [record["spec"]["model"] for record in scored.references] == ["oracle", "blur", "memoriser"]
    assert {record["status"] for record in scored.references} == {"done"}
    assert scored.record["dataset"]["judge"] is None
    assert "judge none" in scored.protocol


@pytest.mark.usefixtures("few")
def test_real_images_beside_themselves_divided_score_as_the_oracle():
    data = read(real=REAL)
    scored = aezoo.score(data.dataset.oracle.images, real=REAL, **QUICK)
    oracle = {row["metric"]: row["value"] for row in scored.references[0]["scores"]}
    assert scored.scores["fd_pca"] == pytest.approx(oracle["fd_pca"], rel=1e-6)


def test_the_parts_are_disjoint_complete_and_the_same_each_time():
    first, second = read(real=REAL).dataset, read(real=REAL).dataset
    parts = [first.train, first.reference, first.oracle]
    assert [len(part) for part in parts] == [500, 1_000, 1_000]
    found = sorted(image.tobytes() for part in parts for image in part.images)
    assert found == sorted(image.tobytes() for image in REAL)
    assert first.fingerprint == second.fingerprint
    other = REAL.copy()
    other[0, 0, 0] ^= 1
    assert read(real=other).digest != read(real=REAL).digest


def in_class_folders(folder, images):
    """Write PNG files whose names say nothing of their place, a subfolder for each of three classes."""
    names = np.random.default_rng(4).permutation(len(images))
    for place, (name, image) in enumerate(zip(names, images, strict=True)):
        of_class = folder / str(place % 3)
        of_class.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(of_class / f"{name:05d}.png")
    return folder


def test_the_order_and_the_container_of_the_files_decide_nothing(tmp_path):
    permuted, train = RANDOM.permutation(REAL), coloured(1_200, 3)
    np.savez(tmp_path / "real.npz", images=REAL)
    np.savez(tmp_path / "permuted.npz", images=permuted / 255)
    folder = in_class_folders(tmp_path / "folder", permuted)
    for given in ({}, {"train": train}):
        first = read(real=tmp_path / "real.npz", **given)
        for source, others in ((tmp_path / "permuted.npz", train[::-1]), (folder, train)):
            found = read(real=source, **({"train": others} if given else {}))
            for part in ("train", "reference", "oracle"):
                ours, theirs = (getattr(data.dataset, part).images for data in (first, found))
                np.testing.assert_array_equal(ours, theirs)
            assert found.digest == first.digest
            assert protocol_line(found.dataset, None, 1_000, found.digest) == protocol_line(
                first.dataset, None, 1_000, first.digest
            )
    assert read(real=folder).dataset.has_labels


def test_labels_and_features_stay_with_their_images_whatever_the_order(tmp_path):
    data = read(real=in_class_folders(tmp_path / "folder", REAL)).dataset
    classes = {image.tobytes(): place % 3 for place, image in enumerate(REAL)}
    for part in (data.train, data.reference, data.oracle):
        assert part.labels.tolist() == [classes[image.tobytes()] for image in part.images]
    rows = RANDOM.permutation(len(REAL))
    permuted = {**FEATURES, "real": FEATURES["real"][rows]}
    first, second = read(real=REAL, features=FEATURES), read(real=REAL[rows], features=permuted)
    assert protocol_line(first.dataset, None, 1_000) == protocol_line(second.dataset, None, 1_000)
    of_image = {image.tobytes(): row for image, row in zip(REAL, FEATURES["real"], strict=True)}
    expected = [of_image[image.tobytes()] for image in second.dataset.reference.images]
    np.testing.assert_array_equal(second.dataset.reference.features, expected)


def test_rows_of_features_alone_are_divided_alike_in_any_order():
    train = RANDOM.normal(size=(1_200, 8))
    for given, turned in (({}, {}), ({"train": train}, {"train": train[::-1]})):
        first = read(None, features={**FEATURES, **given})
        second = read(None, features={**FEATURES, "real": FEATURES["real"][::-1], **turned})
        np.testing.assert_array_equal(first.dataset.reference.features, second.dataset.reference.features)
        assert (first.digest, first.dataset.fingerprint) == (second.digest, second.dataset.fingerprint)
        lines = {protocol_line(data.dataset, None, 1_000, data.digest) for data in (first, second)}
        assert len(lines) == 1
    changed = {**FEATURES, "real": FEATURES["real"] + 1}
    same, other = (read(None, features=of).dataset for of in (FEATURES, changed))
    assert protocol_line(same, None, 1_000) != protocol_line(other, None, 1_000)


@pytest.mark.parametrize(
    ("sources", "given", "text"),
    [
        ({"real": REAL}, {"dataset": "mnist"}, r"--dataset \(dataset=\) is given beside --real \(real=\), which takes"),
        ({"features": FEATURES}, {"dataset": "mnist"}, r"--dataset .* beside --features \(features=\), which takes"),
        ({"real": REAL}, {"data_file": "a.npz"}, r"--data-file \(data_file=\) is given beside --real"),
    ],
)
def test_a_data_set_beside_real_images_is_refused(sources, given, text):
    samples = FAKE if "real" in sources else None
    with pytest.raises(UsageError, match=text) as caught:
        aezoo.score(samples, **sources, **given)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("few")
def test_copies_of_images_set_aside_are_not_called_training_images():
    data = read(real=REAL)
    images = np.concatenate([data.dataset.train.images, FAKE[:500]])
    with pytest.warns(SamplesWarning, match="500 of the 1,000 images equal one of the real images set aside, pixel"):
        scored = aezoo.score(images, real=REAL, **QUICK)
    assert not any("training" in line for line in scored.warnings)
    assert any("nearly the real images set aside" in line for line in scored.warnings)


@pytest.mark.usefixtures("few")
def test_a_folder_keeps_scores_against_different_real_images_of_one_name_apart(tmp_path):
    scored = [aezoo.score(FAKE, real=real, **QUICK) for real in (REAL, coloured(2_500, 9))]
    for each in scored:
        each.save(tmp_path)
    kept = {record["id"]: record["scores"] for record in Store(tmp_path).records()}
    assert kept == {record["id"]: record["scores"] for each in scored for record in (each.record, *each.references)}
    assert len(kept) == 4
    assert {record["dataset"]["name"] for record in Store(tmp_path).records()} == {"real"}
    again = aezoo.score(FAKE, real=REAL[::-1], **QUICK)
    assert {again.record["id"], again.references[0]["id"]} < kept.keys()


def test_trials_with_and_without_a_judge_have_different_names(digits):
    real = digits.train.images
    names = {name_in_trial(read(digits.oracle.images, real=real, judge=judge).dataset) for judge in (None, "mnist")}
    (alone,) = (name for name in names if not name.endswith(":mnist"))
    assert names == {alone, f"{alone}:mnist"}


@pytest.mark.usefixtures("few")
def test_images_of_the_reference_among_the_generated_ones_are_a_warning():
    data = read(real=REAL).dataset
    images = np.concatenate([data.reference.images[:300], FAKE[:700]])
    with pytest.warns(SamplesWarning, match="held-out images: 300 of the 1,000 images equal a real image that they"):
        scored = aezoo.score(images, real=REAL, **QUICK)
    assert [line for line in scored.warnings if "copies" in line] == []
    assert scored.record["warnings"] == list(scored.warnings)


@pytest.mark.usefixtures("few")
def test_no_control_is_named_that_could_not_run():
    assert read(real=REAL).dataset.judge is None
    grey = np.repeat(FAKE.mean(axis=-1, keepdims=True), 3, axis=-1).astype(np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scored = aezoo.score(grey, real=REAL, controls=[], oracle_draws=3)
    assert scored.warnings == ()
    assert not {failure.control for failure in scored.findings[0].diagnosis.failures} & NEED_LABELS


def test_training_images_take_the_place_of_those_set_aside():
    data = read(real=REAL[:2_000], train=coloured(1_200, 3))
    assert [len(part) for part in (data.dataset.train, data.dataset.reference, data.dataset.oracle)] == [
        1_200,
        1_000,
        1_000,
    ]
    assert data.training == "training images"
    assert not any("--train" in note for note in data.notes)
    assert any("--train" in note for note in read(real=REAL).notes)


@pytest.mark.usefixtures("few")
def test_copies_of_training_images_are_found_among_those_that_are_named():
    train = coloured(1_200, 3)
    with pytest.warns(SamplesWarning, match="1,000 of the 1,000 images equal a training image"):
        scored = aezoo.score(train[:1_000], real=REAL, train=train, **QUICK)
    assert scored.findings[0].lines[-1] == "Copying: yes; 1,000 of the 1,000 images equal one of training images."


@pytest.mark.parametrize("layout", ["channels first", "rows", "floats", "one channel"])
def test_any_layout_is_the_same_image(layout, digits):
    images = digits.train.images[:1_000]
    if layout == "channels first":
        arranged, real, same = np.moveaxis(FAKE, -1, 1), REAL, FAKE
    elif layout == "rows":
        arranged, real, same = images.reshape(1_000, 784), digits.train.images, images
    elif layout == "floats":
        arranged, real, same = images / 255, digits.train.images, images
    else:
        arranged, real, same = images[:, None], digits.train.images, images
    assert read(arranged, real=real).samples[0].sha256 == read(same, real=real).samples[0].sha256


def test_folders_may_hold_a_subfolder_for_each_class_and_jpeg(tmp_path):
    for number, image in enumerate(REAL):
        folder = tmp_path / "real" / str(number % 2)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number}.{'png' if number % 3 else 'jpg'}")
    data = read(real=tmp_path / "real").dataset
    assert data.reference.images.shape == (1_000, 12, 12, 3)
    assert data.has_labels
    assert set(np.unique(data.reference.labels)) == {0, 1}
    assert not read(real=REAL).dataset.has_labels


@pytest.mark.usefixtures("few")
def test_the_page_says_how_many_entries_of_the_folders_were_left_out(tmp_path):
    real, train = in_class_folders(tmp_path / "real", REAL), in_class_folders(tmp_path / "train", coloured(1_200, 3))
    for number, image in enumerate(FAKE[:7]):
        Image.fromarray(image).save(real / str(number % 3) / f"{number}.bmp")
    for folder in (real / "labels.txt", train / "0" / "labels.txt", train / "1" / ".hidden"):
        folder.write_text("7")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplesWarning)
        scored = aezoo.score(FAKE, real=real, train=train, **QUICK)
    assert scored.notes[:2] == (
        f"8 other entries of {real} are no PNG or JPEG files and were left out",
        f"1 other entry of {train} is no PNG or JPEG file and was left out",
    )
    assert scored.notes[0] in scored.table("md")
    assert not any("other entr" in note for note in read(real=REAL).notes)


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_controls_that_need_labels_are_left_out_and_refused_by_name():
    scored = aezoo.score(FAKE, real=REAL, oracle_draws=0)
    shown = {record["spec"]["model"] for record in scored.references}
    assert {"blur", "memoriser", "moment-matched"} < shown
    assert not {"mode-dropper", "class-imbalance", "intra-class-collapse"} & shown
    assert any("left out: class-imbalance, intra-class-collapse, mode-dropper" in note for note in scored.notes)
    with pytest.raises(UsageError, match="control 'mode-dropper' needs labels, which real does not have"):
        aezoo.score(FAKE, real=REAL, controls=["mode-dropper"])


def test_a_judge_takes_part_only_where_it_is_named_and_knows_the_images(digits):
    real = digits.train.images
    assert read(digits.oracle.images, real=real).dataset.judge is None
    known = read(digits.oracle.images, real=real, judge="mnist").dataset
    require_known(known)
    assert known.judge == "mnist"
    noise = RANDOM.integers(0, 256, (2_500, 28, 28)).astype(np.uint8)
    for others in (noise, 255 - real, np.rot90(real, axes=(1, 2))):
        with pytest.raises(UsageError, match="judge 'mnist' does not know these images"):
            require_known(read(digits.oracle.images, real=np.ascontiguousarray(others), judge="mnist").dataset)
    with pytest.raises(UsageError, match="knows images of 28 x 28, grey; these are 12 x 12, coloured"):
        require_known(read(real=REAL, judge="mnist").dataset)


@pytest.mark.usefixtures("few")
def test_features_alone_are_compared_with_what_only_chooses_among_them():
    scored = aezoo.score(features=FEATURES, oracle_draws=3)
    assert {name for name in scored.scores if name.startswith("fd")} == {"fd_features"}
    assert [record["spec"]["model"] for record in scored.references] == ["oracle", "duplicator", "memoriser"]
    memoriser = {row["metric"]: row["value"] for row in scored.references[2]["scores"]}
    assert memoriser["near_duplicates_features"] == 1
    assert "features none" not in scored.protocol
    assert not scored.record["artifacts"]


@pytest.mark.usefixtures("few")
def test_features_stand_beside_images_and_controls_that_change_them_have_none():
    scored = aezoo.score(FAKE, real=REAL, features=FEATURES, controls=["blur", "memoriser"], oracle_draws=0)
    of = {record["label"]: {row["features"] for row in record["scores"]} for record in scored.references}
    assert of == {"oracle": {"features", "pca"}, "blur": {"pca"}, "memoriser": {"features", "pca"}}
    assert {"fd_features", "fd_pca"} <= scored.scores.keys()


@pytest.mark.usefixtures("few")
def test_of_features_alone_the_generator_is_not_called_what_the_real_side_is(tmp_path):
    scored = aezoo.score(features=FEATURES, **QUICK)
    assert (scored.names, scored.record["dataset"]["name"]) == (("fake",), "real")
    np.savez(tmp_path / "dino.npz", **FEATURES)
    scored = aezoo.score(features=tmp_path / "dino.npz", **QUICK)
    assert (scored.names, scored.record["dataset"]["name"]) == (("fake",), "dino")
    assert aezoo.score(features=FEATURES, name="my-gan", **QUICK).names == ("my-gan",)
    with pytest.raises(UsageError, match="name 'my-gan' is given for features of fake, flow, which are names already"):
        aezoo.score(features={**FEATURES, "flow": FEATURES["fake"] + 1}, name="my-gan")


@pytest.mark.usefixtures("few")
def test_every_array_of_the_features_is_a_generator(tmp_path):
    np.savez(tmp_path / "dino.npz", real=FEATURES["real"], gan=FEATURES["fake"], flow=FEATURES["fake"] + 1)
    scored = aezoo.score(features=tmp_path / "dino.npz", **QUICK)
    assert set(scored.names) == {"gan", "flow"}
    assert scored["flow"].scores["fd_features"] > scored["gan"].scores["fd_features"] + 5


def test_scores_of_features_are_those_of_the_metric():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scored = aezoo.score(features=FEATURES, **QUICK)
    data = read(None, features=FEATURES).dataset
    expected = aezoo.metrics.samples.frechet.frechet_distance(data.reference.features, FEATURES["fake"])
    assert scored.scores["fd_features"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("samples", "sources", "error", "text"),
    [
        (
            FAKE,
            {"real": REAL[:2_000]},
            SamplesError,
            "2,000 real images; give at least 2,500: they are divided into three",
        ),
        (
            FAKE[:, :10],
            {"real": REAL},
            SamplesError,
            "10 x 12, coloured, the real ones are 12 x 12",
        ),
        (FAKE[..., 0], {"real": REAL}, SamplesError, "12 x 12, grey, the real ones are 12 x 12, coloured"),
        (FAKE[:10], {"real": REAL}, SamplesError, "holds 10 images; give at least 1,000"),
        (FAKE, {"real": np.zeros((2_500, 5))}, SamplesError, r"shape \(2500, 5\); give \(n, height, width\)"),
        (
            FAKE,
            {"real": np.zeros((2, 300, 300))},
            SamplesError,
            "300 x 300, grey; make them smaller",
        ),
        (FAKE, {"real": REAL, "train": REAL}, SamplesError, "2,500 of 2,500 real images are also among"),
        (FAKE, {"real": REAL, "train": REAL[:10]}, SamplesError, "10 training images; give at least 1,000"),
        (FAKE, {"train": REAL}, UsageError, "--train .* is given without --real"),
        (FAKE, {"judge": "mnist"}, UsageError, "--judge .* is given without --real"),
        (None, {"real": REAL}, UsageError, "real images are given and no samples"),
        (FAKE, {"features": FEATURES}, UsageError, "features are given without real images"),
        (None, {"features": {"real": FEATURES["real"]}}, SamplesError, "the features hold real; give an npz file"),
        (
            None,
            {"features": {**FEATURES, "fake": np.ones((1_000, 9))}},
            SamplesError,
            "widths .real 8, fake 9",
        ),
        (
            None,
            {"features": {**FEATURES, "fake": np.full((9, 8), np.nan)}},
            SamplesError,
            "NaN or infinity in 9",
        ),
        (None, {"features": {"real": np.ones((9, 1)), "fake": np.ones((9, 1))}}, SamplesError, "d at least 2"),
        (None, {"features": {**FEATURES, "fake": np.ones((10, 8))}}, SamplesError, "'fake' have 10 rows"),
        (
            FAKE,
            {"real": REAL, "features": {**FEATURES, "real": np.ones((9, 8))}},
            SamplesError,
            "9 rows for 2,500",
        ),
        (
            FAKE,
            {"real": REAL, "features": {**FEATURES, "fake": np.ones((9, 8))}},
            SamplesError,
            "9 rows for 1,000",
        ),
        (
            FAKE,
            {"real": REAL[:2_000], "train": coloured(1_000, 8), "features": FEATURES},
            SamplesError,
            "rows for 2,000",
        ),
        (FAKE, {"real": "missing"}, SamplesError, "missing does not exist"),
        (None, {"features": "missing.npz"}, SamplesError, "missing.npz is no file"),
    ],
)
def test_what_does_not_fit_is_one_line_that_says_how_to_mend_it(samples, sources, error, text):
    with pytest.raises(error, match=text) as caught:
        read(samples, **sources)
    assert isinstance(caught.value, AezooError)
    assert "\n" not in str(caught.value)


def test_a_picture_of_another_size_is_named(tmp_path):
    Image.fromarray(REAL[0]).save(tmp_path / "a.png")
    Image.fromarray(REAL[0][:9]).save(tmp_path / "b.png")
    with pytest.raises(SamplesError, match=r"b\.png is 12 x 9 pixels; save it as 12 x 12, as a\.png is"):
        read(real=tmp_path)


def test_damaged_features_are_one_line(tmp_path):
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(SamplesError, match="no whole npz file"):
        read(None, features=tmp_path / "broken.npz")


@pytest.mark.parametrize("shape", [(0, 784), (0, 28, 28)])
def test_no_image_at_all_is_one_line(shape):
    with pytest.raises(SamplesError, match="real"):
        read(real=np.zeros(shape, np.uint8))
