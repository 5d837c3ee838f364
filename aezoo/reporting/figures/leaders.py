"""Leaders of a section: the models to show where there is no room for all."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np

from aezoo.analysis.conventions import headline_metrics, natural_key
from aezoo.analysis.question_verdict import question_verdicts
from aezoo.analysis.score_array import ScoreArray


def first_columns(array: ScoreArray, question: str, each: int) -> list[int]:
    """Give the columns of the metrics of a question that are read first, at most `each`, where two models have them."""
    placed = {name: place for place, name in enumerate(headline_metrics(question))}
    own = [
        (min(places), i)
        for i, score in enumerate(array.scores)
        if score.question == question and array.is_known[:, i].sum() >= 2
        for places in ([placed[name] for name in (score.metric, score.metric.rsplit("_", 1)[0]) if name in placed],)
        if places
    ]
    return [i for _, i in sorted(own)][:each]


def leaders_by(array: ScoreArray, column: int) -> list[str]:
    """List the models that have a loss by a score, the lowest mean first."""
    means = array.means[:, column]
    known = [i for i in np.argsort(means, kind="stable") if np.isfinite(means[i])]
    return [array.models[i] for i in known]


def leading_models(array: ScoreArray) -> list[str]:
    """Order the models: who leads a question by the verdict, then the best by the first metric of each, the second, ...

    So whoever is drawn of many, the winners are, and who competes with them; models without any of these scores are
    last, by name.
    """
    winners = (winner for verdict in question_verdicts(array) for winner in verdict.winners)
    questions = dict.fromkeys(score.question for score in array.scores)
    columns = [column for question in questions for column in first_columns(array, question, 1)]
    in_turn = zip_longest(*(leaders_by(array, column) for column in columns))
    placed = dict.fromkeys(winners) | dict.fromkeys(model for turn in in_turn for model in turn if model is not None)
    return list(placed | dict.fromkeys(sorted(array.models, key=natural_key)))
