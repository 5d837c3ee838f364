"""Faults of models, said before they are trained."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from support.registries import forget_afterwards
from support.toy_models import TOYS, make

from aezoo.errors import one_line, plain_message
from aezoo.messages import Request
from aezoo.models import MODELS, Preset, networks
from aezoo.models.base import Model, Player
from aezoo.models.checks import ModelError, check_model, model_faults
from aezoo.record import describe_error
from aezoo.spec import PROTOCOLS, Protocol, Trial
from aezoo.training import Trainer
from aezoo.trial import run_trial

PROTOCOL = Protocol(name="checks", epochs=1, batch_size=50, hidden_units=8)


class Sound(Model):
    """A small autoencoder without a fault, whose subclasses have one."""

    def __init__(self, protocol):
        super().__init__(protocol)
        self.inward = networks.dense(protocol.latent_dim, name="inward")
        self.outward = networks.dense(784, name="outward")
        self.inward.build((None, 784))
        self.outward.build((None, protocol.latent_dim))

    def objective(self, x):
        nll = ops.sum(ops.square(x - self.decode(self.encode(x))), axis=1)
        return {"loss": nll, "nll": nll}

    def encode(self, x):
        return self.inward(x)

    def decode_logits(self, z):
        return self.outward(z)

    def sample_prior(self, n, seed):
        return keras.random.normal((n, self.protocol.latent_dim), seed=seed)

    def posterior(self, x):
        return self.encode(x), self.encode(x)


def bad(**methods):
    """A model with these methods in place of the sound ones, without a constructor call of its own."""
    return type("Bad", (Sound,), methods)(PROTOCOL)


def lose(term):
    return lambda self, x: {"loss": term(self, x)}


LOSS = Sound.objective
CASES = {
    "a number": (
        {"objective": lambda self, x: 3.0},
        "objective returns float; return a dict of terms, such as {'loss': nll + kl, 'nll': nll}",
    ),
    "a tensor": (
        {"objective": lambda self, x: LOSS(self, x)["loss"]},
        "objective returns an array of shape (3,); return a dict of terms, such as {'loss': nll + kl, 'nll': nll}",
    ),
    "no loss": (
        {"objective": lambda self, x: {"nll": LOSS(self, x)["nll"]}},
        "objective returns 'nll' and no 'loss', which is what is minimised",
    ),
    "nothing": ({"objective": lambda self, x: {}}, "objective returns nothing and no 'loss'"),
    "a mean": (
        {"objective": lose(lambda self, x: ops.mean(LOSS(self, x)["loss"]))},
        "term 'loss' of objective is an array of shape () for 3 images; give one number an image",
    ),
    "a number each pixel": (
        {"objective": lambda self, x: {**LOSS(self, x), "kl": x}},
        "term 'kl' of objective is an array of shape (3, 784) for 3 images; give one number an image",
    ),
    "no tensor": (
        {"objective": lambda self, x: {**LOSS(self, x), "kl": [0.0, 0.0, 0.0]}},
        "term 'kl' of objective is list for 3 images; give one number an image",
    ),
    "cut": (
        {"objective": lose(lambda self, x: ops.sum(self.decode(ops.stop_gradient(self.encode(x))), axis=1))},
        "no gradient of 'loss' reaches inward/kernel, inward/bias, which would stay as drawn",
    ),
    "no weights": (
        {"objective": lose(lambda self, x: ops.sum(x, axis=1))},
        "no gradient of 'loss' reaches inward/kernel, inward/bias, outward/kernel, outward/bias, which would stay",
    ),
    "left out": (
        {"players": lambda self: {"loss": Player(self.inward.trainable_variables)}},
        "no player trains outward/kernel, outward/bias; give them to one, or make them not trainable",
    ),
    "no such term": (
        {"players": lambda self: {"critic": Player(self.trainable_variables)}},
        "players minimises 'critic', which objective does not return; it returns loss, nll",
    ),
    "raises": (
        {"objective": lambda self, x: {"loss": self.outward(x)}},
        "objective raises ValueError: Input 0",
    ),
    "flat code": (
        {"encode": lambda self, x: self.inward(x)[:, 0], "objective": lambda self, x: Sound(PROTOCOL).objective(x)},
        "encode gives an array of shape (3,) for 3 images; its shape must be (3, d)",
    ),
    "decoded pictures": (
        {"decode_logits": lambda self, z: ops.reshape(self.outward(z), (-1, 28, 28)),
         "objective": lose(lambda self, x: ops.sum(self.outward(self.inward(x)), axis=1))},
        "decode_logits gives an array of shape (3, 28, 28) for 3 codes; its shape must be (3, 784)",
    ),
    "another prior": (
        {"sample_prior": lambda self, n, seed: ops.zeros((n, 5))},
        "sample_prior gives an array of shape (3, 5) for 3 codes; its shape must be (3, 2)",
    ),
    "prior of one": (
        {"sample_prior": lambda self, n, seed: ops.zeros((1, 2))},
        "sample_prior gives an array of shape (1, 2) for 3 codes; its shape must be (3, 2)",
    ),
    "flat posterior": (
        {"posterior": lambda self, x: (self.encode(x), ops.zeros((3,)))},
        "posterior's log-variance gives an array of shape (3,) for 3 images; its shape must be (3, 2)",
    ),
    "half a posterior": (
        {"posterior": lambda self, x: (self.encode(x),)},
        "posterior's log-variance raises IndexError: tuple index out of range",
    ),
    "draw of another size": (
        {"draw": lambda self, x: (ops.zeros((3, 7)), ops.zeros((3,)))},
        "draw's code gives an array of shape (3, 7) for 3 images; its shape must be (3, 2)",
    ),
    "density of each number": (
        {"draw": lambda self, x: (self.encode(x), self.encode(x))},
        "draw's log-density gives an array of shape (3, 2) for 3 images; give one number an image",
    ),
    "prior of a batch": (
        {"log_prior": lambda self, z: ops.sum(z)},
        "log_prior gives an array of shape () for 3 images; give one number an image",
    ),
    "likelihood of each pixel": (
        {"log_likelihood": lambda self, x, z: x},
        "log_likelihood gives an array of shape (3, 784) for 3 images; give one number an image",
    ),
    "density that fails": (
        {"log_density": lambda self, x: self.missing},
        "log_density raises AttributeError",
    ),
    "symbols of another length": (
        {"vocabulary": (4, 4, 4), "symbols": lambda self, z: ops.cast(z, "int32"),
         "from_symbols": lambda self, symbols: ops.cast(symbols, "float32")},
        "symbols gives an array of shape (3, 2) for 3 codes; its shape must be (3, 3)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("methods", "expected"), CASES.values(), ids=CASES)
def test_a_fault_is_one_line_that_names_it(methods, expected):
    faults = model_faults(bad(**methods))
    assert any(fault.startswith(expected) for fault in faults), faults
    for fault in faults:
        assert "\n" not in fault
        assert len(fault) < 500
        assert "in user code" not in fault


def test_a_sound_model_has_none_and_keeps_its_weights():
    model = Sound(PROTOCOL)
    weights = [np.copy(weight) for weight in model.get_weights()]
    assert model_faults(model) == []
    check_model(model)
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("model", TOYS, ids=lambda model: model.__name__)
def test_models_with_every_hook_have_none(model):
    assert model_faults(make(model)) == []


def test_every_fault_is_said_at_once():
    model = bad(sample_prior=lambda self, n, seed: ops.zeros((n, 5)), posterior=lambda self, x: (x, x))
    with pytest.raises(ModelError, match=r"^model 'mine': sample_prior gives .*; posterior's mean gives .*; poster"):
        check_model(model, "mine")


def test_a_trainer_checks_before_it_compiles():
    class Scalar(Sound):
        def objective(self, x):
            return ops.mean(x)

    with pytest.raises(ModelError, match="model 'scalar': objective returns an array"):
        Trainer(Preset("scalar", Scalar, {}), PROTOCOL)


def test_a_trial_of_a_bad_model_says_so_in_one_line(digits, monkeypatch):
    class Cut(Sound):
        def objective(self, x):
            return {"loss": ops.sum(self.decode(ops.stop_gradient(self.encode(x))), axis=1)}

    forget_afterwards(monkeypatch, MODELS)
    MODELS._loaded["cut"] = Preset("cut", Cut, {})
    trial = Trial(dataset="mnist-5k", model="cut", protocol=PROTOCOL, seed=0)
    record = run_trial(Request(trial, digits.fingerprint)).record
    assert (record["status"], record["error"]["type"]) == ("error", "ModelError")
    assert record["error"]["message"] == (
        "model 'cut': no gradient of 'loss' reaches inward/kernel, inward/bias, which would stay as drawn"
    )
    assert record["timing"]["compile"] is None


def test_what_tensorflow_raises_while_it_compiles_is_one_line():
    def wrong(x):
        return tf.matmul(x, tf.zeros((5, 3)))

    with pytest.raises(ValueError, match="in user code") as caught:
        tf.function(wrong)(tf.zeros((3, 784)))
    assert "in user code" in str(caught.value)
    line = one_line(caught.value)
    assert line.startswith("ValueError: Dimensions must be equal, but are 784 and 5")
    assert "File" not in line
    assert describe_error(caught.value)["message"] == plain_message(caught.value)


def test_numbers_are_not_dumped():
    values = tf.constant(np.random.default_rng(0).random((3, 40)))
    for text in (f"no luck with {values}", f"no luck with {values.numpy().tolist()}"):
        line = one_line(ValueError(text))
        assert line.startswith("ValueError: no luck with")
        assert len(line) < 120
    assert one_line(ValueError("shapes [100, 2] and [3]")) == "ValueError: shapes [100, 2] and [3]"
    assert one_line(KeyError()) == "KeyError"


@pytest.mark.parametrize("name", ["conv", "dec"])
def test_every_architecture_passes(name):
    assert model_faults(MODELS.get("vae").create(PROTOCOLS[name], 0)) == []


def test_a_density_of_images_is_checked_without_codes():
    class Codeless(Model):
        def __init__(self, protocol):
            super().__init__(protocol)
            self.level = self.add_weight(shape=(784,), initializer="zeros", name="level")

        def objective(self, x):
            return {"loss": ops.sum(ops.square(x - self.level), axis=1)}

        def decode_logits(self, z):
            raise NotImplementedError

        def log_density(self, x):
            return -ops.sum(ops.square(x - self.level))

    faults = model_faults(Codeless(Protocol(name="smoke")))
    assert "log_density gives an array of shape () for 3 images; give one number an image" in faults
