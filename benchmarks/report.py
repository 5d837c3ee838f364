"""Run the benchmarks and write `results/speed.md`: `python benchmarks/report.py [EXPRESSION]`.

An expression chooses among them as `pytest -k` does.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE.parent / "results" / "speed.md"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "benchmarks.json"
        command = [sys.executable, "-m", "pytest", str(HERE / "test_speed.py"), "--benchmark-only"]
        command += ["-k", *sys.argv[1:2]] if sys.argv[1:] else []
        code = subprocess.run([*command, f"--benchmark-json={raw}"], check=False, cwd=HERE.parent).returncode
        benchmarks = json.loads(raw.read_text())["benchmarks"]
    TARGET.write_text("\n".join(lines(benchmarks)) + "\n")
    sys.exit(code)


def lines(benchmarks: list[dict]) -> list[str]:
    text = [
        "# Speed",
        "",
        f"Made by `python {shlex.join(['benchmarks/report.py', *sys.argv[1:]])}`: the sides in turn, each in a process "
        "of its own; medians over rounds.",
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}. Machines differ and are "
        "noisy: the ratios, all taken in one run, are what to read.",
    ]
    for benchmark in benchmarks:
        facts = benchmark["extra_info"]
        text += ["", f"## {facts['title']}", "", f"Rounds: {facts['rounds']}.", ""]
        text += table(facts["medians"])
    return text


def table(medians: dict[str, dict[str, float]]) -> list[str]:
    first = next(iter(medians.values()))
    figures = [name for name in first if name in ("milliseconds", "seconds", "megabytes")] or ["wall"]
    head = "".join(f" {name} | as a ratio of the first |" for name in figures)
    rows = [f"| |{head}", "|---|" + "---:|---:|" * len(figures)]
    for side, values in medians.items():
        cells = "".join(f" {values[name]:.3g} | {values[name] / max(first[name], 1e-9):.2f} |" for name in figures)
        rows.append(f"| {side} |{cells}")
    return rows


if __name__ == "__main__":
    main()
