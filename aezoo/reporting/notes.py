"""The lines under a table: where its numbers come from and how to read them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from aezoo.reporting.places import few_seeds
from aezoo.reporting.tidy import Frames
from aezoo.statistics import LEAST_SEEDS

MAX_FAILURES = 8
POINTS = "the value of each seed is in results.csv, and those of the first metrics to read in tables/uncertainty.md"


def section_footer(frames: Frames, trials: pd.DataFrame) -> tuple[str, ...]:
    """Data set, protocol, versions and failures, one line each."""
    first = trials.iloc[0]
    versions = frames.versions[int(first["section"])]
    lines = [
        f"{_describe_data(trials)}{_named_judge(frames, trials)}",
        f"protocol: {describe_protocol(frames.protocols[first['protocol']])}",
        f"versions: {', '.join(f'{name} {_either(of)}' for name, of in versions.items()) or 'not recorded'}",
    ]
    return (*lines, *few_seeds(_least_seeds(trials), POINTS), *filter(None, [_describe_failures(trials)]))


def describe_protocol(protocol: Mapping[str, Any]) -> str:
    """Name and settings of the protocol: ``chapter (batch size 100, epochs 50, latent dim 2)``."""
    settings = (
        f"{name.replace('_', ' ')} {value if isinstance(value, str) else json.dumps(value, sort_keys=True)}"
        for name, value in sorted(protocol.items())
        if name != "name"
    )
    return f"{protocol['name']} ({', '.join(settings)})"


def column_note(columns: pd.DataFrame) -> str:
    """Units, number of images and versions of the metrics in these columns, in one line."""
    names = list(columns["metric"])
    sizes = ["not recorded" if pd.isna(n) else f"{int(n):,} images" for n in columns["images"]]
    versions = ["not recorded" if pd.isna(version) else str(int(version)) for version in columns["version"]]
    units = _by_value(names, [str(unit) for unit in columns["unit"]])
    return f"unit: {units}; n: {_by_value(names, sizes)}; metric version: {_by_value(names, versions)}"


def _by_value(names: Iterable[str], values: Iterable[str]) -> str:
    """``5,000 images``, or ``5,000 images (ari, nmi), 1,000 images (trustworthiness)`` where they differ."""
    groups: dict[str, list[str]] = {}
    for name, value in zip(names, values, strict=True):
        groups.setdefault(value, []).append(name)
    if len(groups) == 1:
        return next(iter(groups))
    return ", ".join(f"{value} ({', '.join(of)})" for value, of in groups.items())


def _describe_data(trials: pd.DataFrame) -> str:
    first = trials.iloc[0]
    fingerprint = f"fingerprint {first['fingerprint'][:12]}" if first["fingerprint"] else "never read"
    given = sorted(set(trials["note"]) - {""})
    notes = [str(note) for note in given if not any(note != other and note in other for other in given)]
    if first["fingerprint"] and not (trials["judge"] != "").any():
        notes.append("it has no judge, so scores that need one are n/a")
    return "; ".join([f"data: {first['dataset']}, {fingerprint}", *notes])


def _named_judge(frames: Frames, trials: pd.DataFrame) -> str:
    """The judge, where the folder holds the work of several: what one says does not compare with another's."""
    judge = trials.iloc[0]["judge"]
    return f"; judge {judge}" if judge and len(set(frames.trials["judge"]) - {""}) > 1 else ""


def _least_seeds(trials: pd.DataFrame) -> int:
    """The fewest finished seeds of any model that has one; enough where there is no model."""
    done = trials[(trials["role"] == "model") & (trials["status"] == "done")]
    return int(done.groupby("model")["seed"].nunique().min()) if len(done) else LEAST_SEEDS


def _describe_failures(trials: pd.DataFrame) -> str:
    failed = trials[trials["status"] != "done"].sort_values(["model", "seed"])
    named = [
        f"{model} seed {seed} ({status})"
        for model, seed, status in zip(failed["model"], failed["seed"], failed["status"], strict=True)
    ]
    more = [f"and {len(named) - MAX_FAILURES} more"] if len(named) > MAX_FAILURES else []
    return f"not finished: {', '.join([*named[:MAX_FAILURES], *more])}" if named else ""


def _either(versions: Iterable[str]) -> str:
    return " and ".join(versions)
