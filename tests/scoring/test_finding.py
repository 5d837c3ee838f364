"""Findings: a few short lines that say how good images are, what is wrong, and whether they are copies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import factories
from support.standings import fd, only, rows

from aezoo.controls import CONTROLS
from aezoo.scoring.copies import near_copy_warnings
from aezoo.scoring.failures import Diagnosis, LikelyFailure
from aezoo.scoring.finding import COPIED, CopyEvidence, find
from aezoo.scoring.headline_metrics import COPYING_AUC, NEAR_DUPLICATES
from aezoo.scoring.oracle_interval import PredictionInterval
from aezoo.scoring.standing import standings

BAND = PredictionInterval(0.0, 3.0, 1.0)
NO_COPIES = CopyEvidence(0, 1_000, {})
MOST_WORDS = 24
PERHAPS = "Copying: perhaps, or blur or lost diversity;"


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
    assert found["Models"] == (
        "Models: better than all 2 rows of models by 1 of 1 headline scores, copying aside; worse than all by 0."
    )
    other = factories.record("other", seed=1, role="samples", scores=[fd(11.0)])
    mine = [each for each in standings([*rows()[:1], other], {}) if each.samples == "mine"]
    expected = "Generators: better than the generator other by 1 of 1 headline scores, copying aside; worse by 0."
    assert lines(mine)["Generators"] == expected
    alone = standings(rows()[:1], {})
    third = factories.record("third", seed=2, role="samples", scores=[fd(12.0)])
    middle = [each for each in standings([*rows()[:1], other, third], {}) if each.samples == "other"]
    assert lines(middle)["Generators"] == (
        "Generators: best of all 3 by 0 of 1 headline scores, copying aside; worst of all by 0."
    )
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


def test_scores_of_copying_do_not_count_as_better():
    other = factories.record("other", seed=1, role="samples", scores=[fd(11.0)])
    mine = [each for each in standings([*rows()[:1], other], {}) if each.samples == "mine"]
    copier = [replace(each, headline=NEAR_DUPLICATES) for each in mine]
    assert " by 1 of 1 headline scores, copying aside" in lines([*mine, *copier])["Generators"]
    assert "Generators" not in lines(copier)


def test_what_is_like_digits_of_mnist_and_is_none_is_called_so():
    failure = LikelyFailure("the images are blurred", "blur", None, 0.9, of_mnist=True)
    found = lines([only(rows())], Diagnosis("named", (failure,)))["Wrong"]
    assert found == "Wrong: like MNIST's blur (the images are blurred); unproven."


def test_a_likeness_is_no_proof():
    judged = replace(only(rows(), fd_judge=BAND), metric="fd_judge")
    assert lines([judged], named("the images are blurred"))["Wrong"].endswith("; unproven.")
    assert "unproven" not in lines([judged], Diagnosis("unclear"))["Wrong"]


def test_principal_components_alone_are_said_to_see_little():
    pca = replace(only(rows(), fd_judge=BAND), metric="fd_pca")
    assert "principal components alone see no fine detail" in lines([pca])["Wrong"]


def test_the_scores_that_disagree_are_named():
    shown = [replace(only(rows()), metric=name) for name in "abcd"]
    found = replace(named("x"), outside=("x", "a", "b", "y", "c"), inside=("z", "d"))
    assert lines(shown, found)["Seen by"] == "Seen by: a, b and 1 more; not by d."


def test_scores_that_the_screen_does_not_show_are_named_only_where_no_other_sees_it():
    found = replace(named("x"), outside=("x",), inside=("fd_judge", "y"))
    assert lines([only(rows())], found)["Seen by"] == "Seen by: x (--metrics all); not by fd_judge."


def test_copies_are_certain_where_they_are_exact_or_the_scores_are_those_of_copies():
    near = [copying(NEAR_DUPLICATES, 0.08, "above")]
    assert lines([copying(NEAR_DUPLICATES, 0.21, "above")])["Copying"].startswith("Copying: yes; 21 %")
    assert lines(near, copies=CopyEvidence(7, 1_000, {}))["Copying"].startswith(
        "Copying: yes; 7 of the 1,000 images equal"
    )
    assert lines(near, named(COPIED))["Copying"].startswith("Copying: yes; 8 % are nearly training images")
    like_digits = Diagnosis("named", (LikelyFailure(COPIED, "memoriser", None, 0.99, of_mnist=True),))
    assert lines(near, like_digits)["Copying"].startswith(f"{PERHAPS} 8 %")
    assert lines(near, named("the images are blurred"))["Copying"].startswith(f"{PERHAPS} 8 %")
    assert lines([copying(COPYING_AUC, 0.1, "below")])["Copying"].startswith(f"{PERHAPS} all together")
    assert lines([copying(NEAR_DUPLICATES, 0.01, "within")])["Copying"].startswith("Copying: no sign")
    assert lines([only(rows())])["Copying"].startswith("Copying: not known")


@pytest.mark.parametrize(
    ("share", "auc", "place", "copied"),
    [
        (0.05, 0.6, "above", True),  # a few near images among others that are far
        (0.05, 0.5, "within", True),
        (0.05, 0.3, "below", False),  # all are nearer: blur does that
        (0.105, 0.3, "below", False),  # and new ones alone, the most alike of the digits
        (0.21, 0.3, "below", True),
        (0.026, 0.5, "within", False),
        (0.05, 0.51, "", True),  # without a band
        (0.05, 0.49, "", False),
    ],
)
def test_a_share_of_near_images_is_copies_where_nothing_else_explains_it(share, auc, place, copied):
    standing = [copying(NEAR_DUPLICATES, share, "above"), copying(COPYING_AUC, auc, place)]
    found = find("mine", standing, Diagnosis("unclear"), NO_COPIES)
    assert found.copied is copied
    (line,) = [line for line in found.lines if line.startswith("Copying")]
    assert line.startswith(f"{'Copying: yes;' if copied else PERHAPS} {100 * share:.3g} % are nearly training images")
    warned = near_copy_warnings(standing, {}, 1_000, {"mine"} if found.copied else set(), "the real images set aside")
    assert bool(warned) is copied
    assert not copied or warned["mine"].startswith(
        "copies: a share of the images is nearly the real images set aside, "
    )


def test_the_words_of_copies_are_those_of_the_controls_that_copy():
    assert {CONTROLS.get(name).failure for name in ("memoriser", "jittered-memoriser")} == {COPIED}


def test_a_finding_is_a_few_short_lines():
    texts = sorted({CONTROLS.get(name).failure for name in CONTROLS.names()}, key=len)[-2:]
    band = {"fd_judge": BAND}
    for diagnosis in (named(*texts), *(Diagnosis(state) for state in ("none", "unclear", "unknown"))):
        elsewhere = replace(
            diagnosis, failures=tuple(replace(failure, of_mnist=True) for failure in diagnosis.failures)
        )
        for share, of in ((0.5, diagnosis), (0.03, elsewhere)):
            standing = [only(rows(10.0), **band), copying(NEAR_DUPLICATES, share, "above")]
            found = find("mine", standing, of, replace(NO_COPIES, training="the real images set aside")).lines
            assert len(found) <= 5
            assert max(len(line.split()) for line in found) <= MOST_WORDS, found
