"""Training of a judge, whose weights are written: ``python -m aezoo.features.train_judge --dataset mnist``.

All training images, each shifted anew every epoch by up to `--shift` pixels in either direction; Adam with a
cosine schedule, one thread. Epochs are fixed in advance: the test images are looked at once, at the end, by
the weights as they are shipped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import Dataset, load_dataset
from aezoo.features.judge import WEIGHTS, load_judge
from aezoo.features.judge_network import build_network
from aezoo.seeds import generator

BATCH = 128
LEARNING_RATE = 2e-3
THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def main(arguments: list[str] | None = None) -> None:
    """Train, write, measure, print."""
    options = _options(arguments)
    for variable in THREADS:
        os.environ[variable] = "1"
    dataset = load_dataset(options.dataset, options.data_file)
    network = train(dataset, options.epochs, options.shift, options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    facts = {
        "sha256": write_weights(network, options.out / f"{dataset.name}.npz"),
        "accuracy": 0.0,
        "command": _command(options),
        "seed": options.seed,
        "dataset": dataset.fingerprint,
        "versions": {name: version(name) for name in ("keras", "numpy", "tensorflow")},
    }
    _write_facts(facts, options.out / f"{dataset.name}.json")
    facts["accuracy"] = accuracy(dataset, options.out)
    _write_facts(facts, options.out / f"{dataset.name}.json")
    print(json.dumps(facts))


def train(dataset: Dataset, epochs: int, shift: int, seed: int) -> Any:  # noqa: ANN401
    """Train the network of `build_network`; the same seed on the same machine gives the same weights."""
    import keras

    keras.utils.set_random_seed(seed)
    network = build_network(seed)
    classifier = keras.Model(network.input, network.output[1])
    steps = epochs * -(-len(dataset.train) // BATCH)
    classifier.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # XLA convolves slowly on a CPU
    )
    for epoch in range(epochs):
        random = generator(seed, "judge", "epoch", str(epoch))
        rows = random.permutation(len(dataset.train))
        images = shifted(dataset.train.images[rows], shift, random)[..., None].astype(np.float32) / 255
        classifier.fit(images, dataset.train.labels[rows], batch_size=BATCH, shuffle=False, verbose=2)
    return network


def shifted(images: NDArray[np.uint8], most: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Move each image by its own whole number of pixels, -most to most, both ways; what enters is black."""
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, images.shape[1:], axis=(1, 2))
    down, right = random.integers(0, 2 * most + 1, (2, len(images)))
    moved: NDArray[np.uint8] = windows[np.arange(len(images)), down, right]
    return moved


def write_weights(network: Any, path: Path) -> str:  # noqa: ANN401
    """Write the weights as float16, in the network's order, and return the file's SHA-256."""
    weights = {f"{index:02d}": value.astype(np.float16) for index, value in enumerate(network.get_weights())}
    np.savez_compressed(path, **weights)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def accuracy(dataset: Dataset, folder: Path) -> float:
    """Measure the share of the held-out images that the judge in `folder` labels rightly, in [0, 1]."""
    judge = load_judge.__wrapped__(dataset.name, folder)  # past the cache, as the file is new
    judged = judge.probabilities(dataset.held_out.images).argmax(axis=1)
    return float(np.mean(judged == dataset.held_out.labels))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m aezoo.features.train_judge", description="Train a judge.")
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--data-file", type=Path, help="npz as Keras lays it out, or a folder of IDX files")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--shift", type=int, default=2, help="pixels; 0 for none")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    return parser.parse_args(arguments)


def _command(options: argparse.Namespace) -> str:
    """Write the command, without where this machine keeps its files."""
    data_file = f" --data-file {options.data_file.name}" if options.data_file else ""
    return (
        f"python -m aezoo.features.train_judge --dataset {options.dataset}{data_file} "
        f"--epochs {options.epochs} --shift {options.shift} --seed {options.seed}"
    )


def _write_facts(facts: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
