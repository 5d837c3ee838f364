"""The baselines of the smoke suite: how they are made, kept and compared.

`python tests/regression/baselines.py` renews them: it runs the suite with five seeds on the 5,000 digits and keeps, for
every score, the value of each seed and their standard deviation. Renew them only in a change that means to move
numbers, and say in its message which moved and why.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

from aezoo.analysis.sections import OF_PAIRS

FILE = Path(__file__).with_name("baselines.json")
KEY = ["model", "sampler", "metric"]
DEVIATIONS = 6.0
"""Another processor rounds differently, which training amplifies until the numbers are those of another seed: two
seeds differ by at most this many standard deviations, estimated from five, in all but about one of 10,000 cases."""
RELATIVE = 1e-3
"""What rounding alone may do to a score that no seed moves."""
ABSOLUTE = 1e-6
"""The same for a score of 0, such as the diversity of equal images."""


def read_scores(folder: Path) -> pd.DataFrame:
    """The scores of a results folder, by model, sampler, metric and seed; without those that hang on other seeds."""
    table = pd.read_csv(folder / "results.csv", keep_default_na=False)
    return table[(table["value"] != "") & (table["reason"] != OF_PAIRS)].astype({"value": float})


def tolerance(values: list[float]) -> float:
    """How far a score may be from its baseline: from the spread over seeds, at least what rounding may do."""
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return DEVIATIONS * spread + RELATIVE * max(abs(value) for value in values) + ABSOLUTE


def moved(scores: pd.DataFrame, baselines: dict[str, dict[str, float]]) -> list[str]:
    """A line for each score that is not where its baseline says, and for each that only one side has.

    The scores may be of fewer seeds than the baselines, but each of all of their seeds.
    """
    lines = []
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for *key, seed, value in scores[[*KEY, "seed", "value"]].itertuples(index=False):
        name = " / ".join(key)
        seen[name].add(str(seed))
        baseline = baselines.get(name, {})
        if str(seed) not in baseline:
            lines.append(f"{name}, seed {seed}: {value:.6g}, but there is no baseline")
            continue
        expected, allowed = baseline[str(seed)], tolerance(list(baseline.values()))
        if abs(value - expected) > allowed:
            lines.append(f"{name}, seed {seed}: {expected:.6g} -> {value:.6g} (allowed ± {allowed:.3g})")
    ran = set().union(*seen.values())
    for name, baseline in sorted(baselines.items()):
        lost = sorted(ran & baseline.keys() - seen[name]) if name in seen else []
        lines += [f"{name}, seed {seed}: no longer scored" for seed in lost]
        lines += [] if name in seen else [f"{name}: no longer scored"]
    return lines


def renew() -> None:
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    sys.path.append(str(Path(__file__).parents[1]))
    from support.smoke_run import run_smoke

    with tempfile.TemporaryDirectory() as folder:
        result = run_smoke(Path(folder), range(5))
        if result.returncode != 0:
            raise RuntimeError(result.stderr[-3000:])
        for *key, seed, value in read_scores(Path(folder))[[*KEY, "seed", "value"]].itertuples(index=False):
            found[" / ".join(key)][str(seed)] = value
    FILE.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    renew()
