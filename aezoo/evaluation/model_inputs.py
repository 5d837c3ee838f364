"""A trained model as the named arrays that metrics need: `metrics.NEEDS`, question by question."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import Dataset, Split
from aezoo.evaluation.inference import apply_in_batches, decode, encode
from aezoo.evaluation.traversal import MAX_DIMENSIONS
from aezoo.features.judge import Judge
from aezoo.images import unit_interval
from aezoo.metrics import Absent
from aezoo.metrics.likelihood import frozen_binarisation
from aezoo.models.base import Model
from aezoo.models.capabilities import HasClusters, HasEncoder, HasFeatures, HasSymbols
from aezoo.record import LACKING_DATA
from aezoo.samplers import Codes

Inputs = dict[str, Any]
Rows = NDArray[np.uint8]

TRAIN_SUBSET = 10_000
"""Neighbour and probe classifiers learn from this many training codes."""

KEPT_CODES = 1_000
"""Held-out images whose codes are kept: as many as the paper on UDR has."""

NO_FACTORS = Absent(f"{LACKING_DATA}known factors of variation")

ONE_SEED = Absent("a trial has one seed, and this score is of several")


def rows(model: Model, split: Split) -> Rows:
    """Return images as the model is given them: uint8 (n, 784), followed by one-hot labels of 255 for one of these."""
    flat = split.images.reshape(len(split), -1)
    if not model.classes:
        return flat
    if split.labels.max() >= model.classes:
        raise ValueError(f"the model is told {model.classes} classes; the data set has label {split.labels.max()}")
    return np.concatenate([flat, np.eye(model.classes, dtype=np.uint8)[split.labels] * np.uint8(255)], axis=1)


def check_labels(model: Model, train: Split) -> None:
    """Raise `ValueError` where a model is told labels and some of its classes have no image to learn from.

    Its prior would draw them all the same.
    """
    known = len(np.unique(train.labels))
    if known < model.classes:
        raise ValueError(
            f"the model is told {model.classes} classes; the training images have {known} label{'s' * (known != 1)}: "
            "leave it out, or label the images"
        )


def reconstruction_inputs(model: Model, dataset: Dataset, judge: Judge | None) -> Inputs:
    """Make the arrays of `NEEDS["reconstruction"]`, from all held-out images; none without an encoder.

    Those of a feature space are `RealFeatures.reconstruction_inputs`.
    """
    if not isinstance(model, HasEncoder):
        return {}
    held_out = dataset.held_out
    p = decode(model, encode(model, rows(model, held_out)))
    x = unit_interval(held_out.images, np.float64)
    binary = frozen_binarisation(x.reshape(len(x), -1)).astype(np.uint8).reshape(x.shape)
    inputs: Inputs = {"x": x, "p": p, "labels": held_out.labels, "x_binary": binary}
    return inputs if judge is None else {**inputs, "judged": judge.probabilities(p).argmax(axis=1)}


def latent_inputs(model: Model, dataset: Dataset) -> Inputs:
    """Make the arrays of `NEEDS["latent"]`, from all held-out images; none where the code has no dimensions.

    The codes are the model's `features` where it has them, without the labels that it was told.
    """
    if not isinstance(model, HasEncoder):
        return {}
    held_out = dataset.held_out
    seen, train = rows(model, held_out), rows(model, dataset.train)[:TRAIN_SUBSET]
    codes = features(model, seen)
    if codes.shape[1] == 0:
        return {}
    inputs: Inputs = {
        "x": unit_interval(held_out.images, np.float64).reshape(len(codes), -1),
        "codes": codes.astype(np.float64),
        "labels": held_out.labels,
        "train_codes": features(model, train).astype(np.float64),
        "train_labels": dataset.train.labels[:TRAIN_SUBSET],
    }
    if isinstance(model, HasClusters):
        inputs["clusters"] = apply_in_batches(model.cluster, seen).astype(np.int64)
    if isinstance(model, HasSymbols):
        symbols = apply_in_batches(lambda x: model.symbols(model.encode(x)), seen)
        inputs |= {"symbols": symbols.astype(np.int64), "vocabulary": np.array(model.vocabulary)}
    return inputs


def disentanglement_inputs(model: Model, dataset: Dataset) -> Inputs:
    """Make the arrays of `NEEDS["disentanglement"]`, from all held-out images.

    There are none without an encoder, or where the code has no dimensions.

    Absent are codes and factors where the data set does not know the factors of variation behind its images, and codes
    by several seeds always: tables supply them, from those that `kept_codes` keeps.
    """
    held_out = dataset.held_out
    by_seed = {"codes_by_seed": ONE_SEED} if isinstance(model, HasEncoder) else {}
    if held_out.factors is None:
        return dict.fromkeys(("codes", "factors", "categorical"), NO_FACTORS) | by_seed
    if not isinstance(model, HasEncoder):
        return {}
    codes = features(model, rows(model, held_out)).astype(np.float64)
    if codes.shape[1] == 0:
        return {}
    return by_seed | {
        "codes": codes,
        "factors": held_out.factors.astype(np.int64),
        "categorical": np.array([factor.categorical for factor in dataset.factors]),
    }


def kept_codes(model: Model, dataset: Dataset) -> dict[str, NDArray[np.floating[Any]]]:
    """Encode the first 1,000 held-out images: `codes` (n, d), what latent scores look at, 30 kB of 16 dimensions.

    A trial keeps them to be held against those of other seeds. There are none without an encoder, without dimensions,
    and for codes of more than 128, which are no summary of an image.
    """
    if not isinstance(model, HasEncoder):
        return {}
    codes = features(model, rows(model, dataset.held_out)[:KEPT_CODES])
    if not 0 < codes.shape[1] <= MAX_DIMENSIONS:
        return {}
    fits = np.abs(codes).max() <= np.finfo(np.float16).max
    return {"codes": codes.astype(np.float16 if fits else np.float32)}


def features(model: Model, seen: Rows) -> Codes:
    """Compute what latent scores look at, (n, f), float32, of rows: codes, or the model's own `features`."""
    if isinstance(model, HasFeatures):
        return apply_in_batches(model.features, seen)
    return encode(model, seen)
