"""The contract of a model."""

from __future__ import annotations

import inspect
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import keras
from keras import ops

from aezoo.models.networks import PIXELS
from aezoo.spec import Protocol as Setup

Tensor = Any
"""A backend tensor; Keras has no public type for one."""

Terms = dict[str, Tensor]


@runtime_checkable
class HasEncoder(Protocol):
    """A model that maps images to codes."""

    def encode(self, x: Tensor) -> Tensor:
        """Images (n, 784) to codes (n, d): the point that metrics use, a posterior mean where there is one."""


@runtime_checkable
class HasPrior(Protocol):
    """A model with a prior of its own over its codes."""

    def sample_prior(self, n: int, seed: int) -> Tensor:
        """Codes (n, d) drawn from the prior, the same for the same seed."""


@runtime_checkable
class HasDecoder(Protocol):
    """A model with a Bernoulli decoder."""

    def decode_logits(self, z: Tensor) -> Tensor:
        """Codes (n, d) to the logits (n, 784) of the Bernoulli means."""


@runtime_checkable
class HasPosterior(Protocol):
    """A model with a density: its prior is N(0, I), its decoder Bernoulli, and it approximates p(z|x) by a Gaussian."""

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Images (n, 784) to the mean (n, d) and log-variance (n, d) of q(z|x)."""


@dataclass(frozen=True)
class Player:
    """Variables that minimise one term of the objective.

    Attributes:
        variables: what its updates change.
        updates: how many it makes for each batch.
        learning_rate: None for the protocol's.
    """

    variables: list[keras.Variable]
    updates: int = 1
    learning_rate: float | None = None


class Model(keras.Model, ABC):  # type: ignore[misc]
    """A generative model of images, abstract here and final everywhere else.

    A variant builds its networks in `__init__(protocol, **parameters)` and defines `objective` and `decode_logits`;
    `encode` and `sample_prior` where it has them (see `HasEncoder`, `HasPrior`). Whatever it minimises it returns
    per example, so that curves, gradients and tests see the same numbers.

    Attributes:
        role: "model", or "floor" for a baseline that every table shows and none ranks.
        generative: whether decoding a random code is meant to give an image.
        standard_normal_prior: whether its decoder was trained for codes from N(0, I).
        outputs: how many outputs the minimised cross-entropy is averaged over: the chapter's 784 pixels.
        noise: the only state that `objective` may advance.
    """

    role: ClassVar[Literal["model", "floor"]] = "model"
    generative: ClassVar[bool] = True
    standard_normal_prior: ClassVar[bool] = False
    outputs: ClassVar[int] = PIXELS

    def __init__(self, protocol: Setup) -> None:
        super().__init__()
        self.protocol = protocol
        self.noise = keras.random.SeedGenerator(0)

    def build(self, input_shape: Any = None) -> None:  # noqa: ANN401
        """Every layer is built by the constructor; there is nothing to add."""
        self.built = True

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """The parameters that a preset or a user may set."""
        return tuple(name for name in inspect.signature(cls.__init__).parameters if name not in ("self", "protocol"))

    @abstractmethod
    def objective(self, x: Tensor) -> Terms:
        """Per-example terms for images x (batch, 784): each of shape (batch,), in nats per image.

        "loss" is what is minimised.
        """

    @abstractmethod
    def decode_logits(self, z: Tensor) -> Tensor:
        """Codes (n, d) to the logits (n, 784) of the Bernoulli means."""

    def decode(self, z: Tensor) -> Tensor:
        """Codes (n, d) to Bernoulli means (n, 784) in [0, 1]."""
        return ops.sigmoid(self.decode_logits(z))

    def adapt(self, images: Any) -> None:  # noqa: ANN401
        """Set what is known in closed form from the training images, float32 (n, 784), before any step."""

    def players(self) -> dict[str, Player]:
        """Who minimises which term, in the order of their updates."""
        return {"loss": Player(self.trainable_variables)}

    def mean_per_output(self, term: Tensor) -> Tensor:
        """What is minimised of a per-example term (batch,): its mean over the batch, divided by `outputs`.

        The chapter minimises nats per pixel, and RMSprop's epsilon makes the scale matter.
        """
        return ops.mean(term) / self.outputs

    def call(self, x: Tensor) -> Tensor:
        """Reconstructions of images (n, 784), from their codes."""
        if not isinstance(self, HasEncoder):
            raise TypeError(f"{type(self).__name__} has no encoder, so it reconstructs nothing; call decode")
        return self.decode(self.encode(x))

    def compute_loss(
        self,
        x: Tensor = None,
        y: Tensor = None,
        y_pred: Tensor = None,
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        """What `compile` and `fit` minimise: the mean loss per output, as the chapter does.

        Raises `TypeError` for a model of several players, of which `fit` would train all towards the goal of one.
        """
        if len(self.players()) > 1:
            raise TypeError(f"{type(self).__name__} has players {list(self.players())}; train it by aezoo.training")
        return self.mean_per_output(self.objective(x)["loss"])


def check_positive(name: str, value: float) -> float:
    """A parameter of a model as a float; raises `ValueError` unless it is finite and above 0."""
    if not _is_finite(value) or value <= 0:
        raise ValueError(f"{name} is {value!r}; it must be a number above 0")
    return float(value)


def check_non_negative(name: str, value: float) -> float:
    """A parameter of a model as a float; raises `ValueError` unless it is finite and at least 0."""
    if not _is_finite(value) or value < 0:
        raise ValueError(f"{name} is {value!r}; it must be a number of at least 0")
    return float(value)


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
