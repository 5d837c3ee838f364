"""`verdict` on synthetic records whose outcome is known."""

import json

import numpy as np
import pytest
from support.factories import FINGERPRINT, record, score
from support.folders import write_folder
from support.zoos import AGREE, ARI, CROSSED, FD, MSE, NLL, by_seed, panel_of, zoo

from aezoo.analysis.score_array import score_arrays
from aezoo.analysis.verdict import question_winners, verdict
from aezoo.bench.app import run_app
from aezoo.errors import UsageError
from aezoo.reporting import render
from aezoo.reporting.pages.verdict import verdict_document
from aezoo.reporting.pages.verdict_sentences import baseline_sentences, verdict_sentences
from aezoo.statistics import compare_paired


def page(records):
    return render(verdict_document([verdict(panel_of(records))]), "md")


def test_one_model_for_every_question():
    found = verdict(panel_of(zoo(AGREE)))
    assert [(each.winners, each.share, each.seeds_won) for each in found.questions] == [(("a",), 1.0, 5)] * 3
    assert (found.disagreements, found.pairs) == ((), 6)
    first, *questions, last = verdict_sentences(found)
    assert first.startswith("a wins every question (reconstruction, latent and samples)")
    assert questions[0] == "a wins reconstruction (of 2 models), in all 5 seeds."
    assert last == (
        "Of 6 pairs of metrics that can be compared, among the models that both score, none name different winners."
    )


def test_another_sentence_where_questions_have_different_winners():
    found = verdict(panel_of(zoo(CROSSED)))
    first, *_, last = verdict_sentences(found)
    assert first.startswith("No model wins every question: a wins reconstruction and latent, b wins samples.")
    assert "3 (50%) name different winners, 0 of them within one question; 3 do so in at least 95 %" in last
    assert {each.winners for each in found.disagreements} == {("a", "b")}
    assert all(each.probability == 1.0 for each in found.disagreements)


def test_a_disagreement_within_a_question():
    levels = {"a": {MSE: 1, NLL: 2}, "b": {MSE: 2, NLL: 1}, "c": {MSE: 3, NLL: 3}}
    found = verdict(panel_of(zoo(levels)))
    (question,) = found.questions
    assert (question.winners, question.sure) == (("a", "b"), False)
    assert question.mean_ranks == {"a": 1.5, "b": 1.5, "c": 3.0}
    assert question.metrics_won == {"a": 1, "b": 1, "c": 0}
    first, last = verdict_sentences(found)
    assert first == "a and b tie for reconstruction (of 3 models)."
    assert "1 of them within one question" in last
    assert "The surest disagreements within one question" in page(zoo(levels))


def test_what_the_seeds_do_not_settle_is_said():
    levels = {"a": {MSE: 1, FD: 1.0}, "b": {MSE: 2, FD: 1.001}}
    found = verdict(panel_of(zoo(levels, spread=0.2)))
    first, _, samples, _ = verdict_sentences(found)
    assert first == (
        "a wins reconstruction; samples is open: whether it wins every question these seeds do not settle."
    )
    assert samples.startswith("Who wins samples is open: b leads (of 2 models) in 3 of 5 seeds, and in ")
    assert 0.5 <= found.questions[1].share < 0.95


def test_a_high_share_alone_makes_nothing_sure():
    """a wins 97 % of the resamples and loses a seed."""
    values = {"a": {"mse": [1, 1, 1, 1, 3]}, "b": {"mse": [2.5] * 5}}
    (question,) = verdict(panel_of(by_seed(values))).questions
    assert (question.share > 0.95, question.seeds_won, question.sure) == (True, 4, False)
    assert verdict_sentences(verdict(panel_of(by_seed(values))))[0].startswith(
        "Who wins reconstruction is open: a leads"
    )


def test_a_share_is_rounded_down():
    """Of the resamples of a's seeds 94.2 % have a mean below b's: 1 less those with three or more of the bad one."""
    values = {"a": {"mse": [0, 0, 0, 0, 10]}, "b": {"mse": [5.5] * 5}}
    found = verdict(panel_of(by_seed(values)))
    assert found.questions[0].share == pytest.approx(0.942, abs=0.01)
    shown = {"94%"} if found.questions[0].share >= 0.94 else {"93%"}
    assert any(text in verdict_sentences(found)[0] for text in shown)


def test_fewer_than_five_seeds_make_nothing_sure():
    found = verdict(panel_of(zoo(AGREE, seeds=4)))
    first, second, *_ = verdict_sentences(found)
    assert first.startswith("No question has a sure winner")
    assert second == (
        "Who wins reconstruction is open: a leads (of 2 models) in 4 of 4 seeds, and fewer than 5 cannot make it sure."
    )
    assert "no test is meaningful" in page(zoo(AGREE, seeds=4))


def test_one_question_alone_is_not_called_every_question():
    found = verdict(panel_of(zoo({"a": {MSE: 1}, "b": {MSE: 2}})))
    assert verdict_sentences(found)[0] == "a wins reconstruction (of 2 models), in all 5 seeds."


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
    assert list(baseline_sentences(found)) == ["By most reconstruction metrics no model is above raw."]
    text = page(records)
    assert "| raw                    | floor  |           2 of 2 |        – |         – |" in text
    assert "no model here is above" not in text


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


def test_metrics_that_say_the_same_are_counted_and_named():
    levels = {name: {MSE: i, NLL: i, ("reconstruction", "psnr"): i} for i, name in enumerate("ab")}
    assert "counts twice: 3 reconstruction metrics, of them 2 mse or psnr" in page(zoo(levels))


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
    assert len(verdict_sentences(found)) == 2
    assert len(list(baseline_sentences(found))) == 1
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
