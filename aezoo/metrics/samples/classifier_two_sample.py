"""Classifier two-sample tests: the accuracy of a classifier, shown half of both sides, in telling the others apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.validation import Bytes, check_bytes, check_features
from aezoo.seeds import generator, integer_seed

STEPS = 150
BATCH = 100
LEARNING_RATE = 1e-3

Sides = tuple[NDArray[np.generic], NDArray[np.generic]]
Classify = Callable[[NDArray[np.generic], NDArray[np.int64], NDArray[np.generic]], Floats]


def _scores(name: str) -> tuple[Score, ...]:
    return (
        Score(name, "share", "target", 0.5, (0.0, 1.0)),
        Score(f"{name}_auc", "probability", "target", 0.5, (0.0, 1.0)),
        Score(f"{name}_z", "standard errors", "target", 0.0),
    )


@METRICS.register(
    "classifier_two_sample",
    question="samples",
    needs=("real", "fake", "seed"),
    scores=_scores("classifier_two_sample"),
    minimum_n=1000,
    redundant_with={
        "classifier_two_sample_auc": "classifier_two_sample",
        "classifier_two_sample_z": "classifier_two_sample",
    },
)
def classifier_two_sample(real: Floats, fake: Floats, seed: int) -> dict[str, float]:
    """Held-out accuracy of logistic regression in telling generated features from real ones.

    A random half of each side trains the classifier, the other half is classified. Duplicates are not taken
    out before the split: an image in both halves gives the generator away.

    - ``classifier_two_sample``: the accuracy, in [0, 1]; 0.5 expected for equal distributions, 1 for sides apart.
    - ``classifier_two_sample_auc``: the probability that a held-out fake looks more generated than a
      held-out real; 0.5 expected.
    - ``classifier_two_sample_z``: ``(accuracy - 0.5) 2 sqrt(held-out rows)``; for equal distributions normal
      with mean 0 and variance 1, so that the null band of 95 % is +-1.96.

    A linear classifier is weak: it hardly sees the mean image, nor repeats of a few hundred images.

    Args:
        real: features of real images, (n, d), n >= 2; each column is standardised by the training half.
        fake: features of as many generated images, (n, d).
        seed: of the split.

    Raises:
        ValueError: for differing widths or numbers of rows, fewer than 2, NaN or infinite values.

    Source: Lopez-Paz and Oquab 2017, arXiv:1610.06545, section 3.
    """

    def logistic(train: NDArray[np.generic], target: NDArray[np.int64], test: NDArray[np.generic]) -> Floats:
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        return np.asarray(model.fit(train, target).decision_function(test), dtype=np.float64)

    return _test_scores("classifier_two_sample", check_features(real, fake, minimum_rows=2), seed, logistic)


@METRICS.register(
    "classifier_two_sample_pixels",
    question="samples",
    needs=("real_images", "fake_images", "seed"),
    scores=_scores("classifier_two_sample_pixels"),
    minimum_n=1000,
    slow=True,
    redundant_with={
        "classifier_two_sample_pixels": "classifier_two_sample",
        "classifier_two_sample_pixels_auc": "classifier_two_sample",
        "classifier_two_sample_pixels_z": "classifier_two_sample",
    },
)
def classifier_two_sample_pixels(real_images: Bytes, fake_images: Bytes, seed: int) -> dict[str, float]:
    """Held-out accuracy of a small convolutional network in telling generated images from real ones.

    ``mean_i 1[predicted side of i = its side]``, in [0, 1], 0.5 expected for equal distributions; its AUC and z as
    those of `classifier_two_sample`. On pixels: two convolutions and a dense layer, 150 steps of Adam. Images have 8
    bits on both sides, because real ones do: intensities between the 256 levels would give a generator away.

    Args:
        real_images: uint8, (n, 28, 28), n >= 2.
        fake_images: as many generated images, quantised to uint8, (n, 28, 28).
        seed: of the split, the initial weights and the order of training.

    Raises:
        ValueError: for other shapes or dtypes, differing numbers of images, fewer than 2.

    Limits: anything smooth is told apart with ease, so that it saturates near 1 for most autoencoders.

    Source: Lopez-Paz and Oquab 2017, arXiv:1610.06545, section 3.
    """
    sides = tuple(
        check_bytes(name, images, minimum_rows=2, shape=(28, 28))
        for name, images in (("real_images", real_images), ("fake_images", fake_images))
    )

    def network(train: NDArray[np.generic], target: NDArray[np.int64], test: NDArray[np.generic]) -> Floats:
        return network_logits(train, target, test, seed)

    return _test_scores("classifier_two_sample_pixels", (sides[0], sides[1]), seed, network)


def _test_scores(name: str, sides: Sides, seed: int, classify: Classify) -> dict[str, float]:
    """The scores of `classify`, which takes training rows, their sides (1: fake) and test rows, and gives logits."""
    if len(sides[0]) != len(sides[1]):
        raise ValueError(f"there are {len(sides[0])} reals and {len(sides[1])} fakes; give as many of each")
    generator = np.random.default_rng(seed)
    shuffled = [side[generator.permutation(len(side))] for side in sides]
    half = len(sides[0]) // 2
    train, test = (np.concatenate([side[part] for side in shuffled]) for part in np.s_[:half, half:])
    target, truth = (np.repeat([0, 1], len(rows) // 2) for rows in (train, test))
    logits = classify(train, target, test)
    accuracy = float(np.mean(np.where(logits == 0, 0.5, (logits > 0) == truth)))
    z = (accuracy - 0.5) * 2 * np.sqrt(len(truth))
    return {name: accuracy, f"{name}_auc": float(roc_auc_score(truth, logits)), f"{name}_z": float(z)}


def network_logits(train: ArrayLike, target: ArrayLike, test: ArrayLike, seed: int) -> Floats:
    """Train a small convolutional network and return its logits (m,) of test images: above 0 for target 1.

    Args:
        train: uint8 images, (n, 28, 28).
        target: 0 or 1 for each, (n,).
        test: uint8 images, (m, 28, 28).
        seed: of the initial weights and of the order in each epoch; no global random state is read or moved.
    """
    images, sides = np.asarray(train)[..., None], np.asarray(target)
    network = _network(seed)
    order = generator(seed, "classifier two-sample", "order")
    epochs = -(-STEPS * BATCH // len(images))
    rows = np.concatenate([order.permutation(len(images)) for _ in range(epochs)])[: STEPS * BATCH]
    network.fit(images[rows], sides[rows], batch_size=BATCH, shuffle=False, verbose=0)
    logits = network.predict(np.asarray(test)[..., None], batch_size=5 * BATCH, verbose=0)
    return np.asarray(logits, dtype=np.float64)[:, 0]


def _network(seed: int) -> Any:  # noqa: ANN401 (a keras.Model; Keras has no types)
    from keras import Input, Sequential, initializers, layers, losses, optimizers

    def start(layer: str) -> Any:  # noqa: ANN401
        return initializers.GlorotUniform(seed=integer_seed(seed, "classifier two-sample", layer))

    network = Sequential([
        Input((28, 28, 1)),
        layers.Rescaling(1 / 255),
        layers.Conv2D(16, 3, strides=2, activation="relu", kernel_initializer=start("first")),
        layers.Conv2D(32, 3, strides=2, activation="relu", kernel_initializer=start("second")),
        layers.Flatten(),
        layers.Dense(1, kernel_initializer=start("logit")),
    ])  # fmt: skip
    network.compile(optimizers.Adam(LEARNING_RATE), losses.BinaryCrossentropy(from_logits=True))
    return network
