"""Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747): 70,000 images of clothes in ten classes."""

from __future__ import annotations

from pathlib import Path

from aezoo.datasets import DATASETS, DataSources, LoadedArrays
from aezoo.datasets.download import Download
from aezoo.datasets.published import PublishedDataset, load_published

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"
FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)

FASHION_MNIST = PublishedDataset(
    name="fashion-mnist",
    title="Fashion-MNIST",
    variable="AEZOO_FASHION_MNIST",
    content="51bad0352284eacba9865b8317af0b9281dae4f52f7f667217f2ee65f7069790",
    path="fashion-mnist",
    system_paths=(Path("/usr/share/datasets/fashion-mnist"),),  # Debian's package dataset-fashion-mnist
    # Publishers pack these files differently, so that only the unpacked arrays have one hash: `content`.
    downloads=tuple(Download(f"{ADDRESS}/{name}", f"fashion-mnist/{name}", None) for name in FILES),
)


@DATASETS.register(
    "fashion-mnist",
    summary="Fashion-MNIST, 70,000 images of clothes",
    judge="fashion-mnist",
    content=FASHION_MNIST.content,
)
def load(source: DataSources) -> LoadedArrays:
    """Load Fashion-MNIST from `source`; see `load_published`."""
    return load_published(FASHION_MNIST, source)
