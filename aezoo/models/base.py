"""The contract of a model: what a family defines, and what of it is read by training and by which score.

A family is one file with one class derived from `Model` (or from `aezoo.models.gaussian.GaussianModel`, which holds the
four methods that are alike in every Gaussian autoencoder), registered under a name or under several presets. It defines

- `objective` and `decode_logits`, always;
- `encode` where it has an encoder, `sample_prior` where it has a prior;
- of the rest only what differs from a variational autoencoder. Whatever it leaves out has the meaning of the table.

| method or attribute | left out, it means | read by |
| --- | --- | --- |
| `posterior` | q(z|x) is a point, or a law that `draw` knows | likelihoods, rates, collapse, `Latent.posterior` |
| `draw` | q(z|x) is the Gaussian of `posterior` | the same, and goes before `posterior` |
| `log_prior` | the prior is N(0, I) | bounds, annealing, integration, rates, manifold |
| `log_likelihood` | p(x|z) is Bernoulli with the logits of `decode_logits` | bounds, integration, distortion |
| `log_density` | ln p(x) has no closed form | the exact likelihood |
| `binary` | the likelihood is one of binary images | every likelihood: of grey or of binary images |
| `annealable` | chains from its prior make no sense | annealed bounds, with noise or without |
| `symbols` | the code is continuous | samplers of symbols, code usage; rate and bounds of a coded image |
| `cluster` | it sorts images into no groups | cluster scores |
| `features` | latent scores see the codes | latent scores, latent map |
| `classes` | it is not told labels | every array of images that it is given: rows |
| `players` | everything trainable minimises "loss" | training |
| `on_step` | nothing changes but by gradients | training |
| `adapt` | nothing is known in closed form | training, before the first step |
| `outputs` | losses are averaged over 784 pixels | training |

Images are float32 in [0, 1], flattened, (n, 784); rows of a model of labels are (n, 784 + classes). Codes are float32
(n, d). All terms and densities are in nats per image, natural logarithms, one value for each image: (n,).
"""

from __future__ import annotations

import inspect
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import keras
from keras import ops

from aezoo.architectures import ARCHITECTURES
from aezoo.architectures.layers import PIXELS
from aezoo.spec import Protocol as Setup

Tensor = Any
"""A backend tensor; Keras has no public type for one."""

Terms = dict[str, Tensor]
"""Per-example terms of an objective by name, each (batch,)."""


@runtime_checkable
class HasEncoder(Protocol):
    """A model that maps images to codes."""

    def encode(self, x: Tensor) -> Tensor:
        """Map images (n, 784) to codes (n, d): the point that metrics use, a posterior mean where there is one."""


@runtime_checkable
class HasPrior(Protocol):
    """A model with a prior over its codes: N(0, I) unless it is `HasLogPrior`."""

    def sample_prior(self, n: int, seed: int) -> Tensor:
        """Draw codes (n, d) from the prior, the same for the same seed."""


@runtime_checkable
class HasDecoder(Protocol):
    """A model that maps codes to images."""

    def decode_logits(self, z: Tensor) -> Tensor:
        """Map codes (n, d) to logits (n, 784), whose sigmoids are the mean images."""


@runtime_checkable
class HasPosterior(Protocol):
    """A model that approximates p(z|x) by a Gaussian q(z|x) with diagonal covariance."""

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map images (n, 784) to the mean (n, d) and log-variance (n, d) of q(z|x)."""


@runtime_checkable
class HasDraws(Protocol):
    """A model that approximates p(z|x) by any q(z|x) of which it draws and knows the density: a flow, a sphere.

    Where a model has both, this goes before `HasPosterior`.
    """

    def draw(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Draw one code (n, d) from q(z|x) for each image, by the model's `noise`, with its ln q(z|x) (n,), in nats.

        A draw is what `decode_logits` takes and what `log_prior` has a density of, with respect to the same measure:
        volume for continuous codes, area on a sphere, counting for discrete parts. Of several latent layers it is the
        codes of all of them side by side.
        """


@runtime_checkable
class HasLogPrior(HasPrior, Protocol):
    """A model whose prior is not N(0, I); `sample_prior` draws from it."""

    def log_prior(self, z: Tensor) -> Tensor:
        """Compute ln p(z) of codes (n, d), (n,), in nats, normalised; differentiable where `annealable` says so."""


@runtime_checkable
class HasLogLikelihood(Protocol):
    """A model whose decoder is not Bernoulli; its `binary` is False where its images are grey."""

    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        """Compute ln p(x|z) of images (n, 784) and codes (n, d), (n,), in nats, with its normalising constant.

        Of grey images it is a density over [0, 1]^784 or over all reals, and may be above 0.
        """


@runtime_checkable
class HasLogDensity(Protocol):
    """A model that computes the likelihood of an image itself, without a code: an autoregressive one."""

    def log_density(self, x: Tensor) -> Tensor:
        """Compute ln p(x) of images (n, 784), (n,), in nats; of binary ones unless `binary` is False."""


@runtime_checkable
class HasSymbols(Protocol):
    """A model with a discrete code: each code is a sequence of symbols, from a vocabulary for each place.

    `decode_logits` takes the codes of symbols, and `encode` gives such codes, so that decoding them is a fixed point:
    ``from_symbols(symbols(z)) == z``. `sample_prior` stays out unless the model has learnt a prior.

    Attributes:
        vocabulary: how many symbols there are at each place, (s,).
    """

    vocabulary: tuple[int, ...]

    def symbols(self, z: Tensor) -> Tensor:
        """Map codes (n, d) to their symbols (n, s), integers from 0 to vocabulary - 1."""

    def from_symbols(self, symbols: Tensor) -> Tensor:
        """Map symbols (n, s) to their codes (n, d)."""


@runtime_checkable
class HasClusters(Protocol):
    """A model that sorts images into groups itself, so that they need no k-means."""

    def cluster(self, x: Tensor) -> Tensor:
        """Map images (n, 784) to the number of their group (n,), integers from 0."""


@runtime_checkable
class HasFeatures(Protocol):
    """A model whose code is not what latent scores should see: it holds a label, or the codes of two layers."""

    def features(self, x: Tensor) -> Tensor:
        """Map images (n, 784) to what latent scores look at (n, f)."""


@dataclass(frozen=True)
class Player:
    """Variables that minimise one term of the objective, by an optimizer of their own.

    Attributes:
        variables: what its updates change; players may share variables.
        updates: how many it makes for each batch.
        learning_rate: None for the protocol's.
        outputs: over how many outputs its term is averaged; None for the model's `outputs`. A discriminator has 1: its
            loss divided by 784 gives gradients under the epsilon of RMSprop, and it learns nothing.
    """

    variables: list[keras.Variable]
    updates: int = 1
    learning_rate: float | None = None
    outputs: int | None = None


class Model(keras.Model, ABC):  # type: ignore[misc]
    """A generative model of images, abstract here and final everywhere else.

    A family builds its networks in `__init__(protocol, **parameters)` with `aezoo.models.networks`, hidden layers
    before heads, encoder before decoder: weights follow from the seed in the order in which layers are made. Parameters
    are numbers, words or truth values with defaults, checked by `check_positive` and its like. State that no gradient
    moves is made by `add_weight(trainable=False)`, so that it is saved and starts anew with each seed. Whatever a model
    minimises it returns per example, so that curves, gradients and tests see the same numbers. Noise comes from
    `aezoo.models.noise`, with `self.noise`.

    Attributes:
        role: "model", or "floor" for a baseline that every table shows and none ranks.
        generative: whether decoding a random code is meant to give an image.
        annealable: whether its decoder was trained for codes of its prior, and ln p(z) has a gradient everywhere, so
            that chains may run from the prior to p(z|x).
        binary: whether its likelihood is one of binary images, or of grey ones.
        classes: above 0, one-hot labels follow the pixels of all images that it is given, (n, 784 + classes).
        outputs: how many outputs the minimised cross-entropy is averaged over: the chapter's 784 pixels.
        noise: the seeds of its draws, the only state that `objective` and `draw` may advance.
    """

    role: ClassVar[Literal["model", "floor"]] = "model"
    generative: ClassVar[bool] = True
    annealable: ClassVar[bool] = False
    binary: ClassVar[bool] = True
    classes: ClassVar[int] = 0
    outputs: ClassVar[int] = PIXELS

    def __init__(self, protocol: Setup) -> None:
        super().__init__()
        self.protocol = protocol
        self.noise = keras.random.SeedGenerator(0)

    def build(self, input_shape: Any = None) -> None:  # noqa: ANN401
        """Say that every layer is built by the constructor; there is nothing to add."""
        self.built = True

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """Return the parameters that a preset or a user may set."""
        return tuple(name for name in inspect.signature(cls.__init__).parameters if name not in ("self", "protocol"))

    @property
    def input_size(self) -> int:
        """Numbers of an image as the model is given it: 784 pixels and its one-hot label, if it is told that."""
        return PIXELS + self.classes

    @property
    def xla(self) -> bool:
        """Whether its epochs and scores are compiled by XLA: as its architecture says."""
        return ARCHITECTURES.get(self.protocol.architecture).xla

    @abstractmethod
    def objective(self, x: Tensor) -> Terms:
        """Compute per-example terms for images x (batch, 784): each of shape (batch,), in nats per image.

        "loss" is what is minimised. It is called for training batches, for 1,000 held-out images and for a single one,
        so that a term of a whole batch must be defined for one image, and is given as contributions whose mean is its
        estimate. It changes nothing but `noise`; what changes with each step does so in `on_step`.
        """

    @abstractmethod
    def decode_logits(self, z: Tensor) -> Tensor:
        """Map codes (n, d) to the logits (n, 784) of the mean images: Bernoulli means in most models."""

    def decode(self, z: Tensor) -> Tensor:
        """Map codes (n, d) to mean images (n, 784) in [0, 1]."""
        return ops.sigmoid(self.decode_logits(z))

    def adapt(self, images: Any) -> None:  # noqa: ANN401
        """Set what is known in closed form from the training images, float32 (n, 784), before any step."""

    def on_step(self, x: Tensor, progress: Tensor) -> None:
        """Advance what no gradient moves, such as a weight that rises or the averages of a codebook.

        Called once a step, before its updates, and never for held-out images. What it changes is made by
        `add_weight(trainable=False)`. It is compiled with the step: no Python state, no NumPy.

        Args:
            x: the images of the step's own batch, (batch, 784).
            progress: the share of the training that is done, a scalar in [0, 1).
        """
        return  # AutoGraph refuses a body of a docstring alone

    def players(self) -> dict[str, Player]:
        """Return who minimises which term, in the order of their updates."""
        return {"loss": Player(self.trainable_variables)}

    def mean_per_output(self, term: Tensor, outputs: int | None = None) -> Tensor:
        """Compute what is minimised of a per-example term (batch,): its mean, divided by `outputs`, or the model's.

        The chapter minimises nats per pixel, and RMSprop's epsilon makes the scale matter.
        """
        return ops.mean(term) / (self.outputs if outputs is None else outputs)

    def call(self, x: Tensor) -> Tensor:
        """Reconstruct images (n, 784) from their codes."""
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
        """Compute what `compile` and `fit` minimise: the mean loss per output, as the chapter does.

        Raises `TypeError` for a model of several players, of which `fit` would train all towards the goal of one, and
        for one with `on_step`, which `fit` would not call.
        """
        players = self.players()
        if len(players) > 1:
            raise TypeError(f"{type(self).__name__} has players {list(players)}; train it by aezoo.training")
        if type(self).on_step is not Model.on_step:
            raise TypeError(f"{type(self).__name__} has steps of its own, which fit does not know; use aezoo.training")
        return self.mean_per_output(self.objective(x)["loss"], players["loss"].outputs)


def pixels_of(x: Tensor) -> Tensor:
    """Return the images (n, 784) of rows (n, 784 + classes)."""
    return x[:, :PIXELS]


def labels_of(x: Tensor) -> Tensor:
    """Return the one-hot labels (n, classes) of rows (n, 784 + classes)."""
    return x[:, PIXELS:]


def check_positive(name: str, value: float) -> float:
    """Return a parameter of a model as a float; raise `ValueError` unless it is finite and above 0."""
    if not _is_finite(value) or value <= 0:
        raise ValueError(f"{name} is {value!r}; it must be a number above 0")
    return float(value)


def check_non_negative(name: str, value: float) -> float:
    """Return a parameter of a model as a float; raise `ValueError` unless it is finite and at least 0."""
    if not _is_finite(value) or value < 0:
        raise ValueError(f"{name} is {value!r}; it must be a number of at least 0")
    return float(value)


def check_whole(name: str, value: int, least: int = 1, most: int = 10_000) -> int:
    """Return a parameter of a model; raise `ValueError` unless it is a whole number from `least` to `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{name} is {value!r}; it must be a whole number from {least} to {most}")
    return value


def check_share(name: str, value: float) -> float:
    """Return a parameter of a model as a float; raise `ValueError` unless it lies in [0, 1]."""
    if not _is_finite(value) or not 0 <= value <= 1:
        raise ValueError(f"{name} is {value!r}; it must be a number from 0 to 1")
    return float(value)


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
