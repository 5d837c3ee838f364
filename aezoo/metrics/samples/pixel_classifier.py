"""The network of the classifier two-sample test on pixels. Keras is imported when it is built, not before."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import Floats
from aezoo.seeds import generator, integer

STEPS = 150
BATCH = 100
LEARNING_RATE = 1e-3


def network_logits(train: ArrayLike, target: ArrayLike, test: ArrayLike, seed: int) -> Floats:
    """Logits (m,) of test images after training: above 0, the network takes the image for one of target 1.

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
        return initializers.GlorotUniform(seed=integer(seed, "classifier two-sample", layer))

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
