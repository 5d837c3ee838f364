"""MNIST (LeCun, Cortes, Burges): 60,000 training and 10,000 test images of handwritten digits."""

from __future__ import annotations

from aezoo.datasets import DATASETS, DataSources, LoadedArrays
from aezoo.datasets.download import Download
from aezoo.datasets.published import PublishedDataset, load_published

MNIST = PublishedDataset(
    name="mnist",
    title="MNIST",
    variable="AEZOO_MNIST",
    content="52cd6c10ae77107af32269dd9d10ca19c1b749e83235a0c75e2f0729ebeaf141",
    path="mnist.npz",
    system_paths=(),
    downloads=(
        Download(  # the file and the hash that Keras uses
            url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
            path="mnist.npz",
            sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        ),
    ),
)


@DATASETS.register("mnist", summary="MNIST, 70,000 handwritten digits", judge="mnist", content=MNIST.content)
def load(source: DataSources) -> LoadedArrays:
    """Load MNIST from `source`; see `load_published`."""
    return load_published(MNIST, source)
