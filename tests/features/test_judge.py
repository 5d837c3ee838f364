"""The shipped judges: what they are, what they are worth, and that nobody has changed them."""

import hashlib
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from aezoo.datasets import load_dataset
from aezoo.errors import UnknownNameError
from aezoo.features import train_judge
from aezoo.features.judge import WEIGHTS, Judge, JudgeError, load_judge

JUDGES = ("mnist", "fashion-mnist")
LEAST_ACCURACY = {"mnist": 0.993, "fashion-mnist": 0.91}


@pytest.fixture(scope="module")
def digits():
    return load_dataset("mnist-5k")


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge("mnist")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for path in WEIGHTS.glob("mnist.*"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_importing_the_judge_imports_no_tensorflow():
    code = "import sys, aezoo.features.judge; sys.exit(bool({'tensorflow', 'keras'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", JUDGES)
def test_shipped_weights_are_small_float16_and_match_their_hash(name: str):
    content = (WEIGHTS / f"{name}.npz").read_bytes()
    facts = json.loads((WEIGHTS / f"{name}.json").read_text())
    assert len(content) < 500_000
    assert hashlib.sha256(content).hexdigest() == facts["sha256"]
    with np.load(WEIGHTS / f"{name}.npz", allow_pickle=False) as arrays:
        assert {arrays[key].dtype for key in arrays} == {np.dtype(np.float16)}
        assert all(np.isfinite(arrays[key]).all() for key in arrays)


@pytest.mark.parametrize("name", JUDGES)
def test_facts_state_an_accuracy_and_a_command_that_parses(name: str):
    facts = json.loads((WEIGHTS / f"{name}.json").read_text())
    module, *arguments = facts["command"].removeprefix("python -m ").split()
    options = train_judge._options([*arguments, "--out", "judge"])
    assert facts["accuracy"] >= LEAST_ACCURACY[name]
    assert (module, options.dataset, options.seed) == ("aezoo.features.train_judge", name, facts["seed"])
    assert set(facts["versions"]) == {"keras", "numpy", "tensorflow"}


def test_digits_are_judged_rightly(judge: Judge, digits):
    """These digits are all in MNIST's training set: the judge has seen them; test images are not shipped."""
    right = judge.probabilities(digits.held_out.images).argmax(axis=1) == digits.held_out.labels
    assert right.mean() >= 0.993


def test_features_are_taken_before_the_activation(judge: Judge, digits):
    features, probabilities = judge(digits.oracle.images)
    assert features.shape == (1000, 64)
    assert features.dtype == probabilities.dtype == np.float64
    assert 0.1 < (features < 0).mean() < 0.9
    assert np.linalg.matrix_rank(np.cov(features.T)) == 64


def test_probabilities_follow_from_the_features_by_the_last_layer(judge: Judge, digits):
    features, probabilities = judge(digits.oracle.images)
    with np.load(WEIGHTS / "mnist.npz", allow_pickle=False) as arrays:
        *_, kernel, bias = (arrays[key].astype(np.float64) for key in sorted(arrays))
    odds = np.exp(np.maximum(features, 0) @ kernel + bias)
    assert np.allclose(probabilities, odds / odds.sum(axis=1, keepdims=True), atol=1e-4)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-12)


def test_bytes_and_intensities_are_judged_alike(judge: Judge, digits):
    images = digits.oracle.images[:50]
    assert np.allclose(judge.features(images), judge.features(images / 255.0), atol=1e-4)


def test_the_same_images_give_the_same_bits(judge: Judge, digits):
    first, second = judge(digits.oracle.images), judge(digits.oracle.images)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_other_images_in_the_set_make_no_difference(judge: Judge, digits):
    images = digits.oracle.images
    assert np.allclose(judge.features(images)[700:710], judge.features(images[700:710]), atol=1e-4)


def test_no_images_have_no_features(judge: Judge):
    features, probabilities = judge(np.zeros((0, 28, 28)))
    assert (features.shape, probabilities.shape) == ((0, 64), (0, 10))


@pytest.mark.parametrize("images", [np.zeros((2, 784)), np.full((2, 28, 28), 255.0), np.zeros((2, 28, 28), int)])
def test_other_shapes_ranges_and_types_are_refused(judge: Judge, images):
    with pytest.raises(ValueError, match="images"):
        judge(images)


def test_tampered_weights_are_refused(copied: Path):
    content = bytearray((copied / "mnist.npz").read_bytes())
    content[1000] ^= 1
    (copied / "mnist.npz").write_bytes(content)
    with pytest.raises(JudgeError, match="SHA-256") as error:
        load_judge("mnist", copied)
    assert "\n" not in str(error.value)


def test_missing_weights_are_named(copied: Path):
    (copied / "mnist.npz").unlink()
    with pytest.raises(JudgeError, match=r"mnist\.npz are missing"):
        load_judge("mnist", copied)


def test_pickled_weights_are_refused_even_with_the_right_hash(copied: Path):
    np.savez(copied / "mnist.npz", **{"00": np.array([{}], dtype=object)}, allow_pickle=True)
    sha256 = hashlib.sha256((copied / "mnist.npz").read_bytes()).hexdigest()
    facts = json.loads((copied / "mnist.json").read_text())
    (copied / "mnist.json").write_text(json.dumps(facts | {"sha256": sha256}))
    with pytest.raises(ValueError, match="array '00' holds object, not numbers"):
        load_judge("mnist", copied)


def test_an_unknown_judge_gets_near_matches():
    with pytest.raises(UnknownNameError, match="did you mean"):
        load_judge("fashion_mnist")


def test_loading_a_judge_moves_no_random_numbers(copied: Path):
    before = random.getstate(), str(np.random.get_state())  # noqa: NPY002
    load_judge("mnist", copied)
    assert (random.getstate(), str(np.random.get_state())) == before  # noqa: NPY002


def test_shifting_moves_whole_images_by_whole_pixels():
    images = np.zeros((200, 28, 28), dtype=np.uint8)
    images[:, 14, 14] = 255
    moved = train_judge.shifted(images, 2, np.random.default_rng(0))
    rows, columns = np.nonzero(moved.any(axis=0))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (12, 16, 12, 16)
    assert np.array_equal(moved.sum(axis=(1, 2)), np.full(200, 255))


def test_the_training_command_overwrites_no_judge_that_it_was_not_told_to(capsys):
    with pytest.raises(SystemExit):
        train_judge._options(["--epochs", "1"])
    assert "the following arguments are required: --out" in capsys.readouterr().err


def test_a_training_that_ends_early_leaves_no_judge(tmp_path, digits, monkeypatch):
    monkeypatch.setattr(train_judge, "load_dataset", lambda name, data_file: digits)
    monkeypatch.setattr(train_judge, "limit_threads", lambda: None)
    monkeypatch.setattr(train_judge, "train", lambda *_: train_judge.build_network(0))
    monkeypatch.setattr(train_judge, "accuracy", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train_judge.main(["--dataset", "mnist-5k", "--out", str(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == ["mnist-5k.npz"]


@pytest.mark.slow
def test_the_training_command_writes_a_judge_that_loads(tmp_path: Path, digits, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(train_judge, "load_dataset", lambda name, data_file: digits)
    monkeypatch.setattr(train_judge, "limit_threads", lambda: None)  # in this process TensorFlow runs already
    train_judge.main(["--dataset", "mnist-5k", "--epochs", "1", "--seed", "3", "--out", str(tmp_path)])
    facts = json.loads((tmp_path / "mnist-5k.json").read_text())
    trained = load_judge("mnist-5k", tmp_path)
    right = trained.probabilities(digits.held_out.images).argmax(axis=1) == digits.held_out.labels
    assert facts["accuracy"] == trained.accuracy == right.mean() > 0.4
    assert facts["dataset"] == digits.fingerprint
