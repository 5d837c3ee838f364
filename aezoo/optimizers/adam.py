"""Adam."""

from __future__ import annotations

import keras

from aezoo.optimizers import OPTIMIZERS


@OPTIMIZERS.register("adam")
def adam(learning_rate: float) -> keras.optimizers.Optimizer:
    """Adam with Keras's defaults: beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7. Kingma and Ba 2015, algorithm 1.

    Losses are minimised in nats per image divided by 784, where this epsilon is the 1e-4 on nats per image of Burda et
    al. 2016 but for a factor of 1.3.
    """
    return keras.optimizers.Adam(learning_rate)
