"""The record of an audit: read from disk, looked up by role, control, dose and n, and written."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.errors import ResultsError
from aezoo.files import read_regular
from aezoo.reporting.writer import write_file

Floats = NDArray[np.float64]
Dose = float | None
Sets = list[dict[str, Any]]
Key = tuple[str, str, Dose, int]

FILE = "audit.json"
OWN_FIGURES = ("heat-map.*", "doses-*")
READABLE = (1, 2)
"""Version 1 has no draws of training images and no smaller sets of controls; what follows from them is left out."""

MAX_BYTES = 500_000_000


@dataclass(frozen=True)
class AuditRecord:
    """The record `raw`, as `aezoo.audit.build_record.build_record` describes it."""

    raw: dict[str, Any]

    @property
    def scores(self) -> list[dict[str, Any]]:
        """The description of each column."""
        return list(self.raw["scores"])

    @property
    def controls(self) -> list[dict[str, Any]]:
        """The controls, without the oracle."""
        return list(self.raw["controls"])

    @property
    def n(self) -> int:
        """Images in a set."""
        return int(self.raw["spec"]["n"])

    @cached_property
    def columns(self) -> dict[str, int]:
        """The index of each column, by name."""
        return {score["name"]: i for i, score in enumerate(self.scores)}

    @cached_property
    def sets(self) -> dict[Key, Sets]:
        """The sets by role, control, dose and n, in order of their draws."""
        by_key: dict[Key, Sets] = defaultdict(list)
        for drawn in self.raw["sets"]:
            by_key[(drawn["role"], drawn["control"], drawn["dose"], drawn["n"])].append(drawn)
        return dict(by_key)

    def oracle(self, role: str, n: int | None = None) -> Sets:
        """List the sets of real data: "band", "fresh", or "size" with its n."""
        return self.sets.get((role, "oracle", None, self.n if n is None else n), [])

    def training(self, n: int) -> Sets:
        """List the sets of n training images as they are."""
        return self.sets.get(("train", "train", None, n), [])

    def control(self, name: str, dose: Dose) -> Sets:
        """List the sets of a control at a dose."""
        return self.sets[("control", name, dose, self.n)]

    def smaller(self, control: dict[str, Any], n: int) -> Sets:
        """List the sets of n images of a control at its default dose."""
        return self.sets.get(("size-control", control["name"], control["default"], n), [])

    def values(self, sets: Sets, name: str) -> Floats:
        """Return a column of some sets, (draws,); NaN where there is no value."""
        column = self.columns[name]
        values = [drawn["values"][column] for drawn in sets]
        return np.array([np.nan if value is None else value for value in values])

    def metric_key(self, score: dict[str, Any]) -> str:
        """Return the key under which the seconds of a score's metric stand."""
        return f"{score['family']}/{score['features'] or 'none'}"

    def shared_keys(self, score: dict[str, Any]) -> list[str]:
        """List the keys of the seconds for inputs that a score shares with others."""
        if "shared" in score:
            return list(score["shared"])
        search = [f"inputs/copying/{score['features']}"] if score["question"] == "copying" else []
        return [key for key in self._medians if key.startswith("inputs/samples/") or key in search]

    def seconds(self, key: str) -> float | None:
        """Return the median seconds of a key for one set of real data."""
        return self._medians.get(key)

    @cached_property
    def _medians(self) -> dict[str, float]:
        by_key: dict[str, list[float]] = defaultdict(list)
        for drawn in self.oracle("fresh"):
            for key, seconds in drawn["seconds"].items():
                by_key[key].append(seconds)
        return {key: float(np.median(seconds)) for key, seconds in by_key.items()}


def doses_of(control: dict[str, Any]) -> list[Dose]:
    """List the doses of a control from mild to severe; a single None where it has none."""
    return list(control["doses"]) or [None]


def missing_values(sets: Sets, name: str) -> list[tuple[str, str]]:
    """List state and reason of each of the sets in which the column `name` has no value."""
    problems = [drawn["problems"][name] for drawn in sets if name in drawn["problems"]]
    return [(state, reason) for state, reason in problems]


def read_audit(folder: Path) -> AuditRecord:
    """Read the record in `folder`; raise `ResultsError` where there is none that can be read."""
    path = folder / FILE
    try:
        raw = json.loads(read_regular(path, MAX_BYTES))
    except FileNotFoundError:
        raise ResultsError(f"{path} does not exist; run an audit with --out {folder} first") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ResultsError(f"cannot read {path}: {error}; run the audit again") from error
    if not isinstance(raw, dict) or raw.get("kind") != "audit":
        raise ResultsError(f"{path} is not the record of an audit; run the audit again")
    if (version := raw.get("schema_version")) not in READABLE:
        readable = " and ".join(map(str, READABLE))
        raise ResultsError(f"{path} has schema version {version}, this aezoo reads {readable}; run the audit again")
    return AuditRecord(raw)


def write_record(raw: dict[str, Any], folder: Path) -> Path:
    """Write the record, whole or not at all, and remove the figures of the one it replaces; raise `ResultsError`."""
    head = {key: value for key, value in raw.items() if key != "sets"}
    opening = json.dumps(head, indent=1, allow_nan=False).removesuffix("\n}")
    sets = ",\n".join(json.dumps(drawn, allow_nan=False, separators=(",", ":")) for drawn in raw["sets"])
    path = write_file(folder / FILE, [f'{opening},\n "sets": [\n{sets}\n]\n}}\n'.encode()])
    for figure in (path for pattern in OWN_FIGURES for path in (folder / "figures").glob(pattern)):
        figure.unlink()  # the page would show them under another finding
    return path


def require_same_data(folder: Path, name: str, fingerprint: str) -> None:
    """Raise `ResultsError` where the folder holds an audit of other data, which would be lost."""
    try:
        held = read_audit(folder).raw["dataset"]
    except ResultsError:  # there is none, or none that can be read
        return
    if (held["name"], held["fingerprint"]) != (name, fingerprint):
        raise ResultsError(
            f"{folder} holds an audit of {held['name']} ({held['fingerprint'][:12]}), and this one is of {name} "
            f"({fingerprint[:12]}); choose another folder with --out, or remove that one"
        )


def require_writable(folder: Path) -> None:
    """Raise `ResultsError` before anything is computed for a folder that cannot be written."""
    probe = folder / f".probe-{os.getpid()}"
    write_file(probe, [b""]).unlink(missing_ok=True)
