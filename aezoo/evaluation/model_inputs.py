"""A trained model as the named arrays that metrics need: `metrics.NEEDS`, question by question."""

from __future__ import annotations

from typing import Any

import numpy as np

from aezoo.datasets import Dataset
from aezoo.evaluation.inference import decode, encode
from aezoo.features.judge import Judge
from aezoo.images import unit_interval
from aezoo.models.base import HasEncoder, Model
from aezoo.samplers import Codes

Inputs = dict[str, Any]

TRAIN_SUBSET = 10_000
"""Neighbour and probe classifiers learn from this many training codes."""


def reconstruction_inputs(model: Model, dataset: Dataset, judge: Judge | None) -> Inputs:
    """The arrays of `NEEDS["reconstruction"]`, from all held-out images; none without an encoder."""
    if not isinstance(model, HasEncoder):
        return {}
    held_out = dataset.held_out
    p = decode(model, encode(model, held_out.images))
    inputs: Inputs = {"x": unit_interval(held_out.images, np.float64), "p": p, "labels": held_out.labels}
    return inputs if judge is None else {**inputs, "judged": judge.probabilities(p).argmax(axis=1)}


def latent_inputs(model: Model, dataset: Dataset) -> Inputs:
    """The arrays of `NEEDS["latent"]`, from all held-out images; none where the code has no dimensions."""
    if not isinstance(model, HasEncoder):
        return {}
    held_out, train = dataset.held_out, dataset.train
    codes = encode(model, held_out.images)
    if codes.shape[1] == 0:
        return {}
    return {
        "x": unit_interval(held_out.images, np.float64).reshape(len(codes), -1),
        "codes": codes.astype(np.float64),
        "labels": held_out.labels,
        "train_codes": encode(model, train.images[:TRAIN_SUBSET]).astype(np.float64),
        "train_labels": train.labels[:TRAIN_SUBSET],
    }


def training_codes(model: Model, dataset: Dataset) -> Codes:
    """Codes of all training images; of no dimensions where the model has no encoder."""
    images = dataset.train.images
    return encode(model, images) if isinstance(model, HasEncoder) else np.zeros((len(images), 0), np.float32)
