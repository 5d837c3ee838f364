"""The zoo at a glance: `python benchmarks/families.py [FOLDER]`, by default of results/zoo/latent-16.

Writes `families.md` beside the folder: of each model the scores that tell most, means over seeds, the cost of a step,
the look of its samples and a published number. The last two are of `families.toml`, which is written by hand.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pandas as pd

import aezoo
from aezoo.models.catalogue import Entry, catalogue

FOLDER = Path(__file__).parents[1] / "results" / "zoo" / "latent-16"
OWN = ("prior", "code-prior", "standard-normal")
"""Samplers that a model has without any fit, the first that it has."""
COLUMNS = ("nll", "iwae_binary", "own sampler", "mixture")
HEAD = """# The zoo at a glance

By their own samplers the quantised models draw the clearest digits, and vamp-vae does among the variational ones.
Without a prior nothing is legible until a density is fitted to the codes. The GANs are sharp and ragged.

- *The look* is one person's, at 16 samples of seed 0, at 16 latent dimensions.
- *nll*: cross-entropy of reconstructions, nats an image. *ln p(x)*: the importance-weighted bound, nats an image.
- *own*, *mixture*: the Fréchet distance of samples to real digits in features of a classifier (fd_judge), by the
  model's own sampler and by a mixture of ten Gaussians fitted to its codes. Scores are means over the seeds.
- *step*: the time of a training step in those of the VAE's.
- *published*: a number of another setup, which is named. An order can be held against it, a value cannot; the two
  setups that were run as well are [burda](../burda/README.md) and [dec](../dec/README.md). *Second-hand* is a number
  that was read where others cite the paper. A blank: no verified one is known.
"""
CELLS = ("model", "look", "nll", "ln p(x)", "own", "mixture", "step", "published", "exact tests")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    (folder.parent / "families.md").write_text(page(folder))


def page(folder: Path) -> str:
    """Write the page of the models recorded in a folder."""
    noted = tomllib.loads((folder.parent / "families.toml").read_text())
    scores = scores_by_model(aezoo.load_results(folder).frame())
    parts = [HEAD]
    for family, entries in catalogue().items():
        shown = [entry for entry in entries if entry.name in scores.index]
        if shown:
            parts += [f"## {family.capitalize()}", "", *table(shown, scores, noted), ""]
        parts += [failure(entry, noted[entry.name]) + "\n" for entry in entries if entry.failure]
    return "\n".join(parts).rstrip() + "\n"


def scores_by_model(frame: pd.DataFrame) -> pd.DataFrame:
    """Average the scores of `COLUMNS` of each model over its seeds: a row a model, NaN where it has none."""
    known = frame[(frame.role == "model") & (frame.state == "ok")]
    means = known.groupby(["model", "metric", "sampler"], dropna=False).value.mean().reset_index()
    plain = means[means.metric.isin(COLUMNS)].pivot_table(index="model", columns="metric", values="value")
    distances = means[means.metric == "fd_judge"].pivot_table(index="model", columns="sampler", values="value")
    plain = plain.reindex(distances.index)
    plain["own sampler"] = distances[list(OWN)].bfill(axis=1).iloc[:, 0]
    plain["mixture"] = distances["gaussian-mixture"]
    return plain.reindex(columns=COLUMNS)


def table(entries: list[Entry], scores: pd.DataFrame, noted: dict[str, dict[str, str]]) -> list[str]:
    """Write the rows of one family; raises `KeyError` where nobody has noted the look of a model."""
    lines = ["| " + " | ".join(CELLS) + " |", "|:--|:--|--:|--:|--:|--:|--:|:--|:--|"]
    for entry in entries:
        measured, notes = entry.measured, noted[entry.name]
        numbers = [f"{value:.4g}" if pd.notna(value) else "" for value in scores.loc[entry.name]]
        step = f"{measured.step:.2f}" if measured and measured.step else ""
        exact = measured.exact_tests if measured else ()
        tests = "; ".join(test.rpartition("::test_")[2].replace("_", " ") for test in exact)
        cells = [entry.name, notes["looks"], *numbers, step, notes.get("published", ""), tests]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def failure(entry: Entry, notes: dict[str, str]) -> str:
    """Write the line of a model that is kept to be seen and has no scores."""
    line = f"`{entry.name}` has no row, because {entry.failure}, and gives {notes['looks']}."
    return f"{line} Published: {notes['published']}." if "published" in notes else line


if __name__ == "__main__":
    main()
