"""Training of a judge, whose weights are written: ``python -m aezoo.features.train_judge --dataset mnist --out judge``.

All training images, each shifted anew every epoch by up to `--shift` pixels in either direction; Adam with a
cosine schedule, one thread. Epochs are fixed in advance: the test images are looked at once, at the end, by
the weights as they are shipped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import Dataset, load_dataset
from aezoo.features.judge import Judge
from aezoo.features.judge_network import build_network, compiled
from aezoo.seeds import generator
from aezoo.threads import limit_threads

BATCH = 128
LEARNING_RATE = 2e-3


def main(arguments: list[str] | None = None) -> None:
    """Train, write, measure, print."""
    options = _options(arguments)
    limit_threads()
    dataset = load_dataset(options.dataset, options.data_file)
    network = train(dataset, options.epochs, options.shift, options.seed)
    round_weights(network)
    options.out.mkdir(parents=True, exist_ok=True)
    facts = {
        "sha256": write_weights(network, options.out / f"{dataset.name}.npz"),
        "accuracy": accuracy(dataset, network),
        "command": _command(options),
        "seed": options.seed,
        "dataset": dataset.fingerprint,
        "versions": {name: version(name) for name in ("keras", "numpy", "tensorflow")},
    }
    content = json.dumps(facts, indent=2, sort_keys=True) + "\n"
    (options.out / f"{dataset.name}.json").write_text(content, encoding="utf-8")  # last: it makes the weights a judge
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


def round_weights(network: Any) -> None:  # noqa: ANN401
    """Round the weights to float16, as which they are shipped, so that what is measured is what is written."""
    network.set_weights([value.astype(np.float16).astype(np.float32) for value in network.get_weights()])


def write_weights(network: Any, path: Path) -> str:  # noqa: ANN401
    """Write the weights as float16, in the network's order, and return the file's SHA-256."""
    weights = {f"{index:02d}": value.astype(np.float16) for index, value in enumerate(network.get_weights())}
    np.savez_compressed(path, **weights)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def accuracy(dataset: Dataset, network: Any) -> float:  # noqa: ANN401
    """Measure the share of the held-out images that a network labels rightly, in [0, 1]."""
    judge = Judge(dataset.name, sha256="", accuracy=0.0, command="", network=compiled(network))
    judged = judge.probabilities(dataset.held_out.images).argmax(axis=1)
    return float(np.mean(judged == dataset.held_out.labels))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m aezoo.features.train_judge", description="Train a judge.")
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--data-file", type=Path, help="npz as Keras lays it out, or a folder of IDX files")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--shift", type=int, default=2, help="pixels; 0 for none")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="a folder for the weights, npz, and their facts, JSON")
    return parser.parse_args(arguments)


def _command(options: argparse.Namespace) -> str:
    """Write the command, without where this machine keeps its files."""
    data_file = f" --data-file {options.data_file.name}" if options.data_file else ""
    return (
        f"python -m aezoo.features.train_judge --dataset {options.dataset}{data_file} "
        f"--epochs {options.epochs} --shift {options.shift} --seed {options.seed}"
    )


if __name__ == "__main__":
    main()
