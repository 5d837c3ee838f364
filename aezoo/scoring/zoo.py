"""Rows of an earlier comparison beside the samples, as far as they were scored in the same way; the rest is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from aezoo.record import Record
from aezoo.reporting.notes import describe_protocol
from aezoo.store import Store

QUESTIONS = ("samples", "copying")
COMPUTED_HERE = ("samples", "oracle", "control")
"""Roles of which nothing is taken from a folder: they are computed again, or were somebody else's."""

Score = Mapping[str, Any]


def comparable_records(folders: Iterable[Path], samples: Record) -> tuple[list[Record], list[str]]:
    """The models and floors of results folders whose scores may stand beside those of the record `samples`.

    They must come from the same data (by fingerprint), the same judge, the same number of images and the same version
    of the metric. Returns what is left of each record, and lines that say what was left out and why.

    Raises:
        ResultsError: a folder holds no results or cannot be read.
    """
    kept: list[Record] = []
    notes: list[str] = []
    for folder in folders:
        records = [record for record in Store(folder).records() if record["role"] not in COMPUTED_HERE]
        found = [_comparable(record, samples) for record in records]
        kept.extend(record for record, _ in found if record is not None)
        notes.extend(_lines(folder, found))
    return _told_apart(kept), notes


def _comparable(record: Record, samples: Record) -> tuple[Record | None, list[str]]:
    """The record with the scores that may be compared, None without any; and a reason for each score left out."""
    if record["status"] != "done":
        return None, [f"did not finish ({record['status']})"]
    for name, words in (("fingerprint", "its data has fingerprint {}, here {}"), ("judge", "its judge is {}, here {}")):
        there, here = record["dataset"][name], samples["dataset"][name]
        if there != here:
            return None, [words.format(str(there)[:12], str(here)[:12])]
    of_samples = [row for row in record["scores"] if row["question"] in QUESTIONS]
    reasons = [_reason(row, samples) for row in of_samples]
    rows = [row for row, reason in zip(of_samples, reasons, strict=True) if reason is None]
    why = [reason for reason in reasons if reason is not None] or ([] if rows else ["has no scores of samples"])
    return ({**record, "scores": rows} if any(row["state"] == "ok" for row in rows) else None), why


def _reason(row: Score, samples: Record) -> str | None:
    """Why a score may not be compared; None where it may."""
    version = samples["metrics"].get(row["family"])
    n = max((score["n"] for score in samples["scores"]), default=0)
    if row["state"] != "ok":
        return None
    if version != row["version"]:
        return f"metric {row['family']} has version {row['version']}, here {version or 'none'}"
    return None if row["n"] == n else f"scored with {row['n']:,} images, here {n:,}; only equal numbers compare"


def _lines(folder: Path, found: list[tuple[Record | None, list[str]]]) -> Iterator[str]:
    kept = [record for record, _ in found if record is not None]
    for protocol in dict.fromkeys(describe_protocol(record["spec"]["protocol"]) for record in kept):
        yield f"models and floors from {folder}: protocol {protocol}"
    whole = Counter(reason for record, why in found if record is None for reason in set(why))
    for reason, count in whole.items():
        yield f"{folder}: {count} of {len(found)} trials left out: {reason}"
    for reason in dict.fromkeys(reason for record, why in found if record is not None for reason in why):
        yield f"{folder}: some scores left out: {reason}"
    if not found:
        yield f"{folder} holds no models: nothing to stand beside"


def _told_apart(records: list[Record]) -> list[Record]:
    """Where protocols differ, the label says in what: ``vae:latent_dim=16``."""
    protocols = [record["spec"]["protocol"] for record in records]
    names = sorted({name for protocol in protocols for name in protocol} - {"name", "samples"})
    varying = [name for name in names if len({repr(protocol.get(name)) for protocol in protocols}) > 1]
    return [
        {**record, "label": ":".join([record["label"], *(f"{name}={protocol.get(name)}" for name in varying)])}
        for record, protocol in zip(records, protocols, strict=True)
    ]
