"""Commands on the page: those that make its results, and those that show more of them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from aezoo.analysis.conventions import natural_key
from aezoo.analysis.frames import Record, canonical_text
from aezoo.reporting.report.parts import Part
from aezoo.source import read_declarations
from aezoo.spec import PROTOCOLS, complete_protocol

COMMAND = "python -m aezoo.bench"

ASKED_ROLES = ("model", "control")
"""Roles of what a run trains because somebody names it; floors and the oracle come with every run."""


def list_commands(folder: Path, parts: Sequence[Part], explore: Sequence[str] = ()) -> list[tuple[str, str]]:
    """List the commands that make and show the results of a folder, by its name: another machine lacks its path.

    Args:
        folder: the results folder.
        parts: of the page.
        explore: the models that the explorer was asked for, as the command names them.
    """
    name = shlex.quote(folder.resolve().name)
    records = [record for part in parts for record in part.records]
    rows = [(command, "these results") for command in run_commands(records, name)]
    rows += [
        (f"{COMMAND} report {name}{_explore(explore)}", "this page anew"),
        (table_command(folder), "every metric; --format html, latex, csv, json"),
        (f"{COMMAND} status {name}", "what has run, and what failed"),
    ]
    models = next((part.models for part in parts if len(part.models) > 1), [])
    if models:
        pair = shlex.quote(",".join(models[:2]))
        rows += [
            (f"{COMMAND} verdict {name}", "who wins, and how surely"),
            (f"{COMMAND} agreement {name}", "which metrics agree"),
            (f"{COMMAND} compare {name} --models {pair}", "two models, paired by seed"),
        ]
    return rows


def table_command(folder: Path) -> str:
    """Name the command that shows every metric of a results folder."""
    return f"{COMMAND} table {shlex.quote(folder.resolve().name)}"


def run_commands(records: Sequence[Record], out: str, sampled: bool = True) -> Iterator[str]:
    """Yield the commands that train and score the models of these records, one for those with the same seeds.

    Args:
        records: of any data sets and protocols.
        out: the folder to write into, as the command line needs it.
        sampled: whether they ask for the further samplers that the records have.
    """
    seeds: dict[tuple[str, str, str], list[int]] = {}
    of_setting: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record["role"] in ASKED_ROLES:
            setting = (record["dataset"]["name"], canonical_text(record["spec"]["protocol"]))
            of_setting.setdefault(setting, []).append(record)
            seeds.setdefault((*setting, record["label"]), []).append(record["spec"]["seed"])
    for setting, alike in of_setting.items():
        groups: dict[tuple[int, ...], list[str]] = {}
        for label in sorted({record["label"] for record in alike}, key=natural_key):
            groups.setdefault(tuple(sorted(set(seeds[*setting, label]))), []).append(label)
        for shared, labels in groups.items():
            words = ["run", "--models", ",".join(labels), "--seeds", ",".join(map(str, shared))]
            words += [
                "--dataset",
                setting[0],
                *_protocol(alike[0]["spec"]["protocol"]),
                *(_samplers(alike) if sampled else ()),
            ]
            yield f"{COMMAND} {shlex.join(words)} --out {out}"


def _explore(labels: Sequence[str]) -> str:
    return f" --explore {shlex.quote(','.join(labels))}" if labels else ""


def _protocol(protocol: Mapping[str, Any]) -> Iterator[str]:
    """Yield the options that give a protocol: its name, and the settings in which it differs from that."""
    known = PROTOCOLS.get(protocol["name"], PROTOCOLS["chapter"])  # of an unknown one, made in Python, every difference
    yield from ("--protocol", known.name)
    for name, value in complete_protocol(protocol).items():
        if name != "name" and getattr(known, name) != value:
            yield from ("--set", f"{name}={value}")


def _samplers(records: Sequence[Record]) -> Iterator[str]:
    """Yield the option that asks for further samplers, where some of these records have any."""
    declared = read_declarations("aezoo.samplers")
    optional = {name for name, each in declared.items() if each.options.get("optional")}
    discrete = {name for name, each in declared.items() if each.options.get("discrete")}  # these come unasked
    used = {name for record in records for name in record.get("samplers", ())} & (optional - discrete)
    if used:
        yield from ("--samplers", ",".join(sorted(used)))
