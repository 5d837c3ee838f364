"""Weight of the model against that of the sampler in the scores of samples."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aezoo.analysis.own_sampler import CEILING_SAMPLER, OWN_SAMPLER_LABEL
from aezoo.analysis.score_array import ScoreArray, row_array
from aezoo.analysis.sections import Section
from aezoo.samplers import OWN_SAMPLERS
from aezoo.statistics import TwoWaySplit, split_two_way

QUESTION = "samples"

MIN_ROWS = 3
"""With fewer models, or fewer than two samplers, there is no table to split."""


@dataclass(frozen=True)
class ModelOrSampler:
    """Split of sample metrics over a complete table of models and samplers.

    Attributes:
        models, samplers: rows and columns of the table; "own" is the prior, or the standard normal without one.
        by_metric: the split of each metric, those to read first before the others.
        median: the median over metrics of each share.
    """

    models: tuple[str, ...]
    samplers: tuple[str, ...]
    by_metric: tuple[tuple[str, TwoWaySplit], ...]
    median: TwoWaySplit


def model_or_sampler(section: Section) -> ModelOrSampler | None:
    """Split the variation of each sample metric into model, sampler and what suits only one of the other.

    The table has the samplers that at least half of the models have, the ceiling of all samplers left out, and the
    models that have all of these; seeds are averaged. A metric counts if it knows every cell. A sampler that failed is
    one that the model does not have.

    Returns:
        The split, or None where fewer than three models share two samplers.
    """
    rows = row_array(section)
    of_samples = rows.is_known[:, [score.question == QUESTION for score in rows.scores]]
    is_sampled: NDArray[np.bool_] = np.any(of_samples, axis=1)
    cell_at = {key: i for key, i in _cells(rows).items() if is_sampled[i]}
    by_model: dict[str, set[str]] = {}
    for model, sampler in cell_at:
        by_model.setdefault(model, set()).add(sampler)
    counts = Counter(sampler for _, sampler in cell_at)
    common = (name for name, count in sorted(counts.items()) if 2 * count >= len(by_model))
    samplers = sorted(common, key=lambda name: name != OWN_SAMPLER_LABEL)
    models = [model for model, known in by_model.items() if known.issuperset(samplers)]
    if len(models) < MIN_ROWS or len(samplers) < 2:
        return None
    places = [[cell_at[model, sampler] for sampler in samplers] for model in models]
    tables = {
        score.metric: rows.means[places, i]
        for i, score in enumerate(rows.scores)
        if score.question == QUESTION and np.isfinite(rows.means[places, i]).all()
    }
    splits = {name: split_two_way(table) for name, table in tables.items() if np.ptp(table)}
    if not splits:
        return None
    shares = np.median([(each.rows, each.columns, each.interaction) for each in splits.values()], axis=0)
    return ModelOrSampler(tuple(models), tuple(samplers), tuple(splits.items()), TwoWaySplit(*map(float, shares)))


def _cells(rows: ScoreArray) -> dict[tuple[str, str], int]:
    """Find the row of each model and sampler; a model's own sampler is called so."""
    found: dict[tuple[str, str], int] = {}
    kinds = zip(rows.models, rows.roles, rows.samplers, strict=True)
    for i, (model, role, sampler) in enumerate(kinds):
        if role == "model" and sampler not in ("", CEILING_SAMPLER):
            found[model, sampler] = i
    for model in {model for model, _ in found}:
        own = next((name for name in OWN_SAMPLERS if (model, name) in found), None)
        if own is not None:
            found[model, OWN_SAMPLER_LABEL] = found.pop((model, own))
            found.pop((model, "standard-normal"), None)
    return found
