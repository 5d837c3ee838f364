"""RMSprop, the chapter's optimizer."""

from __future__ import annotations

import keras

from aezoo.optimizers import OPTIMIZERS


@OPTIMIZERS.register("rmsprop")
def rmsprop(learning_rate: float) -> keras.optimizers.Optimizer:
    """RMSprop with Keras's defaults: w -= rate g / sqrt(v + 1e-7), v = 0.9 v + 0.1 g^2 from v = 0.

    Nothing corrects v for its start at 0, so that the first steps are 3.2 times as long as later ones, for every
    weight: codes that must stay in a range (tanh, probabilities) may saturate there. Hinton 2012, lecture 6e.
    """
    return keras.optimizers.RMSprop(learning_rate)
