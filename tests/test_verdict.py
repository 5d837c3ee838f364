"""`agreement` and `verdict` on synthetic records whose outcome is known."""

import json

import numpy as np
import pytest
from factories import record, sample_score, score
from folders import write_folder

from aezoo.bench.app import run_app
from aezoo.errors import UsageError
from aezoo.reporting.agreement import agreement
from aezoo.reporting.agreement_sheets import agreement_sheets
from aezoo.reporting.argument import argument
from aezoo.reporting.panel import panels
from aezoo.reporting.sheets import render_sheets
from aezoo.reporting.verdict import verdict
from aezoo.reporting.verdict_sheets import verdict_sheets

CLEAR = 0.01
"""A spread over seeds that no difference between models drowns in."""


def zoo(levels, seeds=5, spread=CLEAR, better=None, role="model"):
    """Records of models with `levels[model][(question, metric)]` as means, lower better unless said otherwise."""
    random = np.random.default_rng(0)
    return [
        record(
            model,
            seed,
            [
                score(metric, level + spread * random.normal(), question, (better or {}).get(metric, "lower"))
                for (question, metric), level in of.items()
            ],
            role=role,
        )
        for model, of in levels.items()
        for seed in range(seeds)
    ]


MSE, NLL, ARI, FD = ("reconstruction", "mse"), ("reconstruction", "nll"), ("latent", "ari"), ("samples", "fd")
AGREE = {"a": {MSE: 1, NLL: 1, ARI: 1, FD: 1}, "b": {MSE: 2, NLL: 2, ARI: 2, FD: 2}}
CROSSED = {"a": {MSE: 1, NLL: 1, ARI: 1, FD: 2}, "b": {MSE: 2, NLL: 2, ARI: 2, FD: 1}}


def panel_of(records, sampler=None):
    (panel,) = panels(records, sampler)
    return panel


def test_one_model_for_every_question():
    found = verdict(panel_of(zoo(AGREE)))
    assert [(each.winners, each.share, each.seeds_won) for each in found.questions] == [(("a",), 1.0, 5)] * 3
    assert (found.disagreements, found.pairs) == ((), 6)
    first, second = argument(found)
    assert first.startswith("a wins every question (reconstruction, latent and samples)")
    assert second == "No two of the metrics disagree about the winner (6 pairs)."


def test_another_sentence_where_questions_have_different_winners():
    found = verdict(panel_of(zoo(CROSSED)))
    first, second = argument(found)
    assert first.startswith("No model wins every question: a wins reconstruction and latent, b wins samples.")
    assert second.startswith("3 of 6 pairs of metrics (50%) name different winners, 0 of them within one question; 3")
    assert {each.winners for each in found.disagreements} == {("a", "b")}
    assert all(each.probability == 1.0 for each in found.disagreements)


def test_a_disagreement_within_a_question():
    levels = {"a": {MSE: 1, NLL: 2}, "b": {MSE: 2, NLL: 1}, "c": {MSE: 3, NLL: 3}}
    found = verdict(panel_of(zoo(levels)))
    (question,) = found.questions
    assert question.winners == ("a", "b")
    assert question.mean_ranks == {"a": 1.5, "b": 1.5, "c": 3.0}
    assert question.metrics_won == {"a": 1, "b": 1, "c": 0}
    assert "1 of them within one question" in argument(found)[-1]
    assert argument(found)[0] == "No question has a sure winner: these numbers do not say which model is best."


def test_what_the_seeds_do_not_settle_is_said():
    levels = {"a": {MSE: 1, FD: 1.0}, "b": {MSE: 2, FD: 1.001}}
    found = verdict(panel_of(zoo(levels, spread=0.2)))
    lines = argument(found)
    assert lines[0].startswith("a wins reconstruction; whether it wins every question these seeds do not settle.")
    assert lines[1].startswith("Who wins samples is open:")
    assert 0.5 <= found.questions[1].share < 0.95


def test_fewer_than_five_seeds_make_nothing_sure():
    found = verdict(panel_of(zoo(AGREE, seeds=4)))
    lines = argument(found)
    assert lines[0].startswith("No question has a sure winner")
    assert lines[1] == "In reconstruction a leads (4 of 4 seeds), which fewer than 5 seeds cannot make sure."
    assert "no test is meaningful" in render_sheets(list(verdict_sheets(found)))


def test_one_question_alone_is_not_called_every_question():
    found = verdict(panel_of(zoo({"a": {MSE: 1}, "b": {MSE: 2}})))
    assert argument(found)[0] == "a wins reconstruction, the only question that was asked."


def test_floors_do_not_compete_but_are_named_where_they_are_ahead():
    floor = zoo({"pca": {MSE: 0.5, NLL: 5, ARI: 5, FD: 5}}, role="floor")
    found = verdict(panel_of([*zoo(AGREE), *floor]))
    assert found.models == ("a", "b")
    (beaten,) = found.beaten
    assert (beaten.name, beaten.question, beaten.metrics, beaten.total) == (
        "pca",
        "reconstruction",
        ("mse",),
        2,
    )
    assert argument(found)[-1].startswith("pca, a floor, scores better than every model by 1 of 2 reconstruction")


def test_a_model_without_most_metrics_is_left_out_and_named():
    records = [*zoo(AGREE), *zoo({"gan": {FD: 0.5}})]
    found = verdict(panel_of(records))
    by_name = {each.question: each for each in found.questions}
    assert by_name["reconstruction"].left_out == ("gan",)
    assert by_name["samples"].winners == ("gan",)


def test_a_target_metric_is_won_by_the_model_nearest_to_the_oracle():
    oracle = record("oracle", 0, [score("vendi", 9.0, "samples", "target")], role="oracle")
    levels = {"a": {("samples", "vendi"): 5}, "b": {("samples", "vendi"): 12}}
    panel = panel_of([*zoo(levels, better={"vendi": "target"}), oracle])
    assert panel.measures[0].aim == 9.0
    assert verdict(panel).questions[0].winners == ("b",)
    assert np.isnan(panel.means[panel.models.index("oracle"), 0])


def test_each_model_has_its_own_sampler_unless_one_is_asked_for():
    records = [
        record(model, 0, [sample_score("fd", own_value, own), sample_score("fd", mixture, "gaussian-mixture")])
        for model, own, own_value, mixture in (
            ("ae", "standard-normal", 9.0, 1.0),
            ("vae", "prior", 5.0, 2.0),
        )
    ]
    assert panel_of(records).values[:, 0, 0].tolist() == [9.0, 5.0]
    assert panel_of(records, "gaussian-mixture").values[:, 0, 0].tolist() == [1.0, 2.0]
    with pytest.raises(UsageError, match="gaussian-mixture, prior, standard-normal"):
        panels(records, "flow")


def test_perfect_and_opposite_agreement():
    levels = {name: {MSE: i, NLL: i, ARI: 4 - i} for i, name in enumerate("abcde")}
    found = agreement(panel_of(zoo(levels)))
    tau = {(each.first, each.second): (each.tau, each.low, each.high) for each in found.regimes[0].pairs}
    assert tau == {("nll", "mse"): (1, 1, 1), ("mse", "ari"): (-1, -1, -1), ("nll", "ari"): (-1, -1, -1)}
    assert {each.models for each in found.regimes[0].questions} == {5}
    assert found.regimes[0].questions[0].smallest_p == pytest.approx(1 / 60)
    questions = {each.questions: each.tau for each in found.regimes[0].questions}
    assert questions == {("reconstruction", "reconstruction"): 1, ("reconstruction", "latent"): -1}


def test_seeds_are_averaged_and_never_pooled():
    """Within each model the seeds order the metrics oppositely; the models' means order them alike."""
    records = [
        record(model, seed, [score("mse", 100 * i + seed), score("nll", 100 * i - seed)])
        for i, model in enumerate("abc")
        for seed in range(5)
    ]
    (pair,) = agreement(panel_of(records)).regimes[0].pairs
    assert pair.tau == 1.0


def test_bad_controls_inflate_agreement():
    """Two metrics that order the models oppositely agree that the controls are worse than all."""
    models = {name: {MSE: i, ARI: -i} for i, name in enumerate("abc")}
    controls = {name: {MSE: 100 + i, ARI: 100 + i} for i, name in enumerate("xyz")}
    records = [*zoo(models), *zoo(controls, role="floor")]
    plausible, everything = agreement(panel_of(records)).regimes
    assert plausible.pairs[0].tau == -1.0
    assert everything.pairs[0].tau == pytest.approx((12 - 3) / 15)


def test_three_models_can_never_be_significant():
    levels = {name: {MSE: i, ARI: i} for i, name in enumerate("abc")}
    text = render_sheets(list(agreement_sheets(agreement(panel_of(zoo(levels))))))
    assert "with fewer than 5 no tau can be significant at 5 %" in text
    assert "0.33 |" in text


def test_only_models_that_both_metrics_score_are_counted():
    """A GAN has no reconstructions: three of these five models stand behind the tau of mse and fd."""
    levels = {name: {MSE: i, FD: i} for i, name in enumerate("abc")} | {name: {FD: 9} for name in ("gan", "wgan")}
    found = agreement(panel_of(zoo(levels)))
    assert len(found.regimes[0].models) == 5
    (pair,), (question,) = found.regimes[0].pairs, found.regimes[0].questions
    assert (pair.models, question.models, question.smallest_p) == (3, 3, pytest.approx(1 / 3))


def test_reversals_name_who_is_ahead_by_what():
    found = agreement(panel_of(zoo(CROSSED)))
    assert (found.reversal_count, found.sure_reversals) == (3, 3)
    reversal, other = found.reversals
    assert {reversal.questions, other.questions} == {("reconstruction", "samples"), ("latent", "samples")}
    assert (reversal.ahead, reversal.behind, reversal.second, reversal.probability) == ("a", "b", "fd", 1.0)


def test_how_often_the_winner_changes():
    """The winner's lead comes from one seed of five, which 0.8^5 of the resamples do not draw."""
    records = [
        *(record("a", seed, [score("mse", 0.0 if seed == 0 else 10.0)]) for seed in range(5)),
        *(record("b", seed, [score("mse", 9.0)]) for seed in range(5)),
    ]
    (winner,) = agreement(panel_of(records)).winners
    assert winner.models == ("a",)
    assert winner.changes == pytest.approx(0.8**5, abs=0.04)
    assert winner.shares["b"] == pytest.approx(winner.changes)


def test_one_model_cannot_be_compared():
    with pytest.raises(UsageError, match="two at least"):
        verdict(panel_of(zoo({"a": {MSE: 1}})))


@pytest.mark.parametrize("command", ["agreement", "verdict"])
def test_the_commands(tmp_path, command, capsys):
    folder = write_folder(tmp_path, zoo(CROSSED))
    assert run_app([command, folder]) == 0
    assert "mnist-5k" in capsys.readouterr().out
    assert run_app([command, folder, "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["least_seeds"] == 5
    assert run_app([command, folder, "--sampler", "none"]) == 2
    assert "nothing is sampled" in capsys.readouterr().err


def test_the_order_of_the_records_does_not_matter():
    records = zoo(CROSSED)
    assert verdict(panel_of(records)) == verdict(panel_of(records[::-1]))
