"""`verdict` on synthetic records whose outcome is known."""

import json

import numpy as np
import pytest
from support.factories import FINGERPRINT, record, sample_score, score
from support.folders import write_folder
from support.zoos import AGREE, ARI, CROSSED, FD, MSE, NLL, by_seed, panel_of, zoo

from aezoo.analysis.question_verdict import question_winners
from aezoo.analysis.score_array import score_arrays
from aezoo.analysis.verdict import verdict
from aezoo.bench.app import run_app
from aezoo.errors import UsageError
from aezoo.reporting import render
from aezoo.reporting.pages.verdict import verdict_document
from aezoo.statistics import compare_paired

CODE = ("latent", "nmi")
SSIM = ("reconstruction", "ssim")
MIXTURE = "gaussian-mixture"
SEVEN = {
    **{"reconstruction": "nll", "latent": "ari", "samples": "fd_judge", "anomaly": "auroc_reconstruction_flipped"},
    **{"copying": "copying_auc_judge", "likelihood": "elbo_binary", "disentanglement": "mig"},
}
"""The first metric of each question."""


def page(records):
    return render(verdict_document([verdict(panel_of(records))]), "md")


def test_one_model_for_every_question():
    found = verdict(panel_of(zoo(AGREE)))
    assert [(each.winners, each.share, each.seeds_won) for each in found.questions] == [(("a",), 1.0, 5)] * 3
    assert (found.disagreements, found.pairs) == ((), 6)
    assert all(each.sure and each.competitors == ("a", "b") for each in found.questions)
    assert (found.complete, found.among_complete) == (("a", "b"), ())


def test_questions_with_different_winners():
    found = verdict(panel_of(zoo(CROSSED)))
    assert [(each.question, each.winners) for each in found.questions] == [
        *(("reconstruction", ("a",)), ("latent", ("a",)), ("samples", ("b",)))
    ]
    assert (found.pairs, len(found.disagreements)) == (6, 3)
    assert all("samples" in each.questions and each.questions[0] != each.questions[1] for each in found.disagreements)
    assert {each.winners for each in found.disagreements} == {("a", "b")}
    assert all(each.probability == 1.0 for each in found.disagreements)


def test_a_disagreement_within_a_question():
    levels = {"a": {MSE: 1, NLL: 2}, "b": {MSE: 2, NLL: 1}, "c": {MSE: 3, NLL: 3}}
    found = verdict(panel_of(zoo(levels)))
    (question,) = found.questions
    assert (question.winners, question.sure) == (("a", "b"), False)
    assert question.mean_ranks == {"a": 1.5, "b": 1.5, "c": 3.0}
    assert question.metrics_won == {"a": 1, "b": 1, "c": 0}
    (one,) = found.disagreements
    assert one.questions == ("reconstruction", "reconstruction")


def test_what_the_seeds_do_not_settle():
    levels = {"a": {MSE: 1, FD: 1.0}, "b": {MSE: 2, FD: 1.001}}
    found = verdict(panel_of(zoo(levels, spread=0.2)))
    settled, samples = found.questions
    assert (settled.winners, settled.sure) == (("a",), True)
    assert (samples.winners, samples.sure, samples.seeds_won, samples.seeds) == (("b",), False, 3, 5)
    assert 0.5 <= samples.share < 0.95


def test_a_high_share_alone_makes_nothing_sure():
    """a wins 97 % of the resamples and loses a seed."""
    values = {"a": {"mse": [1, 1, 1, 1, 3]}, "b": {"mse": [2.5] * 5}}
    (question,) = verdict(panel_of(by_seed(values))).questions
    assert (question.share > 0.95, question.seeds_won, question.sure) == (True, 4, False)


def test_a_share_is_that_of_resamples():
    """Of the resamples of a's seeds 94.2 % have a mean below b's: 1 less those with three or more of the bad one."""
    values = {"a": {"mse": [0, 0, 0, 0, 10]}, "b": {"mse": [5.5] * 5}}
    found = verdict(panel_of(by_seed(values)))
    assert found.questions[0].share == pytest.approx(0.942, abs=0.01)


def test_fewer_than_five_seeds_make_nothing_sure():
    found = verdict(panel_of(zoo(AGREE, seeds=4)))
    assert {(each.winners, each.seeds_won, each.seeds, each.sure) for each in found.questions} == {
        (("a",), 4, 4, False)
    }
    assert found.least_seeds == 4


def test_floors_do_not_compete_but_are_named_where_they_are_ahead():
    floors = zoo({"pca": {MSE: 0.5, NLL: 5, ARI: 5, FD: 5}, "raw": {MSE: 0.5, NLL: 0.5}}, role="floor")
    records = [*zoo(AGREE), *floors]
    found = verdict(panel_of(records))
    assert found.models == ("a", "b")
    beaten = {(each.name, each.question): (each.metrics, each.total) for each in found.beaten}
    assert beaten[("pca", "reconstruction")] == (("mse",), 2)
    assert beaten[("raw", "reconstruction")] == (("nll", "mse"), 2)
    assert beaten[("pca", "samples")] == ((), 1)
    assert ("raw", "samples") not in beaten


def test_floors_are_counted_over_the_metrics_that_count():
    """By rate the models tie; shape describes, and ranks nothing."""
    names = ("mse", "nll", "rate")
    models = by_seed({model: {"mse": [i] * 5, "nll": [i] * 5, "rate": [3] * 5} for i, model in enumerate("abc", 1)})
    floor = record("pca", 0, [score(name, 0.5) for name in names], role="floor")
    for i, each in enumerate([*models, floor]):
        each["scores"].append(score("shape", i, better="neither"))
    found = verdict(panel_of([*models, floor]))
    assert found.questions[0].metrics == ("nll", "mse")
    assert (found.beaten[0].metrics, found.beaten[0].total) == (("nll", "mse"), 2)
    assert found.pairs == 1


def test_a_target_metric_is_won_by_the_model_nearest_to_the_oracle():
    oracle = record("oracle", 0, [score("vendi", 9.0, "samples", "target")], role="oracle")
    levels = {"a": {("samples", "vendi"): 5}, "b": {("samples", "vendi"): 12}}
    panel = panel_of([*zoo(levels, better={"vendi": "target"}), oracle])
    assert panel.scores[0].target == 9.0
    assert verdict(panel).questions[0].winners == ("b",)
    assert np.isnan(panel.means[panel.models.index("oracle"), 0])


def test_a_target_metric_is_judged_by_each_seed_as_compare_does():
    """The mean of a is on the aim and none of its seeds is; b is 0.3 off with each."""
    aimed = {"better": "target", "ideal": 1.0}
    values = {"a": [0, 2, 0, 2, 1], "b": [1.3] * 5}
    panel = panel_of(by_seed({name: {"auc": of} for name, of in values.items()}, **aimed))
    assert panel.means[:, 0] == pytest.approx([0.8, 0.3])
    assert verdict(panel).questions[0].winners == ("b",)
    compared = compare_paired(values["a"], values["b"], "target", 1.0)
    assert compared.worsening == pytest.approx(panel.means[1, 0] - panel.means[0, 0])


def test_one_model_cannot_be_compared():
    with pytest.raises(UsageError, match="two at least"):
        verdict(panel_of(zoo({"a": {MSE: 1}})))


def test_the_page_is_short_however_many_metrics_there_are():
    """Twenty metrics, of which half name another winner, and ten controls."""
    names = [("samples", f"m{i}") for i in range(20)]
    levels = {
        "a": {name: i % 2 for i, name in enumerate(names)},
        "b": {name: 1 - i % 2 for i, name in enumerate(names)},
    }
    controls = zoo({f"control-{i}": dict.fromkeys(names, -1 - i) for i in range(10)}, seeds=1, role="control")
    records = [*zoo(levels), *controls]
    found = verdict(panel_of(records))
    assert len(page(records).splitlines()) < 55
    (whole,) = json.loads(render(verdict_document([found]), "json"))
    assert (len(whole["disagreements"]), whole["pairs"], len(whole["beaten"])) == (100, 190, 10)


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


@pytest.mark.parametrize("command", ["agreement", "verdict"])
def test_the_commands_print_a_screen_and_with_all_the_page(tmp_path, command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    levels = {f"a-model-of-a-long-name-{i}": dict.fromkeys(SEVEN.items(), i) for i in range(7)}
    folder = write_folder(tmp_path, zoo(levels))
    assert run_app([command, folder]) == 0
    screen = capsys.readouterr().out.splitlines()
    assert max(map(len, screen)) <= 80
    assert len(screen) <= 50
    assert not any(line.startswith("|") for line in screen)
    assert run_app([command, folder, "--all"]) == 0
    everything = capsys.readouterr().out
    assert everything.count("\n|") >= 5
    assert run_app([command, folder, "--format", "md"]) == 0
    assert capsys.readouterr().out == everything
    assert run_app([command, folder, "--format", "mdd"]) == 2
    assert "did you mean md" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["agreement", "verdict"])
def test_the_commands_compare_models_that_are_named(tmp_path, command, capsys):
    more = zoo({"best": dict.fromkeys(CROSSED["a"], -9)}, seeds=1)
    folder = write_folder(tmp_path, [*zoo(CROSSED), *more])
    assert run_app([command, folder, "--all", "--models", ",".join(CROSSED)]) == 0
    named = capsys.readouterr().out
    assert run_app([command, folder, "--all"]) == 0
    assert "best" in capsys.readouterr().out
    assert run_app([command, write_folder(tmp_path / "without", zoo(CROSSED)), "--all"]) == 0
    assert capsys.readouterr().out == named
    assert run_app([command, folder, "--models", "a,bset"]) == 2
    assert "best" in capsys.readouterr().err


def test_the_order_of_the_records_does_not_matter():
    records = zoo(CROSSED)
    assert verdict(panel_of(records)) == verdict(panel_of(records[::-1]))


def test_the_winners_of_every_question_of_every_section():
    alone = zoo({"a": {MSE: 1}})
    for each in alone:
        each["dataset"] = {**each["dataset"], "name": "other"}
        each["id"] = f"other-{each['id']}"
    found = question_winners(score_arrays([*zoo(CROSSED), *alone]))
    assert [(each.dataset, each.question, each.winners, each.share, each.sure) for each in found] == [
        ("mnist-5k", "reconstruction", ("a",), 1.0, True),
        ("mnist-5k", "latent", ("a",), 1.0, True),
        ("mnist-5k", "samples", ("b",), 1.0, True),
        ("other", "reconstruction", (), 0.0, False),
    ]
    assert found[0].to_dict() == {
        **{"dataset": "mnist-5k", "fingerprint": FINGERPRINT, "protocol": found[0].protocol},
        **{"question": "reconstruction", "winners": ["a"], "share": 1.0, "sure": True, "seeds": 5},
        "competitors": ["a", "b"],
    }


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
    assert by_name["reconstruction"].competitors == ("a", "b")
    assert by_name["samples"].competitors == ("a", "b", "gan")


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
    assert found.question_pairs == ()


def test_models_with_every_score_are_asked_again_among_themselves():
    """The GAN takes samples from a, which is ahead of b everywhere: no defeat by n/a."""
    found = found_of([*zoo(AGREE), *zoo({"gan": {FD: 0.5}})])
    assert found.complete == ("a", "b")
    assert [(each.winners, each.sure) for each in found.among_complete] == [(("a",), True)] * 3


@pytest.mark.parametrize(
    ("levels", "complete"),
    [
        ({"a": {MSE: 1, FD: 2}, "b": {MSE: 2}, "gan": {FD: 1}}, ("a",)),
        ({"a": {MSE: 1}, "b": {MSE: 2}, "gan": {FD: 1}, "wgan": {FD: 2}}, ()),
    ],
)
def test_fewer_than_two_models_with_every_score_are_not_asked_again(levels, complete):
    found = found_of(zoo(levels))
    assert (found.complete, found.among_complete) == (complete, ())


def test_a_slow_metric_on_one_seed_does_not_take_the_question_with_it():
    values = {name: {"elbo": [i + s / 10 for s in range(5)], "ais": [5 - i]} for i, name in enumerate("abc")}
    found = found_of(by_seed(values, "likelihood"))
    (question,) = found.questions
    assert (question.winners, question.seeds_won, question.seeds, question.sure) == (("a",), 5, 5, True)
    assert (question.metrics, question.left_out_metrics) == (("elbo",), ("ais",))


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


def test_a_metric_by_which_only_a_model_that_is_left_out_differs_does_not_count():
    levels = {"a": {MSE: 1, NLL: 1, SSIM: 3}, "b": {MSE: 2, NLL: 2, SSIM: 3}, "gan": {SSIM: 4}}
    (question,) = found_of(zoo(levels, spread=0)).questions
    assert (question.competitors, question.left_out) == (("a", "b"), ("gan",))
    assert (set(question.metrics), question.left_out_metrics) == ({"mse", "nll"}, ("ssim",))
    assert (question.mean_ranks, question.metrics_won) == ({"a": 1, "b": 2}, {"a": 2, "b": 0})


def test_nobody_to_compete_with_is_no_win():
    levels = {"a": {MSE: 1, ARI: 1, CODE: 1}, "b": {MSE: 2}}
    found = found_of(zoo(levels))
    question = found.questions[1]
    assert (question.question, question.winners, question.competitors) == ("latent", (), ("a",))
    assert not question.contested


@pytest.mark.parametrize(
    ("levels", "winners", "competitors", "metrics"),
    [
        ({"a": {MSE: 1, NLL: 1}, "b": {NLL: 2, SSIM: 1}, "c": {MSE: 2, SSIM: 2}}, (), ("a", "b", "c"), ()),
        ({"a": {MSE: 1}, "b": {MSE: 2}, "c": {NLL: 1}, "d": {NLL: 2}}, (), (), ()),
        ({name: {MSE: 1, NLL: 2} for name in "abc"}, ("a", "b", "c"), ("a", "b", "c"), ("nll", "mse")),
    ],
    ids=["no common metric", "all at half", "all tie"],
)
def test_nothing_to_decide_is_no_error(levels, winners, competitors, metrics):
    (question,) = found_of(zoo(levels, spread=0)).questions
    assert (question.winners, question.sure) == (winners, False)
    assert (question.competitors, question.metrics) == (competitors, metrics)


def test_models_without_common_seeds_are_never_sure():
    values = {"a": {"mse": [1, 1, 1, 1, 1]}, "b": {"mse": [None] * 5 + [2] * 5}}
    (question,) = found_of(by_seed(values)).questions
    assert (question.winners, question.seeds, question.sure) == (("a",), 0, False)


def sampled(mixture, seeds=5):
    """Autoencoders with their own sampler and a mixture, a GAN that has its prior alone; lower is better."""
    own = {"ae": ("standard-normal", 9.0), "vae": ("prior", 5.0), "gan": ("prior", 2.0)}
    random = np.random.default_rng(0)
    return [
        record(
            model,
            seed,
            [sample_score("fd", value + 0.01 * random.normal(), sampler)]
            + ([sample_score("fd", mixture[model] + 0.01 * random.normal(), MIXTURE)] if model in mixture else []),
        )
        for model, (sampler, value) in own.items()
        for seed in range(seeds)
    ]


def test_each_model_has_its_own_sampler_unless_one_is_asked_for():
    """What lacks the sampler that is asked for stands with its own, and is not left out."""
    found = sampled({"ae": 1.0, "vae": 4.0})
    assert panel_of(found).means[:, 0] == pytest.approx([9.0, 2.0, 5.0], abs=0.02)
    panel = panel_of(found, MIXTURE)
    assert panel.means[:, 0] == pytest.approx([1.0, 2.0, 4.0], abs=0.02)
    assert verdict(panel).samplers == {"ae": MIXTURE, "gan": "prior", "vae": MIXTURE}
    assert verdict(panel).least_seeds == 5
    with pytest.raises(UsageError, match="gaussian-mixture, prior, standard-normal"):
        score_arrays(found, "flow")


@pytest.mark.parametrize(
    ("mixture", "seeds", "winner", "sure"),
    [
        ({"ae": 1.0, "vae": 4.0}, 5, "ae", True),
        ({"ae": 3.0, "vae": 4.0}, 5, "gan", True),
        ({"ae": 1.0}, 3, "ae", False),
    ],
)
def test_the_question_of_samples_is_asked_again_with_another_sampler(mixture, seeds, winner, sure):
    found = verdict(panel_of(sampled(mixture, seeds)))
    assert (found.questions[0].winners, found.questions[0].sure) == (("gan",), seeds == 5)
    (other,) = found.other_samplers
    assert (other.sampler, other.replaced) == (MIXTURE, tuple(mixture))
    assert (other.questions[0].winners, other.questions[0].sure) == ((winner,), sure)


def test_a_sampler_that_changes_nothing_is_not_asked_again():
    """Every model's own sampler is its own, whatever it is called."""
    assert verdict(panel_of(sampled({}))).other_samplers == ()


def test_with_a_sampler_that_is_asked_for_there_are_no_others():
    assert verdict(panel_of(sampled({"ae": 1.0}), MIXTURE)).other_samplers == ()


def test_only_questions_of_samples_are_asked_again():
    more = [record(model, 7, [score("mse", i)]) for i, model in enumerate(("ae", "vae"))]
    (other,) = verdict(panel_of([*sampled({"ae": 1.0, "vae": 4.0}), *more])).other_samplers
    assert (other.sampler, other.replaced) == (MIXTURE, ("ae", "vae"))
    assert [each.question for each in other.questions] == ["samples"]


def test_the_command_takes_a_sampler(tmp_path, capsys):
    folder = write_folder(tmp_path, sampled({"ae": 1.0, "vae": 4.0}))
    assert run_app(["verdict", folder, "--sampler", MIXTURE]) == 0
    out = capsys.readouterr().out
    assert "sample metrics with the sampler: gaussian-mixture (ae, vae), prior (gan)" in out
