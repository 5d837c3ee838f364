"""A trained decoder as the arrays of the metrics of its geometry: paths between codes, and its metric at codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aezoo.datasets import Dataset, Split
from aezoo.evaluation.geodesics import halved, shortest_curves
from aezoo.evaluation.inference import decode, encode
from aezoo.evaluation.interpolation import lines
from aezoo.evaluation.model_inputs import rows
from aezoo.features.judge import Judge
from aezoo.images import SIDE
from aezoo.metrics import Absent, Floats
from aezoo.models.base import Model
from aezoo.models.capabilities import HasDecoder, HasEncoder, HasSymbols
from aezoo.seeds import generator

Inputs = dict[str, Any]

SEED = 0
"""Pairs are the same for every trial."""
PAIRS, POINTS = 200, 11
CODES = 200

MAX_DIMS = 100
"""Of the code, for the decoder's metric: an eigenvalue problem of this size for each code."""

DISCRETE = Absent("its code is discrete")
LABELLED = Absent("its code holds a label")
WIDE = Absent(f"its code has more than {MAX_DIMS} dimensions")
NAMES = ("path_images", "path_probabilities", "geodesic_images", "decoder_metrics")


def geometry_inputs(model: Model, dataset: Dataset, judge: Judge | None) -> Inputs:
    """Make the arrays of `NAMES` from reference images.

    Straight and shortest paths are decoded at their `POINTS` and between them, and judged at these points. None without
    an encoder, a decoder or dimensions of the code; absent where the code is discrete or holds a label.
    """
    if not isinstance(model, HasEncoder) or not isinstance(model, HasDecoder):
        return {}
    if isinstance(model, HasSymbols) or model.classes:
        return dict.fromkeys(NAMES, DISCRETE if isinstance(model, HasSymbols) else LABELLED)
    some = dataset.reference
    first, second = pairs(some.labels)
    ends = encode(model, rows(model, some.take(np.concatenate([first, second]))))
    if ends.shape[1] == 0:
        return {}
    straight = lines(ends[: len(first)], ends[len(first) :], POINTS)
    images = _decoded(model, halved(straight))
    inputs: Inputs = {"path_images": images, "geodesic_images": WIDE, "decoder_metrics": WIDE}
    if ends.shape[1] <= MAX_DIMS:
        metrics = decoder_metrics(model, encode(model, rows(model, _first(some))))
        geodesics = _decoded(model, halved(shortest_curves(model, straight, metrics)))
        inputs |= {"decoder_metrics": metrics, "geodesic_images": geodesics}
    if judge is not None:
        judged = images[:, ::2].reshape(-1, SIDE, SIDE)
        inputs["path_probabilities"] = judge.probabilities(judged).reshape(len(first), POINTS, -1)
    return inputs


def _decoded(model: Any, curves: NDArray[np.float32]) -> NDArray[Any]:  # noqa: ANN401
    """Decode the points of curves (n, points, d): (n, points, 784)."""
    return decode(model, curves.reshape(-1, curves.shape[2])).reshape(*curves.shape[:2], -1)


def pairs(labels: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw rows of two images of different labels, `PAIRS` times; fewer where there are not so many images.

    Where all have one label, as where none is known, of two images.
    """
    random = generator(SEED, "interpolation")
    one, other = random.permutation(len(labels)), random.permutation(len(labels))
    known = labels if (labels != labels[0]).any() else np.arange(len(labels))
    differ = np.flatnonzero(known[one] != known[other])[:PAIRS]
    return one[differ], other[differ]


def decoder_metrics(model: HasDecoder, codes: NDArray[np.float32]) -> Floats:
    """Compute J^T J at codes (n, d), J the Jacobian of the mean image by forward differentiation: (n, d, d)."""
    z = tf.constant(codes)
    columns = []
    for axis in range(codes.shape[1]):
        direction = tf.one_hot(tf.fill([len(codes)], axis), codes.shape[1])
        with tf.autodiff.ForwardAccumulator(z, direction) as forward:
            means = tf.sigmoid(model.decode_logits(z))
        columns.append(np.asarray(forward.jvp(means, tf.UnconnectedGradients.ZERO), np.float64))
    jacobian = np.stack(columns, axis=2)
    return np.asarray(jacobian.transpose(0, 2, 1) @ jacobian)


def _first(split: Split) -> Split:
    return split.take(np.arange(min(CODES, len(split))))
