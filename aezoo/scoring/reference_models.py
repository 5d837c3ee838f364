"""Models of existing results folders that were scored on the same data, n and metric versions as the samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aezoo.analysis.frames import describe_protocol
from aezoo.metrics import METRICS
from aezoo.record import Record
from aezoo.spec import complete_protocol
from aezoo.store import Store

QUESTIONS = ("samples", "copying")
COMPUTED_HERE = ("samples", "oracle", "control")
"""Roles of which nothing is taken from a folder: they are computed again, or were somebody else's."""

PUBLISHED = ("mnist", 5_000)
"""The data set and the number of images of the results in aezoo's repository."""
NO_SAMPLES = "has no scores of samples"

Score = Mapping[str, Any]


@dataclass(frozen=True)
class ReferenceModels:
    """Models and floors of other results that may stand beside the samples.

    Attributes:
        records: of models and floors, with no more than the scores that may be compared.
        notes: where they come from, and what of them is left out and why, a line each.
        warnings: of each folder that was asked for and of which nothing is left, the reason.
    """

    records: tuple[Record, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def load_comparable(folders: Sequence[Path], samples: Record, hint: bool = True) -> ReferenceModels:
    """Load the models and floors of results folders whose scores may stand beside those of the record `samples`.

    They must come from the same data (by fingerprint), the same judge, the same number of images and the same version
    of the metric. Without folders a note gives a `hint` how models come to stand there.

    Raises:
        ResultsError: a folder holds no results or cannot be read.
    """
    kept: list[Record] = []
    notes: list[str] = [] if folders or not hint else [_hint(samples)]
    warnings: list[str] = []
    for folder in folders:
        records = [record for record in Store(folder).records() if record["role"] not in COMPUTED_HERE]
        compared = [_comparable(record, samples) for record in records]
        comparable = [record for record, _ in compared if record is not None]
        kept.extend(comparable)
        if comparable:
            notes.extend(_lines(folder, compared))
        else:
            warnings.append(_nothing_left(folder, compared))
    return ReferenceModels(tuple(_disambiguate(kept)), tuple(notes), tuple(warnings))


def _hint(samples: Record) -> str:
    """Tell how models come to stand beside these samples."""
    name, n = samples["dataset"]["name"], samples["spec"]["protocol"]["samples"]
    if (name, n) == PUBLISHED:
        return (
            "no models stand beside the samples; to see some, give --against (against=) results/zoo/latent-16 of "
            "aezoo's repository, or a results folder of your own"
        )
    with_more = f"; give {PUBLISHED[1]:,} images to compare with results/zoo/latent-16 of aezoo's repository"
    return (
        "no models stand beside the samples; to see some, give --against (against=) a results folder of models scored "
        f"on {name} with {n:,} images{with_more if name == PUBLISHED[0] else ''}"
    )


def _comparable(record: Record, samples: Record) -> tuple[Record | None, list[str]]:
    """Restrict a record to the scores that may be compared, None without any; with a reason for each one left out."""
    if record["status"] != "done":
        return None, [f"did not finish ({record['status']})"]
    for name, text in (("fingerprint", "its data has fingerprint {}, here {}"), ("judge", "its judge is {}, here {}")):
        there, here = record["dataset"][name], samples["dataset"][name]
        if there != here:
            return None, [text.format(str(there)[:12], str(here)[:12])]
    rows_of_samples = [row for row in record["scores"] if row["question"] in QUESTIONS]
    reasons = [_reason(row, samples) for row in rows_of_samples]
    rows = [row for row, reason in zip(rows_of_samples, reasons, strict=True) if reason is None]
    left_out = [reason for reason in reasons if reason is not None] or ([] if rows else [NO_SAMPLES])
    return ({**record, "scores": rows} if any(row["state"] == "ok" for row in rows) else None), left_out


def _reason(row: Score, samples: Record) -> str | None:
    """Give the reason why a score may not be compared; None where it may."""
    version = samples["metrics"].get(row["family"])
    n = max((score["n"] for score in samples["scores"]), default=0)
    if row["state"] != "ok":
        return None
    if version is None and row["family"] in METRICS.names():
        return f"metric {row['family']} is not computed here; --also (also=) {row['family']} does"
    if version != row["version"]:
        return f"metric {row['family']} has version {row['version']}, here {version or 'none'}"
    return None if row["n"] == n else f"scored with {row['n']:,} images, here {n:,}; only equal numbers compare"


def _lines(folder: Path, compared: list[tuple[Record | None, list[str]]]) -> Iterator[str]:
    kept = [record for record, _ in compared if record is not None]
    for protocol in dict.fromkeys(describe_protocol(record["spec"]["protocol"]) for record in kept):
        yield f"models and floors from {folder}: protocol {protocol}"
    whole = Counter(
        reason for record, reasons in compared if record is None for reason in set(reasons) if reason != NO_SAMPLES
    )
    for reason, count in whole.items():
        yield f"{folder}: {count} of {len(compared)} trials left out: {reason}"
    for reason in dict.fromkeys(reason for record, reasons in compared if record is not None for reason in reasons):
        yield f"{folder}: some scores left out: {reason}"


def _nothing_left(folder: Path, compared: list[tuple[Record | None, list[str]]]) -> str:
    if not compared:
        return f"{folder} holds no models: nothing of it stands beside the samples"
    reasons = Counter(reason for _, reasons in compared for reason in set(reasons)).most_common()
    told = "; ".join(f"{reason} ({count} of {len(compared)} trials)" for reason, count in reasons)
    return f"nothing of {folder} stands beside the samples: {told}"


def _disambiguate(records: list[Record]) -> list[Record]:
    """Add to labels what differs between protocols: ``vae:latent_dim=16``."""
    protocols = [complete_protocol(record["spec"]["protocol"]) for record in records]
    names = sorted({name for protocol in protocols for name in protocol} - {"name", "samples"})
    varying = [name for name in names if len({repr(protocol.get(name)) for protocol in protocols}) > 1]
    return [
        {**record, "label": ":".join([record["label"], *(f"{name}={protocol.get(name)}" for name in varying)])}
        for record, protocol in zip(records, protocols, strict=True)
    ]
