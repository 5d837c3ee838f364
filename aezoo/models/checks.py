"""Checks of a model against its contract, made before it is trained: each fault in one line.

They call the model on a few images and take its gradients; its weights stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from aezoo.errors import UsageError, one_line
from aezoo.models.base import Model, Tensor
from aezoo.models.capabilities import (
    HasDraws,
    HasEncoder,
    HasLogDensity,
    HasLogLikelihood,
    HasLogPrior,
    HasPosterior,
    HasPrior,
    HasSymbols,
)
from aezoo.models.networks import PIXELS

IMAGES = 3
"""The number of images that a model is shown."""

NAMED_WEIGHTS = 4
"""The most weights that a fault names."""


class ModelError(UsageError):
    """A model that breaks its contract."""


def check_model(model: Model, name: str = "") -> None:
    """Raise `ModelError` with all that `model_faults` finds; `name` is the model's registered one."""
    faults = model_faults(model)
    if faults:
        raise ModelError(f"model {name or type(model).__name__!r}: {'; '.join(faults)}")


def model_faults(model: Model) -> list[str]:
    """List the ways in which a model breaks the contract of `aezoo.models.base.Model`, a line for each.

    - ``objective`` returns a dict with "loss", each term one number an image;
    - gradients reach every weight that is trained, and every trainable weight is trained;
    - ``encode`` gives codes (n, d), ``sample_prior``, ``draw`` and ``posterior`` arrays of the same d;
    - ``log_prior``, ``log_likelihood``, ``log_density`` and the density of a draw give one number an image;
    - ``from_symbols`` gives codes back;
    - ``decode_logits`` gives (n, 784), where the model has codes to give it.
    """
    labels = (
        np.eye(model.classes)[np.arange(IMAGES) % max(model.classes, 1)] if model.classes else np.zeros((IMAGES, 0))
    )
    pixels = np.random.default_rng(0).random((IMAGES, PIXELS))
    images = tf.constant(np.concatenate([pixels, labels], axis=1), tf.float32)
    return [*_objective_faults(model, images), *_CodeChecks(model, images).faults]


def _objective_faults(model: Model, images: Tensor) -> Iterator[str]:
    try:
        with tf.GradientTape(persistent=True) as tape:
            terms = model.objective(images)
            faults = list(_term_faults(terms))
            players = {} if faults else model.players()
            losses = {
                term: model.mean_per_output(terms[term], player.outputs)
                for term, player in players.items()
                if term in terms
            }
    except Exception as error:  # a plug-in may raise anything
        yield f"objective raises {one_line(error)}"
        return
    yield from faults
    for term in players:
        if term not in losses:
            yield f"players minimises {term!r}, which objective does not return; it returns {', '.join(terms)}"
    for term, loss in losses.items():
        variables = players[term].variables
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        cut = [variable.path for variable, gradient in zip(variables, gradients, strict=True) if gradient is None]
        if cut:
            yield f"no gradient of {term!r} reaches {_some(cut)}, which would stay as drawn"
    trained = {id(variable) for player in players.values() for variable in player.variables}
    idle = [variable.path for variable in model.trainable_variables if id(variable) not in trained]
    if players and idle:
        yield f"no player trains {_some(idle)}; give them to one, or make them not trainable"


def _term_faults(terms: object) -> Iterator[str]:
    if not isinstance(terms, Mapping):
        yield f"objective returns {_kind(terms)}; return a dict of terms, such as {{'loss': nll + kl, 'nll': nll}}"
        return
    if "loss" not in terms:
        found = ", ".join(repr(name) for name in terms) or "nothing"
        yield f"objective returns {found} and no 'loss', which is what is minimised"
    for name, term in terms.items():
        if _shape(term) != (IMAGES,):
            yield f"term {name!r} of objective is {_kind(term)} for {IMAGES} images; give one number an image"


class _CodeChecks:
    """Faults of a model's codes, and of what it makes of them."""

    def __init__(self, model: Model, images: Tensor) -> None:
        self.faults: list[str] = []
        codes = drawn = None
        if isinstance(model, HasEncoder):
            codes = self.call("encode", lambda: model.encode(images), f"{IMAGES} images", None)
        size = None if codes is None else codes.shape[1]
        if isinstance(model, HasPrior):
            drawn = self.call("sample_prior", lambda: model.sample_prior(IMAGES, 0), f"{IMAGES} codes", size)
        if isinstance(model, HasDraws):
            self.call("draw's code", lambda: model.draw(images)[0], f"{IMAGES} images", size)
            self.call_for_numbers("draw's log-density", lambda: model.draw(images)[1])
        elif isinstance(model, HasPosterior):
            self.call("posterior's mean", lambda: model.posterior(images)[0], f"{IMAGES} images", size)
            self.call("posterior's log-variance", lambda: model.posterior(images)[1], f"{IMAGES} images", size)
        given = drawn if codes is None else codes
        if given is not None:
            self.call("decode_logits", lambda: model.decode_logits(given), f"{IMAGES} codes", PIXELS)
            self.check_densities(model, images[:, :PIXELS], given)
        if isinstance(model, HasLogDensity):
            self.call_for_numbers("log_density", lambda: model.log_density(images[:, :PIXELS]))
        if codes is not None and isinstance(model, HasSymbols):
            places = len(model.vocabulary)
            symbols = self.call("symbols", lambda: model.symbols(codes), f"{IMAGES} codes", places)
            if symbols is not None:
                self.call("from_symbols", lambda: model.from_symbols(symbols), f"{IMAGES} codes' symbols", size)

    def check_densities(self, model: Model, pixels: Tensor, codes: Tensor) -> None:
        """Check the densities of codes, and of images given them, that a model has of its own."""
        if isinstance(model, HasLogPrior):
            self.call_for_numbers("log_prior", lambda: model.log_prior(codes))
        if isinstance(model, HasLogLikelihood):
            self.call_for_numbers("log_likelihood", lambda: model.log_likelihood(pixels, codes))

    def call_for_numbers(self, what: str, compute: Callable[[], Any]) -> None:
        """Check a method that gives one number for each of `IMAGES` images."""
        try:
            found = compute()
        except Exception as error:  # a plug-in may raise anything
            self.faults.append(f"{what} raises {one_line(error)}")
            return
        if _shape(found) != (IMAGES,):
            self.faults.append(f"{what} gives {_kind(found)} for {IMAGES} images; give one number an image")

    def call(self, what: str, compute: Callable[[], Any], given: str, columns: int | None) -> Tensor | None:
        """Return the array that a method gives, if it is right: `IMAGES` rows of `columns`, or of any number."""
        try:
            found = compute()
        except Exception as error:  # a plug-in may raise anything
            self.faults.append(f"{what} raises {one_line(error)}")
            return None
        shape = _shape(found)
        if shape is None or len(shape) != 2 or shape[0] != IMAGES or columns not in (None, shape[1]):
            wanted = f"({IMAGES}, {'d' if columns is None else columns})"
            self.faults.append(f"{what} gives {_kind(found)} for {given}; its shape must be {wanted}")
            return None
        return found


def _shape(value: object) -> tuple[int, ...] | None:
    shape = getattr(value, "shape", None)
    return None if shape is None else tuple(shape)


def _kind(value: object) -> str:
    """Say what a value is, without its content: an array by its shape, else by its type."""
    shape = _shape(value)
    return type(value).__name__ if shape is None else f"an array of shape {shape}"


def _some(names: Sequence[str]) -> str:
    """Return the first of many names, and how many more there are."""
    more = len(names) - NAMED_WEIGHTS
    return ", ".join(names[:NAMED_WEIGHTS]) + (f" and {more} more" if more > 0 else "")
