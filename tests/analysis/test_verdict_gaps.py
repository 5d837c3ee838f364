"""Models and metrics without scores: they are no defeat, no win and no crash."""

import pytest
from support.zoos import AGREE, ARI, FD, MSE, NLL, by_seed, panel_of, zoo

from aezoo.analysis.verdict import verdict
from aezoo.reporting import render
from aezoo.reporting.pages.verdict import verdict_document
from aezoo.reporting.pages.verdict_sentences import verdict_sentences

CODE = ("latent", "nmi")


def found_of(records):
    """The verdict; its page and its JSON can be written."""
    found = verdict(panel_of(records))
    assert render(verdict_document([found]), "md")
    assert render(verdict_document([found]), "json")
    return found


def test_a_model_without_most_metrics_is_left_out_and_named():
    found = found_of([*zoo(AGREE), *zoo({"gan": {FD: 0.5}})])
    by_name = {each.question: each for each in found.questions}
    assert by_name["reconstruction"].left_out == ("gan",)
    assert by_name["samples"].winners == ("gan",)
    assert "a wins reconstruction (of 2 models that have it), in all 5 seeds." in verdict_sentences(found)
    assert "gan wins samples (of 3 models), in all 5 seeds." in verdict_sentences(found)


def test_a_winner_without_a_score_does_not_disagree():
    """The GAN wins samples and has no reconstructions; a and b are ordered alike by every metric."""
    found = found_of([*zoo(AGREE), *zoo({"gan": {FD: 0.5}})])
    assert (found.pairs, found.disagreements) == (6, ())


def test_pairs_are_compared_among_the_models_that_both_score():
    """b is ahead of a in samples, behind the GAN: among a and b that is a disagreement with mse."""
    levels = {"a": {MSE: 1, FD: 3}, "b": {MSE: 2, FD: 2}, "gan": {FD: 1}}
    (one,) = found_of(zoo(levels)).disagreements
    assert (one.winners, one.models) == (("a", "b"), 2)


def test_pairs_without_two_common_models_are_not_compared():
    levels = {"a": {MSE: 1, ARI: 1}, "b": {MSE: 2}, "c": {ARI: 2, FD: 1}, "d": {FD: 2}}
    found = found_of(zoo(levels))
    assert (found.pairs, found.disagreements) == (0, ())
    assert verdict_sentences(found)[-1].startswith("No two metrics score two of the same models")


def test_the_first_sentence_holds_among_models_with_every_score():
    """The GAN takes samples from a, which is ahead of b everywhere: no defeat by n/a, and it is said among whom."""
    found = found_of([*zoo(AGREE), *zoo({"gan": {FD: 0.5}})])
    assert verdict_sentences(found)[0] == (
        "Only a and b have scores for every question; among these a wins every question (reconstruction, latent and "
        "samples): one model is best whichever question is asked."
    )


def test_one_model_alone_with_every_score():
    levels = {"a": {MSE: 1, FD: 2}, "b": {MSE: 2}, "gan": {FD: 1}}
    assert verdict_sentences(found_of(zoo(levels)))[0] == (
        "Only a has scores for every question, so no other model can win them all; it wins reconstruction."
    )


def test_no_model_with_every_score():
    levels = {"a": {MSE: 1}, "b": {MSE: 2}, "gan": {FD: 1}, "wgan": {FD: 2}}
    assert (
        verdict_sentences(found_of(zoo(levels)))[0]
        == "No model has scores for every question, so none can win them all."
    )


def test_a_slow_metric_on_one_seed_does_not_take_the_question_with_it():
    values = {name: {"elbo": [i + s / 10 for s in range(5)], "ais": [5 - i]} for i, name in enumerate("abc")}
    found = found_of(by_seed(values, "likelihood"))
    (question,) = found.questions
    assert (question.winners, question.seeds_won, question.seeds, question.sure) == (("a",), 5, 5, True)
    assert (question.metrics, question.left_out_metrics) == (("elbo",), ("ais",))
    assert "ais (likelihood)" in render(verdict_document([found]), "md")


def test_a_seed_with_a_single_metric_does_not_take_the_others_with_it():
    values = {name: {"mse": [i] * 6, "nll": [i] * 5, "ssim": [i] * 5} for i, name in enumerate("abc")}
    (question,) = found_of(by_seed(values)).questions
    assert (set(question.metrics), question.seeds, question.sure) == ({"mse", "nll", "ssim"}, 5, True)


def test_a_metric_of_one_seed_is_never_a_sure_disagreement():
    values = {name: {"elbo": [i] * 5, "ais": [5 - i]} for i, name in enumerate("ab")}
    (one,) = found_of(by_seed(values, "likelihood")).disagreements
    assert one.probability < 0.95


def test_a_gan_with_one_likelihood_is_left_out_and_named():
    levels = {name: {("likelihood", m): i for m in ("elbo", "iwae")} for i, name in enumerate(("vae", "beta-vae"))}
    (question,) = found_of([*zoo(levels), *zoo({"gan": {("likelihood", "ais_noisy"): -9}})]).questions
    assert question.competitors == ("beta-vae", "vae")
    assert (question.left_out, question.left_out_metrics) == (("gan",), ("ais_noisy",))


def test_nobody_to_compete_with_is_no_win():
    levels = {"a": {MSE: 1, ARI: 1, CODE: 1}, "b": {MSE: 2}}
    found = found_of(zoo(levels))
    question = found.questions[1]
    assert (question.question, question.winners, question.competitors) == ("latent", (), ("a",))
    assert "Nobody wins latent: a has nobody to compete with." in verdict_sentences(found)


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        (
            {
                "a": {MSE: 1, NLL: 1},
                "b": {NLL: 2, ("reconstruction", "ssim"): 1},
                "c": {MSE: 2, ("reconstruction", "ssim"): 2},
            },
            "Nobody wins reconstruction: no metric has a score of all 3 models in all their common seeds.",
        ),
        (
            {"a": {MSE: 1}, "b": {MSE: 2}, "c": {NLL: 1}, "d": {NLL: 2}},
            "Nobody wins reconstruction: there is nobody to compete, because no model has most of its metrics.",
        ),
        ({name: {MSE: 1, NLL: 2} for name in "abc"}, "a, b and c tie for reconstruction (of 3 models)."),
    ],
    ids=["no common metric", "all at half", "all tie"],
)
def test_nothing_to_decide_is_no_error(levels, sentence):
    found = found_of(zoo(levels, spread=0))
    assert verdict_sentences(found)[0] == sentence


def test_models_without_common_seeds_are_never_sure():
    values = {"a": {"mse": [1, 1, 1, 1, 1]}, "b": {"mse": [None] * 5 + [2] * 5}}
    (question,) = found_of(by_seed(values)).questions
    assert (question.winners, question.seeds, question.sure) == (("a",), 0, False)
