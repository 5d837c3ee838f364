"""Trials of made-up dense networks on the disk, for the explorer."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from aezoo.messages import describe_artifact
from aezoo.npz import to_npz
from aezoo.reporting.report.networks import find_networks
from aezoo.spec import PROTOCOLS
from support.factories import record

TINY = {**PROTOCOLS["smoke"].model_dump(mode="json"), "hidden_units": 8, "hidden_layers": 2}


def network(*sizes):
    """Kernels and biases of dense layers, of noise."""
    random = np.random.default_rng(0)
    shapes = [shape for pair in pairwise(sizes) for shape in (pair, pair[1:])]
    return [random.normal(size=shape).astype(np.float32) / 4 for shape in shapes]


def trial(folder, weights, gallery, protocol=TINY, **fields):
    """A trial with these arrays on the disk, and its record."""
    numbered = {f"{i:03d}": array for i, array in enumerate(weights)}
    artifacts = {"weights.npz": to_npz(numbered), "gallery.npz": to_npz(gallery)}
    described = {name: describe_artifact(each) for name, each in artifacts.items()}
    made = record(**fields, protocol=protocol, artifacts=described)
    place = folder / "trials" / made["id"]
    place.mkdir(parents=True)
    for name, content in artifacts.items():
        (place / name).write_bytes(content)
    return made


def gallery_of(weights, protocol=TINY):
    """Ten images of noise, and what networks with these weights reconstruct of them."""
    originals = np.random.default_rng(0).integers(0, 256, (10, 28, 28), dtype=np.uint8)
    networks = next(find_networks(weights, protocol))
    decoded = networks.decode(networks.encode(originals.reshape(10, -1).astype(np.float32) / 255))
    return {"originals": originals, "reconstructions": np.rint(255 * decoded).astype(np.uint8).reshape(10, 28, 28)}


def toy_trial(folder, label, dimensions):
    """A trial of a variational autoencoder of noise with so many dimensions."""
    weights = [*network(784, 8, 8), *network(8, dimensions), *network(8, dimensions), *network(dimensions, 8, 8, 784)]
    protocol = {**TINY, "latent_dim": dimensions}
    return trial(folder, weights, gallery_of(weights, protocol), protocol, label=label)
