"""The judge's network. Keras and TensorFlow are imported when it is built, not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.seeds import integer_seed

FEATURES = 64
CLASSES = 10


def build_network(seed: int) -> Any:  # noqa: ANN401 (a keras.Model; Keras has no types)
    """Build the untrained network, a `keras.Model`: images (n, 28, 28, 1) to features (n, 64) and logits (n, 10).

    Every layer draws from its own seed, so that building a judge moves no other random numbers.
    """
    from keras import Input, Model, initializers, layers

    def start(layer: str) -> Any:  # noqa: ANN401
        return initializers.GlorotUniform(seed=integer_seed(seed, "judge", layer))

    images = Input((28, 28, 1))
    hidden = images
    for channels in (16, 32):
        for position in ("first", "second"):
            weights = start(f"{position} of {channels}")
            hidden = layers.Conv2D(channels, 3, activation="relu", kernel_initializer=weights)(hidden)
        hidden = layers.MaxPooling2D()(hidden)
    hidden = layers.Dropout(0.3, seed=integer_seed(seed, "judge", "dropout"))(layers.Flatten()(hidden))
    features = layers.Dense(FEATURES, kernel_initializer=start("features"))(hidden)
    active = layers.Dropout(0.3, seed=integer_seed(seed, "judge", "second dropout"))(layers.ReLU()(features))
    return Model(images, (features, layers.Dense(CLASSES, kernel_initializer=start("logits"))(active)))


def compiled(network: Any) -> Callable[[NDArray[np.float32]], tuple[Any, Any]]:  # noqa: ANN401
    """Compile the network without dropout: float32 images (n, 28, 28, 1) to features (n, 64) and logits (n, 10)."""
    import tensorflow as tf

    signature = [tf.TensorSpec((None, 28, 28, 1), tf.float32)]
    graph = tf.function(lambda images: network(images, training=False), input_signature=signature)

    def run(images: NDArray[np.float32]) -> tuple[Any, Any]:
        features, logits = graph(tf.constant(images))
        return features.numpy(), logits.numpy()

    return run
