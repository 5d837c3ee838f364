"""The compiled epoch: equal to Keras's own training, the same for the same seed, compiled once."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.plain_training import no_xla  # noqa: F401 - a fixture
from support.schedules import rate_at

from aezoo.models import MODELS
from aezoo.seeds import generator
from aezoo.spec import Protocol
from aezoo.training import DivergedError, Trainer, binarised, epoch_order, seed_noise

STEPS, BATCH = 20, 25
PROTOCOL = Protocol(name="test", epochs=2, batch_size=BATCH)


@pytest.fixture(scope="module")
def train_images(digits):
    return digits.train.images[: STEPS * BATCH]


@pytest.fixture(scope="module")
def vae(train_images):
    """A trainer of the VAE, compiled once for all tests that only call it."""
    trainer = Trainer(MODELS.get("vae"), PROTOCOL)
    trainer.compile(train_images, train_images[:50])
    return trainer


@pytest.mark.parametrize(("name", "count"), [("ae", 403_730), ("beta-vae", 404_244), ("pca", 784 + 2 * 784 + 2)])
def test_parameters_are_counted_once_and_of_a_floor_what_it_keeps(name, count):
    assert Trainer(MODELS.get(name), PROTOCOL).parameter_count == count


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ae", "vae", "beta-vae"])
def test_twenty_steps_equal_keras_fit(name, train_images):
    seed = 7
    trainer = Trainer(MODELS.get(name), PROTOCOL)
    trainer.reset(seed)
    order = epoch_order(len(train_images), BATCH, generator(seed, "shuffling"))
    flat = train_images.reshape(len(train_images), -1)
    variables = [*trainer.model.variables, *trainer.optimizers["loss"].variables]
    fresh = [variable.numpy() for variable in variables]
    ours = []
    for steps in range(1, STEPS + 1):
        for variable, value in zip(variables, fresh, strict=True):
            variable.assign(value)
        seed_noise(trainer.model, seed, "training", 1)
        ours.append(float(trainer._epoch(tf.constant(flat), order, tf.constant(steps), tf.constant(0))[0]) / steps)

    model = MODELS.get(name).create(PROTOCOL, seed)
    losses: list[float] = []
    record = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: seed_noise(model, seed, "training", epoch + 1),
        on_train_batch_end=lambda batch, logs: losses.append(float(logs["loss"])),
    )
    # compiled, because XLA draws other normal numbers from the same seed than TensorFlow's own kernels do
    model.compile(optimizer=keras.optimizers.RMSprop(), jit_compile=True)
    ordered = flat[order.ravel()].astype(np.float32) / 255
    model.fit(ordered, batch_size=BATCH, epochs=1, shuffle=False, verbose=0, callbacks=[record])

    assert len(losses) == STEPS == 20
    np.testing.assert_allclose(np.array(ours) / 784, losses, rtol=1e-4)  # Keras logs the running mean
    for ours_weight, keras_weight in zip(trainer.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours_weight, keras_weight, rtol=1e-3, atol=1e-4)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights_whatever_ran_before(train_images, vae):
    held_out = train_images[:50]
    first = vae.fit(train_images, held_out, 3), vae.model.get_weights()
    other = vae.fit(train_images, held_out, 4)
    again = vae.fit(train_images, held_out, 3), vae.model.get_weights()
    fresh = Trainer(MODELS.get("vae"), PROTOCOL)
    alone = fresh.fit(train_images, held_out, 3), fresh.model.get_weights()
    assert first[0] == again[0] == alone[0]
    assert first[0] != other
    for a, b, c in zip(first[1], again[1], alone[1], strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


@pytest.mark.slow
def test_one_compilation_serves_all_seeds(train_images, vae):
    for seed in (0, 1):
        vae.fit(train_images, train_images[:50], seed)
    assert vae._epoch.experimental_get_tracing_count() == 1
    assert vae._means.experimental_get_tracing_count() == 1


def test_compiling_changes_no_weight(train_images):
    trainer = Trainer(MODELS.get("ae"), PROTOCOL)
    before = trainer.model.get_weights()
    trainer.compile(train_images, train_images[:50])
    for a, b in zip(before, trainer.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_curves_have_every_term_once_an_epoch(train_images, vae):
    curves = vae.fit(train_images, train_images[:50], 0)
    for curve in (curves.train, curves.held_out):
        assert set(curve) == {"loss", "nll", "kl"}
        assert all(len(values) == PROTOCOL.epochs for values in curve.values())
        np.testing.assert_allclose(curve["loss"], np.add(curve["nll"], curve["kl"]), rtol=1e-5)


def test_an_epoch_uses_each_image_at_most_once():
    order = epoch_order(1_030, 100, np.random.default_rng(0))
    assert order.shape == (10, 100)
    assert len(np.unique(order)) == 1_000
    assert order.max() < 1_030


@pytest.mark.usefixtures("no_xla")
def test_a_loss_that_is_not_finite_stops_the_training(train_images):
    exploding = Protocol(name="exploding", epochs=5, batch_size=BATCH, learning_rate=1e30)
    with pytest.raises(DivergedError, match="epoch 1") as caught:
        Trainer(MODELS.get("vae"), exploding).fit(train_images, train_images[:50], 0)
    assert caught.value.curves.train == {}


def test_a_held_out_loss_that_is_not_finite_stops_it_too(train_images, vae, monkeypatch):
    monkeypatch.setattr(vae, "held_out_means", lambda *_: {"loss": float("inf"), "nll": 1.0, "kl": 1.0})
    with pytest.raises(DivergedError, match="loss is not finite in epoch 1"):
        vae.fit(train_images, train_images[:50], 0)


def test_fewer_images_than_a_batch_are_refused(train_images):
    with pytest.raises(ValueError, match="batch_size is 25 but there are only 10"):
        Trainer(MODELS.get("ae"), PROTOCOL).fit(train_images[:10], train_images[:10], 0)


def test_the_protocols_optimizer_trains():
    for name, kind in (("rmsprop", keras.optimizers.RMSprop), ("adam", keras.optimizers.Adam)):
        trainer = Trainer(MODELS.get("ae"), Protocol(optimizer=name, hidden_units=4))
        assert type(trainer.optimizers["loss"]) is kind


@pytest.mark.usefixtures("no_xla")
def test_the_learning_rate_follows_the_schedule_from_step_to_step(train_images):
    protocol = Protocol(name="test", epochs=3, batch_size=BATCH, hidden_units=4, schedule="burda")
    trainer = Trainer(MODELS.get("gan"), protocol)
    flat = tf.constant(train_images.reshape(len(train_images), -1))
    order = epoch_order(len(train_images), BATCH, generator(0, "shuffling"))
    for epochs_done, steps in ((0, 1), (0, 3), (0, 20), (2, 3), (2, 20)):
        trainer._epoch(flat, order, tf.constant(steps), tf.constant(epochs_done))
        factor = rate_at(protocol, (epochs_done + (steps - 1) / steps) / 3) / protocol.learning_rate
        for optimizer in trainer.optimizers.values():
            assert float(optimizer.learning_rate.numpy()) == pytest.approx(2e-4 * factor, rel=1e-6)


def test_binarised_images_are_drawn_with_their_intensity():
    grey = np.repeat(np.array([[0, 1, 51, 204, 254, 255]], np.uint8), 20_000, axis=0)
    drawn = binarised(grey, 0, "1")
    assert drawn.dtype == np.uint8
    assert set(np.unique(drawn)) == {0, 255}
    np.testing.assert_allclose(drawn.mean(axis=0) / 255, grey[0] / 255, atol=0.015)
    assert (drawn[:, 0] == 0).all()
    assert (drawn[:, 5] == 255).all()
    np.testing.assert_array_equal(drawn, binarised(grey, 0, "1"))
    assert (drawn != binarised(grey, 0, "2")).any()


def test_dynamic_binarisation_draws_training_images_in_each_epoch_and_held_out_ones_once(train_images, monkeypatch):
    protocol = Protocol(name="test", epochs=2, batch_size=BATCH, hidden_units=4, binarisation="dynamic")
    trainer = Trainer(MODELS.get("ae"), protocol)
    seen, held_out = [], []
    monkeypatch.setattr(trainer, "train_epoch", lambda images, *_: seen.append(images.numpy()) or {"loss": 1.0})
    monkeypatch.setattr(trainer, "held_out_means", lambda images, *_: held_out.append(images.numpy()) or {"loss": 1.0})
    trainer.fit(train_images, train_images[:50], 0)
    for images in (*seen, *held_out):
        assert set(np.unique(images)) == {0, 255}
    assert (seen[0] != seen[1]).any()
    np.testing.assert_array_equal(held_out[0], held_out[1])


def test_convolutions_train_without_xla(train_images):
    protocol = Protocol(name="test", epochs=2, batch_size=BATCH, hidden_units=4, architecture="conv", optimizer="adam")
    trainer = Trainer(MODELS.get("vae"), protocol)
    assert not trainer._epoch._jit_compile
    curves = trainer.fit(train_images, train_images[:50], 0)
    assert curves.train["loss"][1] < curves.train["loss"][0] < 784
