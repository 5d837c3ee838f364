"""One rule for who is best: tables, `agreement`, `verdict`, ranks and `compare` name the same model."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.factories import record, score
from support.zoos import by_seed

from aezoo.analysis.agreement import agreement
from aezoo.analysis.comparison import compare_models
from aezoo.analysis.score_array import ScoreArray, score_arrays
from aezoo.analysis.verdict import verdict
from aezoo.reporting import tables

MODELS = ("a", "b", "c")
OWN = ("", "prior")
TARGETS = (("target", 1.0), ("target", None))
DIRECTIONS = (*TARGETS, *TARGETS, ("lower", None), ("higher", None), ("neither", None))

Records = list[dict[str, Any]]


@st.composite
def records(draw: st.DrawFn, questions: int = 3, complete: bool = False) -> Records:
    """Models, a floor and the oracle with three scores, of any direction and some of them missing, with ties."""
    value = st.one_of(st.integers(0, 4).map(lambda halves: halves / 2), st.floats(-3, 3))
    if not complete:
        value = st.one_of(value, value, value, st.none())
    columns = [(f"m{i}", f"q{i % questions}", *draw(st.sampled_from(DIRECTIONS))) for i in range(3)]
    samplers = draw(st.sampled_from([("",), ("prior", "mixture")]))

    def trial(name: str, seed: int, role: str, samplers: tuple[str, ...] = samplers) -> dict[str, Any]:
        scores = [
            score(metric, draw(value), question, better, ideal=ideal, sampler=sampler)
            for metric, question, better, ideal in columns
            for sampler in samplers
        ]
        return record(name, seed, scores, role=role)

    seeds = range(draw(st.integers(1, 4)))
    models = [trial(model, seed, "model") for model in MODELS for seed in seeds]
    return [*models, trial("pca", 0, "floor"), trial("real", 0, "oracle", ("oracle",))]


def bold(found: Records) -> dict[str, set[tuple[str, str]]]:
    """By metric the model and sampler of every row that is bold."""
    return {
        column.metric: {(row.model, row.sampler) for row in table.rows if row.cells[i].best}
        for table in tables(found)
        for i, column in enumerate(table.columns)
    }


def bold_models(found: Records) -> dict[str, set[str]]:
    """By metric the models in bold with their own samplers; not the metrics that another sampler alone wins."""
    own = {metric: {model for model, sampler in rows if sampler in OWN} for metric, rows in bold(found).items()}
    return {metric: models for metric, models in own.items() if models}


def scored(array: ScoreArray) -> dict[str, set[str]]:
    """By metric the models that have it with their own samplers."""
    return {
        each.metric: {
            model
            for model, role, known in zip(array.models, array.roles, array.is_known[:, i], strict=True)
            if role == "model" and known
        }
        for i, each in enumerate(array.scores)
    }


@settings(max_examples=15, deadline=None, derandomize=True)
@given(records())
def test_the_bold_row_of_every_column_is_the_winner_that_agreement_and_verdict_name(found: Records):
    (array,) = score_arrays(found)
    named = {winner.metric: set(winner.models) for winner in agreement(array).winners}
    verdicts = {question.metrics: question for question in verdict(array).questions if question.contested}
    for metric, models in bold_models(found).items():
        if metric not in named:  # nobody wins where all models tie, though another sampler's row differs
            assert models == scored(array)[metric]
            continue
        ranks = verdicts[(metric,)].mean_ranks
        assert named[metric] == set(verdicts[(metric,)].winners) == models
        assert {model for model in ranks if ranks[model] == min(ranks.values())} == models
    assert {metric for metric, rows in bold(found).items() if rows} >= named.keys()


@settings(max_examples=10, deadline=None, derandomize=True)
@given(records(complete=True))
def test_no_row_is_better_than_the_bold_one_by_compare(found: Records):
    best = bold(found)
    for compared in compare_models(found, "a", "b")[0].scores:
        if compared.result is not None:
            rows = best[compared.metric]
            assert ("a", compared.sampler) not in rows or compared.result.worsening >= -1e-12
            assert ("b", compared.sampler) not in rows or compared.result.worsening <= 1e-12


@settings(max_examples=20, deadline=None, derandomize=True)
@given(records(questions=1, complete=True))
def test_a_verdict_counts_the_bold_cells_of_a_question(found: Records):
    won = bold_models(found)
    for question in verdict(score_arrays(found)[0]).questions:
        if all(metric in won for metric in question.metrics):
            counts = {model: sum(model in won[metric] for metric in question.metrics) for model in MODELS}
            assert question.metrics_won == counts


def test_a_model_on_either_side_of_a_target_is_not_on_it():
    """The mean of a is nearer to 1, and each of its seeds is further off."""
    found = by_seed({"a": {"auc": [0, 2, 0, 2, 1]}, "b": {"auc": [1.3] * 5}}, better="target", ideal=1.0)
    assert bold(found) == {"auc": {("b", "")}}
    assert compare_models(found, "a", "b")[0].scores[0].result.worsening == pytest.approx(-0.5)
