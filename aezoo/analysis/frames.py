"""Records as data frames: one row per trial, one row per score."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, nan
from sys import intern
from typing import Any

import pandas as pd

from aezoo.analysis.cost import load_remark

Record = Mapping[str, Any]

COLUMNS = (
    *("dataset", "protocol", "model", "sampler", "features", "seed"),
    *("question", "metric", "value", "unit", "better"),
)

FURTHER_COLUMNS = (
    "state",
    "reason",
    "n",
    "ideal",
    "standard_error",
    "standard_error_drawn",
    "version",
    "role",
    "epochs",
    "latent_dim",
    "fingerprint",
    "trial",
)

CONSTANT = "constant "
"""Beginning of the warnings of a record that images of its model hardly differ from each other."""

TRIAL_FIELDS = (
    "trial",
    "role",
    "model",
    "seed",
    "status",
    "dataset",
    "fingerprint",
    "note",
    "judge",
    "protocol",
    "refused_samplers",
    "train_seconds",
    "load_remark",
    "constant",
)

# Equal words of different records share one object: 10,000 records repeat them half a million times.
TEXT_FIELDS = ("question", "metric", "sampler", "features", "unit", "better", "reason")

# A judge makes the features of the sample scores: two judges are two scales.
SECTION = ("dataset", "fingerprint", "protocol", "judge")

NUMBER_FIELDS = ("version", "ideal", "n", "standard_error", "standard_error_drawn")


COMPARISON = "comparison"
"""The key of a record of `score`, and then the setting of its protocol, that names all which its scores depend on."""


def describe_protocol(protocol: Mapping[str, Any]) -> str:
    """Describe a protocol by name and settings: ``chapter (batch size 100, epochs 50, latent dim 2)``.

    That of a comparison of images from elsewhere describes itself.
    """
    if COMPARISON in protocol:
        return str(protocol[COMPARISON]).removeprefix("protocol: ")
    settings = (
        f"{name.replace('_', ' ')} {value if isinstance(value, str) else json.dumps(value, sort_keys=True)}"
        for name, value in sorted(protocol.items())
        if name != "name"
    )
    return f"{protocol['name']} ({', '.join(settings)})"


@dataclass(frozen=True)
class Frames:
    """Records as data frames that are joined by `trial`, the trial's id.

    Attributes:
        trials: one row per trial, whatever its status; `section` numbers the combinations of `SECTION`.
        scores: one row per score of a finished trial, in the order of its record; `value` is NaN unless the
            state is "ok".
        protocols: the settings of each protocol by the canonical JSON that `trials.protocol` holds.
        versions: for each section, the versions of the software that its trials ran on.
    """

    trials: pd.DataFrame
    scores: pd.DataFrame
    protocols: dict[str, dict[str, Any]]
    versions: dict[int, dict[str, list[str]]]


def tidy(records: Iterable[Record]) -> pd.DataFrame:
    """Make a table with one row per score of every finished trial, sorted; the order of the records does not matter.

    The columns are `COLUMNS`, then `FURTHER_COLUMNS`. `value` is float64, NaN unless `state` is "ok".
    """
    return to_frame(read_records(records))


def to_frame(frames: Frames) -> pd.DataFrame:
    """Make the table of `tidy` from records that are already read."""
    table = frames.scores.merge(frames.trials, on="trial", how="left", sort=False)
    keys = ["dataset", "fingerprint", "protocol", "role", "model", "seed", "order"]
    table = table.sort_values(keys, kind="stable", ignore_index=True)
    for column in ("epochs", "latent_dim"):
        table[column] = table["protocol"].map({key: of.get(column) for key, of in frames.protocols.items()})
    names = {key: describe_protocol(of) if COMPARISON in of else of["name"] for key, of in frames.protocols.items()}
    table["protocol"] = table["protocol"].map(names)
    table["fingerprint"] = table["fingerprint"].str[:12]
    return table[[*COLUMNS, *FURTHER_COLUMNS]]


def read_records(records: Iterable[Record]) -> Frames:
    """Read the records once; a trial met twice counts once."""
    trials: dict[str, tuple[Any, ...]] = {}
    scores: list[tuple[Any, ...]] = []
    protocols: dict[str, dict[str, Any]] = {}
    environments: dict[str, dict[str, str]] = {}
    for record in records:
        if record["id"] in trials:
            continue
        settings = dict(record["spec"]["protocol"])
        if record.get(COMPARISON):
            settings[COMPARISON] = record[COMPARISON]
        protocol = canonical_text(settings)
        protocols[protocol] = settings
        trials[record["id"]] = _trial(record, protocol)
        environments[record["id"]] = dict(record.get("environment") or {})
        scores.extend(_scores(record))
    frame = _with_sections(pd.DataFrame(list(trials.values()), columns=list(TRIAL_FIELDS)))
    return Frames(frame, _score_frame(scores), protocols, _versions(frame, environments))


def canonical_text(value: object) -> str:
    """Write `value` as JSON with sorted keys: equal settings are equal strings."""
    return intern(json.dumps(value, sort_keys=True, separators=(",", ":")))


def _trial(record: Record, protocol: str) -> tuple[Any, ...]:
    spec, dataset = record["spec"], record.get("dataset") or {}
    return (
        *(record["id"], record["role"], record["label"], spec["seed"], record["status"]),
        *(dataset.get("name") or spec["dataset"], dataset.get("fingerprint") or ""),
        *(dataset.get("note") or "", dataset.get("judge") or "", protocol),
        canonical_text(record.get("refused_samplers") or {}),
        record["timing"].get("train"),
        load_remark(record),
        "; ".join(text.partition(":")[0] for text in record.get("warnings") or () if text.startswith(CONSTANT)),
    )


def _scores(record: Record) -> Iterator[tuple[Any, ...]]:
    """List the scores of a finished trial; what a failed one may hold was never completed, and is left out."""
    if record["status"] != "done":
        return
    for order, score in enumerate(record.get("scores") or ()):
        value, state = score.get("value"), score["state"]
        if state == "ok" and (value is None or not isfinite(value)):
            state = "error"
        text = [intern(score.get(name) or "") for name in TEXT_FIELDS]
        numbers = [score.get(name) for name in NUMBER_FIELDS]
        yield (record["id"], order, value if state == "ok" else nan, state, *text, *numbers)


def _score_frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["trial", "order", "value", "state", *TEXT_FIELDS, *NUMBER_FIELDS])
    floats = dict.fromkeys(("value", "ideal", "standard_error", "standard_error_drawn"), float)
    return frame.astype({**floats, "n": "Int64", "version": "Int64", "order": int})


def _with_sections(trials: pd.DataFrame) -> pd.DataFrame:
    """Number the combinations of `SECTION`: only trials of one section may be compared.

    A trial that failed before it had read its data has no fingerprint; it belongs to the one section of its
    data set and protocol, if there is only one.
    """
    place = ["dataset", "protocol"]
    known = trials[trials["fingerprint"] != ""].drop_duplicates([*place, "fingerprint", "judge"])
    unique = known.drop_duplicates(place, keep=False)[[*place, "fingerprint", "note", "judge"]]
    filled = trials[place].merge(unique, on=place, how="left", sort=False)
    for name in ("fingerprint", "note", "judge"):
        blank = (trials["fingerprint"] == "") & filled[name].notna()
        filled[name] = trials[name].where(~blank, filled[name])
    trials = trials.assign(**{name: filled[name] for name in ("note", "judge", "fingerprint")})
    return trials.assign(section=trials.groupby(list(SECTION), sort=True).ngroup())


def _versions(trials: pd.DataFrame, environments: dict[str, dict[str, str]]) -> dict[int, dict[str, list[str]]]:
    found: dict[int, dict[str, set[str]]] = {}
    for trial, section in zip(trials["trial"], trials["section"], strict=True):
        names = found.setdefault(int(section), {})
        for name in ("aezoo", "tensorflow", "keras"):
            if environments[trial].get(name):
                names.setdefault(name, set()).add(str(environments[trial][name]))
    return {section: {name: sorted(of) for name, of in names.items()} for section, names in found.items()}
