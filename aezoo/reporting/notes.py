"""Notes below tables: data, protocol, versions, what failed, and why a cell has no value."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import pandas as pd

from aezoo.analysis.conventions import natural_key
from aezoo.analysis.cost import COST, LOADED, UNKNOWN_LOAD
from aezoo.analysis.own_sampler import CEILING_SAMPLER
from aezoo.analysis.sections import OF_PAIRS, TOO_FEW_CODES, Section
from aezoo.reporting.text import LOAD_MARKS, few_seeds_warning, join_words
from aezoo.samplers import is_optional
from aezoo.statistics import MIN_SEEDS

MAX_FAILURES = 8

MAX_NAMES = 8

POINTS = "the value of each seed is in results.csv, and those of the first metrics to read in tables/uncertainty.md"

COST_NOTE = (
    "parameters: weights that training moves; train_seconds: wall-clock seconds of training alone; sample_seconds: of "
    f"drawing the images that are scored, with the fit of the sampler; {LOAD_MARKS[LOADED]}: some seed on a machine "
    f"with more work than cores; {LOAD_MARKS[UNKNOWN_LOAD]}: load not recorded"
)

CODES = "codes"
"""The need without which a model has none of those that follow from it."""

MISSING_NEEDS = "needs "
"""The beginning of a stored reason where a model has no such thing as the metric needs."""

TOO_FEW_IMAGES = re.compile(r"(\d+) images; needs (\d+)")
"""The reason stored with a score for which there were too few images."""


def section_footer(section: Section, several_judges: bool = False) -> tuple[str, ...]:
    """Say data set, protocol, versions and failures, one line each; the judge too, where a folder has several.

    What one judge says does not compare with another's.
    """
    judge = f"; judge {section.judge}" if several_judges and section.judge else ""
    versions = [f"{name} {_join_versions(known)}" for name, known in section.versions.items()]
    lines = [
        f"{describe_data(section)}{judge}",
        f"protocol: {section.protocol}",
        f"versions: {', '.join(versions) or 'not recorded'}",
        *few_seeds_warning(_least_seeds(section.trials), POINTS),
        *describe_failures(section),
    ]
    return tuple(lines)


def column_note(columns: pd.DataFrame) -> str:
    """Say units, number of images and versions of the metrics in some columns, in one line."""
    names = list(columns["metric"])
    sizes = ["not recorded" if pd.isna(n) else f"{int(n):,} images" for n in columns["images"]]
    versions = ["not recorded" if pd.isna(version) else str(int(version)) for version in columns["version"]]
    units = _by_value(names, [str(unit) for unit in columns["unit"]])
    return f"unit: {units}; n: {_by_value(names, sizes)}; metric version: {_by_value(names, versions)}"


def table_note(question: str, columns: pd.DataFrame) -> str:
    return COST_NOTE if question == COST else column_note(columns)


def _by_value(names: Iterable[str], values: Iterable[str]) -> str:
    """Write ``5,000 images``, or ``5,000 images (ari, nmi), 1,000 images (trustworthiness)`` where they differ."""
    groups: dict[str, list[str]] = {}
    for name, value in zip(names, values, strict=True):
        groups.setdefault(value, []).append(name)
    if len(groups) == 1:
        return next(iter(groups))
    return ", ".join(f"{value} ({', '.join(of)})" for value, of in groups.items())


def describe_data(section: Section) -> str:
    """Say which data a section is about, and what its trials noted of it, in one line."""
    fingerprint = f"fingerprint {section.fingerprint[:12]}" if section.fingerprint else "never read"
    given = sorted(set(section.trials["note"]) - {""})
    notes = [str(note) for note in given if not any(note != other and note in other for other in given)]
    if section.fingerprint and not section.judge:
        notes.append("it has no judge, so scores that need one are n/a")
    return "; ".join([f"data: {section.dataset}, {fingerprint}", *notes])


def _least_seeds(trials: pd.DataFrame) -> int:
    """Count the fewest finished seeds of any model that has one; enough where there is no model."""
    done = trials[(trials["role"] == "model") & (trials["status"] == "done")]
    return int(done.groupby("model")["seed"].nunique().min()) if len(done) else MIN_SEEDS


def describe_failures(section: Section) -> Iterator[str]:
    """Say which trials have not finished, in one line; nothing where all have."""
    failed = section.trials[section.trials["status"] != "done"].sort_values(["model", "seed"])
    named = [
        f"{model} seed {seed} ({status})"
        for model, seed, status in zip(failed["model"], failed["seed"], failed["status"], strict=True)
    ]
    more = [f"and {len(named) - MAX_FAILURES} more"] if len(named) > MAX_FAILURES else []
    if named:
        yield f"not finished: {', '.join([*named[:MAX_FAILURES], *more])}"


def reason_lines(section: Section, question: str, metrics: Collection[str] | None = None) -> Iterator[str]:
    """Say why metrics of a question have no value in any row, a line for each reason.

    Where models lack what a metric needs, there is nothing to mend, and no line. `metrics` names those to speak of;
    None for all.
    """
    scores = section.scores[section.scores["question"] == question]
    valued = set(scores.loc[scores["state"] == "ok", "metric"])
    lacking = scores[~scores["metric"].isin(valued) & ~scores["reason"].str.startswith(MISSING_NEEDS)]
    lacking = lacking.drop_duplicates(["metric", "state", "reason"])
    if metrics is not None:
        lacking = lacking[lacking["metric"].isin(metrics)]
    by_reason: dict[tuple[str, str], list[str]] = {}
    for metric, state, reason in zip(*(lacking[name] for name in ("metric", "state", "reason")), strict=True):
        by_reason.setdefault((state, _reason_text(reason)), []).append(metric)
    for (state, reason), metrics in by_reason.items():
        yield f"{state} in every row, {reason}: {', '.join(metrics)}"


def pair_lines(section: Section, columns: pd.DataFrame) -> Iterator[str]:
    """Say which scores have no interval because they are of pairs of seeds, and which models lack codes for them."""
    scores = section.scores
    metrics = set() if columns.empty else set(scores.loc[scores["reason"] == OF_PAIRS, "metric"]) & {*columns["metric"]}
    if metrics:
        yield f"{OF_PAIRS}, so that no interval over seeds is right: {', '.join(sorted(metrics))}"
    of_pairs = scores[scores["metric"].isin(metrics)]
    lacking = of_pairs.loc[of_pairs["reason"] == TOO_FEW_CODES, "model"]
    models = sorted(set(lacking) - set(of_pairs.loc[of_pairs["reason"] == OF_PAIRS, "model"]), key=natural_key)
    if models:
        yield f"n/a, {TOO_FEW_CODES} of {_some_of(models)}: {', '.join(sorted(metrics))}"


def error_lines(scores: pd.DataFrame) -> Iterator[str]:
    """Say why scores failed in finished trials, a line for each reason; one broken sampler is the reason of many."""
    failed = scores[scores["state"] == "error"]
    for reason, rows in failed.groupby("reason", sort=True):
        models = sorted(set(rows["model"]), key=natural_key)
        count = rows["metric"].nunique()
        yield f"error in {count} score{'s' if count > 1 else ''} of {', '.join(models)}: {_reason_text(str(reason))}"


def sampler_lines(section: Section) -> Iterator[str]:
    """Say which samplers that were asked for make no sense for which models, a line for each reason and its models.

    A line for the ceiling of all samplers, where it is there, says what it is.
    """
    of_models = section.trials[(section.trials["role"] == "model") & (section.trials["status"] == "done")]
    found: dict[tuple[str, str], dict[str, None]] = {}
    for model, refused in sorted(zip(of_models["model"], of_models["refused_samplers"], strict=True)):
        for sampler, reason in json.loads(refused).items():
            if is_optional(sampler):
                found.setdefault((sampler, reason), {})[model] = None
    samplers: dict[tuple[str, str], list[str]] = {}
    for (sampler, reason), models in sorted(found.items()):
        samplers.setdefault((_some_of(list(models)), reason), []).append(sampler)
    for (names, reason), of in samplers.items():
        yield f"n/a, no samples of {names} by {', '.join(of)}: {reason}"
    if CEILING_SAMPLER in set(section.scores["sampler"]):
        yield f"{CEILING_SAMPLER} decodes codes of training images: it generates nothing, and is a ceiling, never best"


def _some_of(names: Sequence[str]) -> str:
    """Join names, and count those that are too many for a line."""
    more = len(names) - MAX_NAMES
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:MAX_NAMES])} and {more} more"


def unscored_lines(section: Section, shown: Collection[tuple[str, str]]) -> Iterator[str]:
    """Say of each finished floor, control or oracle without any score why, a line for each; it has no row in a table.

    `shown` holds role and name of those that have one.
    """
    done = section.trials[section.trials["status"] == "done"]
    for role, model in sorted(set(zip(done["role"], done["model"], strict=True)) - {*shown}):
        scores = section.scores
        own = scores[(scores["role"] == role) & (scores["model"] == model)]
        name = model if role == model else f"{model} ({role})"
        yield f"{name} has no score and no row: {'; '.join(_why_unscored(own['reason'])) or 'no metric was computed'}"


def _why_unscored(reasons: Iterable[str]) -> Iterator[str]:
    """Yield each reason once, and in one sentence what all metrics together lack."""
    unlike = dict.fromkeys(reasons)
    lacking = [reason.removeprefix(MISSING_NEEDS).split(", ") for reason in unlike if reason.startswith(MISSING_NEEDS)]
    names = list(dict.fromkeys(name for needs in lacking for name in needs))
    if names:
        yield f"metrics need {CODES if CODES in names else join_words(names)}, and it gives none"
    yield from dict.fromkeys(_reason_text(reason) for reason in unlike if not reason.startswith(MISSING_NEEDS))


def _reason_text(reason: str) -> str:
    """Write a stored reason; one of too few images says first how many are needed."""
    size = TOO_FEW_IMAGES.fullmatch(reason)
    return f"needs {int(size[2]):,} images and there were {int(size[1]):,}" if size else reason or "no reason recorded"


def _join_versions(versions: Iterable[str]) -> str:
    return " and ".join(versions)
