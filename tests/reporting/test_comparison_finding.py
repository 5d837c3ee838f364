"""The first screen of `compare`: the finding, the rows that matter, and no more than a screen."""

from __future__ import annotations

import json

import pytest
from support.comparisons import on, runs, two_folders
from support.factories import record, sample_score, score
from support.folders import write_folder
from support.zoos import AGREE, CROSSED, by_seed, zoo

from aezoo.analysis.comparison import compare_models
from aezoo.bench.app import run_app
from aezoo.reporting import render
from aezoo.reporting.pages.comparison_finding import MAX_ROWS, comparison_screen, finding_lines

SCREEN = 50
"""Lines of a screen."""


def finding_on(records, baseline="a", candidate="b"):
    (comparison,) = compare_models(records, baseline, candidate)
    return finding_lines(comparison)


def test_names_who_is_better_at_what():
    assert finding_on(zoo(CROSSED)) == [
        "Finding: of 4 scores b is surely better by 1, a by 3; 0 are not told apart.",
        "b is surely ahead in samples (1 of 1).",
        "a is surely ahead in reconstruction (2 of 2) and latent codes (1 of 1).",
    ]


def test_few_seeds_are_said_to_be_few():
    assert finding_on(zoo(AGREE, seeds=3))[0] == (
        "Finding: 3 seeds make no difference sure; in all of them, of 4 scores, b is better by 0, a by 4; "
        "0 go either way."
    )
    assert finding_on(zoo(AGREE, seeds=3))[1].startswith("a is ahead in reconstruction (2 of 2), latent codes (1 of 1)")
    assert finding_on(zoo(AGREE, seeds=1))[0].startswith("Finding: one seed makes no difference sure")


@pytest.mark.parametrize(
    ("seeds", "words", "absent"),
    [(2, "?: not in all seeds", "sure difference"), (5, "then the largest sure differences", "not in all seeds")],
)
def test_the_legend_speaks_of_what_the_seeds_allow_and_the_mark_is_not_that_of_ties(seeds, words, absent):
    page = render(comparison_screen(compare_models(zoo(CROSSED, seeds=seeds), "a", "b")), "text")
    legend = " ".join(page.partition("rows: of each question")[2].split())
    assert words in legend
    assert absent not in legend
    assert "≈" not in page


def test_no_lead_and_what_one_side_lacks():
    close = by_seed({"a": {"mse": [1, 2, 3, 4, 5]}, "b": {"mse": [2, 1, 4, 3, 5]}})
    for each in close[:5]:
        each["scores"].append(score("ari", 1.0, "latent"))
    assert finding_on(close) == [
        "Finding: of 1 score b is surely better by 0, a by 0; 1 are not told apart.",
        "Neither is ahead in reconstruction.",
        "a alone has scores for latent codes.",
    ]


def test_equal_folders_are_equal():
    (comparison,) = two_folders(runs(), runs())
    assert finding_lines(comparison) == ["Finding: before and after are equal in 1 score."]


def test_a_section_that_is_lost_says_why():
    kept, lost = two_folders([*on("mnist"), *on("mnist-5k")], on("mnist"))
    assert "equal" in finding_lines(kept)[0]
    assert finding_lines(lost)[0].startswith("Finding: nothing is compared; ")


def many_scores(label, shift, seeds=5):
    """Twelve scores of each of seven questions."""
    questions = ("reconstruction", "latent", "likelihood", "copying", "anomaly", "disentanglement")
    return [
        record(
            label,
            seed,
            [
                *(score(f"m{i}", seed + shift * (i + 1), question) for question in questions for i in range(12)),
                *(sample_score(f"s{i}_judge", seed + shift * (i + 1), "prior") for i in range(12)),
            ],
        )
        for seed in range(seeds)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("models", [["vae"], ["vae", "beta-vae", "gan"]])
def test_any_comparison_fits_a_screen(models):
    before = [each for model in models for each in many_scores(model, 0.0)]
    after = [each for model in models for each in many_scores(model, 1.0)]
    document = comparison_screen(two_folders(before, after))
    assert len(document.sections[0].rows) == MAX_ROWS // 7 * 7
    assert render(document, "text").count("\n") <= SCREEN


@pytest.mark.slow
def test_the_command_prints_a_screen_and_with_all_everything(tmp_path, capsys):
    write_folder(tmp_path, [*many_scores("a", 0.0), *many_scores("b", 1.0)])
    command = ["compare", str(tmp_path), "--models", "a,b"]
    assert run_app(command) == 0
    screen = capsys.readouterr().out
    assert screen.count("\n") <= SCREEN
    assert screen.splitlines()[2].startswith("Finding: of 84 scores b is surely better by 0, a by 84")
    assert run_app([*command, "--all"]) == 0
    everything = capsys.readouterr().out
    assert everything.count("\n|") > 84
    assert run_app([*command, "--format", "md"]) == 0
    assert capsys.readouterr().out == everything
    assert run_app([*command, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)[0]["scores"]) == 84
