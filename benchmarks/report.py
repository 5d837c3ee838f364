"""Run the benchmarks and write `results/speed.md`: `python benchmarks/report.py [EXPRESSION]`.

An expression chooses among them as `pytest -k` does; the sections of the others stay as they are, and so do those of
`panel_time.py` and `training_peers.py`.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np  # noqa: F401 - loads the library that `blas` names
from threadpoolctl import threadpool_info

HERE = Path(__file__).parent
TARGET = HERE.parent / "results" / "speed.md"
FILES = ("test_speed.py", "test_reading.py")
FIGURES = ("milliseconds", "seconds", "processor", "wall", "megabytes", "megabytes of the page")
"""What a section shows, of what its benchmark measures."""
ELSEWHERE = ("The default panel, one thread", "A training step beside those of peers, one thread")
"""The sections of what `panel_time.py` prints and `training_peers.py` writes."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "benchmarks.json"
        command = [sys.executable, "-m", "pytest", *(str(HERE / name) for name in FILES), "--benchmark-only"]
        command += ["-k", *sys.argv[1:2]] if sys.argv[1:] else []
        code = subprocess.run([*command, f"--benchmark-json={raw}"], check=False, cwd=HERE.parent).returncode
        found = dict(section(benchmark) for benchmark in json.loads(raw.read_text())["benchmarks"])
    kept = sections(TARGET.read_text()) if TARGET.exists() else {}
    if not sys.argv[1:]:
        kept = {title: body for title, body in kept.items() if title in ELSEWHERE}
    TARGET.write_text("\n".join([*head(), *(kept | found).values()]))
    sys.exit(code)


def head() -> list[str]:
    return [
        "# Speed",
        "",
        "Made by `python benchmarks/report.py`: the sides in turn, each in a process of its own; medians over rounds.",
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}. Machines differ and are "
        "noisy: the ratios, all taken in one run, are what to read.",
        f"NumPy multiplies matrices with {blas()}; compiled epochs with what XLA makes for this processor, so that a "
        "whole step may take less time than NumPy's products alone.",
        "",
    ]


def blas() -> str:
    """The library behind NumPy's matrix products, and the processor that its kernels are for."""
    found = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return ", ".join(f"{library['internal_api']} (kernels for {library.get('architecture')})" for library in found)


def sections(text: str) -> dict[str, str]:
    """The sections of a report by their titles."""
    found = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)[1:]
    return {title: f"## {title}\n{body.rstrip()}\n" for title, body in zip(found[::2], found[1::2], strict=True)}


def section(benchmark: dict) -> tuple[str, str]:
    """A benchmark's title, and its section."""
    facts = benchmark["extra_info"]
    lines = [f"## {facts['title']}", "", f"Rounds: {facts['rounds']}.", "", *table(facts["medians"]), ""]
    return facts["title"], "\n".join(lines)


def table(medians: dict[str, dict[str, float]]) -> list[str]:
    """Write the figures of all sides, each beside its ratio of the first; of one side the figures alone."""
    first = next(iter(medians.values()))
    figures = [name for name in first if name in FIGURES]
    is_compared = len(medians) > 1
    head = "".join(f" {name} |" + " as a ratio of the first |" * is_compared for name in figures)
    rows = [f"| |{head}", "|---|" + "---:|" * (1 + is_compared) * len(figures)]
    for side, values in medians.items():
        ratios = {name: f" {values[name] / max(first[name], 1e-9):.2f} |" * is_compared for name in figures}
        cells = "".join(f" {values[name]:.3g} |{ratios[name]}" for name in figures)
        rows.append(f"| {side} |{cells}")
    return rows


if __name__ == "__main__":
    main()
