"""Options of the command line: comma lists, and a suite from options and a TOML file, over which options win."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from aezoo.controls import CONTROLS
from aezoo.errors import UnknownNameError, UsageError
from aezoo.metrics import METRICS
from aezoo.metrics.compute import requested_questions, slow_metrics
from aezoo.metrics.score_names import metric_of_score
from aezoo.runner.suite import PROTOCOL_SETTINGS, make_suite, validated
from aezoo.samplers import requested_samplers
from aezoo.spec import FrozenModel, Suite, model_label

MAX_FILE_BYTES = 1_000_000


def split_names(text: str | None) -> list[str]:
    """Split comma-separated names."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def parse_models(option: str, text: str | None) -> list[str]:
    """Read models, each with its parameters in the order of tables; none where the option is left out.

    Raises `UsageError` where it is there and names nothing: an empty variable of a script must not stand for all.
    """
    return [] if text is None else [*map(model_label, parse_list(option, text))]


def parse_list(option: str, text: str) -> list[str]:
    """Read comma-separated names; raises `UsageError` where there is none."""
    names = split_names(text)
    if not names:
        raise UsageError(f"{option} {text!r} names nothing; give at least one name, or leave {option} out")
    return names


def parse_metrics(option: str, text: str) -> list[str]:
    """Read names of registered metrics; raises `UsageError`, for a score that tables show with its metric's name."""
    names = parse_list(option, text)
    for name in names:
        if name not in METRICS.names() and (metric := metric_of_score(name)) is not None:
            raise UsageError(f"{option} {name!r} is a score, computed by the metric {metric}; give {option} {metric}")
        METRICS.check(name)
    return names


def parse_controls(option: str, text: str) -> list[str]:
    """Read names of registered controls, without parameters; raises `UsageError`."""
    names = parse_list(option, text)
    for name in names:
        plain, colon, _ = name.partition(":")
        CONTROLS.check(plain)
        if colon:
            raise UsageError(
                f"{option} {name!r} sets a parameter, and {option} takes names alone; for one dose, run --models {name}"
            )
    return names


class RunOptions(FrozenModel):
    """Options of `run` that a file can hold as well; None where neither says."""

    models: tuple[str, ...] | None = Field(default=None, min_length=1, max_length=1_000)
    seeds: str | tuple[Any, ...] | None = None
    dataset: str | None = None
    data_file: Path | None = None
    protocol: str | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    out: Path | None = None
    jobs: int | None = Field(default=None, ge=1, le=1_024, strict=True)
    also: tuple[str, ...] = ()
    samplers: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @field_validator("models", "also", "samplers", "questions", mode="before")
    @classmethod
    def _split(cls, names: Any) -> Any:  # noqa: ANN401
        """Names between commas, in one text or in each of several."""
        texts = [names] if isinstance(names, str) else names
        if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
            return names
        return tuple(name for text in texts for name in split_names(text))

    def suite(self, tell: Callable[[str], None] = lambda line: None) -> Suite:
        """Make the suite that the options describe; raises `UsageError` for a name or a value that cannot be.

        `tell` is called with a line for each model of ``all`` or of a family that is left out.
        """
        return make_suite(self.models, self.seeds, self.dataset, self.protocol, self.settings, tell)


def read_options(given: Mapping[str, Any], file: Path | None) -> RunOptions:
    """Read the options given, over those of a TOML file; raises `UsageError`, which names the file where that is wrong.

    Beside the options of `run`, each setting of the protocol is a key of its own: ``latent_dim = 16``.
    """
    present = _gather_settings({key: value for key, value in given.items() if value not in (None, [])})
    options = _gather_settings(_read_checked(file) if file else {})
    return validated(RunOptions, {**options, **present, "settings": {**options["settings"], **present["settings"]}})


def _gather_settings(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the settings of the protocol into a mapping of their own; raises `UnknownNameError` for an unknown key."""
    known = [*(name for name in RunOptions.model_fields if name != "settings"), *PROTOCOL_SETTINGS]
    for key in found:
        if key not in known:
            raise UnknownNameError("key", key, known)
    settings = {key: value for key, value in found.items() if key in PROTOCOL_SETTINGS}
    return {**{key: value for key, value in found.items() if key not in settings}, "settings": settings}


def _read_checked(file: Path) -> dict[str, Any]:
    """Read a suite file; all of it must make sense, also what an option replaces."""
    found = _read_toml(file)
    try:
        options = validated(RunOptions, _gather_settings(found))
        options.suite()
        slow_metrics(options.also)
        requested_samplers(options.samplers)
        requested_questions(options.questions)
    except UsageError as error:
        raise UsageError(f"suite file {file}: {error}") from error
    return found


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise UsageError(f"suite file {file} is larger than {MAX_FILE_BYTES} bytes; no suite needs that")
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"suite file {file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"suite file {file} is not TOML: {error}") from error
