"""The judge: a frozen classifier whose features and labels the sample metrics use.

A small convolutional network, trained once by ``python -m aezoo.features.train_judge`` on all training images
of its data set; never a model of the zoo, which would judge its like. Its weights are shipped as float16
beside a JSON file with their SHA-256, the accuracy on the 10,000 test images (measured with these weights)
and the command that made them. Epochs and all else were fixed before the test images were looked at.

The digits of ``mnist-5k`` are all in MNIST's training set, so the judge ``mnist`` has seen every one of them,
the held-out ones too: its accuracy there is no measure of how well it generalises.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from aezoo.errors import AezooError, UnknownNameError
from aezoo.features.judge_network import CLASSES, FEATURES, build_network, compiled
from aezoo.images import SIDE, Images, to_unit_interval
from aezoo.npz import from_npz

Floats = NDArray[np.float64]

WEIGHTS = Path(__file__).parent / "weights"
BATCH = 512


class JudgeError(AezooError):
    """Weights of a judge that are missing or are not the ones that were shipped."""


@dataclass(frozen=True)
class Judge:
    """A trained classifier of 28 x 28 images.

    Attributes:
        name: the data set it was trained on.
        sha256: of the weights file, in hexadecimal.
        accuracy: share of the 10,000 test images that it labels rightly, in [0, 1].
        command: what trained it.
        network: float32 images (n, 28, 28, 1) in [0, 1] to features (n, 64) and logits (n, 10).
    """

    name: str
    sha256: str
    accuracy: float
    command: str
    network: Callable[[NDArray[np.float32]], tuple[Any, Any]] = field(repr=False, compare=False)

    def __call__(self, images: Images) -> tuple[Floats, Floats]:
        """Compute features and class probabilities in one pass.

        Args:
            images: uint8 in 0..255 or floating in [0, 1], shape (n, 28, 28).

        Returns:
            The penultimate layer before its activation, so that features are signed, float64 (n, 64); and the
            probabilities of the ten classes, float64 (n, 10), each row summing to 1.

        Raises:
            ValueError: another shape, or intensities outside of [0, 1].
        """
        if images.shape[1:] != (SIDE, SIDE):
            raise ValueError(f"images have shape {images.shape}; they must have shape (n, {SIDE}, {SIDE})")
        inputs = to_unit_interval(images)
        features, logits = np.empty((len(inputs), FEATURES)), np.empty((len(inputs), CLASSES))
        for start in range(0, len(inputs), BATCH):
            rows = slice(start, start + BATCH)
            features[rows], logits[rows] = self.network(inputs[rows].astype(np.float32)[..., None])
        return features, softmax(logits, axis=1)

    def features(self, images: Images) -> Floats:
        """Compute the features alone; see `__call__`."""
        return self(images)[0]

    def probabilities(self, images: Images) -> Floats:
        """Compute the class probabilities alone; see `__call__`."""
        return self(images)[1]


@lru_cache(maxsize=8)
def load_judge(name: str, folder: Path = WEIGHTS) -> Judge:
    """Load the judge called `name`, its weights checked against their SHA-256; once a process.

    Raises:
        UnknownNameError: `folder` has no judge of this name.
        JudgeError: the weights are missing or differ from the ones that were shipped.
    """
    known = sorted(path.stem for path in folder.glob("*.json"))
    if name not in known:
        raise UnknownNameError("judge", name, known)
    facts = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    weights = _read_weights(folder / f"{name}.npz", facts["sha256"])
    network = build_network(seed=0)
    network.set_weights(weights)
    return Judge(name, facts["sha256"], facts["accuracy"], facts["command"], compiled(network))


def _read_weights(path: Path, sha256: str) -> list[NDArray[np.float32]]:
    if not path.is_file():
        raise JudgeError(f"judge weights {path} are missing; install aezoo again")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise JudgeError(
            f"judge weights {path} have SHA-256 {found[:12]}..., not {sha256[:12]}...; install aezoo again"
        )
    return [array.astype(np.float32) for _, array in sorted(from_npz(content).items())]
