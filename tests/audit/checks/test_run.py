"""Checks on metrics whose answers are known, with few rows; and the page that they make."""

import re
from dataclasses import replace

import numpy as np
import pytest

from aezoo.audit.checks import CHECKS, load_checks
from aezoo.audit.checks.page import checks_document, checks_frame
from aezoo.audit.checks.published import ANSWERS, SCORES, published_answer
from aezoo.audit.checks.reasons import Difference
from aezoo.audit.checks.run import checkable, kind_of, run_check, run_checks, worst_loss
from aezoo.bench.app import run_app
from aezoo.metrics import METRICS, Score
from aezoo.reporting import render

FEW = 200


def ask(name, *metrics, n=FEW):
    found = run_check(load_checks()[name], [METRICS.get(metric) for metric in metrics], n, 0)
    return {(each.score, each.desideratum): each.passes for each in found}


def constant(value, score):
    """A metric whose only score is always the same."""
    plain = {"headline": {}, "redundant_with": {}}
    return replace(METRICS.get("fd"), function=lambda real, fake: value, scores=(score,), **plain)


def test_a_metric_that_never_moves_passes_nothing_that_asks_it_to():
    high = constant(1.0, Score("density", "share", "target", 1.0, (0.0, np.inf)))
    (*_,) = load_checks()
    for name, expected in {
        "mean-difference": {"bounds": False, "property": False},
        "modes-dropped-one-by-one": {"bounds": True, "property": True},
        "rounded-fakes": {"bounds": True, "property": True},
    }.items():
        found = run_check(CHECKS[name], [high], 20, 0)
        assert {each.desideratum: each.passes for each in found} == expected, name


def test_the_clipped_scores_withstand_outliers_and_density_does_not():
    among = ask("fakes-among-outliers", "prdc", "clipped_density_coverage", n=500)
    assert (among["density", "property"], among["clipped_density", "property"]) == (False, True)
    share = ask("share-of-bad-fakes", "prdc", "clipped_density_coverage", n=1000)
    assert (share["coverage", "property"], share["clipped_coverage", "property"]) == (False, True)
    assert share["clipped_density", "property"]


def test_sliced_wasserstein_sees_what_matches_moments_and_the_frechet_distance_does_not():
    found = ask("moments-matched", "fd", "sliced_wasserstein", n=500)
    assert found == {("fd", "property"): False, ("sliced_wasserstein", "property"): True}


def test_scores_of_labels_are_asked_where_reals_have_modes_and_see_modes_that_are_missing():
    labels = ("class_kl", "covered_classes", "inception_score", "pairwise_diversity")
    assert ask("moments-matched", *labels) == {}
    found = ask("modes-dropped-one-by-one", *labels, n=1000)
    assert {score for score, _ in found} == set(labels)
    assert found["class_kl", "property"]
    assert found["covered_classes", "property"]
    assert not found["pairwise_diversity", "property"]
    results = run_check(load_checks()["modes-dropped-one-by-one"], [METRICS.get("covered_classes")], 1000, 0)
    assert {tuple(values) for each in results for values in each.values.values()} == {(10.0, 9.0, 8.0, 6.0, 4.0, 1.0)}


def test_a_distance_without_a_bound_fails_bounds_and_one_with_them_meets_them():
    found = ask("mean-difference", "fd", "one_nearest_neighbour")
    assert found["fd", "bounds"] is False
    assert found["fd", "property"] is True
    assert worst_loss(Score("a", "x", "target", 0.5, (0.0, 1.0))) == 0.5
    assert worst_loss(Score("a", "x", "higher", 1.0, (0.0, 1.0))) == 0.0
    assert worst_loss(Score("a", "x", "lower", 0.0, (0.0, np.inf))) is None
    assert worst_loss(Score("a", "x", "target", None, (0.0, 1.0))) is None


def test_a_metric_that_raises_is_no_answer_and_says_why():
    def broken(real, fake):
        raise ValueError("no luck")

    (found, *_) = run_check(load_checks()["moments-matched"], [replace(METRICS.get("fd"), function=broken)], 20, 0)
    assert (found.passes, found.reason) == (None, "ValueError: no luck")


def test_results_are_those_of_the_seed_whatever_else_is_asked():
    name = "one-mode-for-two"
    alone, beside = run_checks(50, 0, ["fd"], [name]), run_checks(50, 0, ["fd", "kd", "ndb"], ["moments-matched", name])
    both = [each for each in beside if each.check.name == name and each.score == "fd"]
    assert [each.values for each in both] == [each.values for each in alone]
    assert run_checks(50, 1, ["fd"], [name])[0].values != alone[0].values


def test_every_sample_metric_is_checked_or_says_why_not():
    names = {name for name, metric in METRICS.items() if metric.question == "samples"}
    for slow in (False, True):
        chosen, reasons = checkable(slow=slow)
        asked = {metric.name for metric in chosen}
        assert asked | set(reasons) == names
        assert not asked & set(reasons)
        assert ("mmd_test" in asked) is slow
    assert asked >= {"fd", "kd", "prdc", "clipped_density_coverage", "sliced_wasserstein", "prd_curve"}
    assert (
        {name for name, reason in reasons.items() if reason.startswith("needs ")}
        == {
            "classifier_two_sample_pixels",
            "parzen",
        }
        == set(reasons)
    )
    assert checkable()[1]["mmd_test"] == "slow: asked with --slow"
    assert checkable()[1]["parzen"].startswith("needs ")
    assert [metric.name for metric in checkable(["mmd_test"])[0]] == ["mmd_test"]
    assert [kind_of(score) for score in ("density", "coverage", "fd")] == ["fidelity", "diversity", "distance"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--metrics", "fd,nll"], "metric 'nll' answers the question 'reconstruction'; checks take metrics of samples"),
        (["--metrics", "copying_score"], "answers the question 'copying'"),
        (["--n", "0"], "0 rows on each side asked for; give at least 4"),
        (["--n", "-1"], "-1 rows on each side asked for"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_one_line(options, message, tmp_path, capsys):
    assert run_app(["audit", "--checks", "--jobs", "1", "--out", str(tmp_path), *options]) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert len(error.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_an_outlier_leaves_both_sides_with_as_many_rows():
    names = ["jensen_shannon", "sliced_wasserstein", "classifier_two_sample"]
    assert None not in ask("mean-difference-with-outlier", *names, n=40).values()


def test_published_answers_are_those_of_published_checks():
    published = {name: check for name, check in load_checks().items() if check.source == "published"}
    asked = {
        (name, rule.desideratum) for name, check in published.items() for of in check.rules.values() for rule in of
    }
    asked |= {(name, "property") for name, check in published.items() if not check.rules}
    assert set(ANSWERS) == asked
    assert all(len(answer) == len(SCORES) for answer in ANSWERS.values())
    assert published_answer("mean-difference", "bounds", "density") is True
    assert published_answer("mean-difference", "bounds", "fd") is None


def test_the_page_says_findings_first_and_its_values_stand_in_a_table():
    results = run_checks(50, 0, ["prdc", "fd"], ["modes-invented", "moments-matched"])
    differing = [Difference("modes-invented", "bounds", "recall", False, -0.012, "luck", "yes, by 0.3")]
    page = render(checks_document(results, differing, {"parzen": "needs images"}, "the command"), "md")
    parts = [page.index(word) for word in ("fidelity: passes", "passes if", "no, by 0.012", "parzen: needs images")]
    assert parts == sorted(parts)
    assert "- reasons of 1 differences: luck (1)" in page
    frame = checks_frame(results)
    one = frame[(frame["check"] == "modes-invented") & (frame["score"] == "recall")]
    assert one["point"].tolist() == list(range(1, 11))
    assert "rules and tolerances are for" not in page
    few = render(checks_document(results, differing, {}, "the command", 999), "md")
    assert "- rules and tolerances are for 1,000 rows; with 999 some fail by their noise alone" in few


def test_the_command_writes_page_and_values_and_refuses_what_it_has_no_use_for(tmp_path, monkeypatch, capsys):
    load_checks()
    for name in set(CHECKS) - {"moments-matched"}:
        monkeypatch.delitem(CHECKS, name)
    assert run_app(["audit", "--checks", "--metrics", "fd", "--n", "50", "--jobs", "1", "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"checks.md", "checks.csv"}
    first, second = capsys.readouterr().err.splitlines()
    assert first == "1 sanity checks of 1 metrics, 50 rows a side"
    assert re.fullmatch(r"1 of 1 checks, .*: moments-matched", second)
    assert "rules and tolerances are for 1,000 rows; with 50" in (tmp_path / "checks.md").read_text()
    for option, value in (("--controls", "blur"), ("--draws", "5")):
        assert run_app(["audit", "--checks", option, value, "--out", str(tmp_path)]) == 2
        assert f"no use for {option}; leave that out" in capsys.readouterr().err
