"""Masked networks: which output sees which input, by the weights and by derivatives."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from aezoo.architectures.layers import weights_from
from aezoo.architectures.masked import hidden_degrees, mask, masked_mlp, places


def jacobian(network: keras.Model, n: int = 3) -> np.ndarray:
    """Derivatives of outputs by inputs at random points, (n, outputs, inputs)."""
    x = tf.constant(np.random.default_rng(0).normal(size=(n, network.input_shape[1])), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = network(x)
    return tape.batch_jacobian(y, x).numpy()


def test_degrees_are_spread_over_all_places_that_an_output_sees():
    np.testing.assert_array_equal(places([2, 1, 3]), [1, 1, 2, 3, 3, 3])
    np.testing.assert_array_equal(hidden_degrees(5, 6), [1, 2, 3, 4, 5])
    assert set(hidden_degrees(20, 6)) == {1, 2, 3, 4, 5}
    assert (hidden_degrees(16, 784)[[0, -1]] == [1, 783]).all()
    np.testing.assert_array_equal(hidden_degrees(3, 1, lowest=0), [0, 0, 0])


def test_masks_are_those_of_the_paper():
    np.testing.assert_array_equal(mask(np.array([1, 2, 3]), np.array([1, 2])), [[1, 1], [0, 1], [0, 0]])
    np.testing.assert_array_equal(mask(np.array([1, 2]), np.array([1, 2, 3]), strict=True), [[0, 1, 1], [0, 0, 1]])


def test_the_jacobian_is_strictly_triangular_and_full_below_the_diagonal():
    derivatives = jacobian(masked_mlp([1] * 6, [40, 40], [1] * 6, activation="tanh"))
    below = np.tril(np.ones((6, 6), bool), -1)
    assert (derivatives[:, ~below] == 0).all()
    assert (derivatives[:, below] != 0).all()


def test_variables_of_several_numbers_see_whole_variables_before_them():
    sizes, outputs = [2, 3, 1], [2, 3, 1]
    derivatives = jacobian(masked_mlp(sizes, [40], outputs, activation="tanh"))
    seen = np.repeat(np.repeat(np.tril(np.ones((3, 3), bool), -1), outputs, axis=0), sizes, axis=1)
    assert (derivatives[:, ~seen] == 0).all()
    assert (derivatives[:, seen] != 0).all()


@pytest.mark.parametrize("variables", [1, 4])
def test_every_output_sees_the_context(variables):
    derivatives = jacobian(masked_mlp([1] * variables, [40], [2] * variables, context=3, activation="tanh"))
    assert (derivatives[:, :, :3] != 0).all()
    below = np.repeat(np.tril(np.ones((variables, variables), bool), -1), 2, axis=0)
    np.testing.assert_array_equal((derivatives[:, :, 3:] != 0).all(axis=0), below)


def test_a_single_variable_has_a_bias_and_nothing_else():
    network = masked_mlp([1], [8], [1])
    assert (jacobian(network) == 0).all()


def test_a_flow_begins_with_outputs_of_0_and_its_weights_follow_from_the_seed():
    def network(seed, **options):
        with weights_from(seed):
            return masked_mlp([1] * 3, [8], [2] * 3, **options)

    assert (network(0, zero_outputs=True)(np.ones((2, 3), np.float32)).numpy() == 0).all()
    for one, other in zip(network(1).get_weights(), network(1).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (network(1).get_weights()[0] != network(2).get_weights()[0]).any()


def test_a_saved_network_is_loaded_with_its_masks(tmp_path):
    network = masked_mlp([1] * 5, [12], [1] * 5, context=2)
    network.save(tmp_path / "masked.keras")
    loaded = keras.saving.load_model(tmp_path / "masked.keras", safe_mode=True)
    x = np.random.default_rng(0).random((4, 7), np.float32)
    np.testing.assert_array_equal(loaded(x), network(x))
    assert (jacobian(loaded)[:, 0, 2:] == 0).all()


def test_orders_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="3 variables as inputs and 2"):
        masked_mlp([1] * 3, [8], [1] * 2)
