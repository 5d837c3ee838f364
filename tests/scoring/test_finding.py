"""Findings: a few short lines that say how good images are, what is wrong, and whether they are copies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import factories
from support.standings import fd, only, rows

from aezoo.controls import CONTROLS
from aezoo.scoring.failures import Diagnosis, LikelyFailure
from aezoo.scoring.finding import COPIED, CopyEvidence, find
from aezoo.scoring.headline_metrics import COPYING_AUC, NEAR_DUPLICATES
from aezoo.scoring.oracle_interval import PredictionInterval
from aezoo.scoring.standing import standings

BAND = PredictionInterval(0.0, 3.0, 1.0)
NO_COPIES = CopyEvidence(0, 1_000, {})
MOST_WORDS = 24


def lines(standing, diagnosis=Diagnosis("none"), copies=NO_COPIES):  # noqa: B008
    return {line.split(":")[0]: line for line in find("mine", standing, diagnosis, copies).lines}


def copying(headline, value, place, high=0.02):
    standing = only(rows(), fd_judge=BAND)
    score = {"headline": headline, "metric": f"{headline}_judge", "value": value}
    return replace(standing, **score, place=place, low=0.001, high=high)


def named(*texts):
    return Diagnosis("named", tuple(LikelyFailure(text, "blur", None, 0.9) for text in texts), ("fd_judge",) * 9)


def test_quality_is_told_against_real_images():
    assert lines([only(rows(2.0), fd_judge=BAND)])["Quality"] == "Quality: like real images by all 1 headline scores."
    far = lines([only(rows(10.0), fd_judge=BAND)])["Quality"]
    assert far == "Quality: like real images by 0 of 1 headline scores; fd_judge is 10.00, of real images up to 3.000."
    without = lines([only(rows(10.0))], copies=CopyEvidence(0, 1_000, {"fd_judge": 1.0}))["Quality"]
    assert without == "Quality: fd_judge is 10.00, of real images 1.000."


def test_models_come_before_other_generators_and_nothing_is_said_without():
    found = lines([only(rows())])
    assert found["Models"] == "Models: better than all 2 rows of models by 1 of 1 headline scores, worse by 0."
    other = factories.record("other", seed=1, role="samples", scores=[fd(11.0)])
    mine = [each for each in standings([*rows()[:1], other], {}) if each.samples == "mine"]
    expected = "Generators: better than the generator other by 1 of 1 headline scores, worse by 0."
    assert lines(mine)["Generators"] == expected
    alone = standings(rows()[:1], {})
    assert not {"Models", "Generators"} & lines(alone).keys()


@pytest.mark.parametrize(
    ("diagnosis", "text"),
    [
        (Diagnosis("none"), "Wrong: nothing seen; no score is clearly off."),
        (named("one thing"), "Wrong: scored like blur (one thing); unproven."),
        (named("one", "two"), "Wrong: scored like blur (one) or blur (two); unproven."),
        (
            Diagnosis("unclear"),
            "Wrong: something, but the scores do not tell what; no known failure has just such scores.",
        ),
        (Diagnosis("unknown"), "Wrong: not known; without the oracle's band (--oracle-draws) it cannot be told."),
    ],
)
def test_the_failure_is_named_or_said_to_be_unclear(diagnosis, text):
    assert lines([only(rows())], diagnosis)["Wrong"] == text


def test_a_likeness_is_no_proof():
    judged = replace(only(rows(), fd_judge=BAND), metric="fd_judge")
    assert lines([judged], named("the images are blurred"))["Wrong"].endswith("; unproven.")
    assert "unproven" not in lines([judged], Diagnosis("unclear"))["Wrong"]


def test_principal_components_alone_are_said_to_see_little():
    pca = replace(only(rows(), fd_judge=BAND), metric="fd_pca")
    assert "principal components alone see no fine detail" in lines([pca])["Wrong"]


def test_the_scores_that_disagree_are_named():
    found = replace(named("x"), outside=("a", "b", "c"), inside=("d",))
    assert lines([only(rows())], found)["Seen by"] == "Seen by: a, b and 1 more; not by d."


def test_copies_are_certain_where_they_are_exact_or_the_scores_are_those_of_copies():
    near = [copying(NEAR_DUPLICATES, 0.08, "above")]
    assert lines([copying(NEAR_DUPLICATES, 0.11, "above")])["Copying"].startswith("Copying: yes; 11 %")
    assert lines(near, copies=CopyEvidence(7, 1_000, {}))["Copying"].startswith(
        "Copying: yes; 7 of the 1,000 images equal"
    )
    assert lines(near, named(COPIED))["Copying"].startswith("Copying: yes; 8 % are nearly training images")
    assert lines(near, named("the images are blurred"))["Copying"].startswith("Copying: perhaps; 8 %")
    assert lines([copying(COPYING_AUC, 0.1, "below")])["Copying"].startswith("Copying: perhaps; all together")
    assert lines([copying(NEAR_DUPLICATES, 0.01, "within")])["Copying"].startswith("Copying: no sign")
    assert lines([only(rows())])["Copying"].startswith("Copying: not known")


def test_the_words_of_copies_are_those_of_the_controls_that_copy():
    assert {CONTROLS.get(name).failure for name in ("memoriser", "jittered-memoriser")} == {COPIED}


def test_a_finding_is_a_few_short_lines():
    texts = sorted({CONTROLS.get(name).failure for name in CONTROLS.names()}, key=len)[-2:]
    band = {"fd_judge": BAND}
    for diagnosis in (named(*texts), *(Diagnosis(state) for state in ("none", "unclear", "unknown"))):
        standing = [only(rows(10.0), **band), copying(NEAR_DUPLICATES, 0.5, "above")]
        found = find("mine", standing, diagnosis, replace(NO_COPIES, training="the real images set aside")).lines
        assert len(found) <= 5
        assert max(len(line.split()) for line in found) <= MOST_WORDS, found
