"""A model under a small protocol, trained once for all of its checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aezoo.datasets import Dataset, load_dataset
from aezoo.errors import AezooError, UsageError, one_line
from aezoo.evaluation.densities import ModelDensity
from aezoo.evaluation.model_inputs import rows
from aezoo.models import MODELS, Preset
from aezoo.models.base import Model
from aezoo.models.checks import ModelError, model_faults
from aezoo.seeds import generator
from aezoo.spec import PROTOCOLS, Protocol
from aezoo.training import Curves, Trainer, epoch_order, seed_noise

IMAGES, HELD_OUT = 400, 50
"""Digits that a model is trained on, and that its held-out curve is of."""
SEED = 1
LATENT_SIZES = (2, 6, 8, 16, 50)

Weights = list[NDArray[Any]]


def small(protocol: Protocol, **changes: Any) -> Protocol:  # noqa: ANN401
    """Return a protocol as small as a check wants it: 16 hidden units, batches of 20."""
    return protocol.model_copy(update={"name": "check", "hidden_units": 16, "batch_size": 20, **changes})


def suitable_protocol(name: str, chosen: Protocol | None = None) -> Protocol:
    """Return the first small protocol that suits a model: a perceptron of few codes, else one of `PROTOCOLS`.

    Raises `AssertionError` where none does, or where `chosen`, which is then the only one, does not.
    """
    perceptrons = [small(Protocol(), latent_dim=latent_dim) for latent_dim in LATENT_SIZES]
    reasons: dict[str, None] = {}
    for protocol in [chosen] if chosen else [*perceptrons, *map(small, PROTOCOLS.values())]:
        try:
            MODELS.get(name).create(protocol, SEED)
        except UsageError as error:
            reasons[str(error)] = None
        else:
            return protocol
    raise AssertionError("; ".join(reasons))


@cache
def digits() -> Dataset:
    """Return the 5,000 digits of the data set that needs no download."""
    return load_dataset("mnist-5k")


class ModelCase:
    """A registered model with what its checks share: a trainer compiled once, curves, weights before and after.

    Args:
        name: of the model.
        steps: of its training, in epochs of 20.
        protocol: a chosen one; None for the first small one that suits.
    """

    def __init__(self, name: str, steps: int, protocol: Protocol | None = None) -> None:
        per_epoch = IMAGES // 20
        found = suitable_protocol(name, protocol)
        self.protocol = found.model_copy(update={"epochs": max(1, round(steps / per_epoch))})
        self.preset = MODELS.get(name)
        self.trainer = _trainer(self.preset, self.protocol)
        self.model: Model = self.trainer.model
        self.images = rows(self.model, digits().train)[:IMAGES]
        self.held_out = rows(self.model, digits().held_out)[:HELD_OUT]

    @cached_property
    def curves(self) -> Curves:
        """The curves of the training; the model has its weights afterwards."""
        return self.trainer.fit(self.images, self.held_out, SEED)

    @cached_property
    def weights(self) -> Weights:
        """All numbers of the trained model but the state of its noise."""
        _ = self.curves
        return self.read()

    @cached_property
    def initial(self) -> Weights:
        """The weights of a new model of the same seed, after `adapt`."""
        fresh = self.preset.create(self.protocol, SEED)
        fresh.adapt(self.images.astype(np.float32) / 255)
        return [variable.numpy() for variable in fresh.variables if variable is not fresh.noise.state]

    @property
    def trained(self) -> Model:
        """The trained model."""
        self.assign(self.weights)
        return self.model

    @cached_property
    def density(self) -> ModelDensity:
        """The trained model as a density, compiled once; `trained` gives it its weights."""
        return ModelDensity(self.trained)

    def read(self) -> Weights:
        """Return the numbers of the model as they are."""
        return [variable.numpy() for variable in self.model.variables if variable is not self.model.noise.state]

    def assign(self, weights: Weights) -> None:
        """Give the model these numbers."""
        state = self.model.noise.state
        variables = [variable for variable in self.model.variables if variable is not state]
        for variable, value in zip(variables, weights, strict=True):
            variable.assign(value)

    def means(self, weights: Weights) -> dict[str, float]:
        """Compute the mean of each term over the held-out images, compiled, with these weights."""
        self.assign(weights)
        return self.trainer.held_out_means(tf.constant(self.held_out), SEED, 1)

    def eager_means(self, weights: Weights) -> Mapping[str, float]:
        """Compute the same without compilation, from the random numbers that compiled code draws."""
        self.assign(weights)
        seed_noise(self.model, SEED, "held-out curve", 1)
        with compiled_noise(self.model.xla):
            terms = self.model.objective(tf.constant(self.held_out, tf.float32) / 255)
        return {name: float(tf.reduce_mean(term)) for name, term in terms.items()}

    def first_steps(self, count: int, eager: bool) -> dict[str, float]:
        """Make the first steps of a training, compiled or not; return the mean of each term over them."""
        self.trainer.reset(SEED)
        self.model.adapt(self.images.astype(np.float32) / 255)
        order = epoch_order(len(self.images), self.protocol.batch_size, generator(SEED, "shuffling"))
        arguments = tf.constant(self.images), order, tf.constant(count), tf.constant(0)
        seed_noise(self.model, SEED, "training", 1)
        if eager:
            with compiled_noise(self.model.xla):
                sums = self.trainer._run_epoch(*arguments)
        else:
            sums = self.trainer._epoch(*arguments)
        return dict(zip(self.trainer.terms, (sums.numpy() / count).tolist(), strict=True))

    def unit(self, count: int) -> Any:  # noqa: ANN401
        """Return so many images as the model is given them in a step, float32 in [0, 1]."""
        return tf.constant(self.held_out[:count], tf.float32) / 255


def _trainer(preset: Preset, protocol: Protocol) -> Trainer:
    try:
        return Trainer(preset, protocol)
    except ModelError:
        if not (faults := model_faults(preset.create(protocol, SEED))):
            raise
        raise ModelError(f"model {preset.name!r}: {'; '.join(merged_faults(faults))}") from None


def merged_faults(faults: Sequence[str]) -> list[str]:
    """Say once what several methods raise: "encode raises E" and "posterior raises E" are one fault."""
    raising: dict[str, list[str]] = {}
    for fault in faults:
        what, is_raised, error = fault.partition(" raises ")
        raising.setdefault(error if is_raised else fault, []).append(what)
    return [
        fault if whats == [fault] else f"{_listed(whats)} {'raise' if whats[1:] else 'raises'} {fault}"
        for fault, whats in raising.items()
    ]


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def model_case(name: str, steps: int, protocol: Protocol | None = None) -> ModelCase | str:
    """Return the case of a model, the same for all checks that follow one another, or why it cannot be built.

    A name that was registered anew, as a cell of a notebook does, stands for another model.
    """
    return kept_case(name, steps, protocol, _maker(name))


def _maker(name: str) -> object:
    """Return what makes the models of a name: the class and its parameters; None where the case says the fault."""
    try:
        preset = MODELS.get(name)
    except Exception:  # a plug-in may raise anything
        return None
    return preset.model, tuple(sorted(preset.parameters.items()))


@lru_cache(maxsize=2)
def kept_case(name: str, steps: int, protocol: Protocol | None, maker: object) -> ModelCase | str:
    """Make the case of a model, or say why it cannot be built; `maker` tells those that share a name apart."""
    try:
        return ModelCase(name, steps, protocol)
    except (AezooError, AssertionError) as error:
        return str(error)
    except Exception as error:  # a plug-in may raise anything
        return one_line(error)


@contextmanager
def compiled_noise(xla: bool) -> Iterator[None]:
    """Within, draws that are not compiled give the numbers that XLA gives, which TensorFlow's own kernels do not."""
    if not xla:
        yield
        return
    kept = tf.random.stateless_normal, tf.random.stateless_uniform
    tf.random.stateless_normal, tf.random.stateless_uniform = map(_by_xla, kept)
    try:
        yield
    finally:
        tf.random.stateless_normal, tf.random.stateless_uniform = kept


@cache
def _by_xla(draw: Any) -> Any:  # noqa: ANN401
    compiled = {}

    def drawn(shape: Any, seed: Any, **options: Any) -> Any:  # noqa: ANN401
        key = tuple(int(size) for size in shape), tuple(sorted((name, str(value)) for name, value in options.items()))
        if key not in compiled:
            compiled[key] = tf.function(lambda seed: draw(key[0], seed, **options), jit_compile=True)
        return compiled[key](tf.convert_to_tensor(seed))

    return drawn
