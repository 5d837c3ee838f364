"""The contract of a model: what a family defines, and what of it is read by training and by which score.

A family is one file with one class derived from `Model` (or from `aezoo.models.gaussian.GaussianModel` or
`aezoo.models.deterministic.DeterministicModel`, which hold the methods that are alike in every Gaussian autoencoder and
in every one whose code is a point), registered under a name or under several presets. It defines

- `objective` and `decode_logits`, always;
- `encode` where it has an encoder, `sample_prior` where it has a prior;
- of the rest only what differs from a variational autoencoder. Whatever it leaves out has the meaning of the table.

| method or attribute | left out, it means | read by |
| --- | --- | --- |
| `posterior` | q(z|x) is a point, or a law that `draw` knows | likelihoods, rates, collapse, `Latent.posterior` |
| `draw` | q(z|x) is the Gaussian of `posterior` | the same, and goes before `posterior` |
| `log_prior` | the prior is N(0, I) | bounds, annealing, integration, rates, manifold |
| `log_likelihood` | p(x|z) is Bernoulli with the logits of `decode_logits` | bounds, integration, distortion |
| `log_density` | ln p(x) has no closed form | bounds, integration, anomaly scores: of it they are the value itself |
| `binary` | the likelihood is one of binary images | every likelihood: of grey or of binary images |
| `annealable` | chains from its prior make no sense | annealed bounds, with noise or without |
| `symbols` | the code is continuous | samplers of symbols, code usage; rate and bounds of a coded image |
| `cluster` | it sorts images into no groups | cluster scores |
| `features` | latent scores see the codes | latent scores, latent map |
| `classes` | it is not told labels | every array of images that it is given: rows |
| `players` | everything trainable minimises "loss" | training |
| `on_step` | nothing changes but by gradients | training |
| `on_epoch` | nothing depends on all training images at once | training |
| `adapt` | nothing is known in closed form | training, before the first step |
| `outputs` | losses are averaged over 784 pixels | training |

Images are float32 in [0, 1], flattened, (n, 784); rows of a model of labels are (n, 784 + classes). Codes are float32
(n, d). All terms and densities are in nats per image, natural logarithms, one value for each image: (n,).
"""

from __future__ import annotations

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from aezoo.architectures import ARCHITECTURES
from aezoo.architectures.layers import PIXELS
from aezoo.errors import UsageError
from aezoo.models.parameters import check_whole
from aezoo.seeds import integer_seed, standard_normal
from aezoo.spec import Protocol

Tensor = Any
"""A backend tensor; Keras has no public type for one."""

MAX_SAMPLES = 1_000_000
SAMPLES_AT_ONCE = 1_000
"""Images that `sample` decodes at a time."""

Family = Literal[
    "deterministic",
    "quantised",
    "variational",
    "matching",
    "adversarial",
    "autoregressive",
    "flow",
    "baseline",
    "other",
]
"""The idea of a model: a point as code, a code of symbols, a bound on the likelihood, a distance of the codes to a
prior, a critic, a product of conditionals, a path from noise to images; a floor; or another."""

Terms = dict[str, Tensor]
"""Per-example terms of an objective by name, each (batch,)."""


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
        family: the idea that it belongs to, in the catalogue and in ``--models family:quantised``.
        paper: authors, year and arXiv number or venue of the paper that defines it.
        papers: of presets that another paper defines, by their names.
        failure: what went wrong with a model that is kept to be seen; ``--models all`` leaves it out and says so.
        dearer: what in its mathematics makes a step take longer than two of `vae`, where it does.
        role: "model", or "floor" for a baseline that every table shows and none ranks.
        generative: whether decoding a random code is meant to give an image.
        annealable: whether its decoder was trained for codes of its prior, and ln p(z) has a gradient everywhere, so
            that chains may run from the prior to p(z|x).
        binary: whether its likelihood is one of binary images, or of grey ones.
        classes: above 0, one-hot labels follow the pixels of all images that it is given, (n, 784 + classes).
        outputs: how many outputs the minimised cross-entropy is averaged over: the chapter's 784 pixels.
        own_draws: whether its objective has the density of its draws, as importance weights do: they must then be draws
            of q(z|x), and the protocol's `epsilon_std` must be 1.
        noise: the seeds of its draws, the only state that `objective` and `draw` may advance.

    A file of `model.save("x.keras")` is read by `keras.saving.load_model` once the module of the class is imported,
    as `MODELS.get(name)` does.
    """

    _given: dict[str, Any]
    family: ClassVar[Family] = "other"
    paper: ClassVar[str] = ""
    papers: ClassVar[Mapping[str, str]] = {}
    failure: ClassVar[str] = ""
    dearer: ClassVar[str] = ""
    role: ClassVar[Literal["model", "floor"]] = "model"
    generative: ClassVar[bool] = True
    annealable: ClassVar[bool] = False
    binary: ClassVar[bool] = True
    classes: ClassVar[int] = 0
    outputs: ClassVar[int] = PIXELS
    own_draws: ClassVar[bool] = False

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401
        super().__init_subclass__(**options)
        keras.saving.register_keras_serializable(cls.__module__, cls.__qualname__)(cls)

    def __new__(cls, *arguments: Any, **options: Any) -> Self:  # noqa: ANN401
        """Keep what the constructor is given, which `get_config` writes."""
        model: Self = super().__new__(cls, *arguments, **options)
        try:
            given = inspect.signature(cls.__init__).bind(model, *arguments, **options).arguments
        except TypeError:  # the constructor itself says what is wrong
            given = {}
        # Keras would wrap the mapping, and look for layers in it.
        object.__setattr__(model, "_given", dict(list(given.items())[1:]))
        return model

    def __init__(self, protocol: Protocol) -> None:
        super().__init__()
        self.protocol = protocol
        self.noise = keras.random.SeedGenerator(0)

    def build(self, input_shape: Any = None) -> None:  # noqa: ANN401
        """Say that every layer is built by the constructor; there is nothing to add."""
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """Return the protocol and the parameters as JSON, for the file of `save`; `from_config` makes the model."""
        parameters = {name: value for name, value in self._given.items() if name != "protocol"}
        return {"protocol": self.protocol.model_dump(mode="json"), "parameters": parameters}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Make a new model of what `get_config` returned."""
        return cls(Protocol(**config["protocol"]), **config["parameters"])

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """Return the parameters that a preset or a user may set."""
        return tuple(name for name in inspect.signature(cls.__init__).parameters if name not in ("self", "protocol"))

    @classmethod
    def unsuitable(cls, protocol: Protocol) -> str:
        """Say in a clause why the family makes no sense under `protocol`; empty where it does."""
        if cls.own_draws and protocol.epsilon_std != 1:
            return f"it weighs draws by their density; epsilon_std is {protocol.epsilon_std:g}, not 1"
        return ""

    @property
    def input_size(self) -> int:
        """Numbers of an image as the model is given it: 784 pixels and its one-hot label, if it is told that."""
        return PIXELS + self.classes

    @property
    def xla(self) -> bool:
        """Mark of a model whose epochs and scores are compiled by XLA: as its architecture says."""
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

    def sample(self, n: int, seed: int = 0) -> NDArray[np.float32]:
        """Generate `n` images, float32 (n, 28, 28) in [0, 1], the same for the same seed.

        Their codes are draws of the prior, or of N(0, I) where the model has none: those of the command `sample`
        without ``--sampler``.

        Raises:
            ValueError: `n` is no whole number above 0.
            UsageError: the code is one of symbols without a prior, or the model is not meant to generate.
        """
        z = self._own_codes(check_whole("n", n, most=MAX_SAMPLES), seed)
        side = math.isqrt(PIXELS)
        parts = [self.decode(z[start : start + SAMPLES_AT_ONCE]) for start in range(0, n, SAMPLES_AT_ONCE)]
        return np.concatenate([np.asarray(part, np.float32) for part in parts]).reshape(n, side, side)

    def _own_codes(self, n: int, seed: int) -> Tensor:
        """Draw codes (n, d) of the sampler that stands for the model, by the same seeds."""
        prior = getattr(self, "sample_prior", None)
        if prior is not None:
            return prior(n, integer_seed(seed, "sampling", "prior"))
        name, encode = type(self).__name__, getattr(self, "encode", None)
        if not self.generative:
            raise UsageError(f"{name} is not meant to generate images: a random code of it is none; take another model")
        if hasattr(self, "from_symbols"):
            raise UsageError(
                f"the codes of {name} are symbols, and it has no prior of them; the command sample fits one to the "
                "training images"
            )
        width = self.protocol.latent_dim if encode is None else encode(ops.zeros((1, self.input_size))).shape[-1]
        return ops.convert_to_tensor(standard_normal(integer_seed(seed, "sampling", "standard-normal"), n, width))

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

    def on_epoch(self, images: Any, progress: float) -> None:  # noqa: ANN401
        """Set what depends on all training images at once, such as centres by k-means or frequencies of groups.

        Called before each epoch and not compiled, so that NumPy and SciPy serve; a phase of the training begins here.
        It may set weights that a player trains, and what is made by `add_weight(trainable=False)`.

        Args:
            images: all training images, float32 (n, 784).
            progress: the share of the training that is done, in [0, 1).
        """

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
        encode = getattr(self, "encode", None)
        if encode is None:
            raise TypeError(f"{type(self).__name__} has no encoder, so it reconstructs nothing; call decode")
        return self.decode(encode(x))

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
        for one with `on_step` or `on_epoch`, which `fit` would not call.
        """
        players = self.players()
        if len(players) > 1:
            raise TypeError(f"{type(self).__name__} has players {list(players)}; train it by aezoo.training")
        if type(self).on_step is not Model.on_step or type(self).on_epoch is not Model.on_epoch:
            raise TypeError(f"{type(self).__name__} has steps of its own, which fit does not know; use aezoo.training")
        return self.mean_per_output(self.objective(x)["loss"], players["loss"].outputs)


def pixels_of(x: Tensor) -> Tensor:
    """Return the images (n, 784) of rows (n, 784 + classes)."""
    return x[:, :PIXELS]


def labels_of(x: Tensor) -> Tensor:
    """Return the one-hot labels (n, classes) of rows (n, 784 + classes)."""
    return x[:, PIXELS:]
