"""`agreement` on synthetic records whose outcome is known."""

import pytest
from support.factories import record, score
from support.zoos import ARI, CROSSED, FD, MSE, NLL, by_seed, panel_of, zoo

from aezoo.analysis.agreement import agreement
from aezoo.analysis.verdict import verdict
from aezoo.reporting import render
from aezoo.reporting.pages.agreement import agreement_document, agreement_screen
from aezoo.reporting.pages.caveat_sentences import metric_sentences


def page(records):
    return render(agreement_document([agreement(panel_of(records))]), "md")


def test_one_seed_says_nothing_of_resampled_seeds():
    levels = {"a": {MSE: 1.0, NLL: 3.0}, "b": {MSE: 2.0, NLL: 2.0}, "c": {MSE: 3.0, NLL: 1.0}}
    for seeds, said in ((1, False), (3, True)):
        found = agreement(panel_of(zoo(levels, seeds=seeds)))
        finding = " ".join(render(agreement_screen([found]), "text").partition("metrics of")[0].split())
        assert ("in at least 95 % of resampled seeds" in finding) is said
        assert ("in 1 % of resampled seeds" in finding) is said
        assert "Two metrics order two models differently in" in finding
        assert ("95 %" in " ".join(metric_sentences(verdict(panel_of(zoo(levels, seeds=seeds)))))) is said


def test_perfect_and_opposite_agreement():
    levels = {name: {MSE: i, NLL: i, ARI: 4 - i} for i, name in enumerate("abcde")}
    found = agreement(panel_of(zoo(levels)))
    tau = {(each.first, each.second): (each.tau, each.over_seeds) for each in found.regimes[0].pairs}
    assert tau == {("nll", "mse"): (1, (1, 1)), ("mse", "ari"): (-1, (-1, -1)), ("nll", "ari"): (-1, (-1, -1))}
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
    (question,) = agreement(panel_of(zoo(levels))).regimes[0].questions
    assert question.over_models is None
    assert (question.models, question.tau, question.smallest_p) == (3, 1.0, pytest.approx(1 / 3))


def test_only_models_that_both_metrics_score_are_counted():
    """A GAN has no reconstructions: three of these five models stand behind the tau of mse and fd."""
    levels = {name: {MSE: i, FD: i} for i, name in enumerate("abc")} | {name: {FD: 9} for name in ("gan", "wgan")}
    found = agreement(panel_of(zoo(levels)))
    assert len(found.regimes[0].models) == 5
    (pair,), (question,) = found.regimes[0].pairs, found.regimes[0].questions
    assert (pair.models, question.models, question.smallest_p) == (3, 3, pytest.approx(1 / 3))


def test_one_seed_has_no_interval_over_seeds_and_one_over_models():
    levels = {name: {MSE: i, NLL: -i if i < 3 else i} for i, name in enumerate("abcdefgh")}
    (pair,) = agreement(panel_of(zoo(levels, seeds=1))).regimes[0].pairs
    assert pair.over_seeds is None
    assert pair.over_models[0] < pair.tau < pair.over_models[1]
    assert "|" in page(zoo(levels, seeds=1))


def test_one_seed_each_has_no_interval_over_seeds_though_they_differ():
    """Nothing is drawn anew, and an interval without width would say that tau is sure."""
    levels = {name: {MSE: i, NLL: -i if i < 3 else i} for i, name in enumerate("abcdef")}
    records = [
        record(name, seed, [score(metric, value, question) for (question, metric), value in of.items()])
        for seed, (name, of) in enumerate(levels.items())
    ]
    (regime,) = agreement(panel_of(records)).regimes
    assert [each.over_seeds for each in (*regime.pairs, *regime.questions)] == [None, None]


def test_the_first_metric_of_each_question_is_shown_by_itself():
    levels = {name: {MSE: i, NLL: i, ARI: 4 - i, FD: i} for i, name in enumerate("abcde")}
    assert agreement(panel_of(zoo(levels))).regimes[0].first == ("fd", "ari", "nll")
    table = page(zoo(levels)).split("### One metric of each question")[1].split("###")[0]
    cells = [tuple(cell.strip() for cell in line.split("|")[1:4]) for line in table.splitlines() if line[:1] == "|"]
    assert set(cells[2:]) == {("ari", "fd", "5"), ("nll", "ari", "5"), ("nll", "fd", "5")}


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


def test_winners_that_never_change():
    levels = {name: {MSE: i, NLL: i, FD: 4 - i} for i, name in enumerate("abc")}
    found = agreement(panel_of(zoo(levels)))
    assert {each.metric: (each.models, each.changes) for each in found.winners} == {
        **{"mse": (("a",), 0.0), "nll": (("a",), 0.0), "fd": (("c",), 0.0)}
    }


def test_a_winner_of_a_single_seed_says_so():
    slow = by_seed({name: {"ais": [i], "elbo": [i] * 5} for i, name in enumerate("ab")}, "likelihood")
    assert {each.metric: each.seeds for each in agreement(panel_of(slow)).winners} == {"ais": 1, "elbo": 5}


def test_controls_are_counted():
    models, controls = zoo(CROSSED), zoo({"blur": {MSE: 9, FD: 9}}, role="control")
    assert agreement(panel_of(models)).controls == 0
    assert agreement(panel_of([*models, *controls])).controls == 1


def test_the_second_regime_is_named_after_what_there_is():
    models, floors = zoo(CROSSED), zoo({"pca": {MSE: 9, FD: 9}}, role="floor")
    controls = zoo({"blur": {MSE: 9, FD: 9}}, role="control")
    assert [each.name for each in agreement(panel_of([*models, *floors])).regimes][1] == "with floors"
    found = agreement(panel_of([*models, *floors, *controls]))
    assert found.regimes[1].name == "with floors and controls"


def test_reversals_are_counted_by_questions():
    found = agreement(panel_of(zoo(CROSSED)))
    counts = {each.questions: (each.reversals, each.sure) for each in found.question_reversals}
    assert counts == {("reconstruction", "samples"): (2, 2), ("latent", "samples"): (1, 1)}


def test_metrics_that_share_no_models_are_no_error():
    """No metric has two models, or all tie."""
    apart = zoo({"a": {MSE: 1}, "b": {NLL: 1}, "c": {FD: 1}})
    tied = zoo({name: {MSE: 1} for name in "abc"}, spread=0)
    for records in (apart, tied):
        found = agreement(panel_of(records))
        assert (found.winners, found.reversal_count, found.regimes[0].pairs) == ((), 0, ())
        assert page(records)
        assert render(agreement_document([found]), "json")
