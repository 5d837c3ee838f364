"""Conformance of all that is registered: `python benchmarks/conformance.py [--kind KIND] [--names NAME,...]`.

Runs the checks of `python -m aezoo.bench check` over every model, metric, sampler, control and data set, and prints a
table of their numbers in Markdown. With `--protocols burda,conv,dec` every model is made under each of these instead,
and asked for the faults that are looked for before a training, or for the reason why the protocol does not suit it.
What is found of a thing goes to the error stream at once. The exit code is 3 where something failed or nothing ran;
checks of a data set that cannot be had here are not applicable. Times are processor seconds on one thread, which other
work on the machine moves little.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from aezoo.bench.commands.check import FAILED
from aezoo.errors import one_line
from aezoo.models import MODELS, Preset
from aezoo.spec import Protocol, get_protocol
from aezoo.threads import limit_threads

KINDS = ("model", "metric", "sampler", "control", "dataset")


class Row(NamedTuple):
    """A row of a table: what was checked, how much of it, and the processor seconds that it took."""

    name: str
    things: int
    ran: int
    not_applicable: int
    failed: int
    seconds: float


def main(arguments: Sequence[str] | None = None) -> None:
    options = read_options(arguments)
    limit_threads()
    names = [name for name in options.names.split(",") if name]
    if options.protocols:
        headings = ("protocol", "models", "keep the contract", "not suited", "failed")
        rows = [protocol_row(get_protocol(name), names) for name in options.protocols.split(",")]
    else:
        headings = ("kind", "things", "checks run", "not applicable", "failed")
        rows = [kind_row(kind, names) for kind in ([options.kind] if options.kind else KINDS)]
    print("\n".join(table(headings, rows)))
    sys.exit(FAILED if any(row.failed for row in rows) or not any(row.ran for row in rows) else 0)


def kind_row(kind: str, names: Collection[str]) -> Row:
    """Check the things of a kind, those of `names` or all, and count the checks."""
    from aezoo.testing.check import SUITES, check

    started, results = time.process_time(), []
    for name in chosen(SUITES[kind].registry.names(), names):
        result = check(name, kind)
        summary = result.summary if result.ran else f"{kind} {name} is not checked: {result.lines[0].reason}"
        tell(*result.failed, summary)
        results.append(result)
    counts = (sum(len(getattr(each, state)) for each in results) for state in ("ran", "not_applicable", "failed"))
    return Row(kind, len(results), *counts, time.process_time() - started)


def protocol_row(protocol: Protocol, names: Collection[str]) -> Row:
    """Make the models under a protocol, those of `names` or all, and count those that keep the contract."""
    started = time.process_time()
    found = {name: verdict(MODELS.get(name), protocol) for name in chosen(MODELS.names(), names)}
    for name, (state, reason) in found.items():
        if state != "ok":
            tell(f"{state:6}  {name} under {protocol.name}: {reason}")
    states = [state for state, _ in found.values()]
    counts = (states.count(state) for state in ("ok", "n/a", "failed"))
    return Row(protocol.name, len(found), *counts, time.process_time() - started)


def verdict(preset: Preset, protocol: Protocol) -> tuple[str, str]:
    """Make a model under a protocol: "ok", "n/a" with the reason that it gives, or "failed" with its faults."""
    from aezoo.models.checks import model_faults

    if reason := preset.model.unsuitable(protocol):
        return ("failed", f"its reason has lines: {reason!r}") if "\n" in reason else ("n/a", reason)
    try:
        faults = model_faults(preset.create(protocol, 0))
    except Exception as error:  # a model may raise anything
        faults = [one_line(error)]
    return ("failed", "; ".join(faults)) if faults else ("ok", "")


def chosen(known: Sequence[str], names: Collection[str]) -> list[str]:
    return [name for name in known if not names or name in names]


def tell(*lines: object) -> None:
    print(*lines, sep="\n", file=sys.stderr, flush=True)


def table(headings: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} | processor seconds |"
    yield "|:--|--:|--:|--:|--:|--:|"
    for row in rows:
        yield f"| {row.name} | {' | '.join(f'{count:,}' for count in row[1:-1])} | {row.seconds:,.0f} |"


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Conformance of all that is registered.")
    parser.add_argument("--kind", choices=KINDS, help="one kind of things alone")
    parser.add_argument("--names", default="", help="some of them alone, with commas between")
    parser.add_argument("--protocols", default="", help="make models under these, with commas between")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
