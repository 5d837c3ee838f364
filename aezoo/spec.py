"""Protocols, trials and suites: frozen, validated, with canonical JSON and content ids."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
)

from aezoo.errors import UnknownNameError, UsageError

Parameter = bool | int | float | str
Seed = Annotated[int, Field(ge=0, lt=2**32, strict=True)]

MAX_SEEDS = 10_000
REFUSAL_OF = re.compile(r"^(?:Value|Assertion) error, ")
SEED_PATTERN = re.compile(r"(\d{1,10})(?:-(\d{1,10}))?")
MODEL_PATTERN = re.compile(r"[^:]+(?::\w+=[^:=]+)*")


class FrozenModel(BaseModel):
    """An immutable description that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class IdentifiedModel(FrozenModel):
    """A description whose JSON makes an id, which no field that is added later may move.

    A field outside `always_written` is written only where its value differs from its default. A default is therefore
    for ever: stored descriptions without the field mean it.

    Attributes:
        always_written: the fields of the first published version.
    """

    always_written: ClassVar[frozenset[str]]

    @model_serializer(mode="wrap")
    def _omit_later_defaults(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        return {
            name: value
            for name, value in dump(self).items()
            if name in self.always_written or getattr(self, name) != fields[name].get_default(call_default_factory=True)
        }


SCHEDULES: dict[str, tuple[tuple[float, float], ...]] = {
    "constant": ((1.0, 1.0),),
    "burda": tuple(((3 ** (stage + 1) - 1) / (3**8 - 1), 10 ** (-stage / 7)) for stage in range(8)),
}
"""Learning rates over a training: stages of (the share of the training at which it ends, factor of the learning rate).

``burda``: stage i of 0 to 7 lasts 3^i of 3,280 parts and has the factor 10^(-i / 7); Burda et al. 2016, section 5.
"""


class Protocol(IdentifiedModel):
    """Setup that every model gets alike. The defaults are the chapter's.

    Attributes:
        name: the protocol it was derived from.
        hidden_units: width of a hidden layer of encoder and decoder, as the architecture counts it.
        latent_dim: dimensions of the code.
        optimizer: a name of `aezoo.optimizers`; its other settings are Keras's defaults.
        learning_rate: of the optimizer, at the factor 1 of the schedule.
        batch_size: images a step; images left over by the division are not used in that epoch.
        epochs: passes over the training images.
        epsilon_std: standard deviation of the noise in z = mean + exp(log_variance / 2) * epsilon.
        samples: most images that a sampler generates for scoring; never more than the reference split holds.
        architecture: a name of `aezoo.architectures`.
        hidden_layers: hidden layers of the encoder, and of the decoder.
        activation: of hidden layers.
        schedule: a name of `SCHEDULES`, how the learning rate falls.
        binarisation: "none" for grey images; "dynamic" for binary ones, drawn anew in each epoch, a pixel 1 with its
            intensity as probability.
    """

    always_written: ClassVar[frozenset[str]] = frozenset(
        "name hidden_units latent_dim optimizer learning_rate batch_size epochs epsilon_std samples".split()  # noqa: SIM905
    )

    name: str = "chapter"
    hidden_units: int = Field(default=256, ge=1, le=65_536, strict=True)
    latent_dim: int = Field(default=2, ge=1, le=1024, strict=True)
    optimizer: str = Field(default="rmsprop", max_length=64)
    learning_rate: float = Field(default=1e-3, gt=0, strict=True)
    batch_size: int = Field(default=100, ge=1, le=60_000, strict=True)
    epochs: int = Field(default=50, ge=1, le=1_000_000, strict=True)
    epsilon_std: float = Field(default=1.0, ge=0, strict=True)
    samples: int = Field(default=5_000, ge=2, le=60_000, strict=True)
    architecture: str = Field(default="mlp", max_length=64)
    hidden_layers: int = Field(default=1, ge=1, le=8, strict=True)
    activation: Literal["relu", "tanh"] = "relu"
    schedule: Literal["constant", "burda"] = "constant"
    binarisation: Literal["none", "dynamic"] = "none"


def complete_protocol(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a stored protocol with those that it leaves out, at their defaults."""
    later = Protocol.model_fields.keys() - Protocol.always_written
    return {**{name: Protocol.model_fields[name].default for name in sorted(later)}, **stored}


def settings_apart(stored: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> list[str]:
    """List the settings that tell a stored protocol from others of its name, sorted: ``latent dim 16``."""
    own = complete_protocol(stored)
    rivals = [each for each in map(complete_protocol, others) if each.get("name") == own.get("name")]
    return [
        f"{name.replace('_', ' ')} {value}"
        for name, value in sorted(own.items())
        if any(rival.get(name) != value for rival in rivals)
    ]


PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol(),
        Protocol(name="chapter-16", latent_dim=16),
        Protocol(
            name="burda",
            hidden_units=200,
            hidden_layers=2,
            activation="tanh",
            latent_dim=50,
            binarisation="dynamic",
            optimizer="adam",
            schedule="burda",
            batch_size=20,
            epochs=100,
        ),
        Protocol(name="conv", architecture="conv", hidden_units=64, latent_dim=16, optimizer="adam", epochs=10),
        Protocol(name="dec", architecture="dec", hidden_units=500, latent_dim=10, optimizer="adam", batch_size=256),
        Protocol(name="smoke", epochs=10),
    )
}
"""Protocols by name.

``burda`` has the networks, batches, binarisation and schedule of Burda et al. 2016 in 100 epochs where the paper has
3,280. ``dec`` has the network and the batches of Xie et al. 2016.
"""


def get_protocol(name: str) -> Protocol:
    """Return the protocol called `name`; raises `UnknownNameError`."""
    if name not in PROTOCOLS:
        raise UnknownNameError("protocol", name, PROTOCOLS)
    return PROTOCOLS[name]


def _whole_numbers_as_int(parameters: dict[str, Parameter]) -> dict[str, Parameter]:
    """Return parameters with 4 for 4.0: they are one value, and so must be one id."""
    return {
        key: int(value) if isinstance(value, float) and value.is_integer() else value
        for key, value in parameters.items()
    }


Parameters = Annotated[dict[str, Parameter], AfterValidator(_whole_numbers_as_int)]


class ModelSpec(FrozenModel):
    """Model of a trial: a registered model (or control) with the parameters that differ from its preset."""

    name: str
    parameters: Parameters = {}

    def __hash__(self) -> int:
        return hash(self.label)

    @property
    def label(self) -> str:
        """Its name in tables: ``beta-vae:beta=10``."""
        return ":".join([self.name, *(f"{key}={value}" for key, value in sorted(self.parameters.items()))])

    @classmethod
    def parse(cls, text: str) -> ModelSpec:
        """Read ``name`` or ``name:parameter=value:...``; raises `UsageError`."""
        if not MODEL_PATTERN.fullmatch(text):
            raise UsageError(f"model {text[:80]!r} is not understood; write a name, or name:parameter=value")
        name, *pairs = text.split(":")
        parsed = [_parse_parameter(pair) for pair in pairs]
        if (twice := first_repeated(key for key, _ in parsed)) is not None:
            raise UsageError(f"model {text[:80]!r} sets {twice} twice; set it once")
        return cls(name=name, parameters=dict(parsed))


def model_label(text: str) -> str:
    """Write a model's name and parameters as tables do, in whatever order they are given; another text as it is."""
    try:
        return ModelSpec.parse(text).label
    except UsageError:
        return text


def as_names(names: str | Iterable[str]) -> tuple[str, ...]:
    """Return names as a tuple; a text is one name, and not its letters."""
    return (names,) if isinstance(names, str) else tuple(names)


def first_repeated(names: Iterable[str]) -> str | None:
    """Return the first name that is there a second time; None where each is there once."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _parse_parameter(pair: str) -> tuple[str, Parameter]:
    key, text = pair.split("=")
    try:
        value: Parameter = json.loads({"True": "true", "False": "false"}.get(text, text))  # as in a label
    except ValueError:
        value = text
    if not isinstance(value, Parameter) or (isinstance(value, float) and not math.isfinite(value)):
        raise UsageError(f"parameter {key}={text[:80]} is not understood; give a finite number, true, false or a word")
    return key, value


class Trial(IdentifiedModel):
    """The unit of work: one subject on one data set under one protocol with one seed."""

    always_written: ClassVar[frozenset[str]] = frozenset(["dataset", "model", "parameters", "protocol", "seed"])

    dataset: str
    model: str
    parameters: Parameters = {}
    protocol: Protocol
    seed: Seed

    @property
    def subject(self) -> ModelSpec:
        return ModelSpec(name=self.model, parameters=self.parameters)

    @property
    def id(self) -> str:
        """SHA-256, in hexadecimal, of the canonical JSON."""
        return hashlib.sha256(canonical_json(self.model_dump(mode="json")).encode()).hexdigest()


FLOORS = ("oracle", "raw-pixels", "mean-image", "pca")
"""Rows that every table shows beside the models: the best that can be expected, and what needs no learning."""

SINGLE_SEED_FLOORS = ("oracle", "raw-pixels", "mean-image")
"""Floors that neither train nor draw; they run with the first seed only."""


class Suite(FrozenModel):
    """Comparison that one run makes: every model and floor with every seed, on one data set under one protocol."""

    models: tuple[ModelSpec, ...] = tuple(ModelSpec(name=name) for name in ("ae", "vae", "beta-vae"))
    seeds: tuple[Seed, ...] = Field(default=(0, 1, 2), min_length=1, max_length=MAX_SEEDS)
    dataset: str = "auto"
    protocol: Protocol = Protocol()

    @field_validator("models", "seeds")
    @classmethod
    def _each_once(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(values))

    @property
    def subjects(self) -> tuple[ModelSpec, ...]:
        """The models, then the floors that are not among them."""
        return tuple(dict.fromkeys([*self.models, *(ModelSpec(name=name) for name in FLOORS)]))

    def trials(self, dataset: str) -> list[Trial]:
        """All trials on the data set called `dataset`, seeds of a model side by side so that it is compiled once."""
        return [
            Trial(
                dataset=dataset,
                model=model.name,
                parameters=model.parameters,
                protocol=self.protocol,
                seed=seed,
            )
            for model in self.subjects
            for seed in (self.seeds[:1] if model.name in SINGLE_SEED_FLOORS else self.seeds)
        ]


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read ``0-4`` or ``0,3,7`` or a mixture; raises `UsageError`."""
    seeds: list[int] = []
    for part in text.split(","):
        match = SEED_PATTERN.fullmatch(part.strip())
        if match is None:
            raise UsageError(f"seeds {text[:80]!r} are not understood; write 0-4 or 0,3,7")
        first = int(match[1])
        last = int(match[2] or first)
        if last < first:
            raise UsageError(f"seeds {part.strip()!r} run backwards; write {last}-{first}")
        if last >= 2**32 or last - first + len(seeds) >= MAX_SEEDS:
            raise UsageError(f"seeds {text[:80]!r} are too many or too large; at most {MAX_SEEDS} below 2**32")
        seeds.extend(range(first, last + 1))
    return tuple(dict.fromkeys(seeds))


def canonical_json(value: Any) -> str:  # noqa: ANN401
    """Return the one JSON text of `value`: sorted keys, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def format_validation_error(error: ValidationError) -> str:
    """Write a validation error as one line: where, what was found, what is allowed."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "value"
    said = plain_refusal(first["msg"])
    return f"{where}: found {str(first['input'])[:80]!r}; {said}"


def plain_refusal(message: str) -> str:
    """Return what a validator says, as it stands in a line of ours: ``it must be greater than or equal to 1``."""
    text = REFUSAL_OF.sub("", message)
    return re.sub(r"^(?:Input|\w+(?: \w+)?) should ", "it must ", text)
