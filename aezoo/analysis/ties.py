"""Ties with the best model of a score: the models that the seeds cannot tell from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aezoo.analysis.score_array import score_specs
from aezoo.analysis.sections import SCORE_KEYS, Section
from aezoo.statistics import MIN_SEEDS, losses, mean_interval

RowName = tuple[str, str]
"""A model and a sampler; "" where a score does not depend on one."""


def tied_rows(section: Section, question: str, metric: str) -> set[RowName]:
    """Find the models, each with each of its samplers, that tie with the best of a score.

    The best has the lowest mean loss over seeds, of a target score the mean distance to the target. Another one ties
    with it where they share `MIN_SEEDS` seeds at least and the 95 % Student t interval of the mean difference of their
    losses, paired by seed, includes 0. The best itself is not among them; with fewer seeds nobody is.

    The intervals are not corrected for the number of models: of twenty that are worse by a little, some are told from
    the best by chance, and of twenty that are as good, about one is.
    """
    spec = next((spec for spec in score_specs(section) if (spec.question, spec.metric) == (question, metric)), None)
    if spec is None:
        return set()
    scores = section.scores
    own = scores[(scores[SCORE_KEYS] == [question, metric]).all(axis=1) & (scores["role"] == "model")]
    own = own.assign(loss=losses(own["value"], spec.better, spec.target)).dropna(subset=["loss"])
    by_seed = own.pivot_table(index=["model", "sampler"], columns="seed", values="loss")
    if by_seed.empty:
        return set()
    rows = by_seed.to_numpy(dtype=np.float64)
    best = int(np.nanargmin(np.nanmean(rows, axis=1)))
    return {
        (str(model), str(sampler))
        for i, (model, sampler) in enumerate(by_seed.index)
        if i != best and _is_tie(rows[i] - rows[best])
    }


def _is_tie(differences: NDArray[np.float64]) -> bool:
    """Tell whether paired differences, NaN where one has no value, have an interval that includes 0."""
    common = differences[np.isfinite(differences)]
    if len(common) < MIN_SEEDS:
        return False
    interval = mean_interval(common)
    return interval.low is not None and interval.high is not None and interval.low <= 0 <= interval.high
