"""Training: the only place with a training loop.

A whole epoch is one compiled function: it loops over batches that it gathers from a uint8 tensor in memory, so that
no Python and no input pipeline runs between two steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aezoo.models import Preset
from aezoo.models.base import Model, Player, Tensor, Terms
from aezoo.models.checks import check_model
from aezoo.optimizers import OPTIMIZERS
from aezoo.seeds import generator, seed_sequence
from aezoo.spec import SCHEDULES, Parameter, Protocol

Images = NDArray[np.uint8]
"""Images (n, 28, 28), or rows (n, 784 + classes) as `aezoo.evaluation.model_inputs.rows` makes them for a model."""
Curve = dict[str, list[float]]
OnEpoch = Callable[[int, int, float], None]
"""Told after each epoch: its number from 1, how many there are, the mean training loss in nats per image."""


@dataclass
class Curves:
    """Per epoch, the mean of every term of the objective in nats per image, on training and on held-out images."""

    train: Curve = field(default_factory=dict)
    held_out: Curve = field(default_factory=dict)

    def append(self, train: dict[str, float], held_out: dict[str, float]) -> None:
        for curve, means in ((self.train, train), (self.held_out, held_out)):
            for term, value in means.items():
                curve.setdefault(term, []).append(value)


class DivergedError(Exception):
    """A term of the objective is no longer finite; `curves` holds the epochs before."""

    def __init__(self, term: str, epoch: int, curves: Curves) -> None:
        super().__init__(f"{term} is not finite in epoch {epoch}")
        self.curves = curves


class Trainer:
    """A model with its compiled epoch, which serves one seed after another without compiling again."""

    def __init__(self, preset: Preset, protocol: Protocol, parameters: dict[str, Parameter] | None = None) -> None:
        self.preset, self.protocol, self.parameters = preset, protocol, parameters
        self.model: Model = preset.create(protocol, 0, parameters)
        check_model(self.model, preset.name)
        players = self.model.players()
        self.optimizers = {term: self._optimizer(player) for term, player in players.items() if player.variables}
        self._fresh = [[v.numpy() for v in optimizer.variables] for optimizer in self.optimizers.values()]
        self.terms = tuple(self.model.objective(tf.zeros((1, self.model.input_size))))
        self._epoch = tf.function(self._run_epoch, jit_compile=self.model.xla)
        self._means = tf.function(self._mean_terms, jit_compile=self.model.xla)

    @property
    def parameter_count(self) -> int:
        """Number of weights that the players change, each once; of a model that no step trains, all it keeps."""
        moved = {id(v): v for player in self.model.players().values() for v in player.variables}
        return sum(int(np.prod(v.shape)) for v in moved.values() or self.model.weights)

    def reset(self, seed: int) -> None:
        """Weights as a new model of `seed` has them, optimizers as new."""
        fresh_model = self.preset.create(self.protocol, seed, self.parameters)
        for variable, fresh in zip(self.model.variables, fresh_model.variables, strict=True):
            variable.assign(fresh)
        for optimizer, values in zip(self.optimizers.values(), self._fresh, strict=True):
            for variable, value in zip(optimizer.variables, values, strict=True):
                variable.assign(value)

    def compile(self, images: Images, held_out: Images) -> float:
        """Compile for images of these shapes, changing no weight; returns the seconds it took."""
        self._check(images)
        started = time.perf_counter()
        if self.optimizers:
            order = np.zeros((len(images) // self.protocol.batch_size, self.protocol.batch_size), np.int32)
            self._epoch(_flat(images), order, tf.constant(0), tf.constant(0))
            self._means(_flat(held_out))
        return time.perf_counter() - started

    def fit(self, images: Images, held_out: Images, seed: int, on_epoch: OnEpoch | None = None) -> Curves:
        """Train from new weights; `held_out` serves the curves only. Raises `DivergedError`.

        The curves of a model with nothing to train have one point.
        """
        self._check(images)
        self.reset(seed)
        unit_images = images.reshape(len(images), -1).astype(np.float32) / 255
        self.model.adapt(unit_images)
        binary = self.protocol.binarisation == "dynamic"
        train_tensor = _flat(images)
        held_out_tensor = _flat(binarised(held_out, seed, "held-out") if binary else held_out)
        curves = Curves()
        if not self.optimizers:
            curves.append(self.held_out_means(train_tensor, seed, 0), self.held_out_means(held_out_tensor, seed, 0))
            return curves
        shuffling = generator(seed, "shuffling")
        for epoch in range(1, self.protocol.epochs + 1):
            order = epoch_order(len(images), self.protocol.batch_size, shuffling)
            seen = _flat(binarised(images, seed, str(epoch))) if binary else train_tensor
            self.model.on_epoch(unit_images, (epoch - 1) / self.protocol.epochs)
            train = self.train_epoch(seen, order, seed, epoch)
            held_out_means = self.held_out_means(held_out_tensor, seed, epoch)
            for term, value in (*train.items(), *held_out_means.items()):
                if not np.isfinite(value):
                    raise DivergedError(term, epoch, curves)
            curves.append(train, held_out_means)
            if on_epoch is not None:
                on_epoch(epoch, self.protocol.epochs, train["loss"])
        return curves

    def train_epoch(self, images: Tensor, order: NDArray[np.int32], seed: int, epoch: int) -> dict[str, float]:
        """Train one epoch over batches `order` (steps, batch) of uint8 images (n, 784); the mean of each term."""
        seed_noise(self.model, seed, "training", epoch)
        sums = self._epoch(images, order, tf.constant(len(order)), tf.constant(epoch - 1)).numpy()
        return dict(zip(self.terms, (sums / len(order)).tolist(), strict=True))

    def held_out_means(self, images: Tensor, seed: int, epoch: int) -> dict[str, float]:
        """Compute the mean of each term over uint8 images (n, 784), on a noise stream of its own."""
        seed_noise(self.model, seed, "held-out curve", epoch)
        return dict(zip(self.terms, self._means(images).numpy().tolist(), strict=True))

    def _check(self, images: Images) -> None:
        found, batch_size = len(images), self.protocol.batch_size
        if found < batch_size:
            raise ValueError(f"batch_size is {batch_size} but there are only {found} images; take a smaller one")

    def _base_rate(self, player: Player) -> float:
        return player.learning_rate or self.protocol.learning_rate

    def _optimizer(self, player: Player) -> keras.optimizers.Optimizer:
        optimizer = OPTIMIZERS.get(self.protocol.optimizer)(self._base_rate(player))
        optimizer.build(player.variables)
        return optimizer

    def _run_epoch(self, images: Tensor, order: Tensor, steps: Tensor, epochs_done: Tensor) -> Tensor:
        sums = tf.zeros((len(self.terms),))
        step = tf.constant(0)
        while step < steps:  # a range over `steps` would be compiled again for each number of them
            progress = (tf.cast(epochs_done, tf.float32) + tf.cast(step / steps, tf.float32)) / self.protocol.epochs
            self._set_learning_rates(progress)
            self.model.on_step(_unit_interval(tf.gather(images, order[step])), progress)
            sums += self._step(images, order, step)
            step += 1
        return sums

    def _set_learning_rates(self, progress: Tensor) -> None:
        """Follow the protocol's schedule; a constant rate is that of the optimizers already."""
        if self.protocol.schedule != "constant":
            ends, factors = zip(*SCHEDULES[self.protocol.schedule], strict=True)
            factor = tf.gather(factors, tf.reduce_sum(tf.cast(progress >= ends[:-1], tf.int32)))
            players = self.model.players()
            for term, optimizer in self.optimizers.items():
                optimizer.learning_rate.assign(self._base_rate(players[term]) * factor)

    def _step(self, images: Tensor, order: Tensor, step: Tensor) -> Tensor:
        """Make the updates of every player: the first of each on the step's own batch, more of them on others."""
        players = self.model.players()
        means = tf.zeros((len(self.terms),))
        for term in self.optimizers:
            updates = players[term].updates
            if updates == 1:
                means = self._mean_update(term, images, order[step])
                continue
            update = tf.constant(0)
            while update < updates:  # a loop of the graph, which holds one of them and not all
                row = (step + update * (len(order) // updates)) % len(order)
                means = self._mean_update(term, images, order[row])
                update += 1
        return means

    def _mean_update(self, term: str, images: Tensor, rows: Tensor) -> Tensor:
        return self._stacked(self._update(term, _unit_interval(tf.gather(images, rows))))

    def _update(self, term: str, batch: Tensor) -> Terms:
        player = self.model.players()[term]
        variables = player.variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            terms = self.model.objective(batch)
            loss = self.model.mean_per_output(terms[term], player.outputs)
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        self.optimizers[term].apply(gradients, variables)
        return terms

    def _mean_terms(self, images: Tensor) -> Tensor:
        return self._stacked(self.model.objective(_unit_interval(images)))

    def _stacked(self, terms: Terms) -> Tensor:
        return tf.stack([tf.reduce_mean(terms[name]) for name in self.terms])


def epoch_order(images: int, batch_size: int, shuffling: np.random.Generator) -> NDArray[np.int32]:
    """Draw a random order of the images as (steps, batch_size) indices; what does not fill a batch is left out."""
    steps = images // batch_size
    return shuffling.permutation(images)[: steps * batch_size].astype(np.int32).reshape(steps, batch_size)


def binarised(images: Images, seed: int, purpose: str) -> Images:
    """Return uint8 images with each value drawn as 0 or 255, 255 with its intensity as probability.

    0 stays 0 and 255 stays 255. Made outside the compiled epoch, whose graph is the same for grey and binary images.
    """
    thresholds = generator(seed, "binarisation", purpose).integers(0, 255, images.shape, np.uint8)  # 0 to 254
    return (thresholds < images).astype(np.uint8) * np.uint8(255)


def seed_noise(model: Model, seed: int, purpose: str, epoch: int) -> None:
    """Set the model's noise to the stream of (seed, purpose, epoch), so that no epoch depends on what ran before."""
    word = seed_sequence(seed, "noise", purpose, str(epoch)).generate_state(1)[0] >> 1
    model.noise.state.assign(np.array([word, 0]))


def _flat(images: Images) -> Tensor:
    return tf.constant(images.reshape(len(images), -1))


def _unit_interval(images: Tensor) -> Tensor:
    return tf.cast(images, tf.float32) / 255.0
