"""Importance-weighted bounds on more held-out digits than the panel affords, and how far two models are apart.

python benchmarks/likelihood_bounds.py FOLDER MODEL MODEL [--digits 1000] [--draws 5000] [--data-file FILE]

FOLDER holds the weights of both models. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIGITS_AT_ONCE = 20
"""So many times the draws are in memory together."""


def main() -> None:
    options = read_options()
    from aezoo.datasets import load_dataset

    images = load_dataset("mnist", options.data_file).held_out.images[: options.digits]
    found = {name: bounds_of(options.folder, name, images, options.draws) for name in options.models}
    print(f"| {len(images):,} held-out digits, {options.draws:,} draws | nats | standard error | under 5 draws count |")
    print("|:--|--:|--:|--:|")
    for name, (bounds, sizes) in found.items():
        print(f"| {name} | {bounds.mean():.2f} | {standard_error(bounds):.2f} | {np.mean(sizes < 5):.1%} |")
    first, second = options.models
    apart = found[second][0] - found[first][0]
    print(f"| {second} less {first} | {apart.mean():.2f} | {standard_error(apart):.2f} | |")


def bounds_of(folder: Path, name: str, images: NDArray[np.uint8], draws: int) -> tuple[NDArray, NDArray]:
    """The bound of each image in nats, and the effective sample size of its draws: (n,), (n,)."""
    from aezoo import load_model
    from aezoo.evaluation.densities import ModelDensity
    from aezoo.metrics.likelihood.binarisation import frozen_binarisation
    from aezoo.metrics.likelihood.bounds import importance_bounds

    density = ModelDensity(load_model(folder, name))
    x = frozen_binarisation(images.reshape(len(images), -1) / 255)
    blocks = [
        importance_bounds(density, x[start : start + DIGITS_AT_ONCE], draws, seed=start)
        for start in range(0, len(x), DIGITS_AT_ONCE)
    ]
    bounds, sizes = zip(*blocks, strict=True)
    return np.concatenate(bounds), np.concatenate(sizes)


def standard_error(values: NDArray) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Importance-weighted bounds on many digits.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("models", nargs=2)
    parser.add_argument("--digits", type=int, default=1_000)
    parser.add_argument("--draws", type=int, default=5_000)
    parser.add_argument("--data-file", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
