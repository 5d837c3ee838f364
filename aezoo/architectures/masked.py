"""The masked network of autoregressive models: an output for a variable sees the variables before it only.

Germain et al. 2015, arXiv:1502.03509. Pixels one after another, steps of a flow and symbols of a code share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from aezoo.architectures.layers import glorot_uniform, hidden_name

Degrees = NDArray[np.int64]
"""Degrees of units, (units,): of an input its place in the order from 1; of a hidden unit the last place it sees."""


def places(sizes: Sequence[int]) -> Degrees:
    """Return the degrees of the numbers of variables: `sizes[i]` numbers of degree i + 1, variable after variable."""
    return np.repeat(np.arange(1, len(sizes) + 1), sizes)


def hidden_degrees(units: int, variables: int, lowest: int = 1) -> Degrees:
    """Spread the degrees of hidden units evenly from `lowest` to variables - 1, the last place that an output sees."""
    return np.rint(np.linspace(lowest, max(lowest, variables - 1), units)).astype(np.int64)


def mask(inputs: Degrees, outputs: Degrees, *, strict: bool = False) -> NDArray[np.float32]:
    """Return the mask (inputs, outputs) of a kernel, 1 where an output sees an input: of a degree up to its own.

    With `strict`, as in the last layer, of a degree below its own. Germain et al. 2015, equations 12 and 13.
    """
    before = inputs[:, None] < outputs if strict else inputs[:, None] <= outputs
    return before.astype(np.float32)


@keras.saving.register_keras_serializable("aezoo")
class MaskedDense(layers.Layer):  # type: ignore[misc]
    """A dense layer whose kernel is multiplied by a mask: activation(x (W * mask) + b), (n, inputs) to (n, outputs).

    Args:
        inputs: degrees of its inputs.
        outputs: degrees of its outputs.
        strict: see `mask`.
        activation: as in Keras's dense layer.
        kernel_initializer: the same.
        kwargs: of a Keras layer.
    """

    def __init__(
        self,
        inputs: Iterable[int],
        outputs: Iterable[int],
        *,
        strict: bool = False,
        activation: str | None = None,
        kernel_initializer: Any = "glorot_uniform",  # noqa: ANN401
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(**kwargs)
        self.degrees = [int(degree) for degree in inputs], [int(degree) for degree in outputs]
        self.strict = strict
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_mask = mask(*map(np.asarray, self.degrees), strict=strict)

    def build(self, input_shape: Any) -> None:  # noqa: ANN401
        self.kernel = self.add_weight(shape=self.kernel_mask.shape, initializer=self.kernel_initializer, name="kernel")
        self.bias = self.add_weight(shape=self.kernel_mask.shape[1:], initializer="zeros", name="bias")

    def call(self, x: Any) -> Any:  # noqa: ANN401
        return self.activation(ops.matmul(x, self.kernel * self.kernel_mask) + self.bias)

    def compute_output_shape(self, input_shape: Any) -> Any:  # noqa: ANN401
        return (*input_shape[:-1], len(self.degrees[1]))

    def get_config(self) -> dict[str, Any]:
        inputs, outputs = self.degrees
        return {
            **super().get_config(),
            "inputs": inputs,
            "outputs": outputs,
            "strict": self.strict,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def masked_mlp(
    inputs: Sequence[int],
    hidden: Sequence[int],
    outputs: Sequence[int],
    *,
    context: int = 0,
    activation: str = "relu",
    zero_outputs: bool = False,
    name: str = "masked",
) -> keras.Model:
    """Return a network (n, context + sum(inputs)) to (n, sum(outputs)), linear at its end.

    The outputs of variable i see the context and the variables before i, never i itself or a later one; those of the
    first see the context alone, or a bias. Layers draw their seeds in order, as in `mlp`.

    Args:
        inputs: how many numbers each variable has, in order: 1 for a pixel, the vocabulary for a one-hot symbol.
        hidden: widths of the hidden layers.
        outputs: how many numbers the network says of each variable: 1 for a logit, 2 for a mean and a scale. Those of
            one variable stand side by side.
        context: how many numbers precede the inputs that every output may see.
        activation: of hidden layers.
        zero_outputs: whether all outputs are 0 before training, so that a flow begins as the identity.
        name: of the network.
    """
    if len(inputs) != len(outputs) or not inputs:
        raise ValueError(f"there are {len(inputs)} variables as inputs and {len(outputs)} as outputs; give one order")
    seen = np.concatenate([np.zeros(context, np.int64), places(inputs)])
    first = layer = keras.Input((len(seen),))
    for index, units in enumerate(hidden):
        degrees = hidden_degrees(units, len(inputs), lowest=0 if context or len(inputs) == 1 else 1)
        layer = MaskedDense(
            seen, degrees, activation=activation, kernel_initializer=glorot_uniform(), name=hidden_name(index)
        )(layer)
        seen = degrees
    initializer = "zeros" if zero_outputs else glorot_uniform()
    layer = MaskedDense(seen, places(outputs), strict=True, kernel_initializer=initializer, name="outputs")(layer)
    return keras.Model(first, layer, name=name)
