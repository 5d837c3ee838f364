"""Reasons of answers that differ from the published ones, on values that are given and on real draws."""

import numpy as np
import pytest

from aezoo.audit.checks import load_checks, reasons
from aezoo.audit.checks.published import DRAWS, ROWS, published_answer
from aezoo.audit.checks.reasons import SETTINGS, Setting, axis_matters, differences, margin_text
from aezoo.audit.checks.run import run_checks

FEW = 200
SCALED = "features scaled to unit variance"


@pytest.fixture
def given(monkeypatch):
    """Answers one score of `modes-invented` by a function of the setting and the draw, and not by drawing."""

    def give(values):
        def found(asked, metric, n, seed, fine):
            points = np.arange(1.0, 11)
            return {"coverage": [(points, np.linspace(0, values(metric.name, fine, seed), 10))]}

        monkeypatch.setattr(reasons, "_variant", lambda k, scaled: type("Named", (), {"name": (k, scaled)}))
        monkeypatch.setattr(reasons, "score_values", found)
        return reasons._Asked(load_checks()["modes-invented"], 0).explain("coverage", "property", False)

    return give


def test_settings_with_fewer_changes_come_first():
    counts = [sum(vars(each).values()) for each in SETTINGS]
    assert counts == sorted(counts)
    assert len(set(SETTINGS)) == 16
    assert SETTINGS[0] == Setting()
    assert Setting(scaled=True, mean=True).text == f"{SCALED} and the mean of 10 draws"


def test_the_simplest_change_that_gives_the_published_answer_is_the_reason(given):
    assert given(lambda name, fine, seed: 1 - name[1]) == (SCALED, "10 of 10 draws; the mean: no, by 0.2")


def test_a_few_draws_are_chance_and_their_mean_is_a_reason(given):
    """Half of the draws fail by much: one of them alone would have explained the difference."""
    reason, asked_so = given(lambda name, fine, seed: -1.0 if seed % 2 else 0.8)
    assert (reason, asked_so) == ("the mean of 10 draws", "no, by 0.3; alone, 5 of 10 draws give the published answer")


def test_where_most_other_draws_agree_with_the_authors_ours_was_luck(given):
    assert given(lambda name, fine, seed: float(seed in (0, 7)))[0] == "other draws"


def test_without_a_reason_the_page_says_by_how_much_and_with_which_spread(given):
    reason, asked_so = given(lambda name, fine, seed: 0.5 + 0.01 * (seed % 2))
    assert reason == "none found"
    assert asked_so == "with all that is theirs: yes, by 0.1, ± 0 over 10 draws"


def test_an_axis_matters_where_a_rule_can_see_it():
    checks = load_checks()
    expected = {
        ("mean-difference", "bounds"): False,
        ("mean-difference", "property"): True,
        ("modes-invented", "property"): False,
        ("ball-in-a-torus", "bounds"): True,
        ("overlap-of-cubes", "size"): True,
    }
    assert {key: axis_matters(checks[key[0]], key[1]) for key in expected} == expected


def test_the_axes_of_the_authors_share_the_points_that_rules_look_at():
    for name, points in {"mean-difference": 51, "spread-difference": 51, "sphere-of-another-radius": 51}.items():
        for few, fine in zip(load_checks()[name].series(), load_checks()[name].series(True), strict=True):
            ours, theirs = ([case.point for case in series.cases] for series in (few, fine))
            assert len(theirs) == points
            for place in (0, len(ours) // 2, -1):
                assert min(abs(np.array(theirs) - ours[place])) < 1e-9, (name, place)
            assert [case.differs for case in fine.cases].count(False) == 1
    sizes = [case.sizes for case in load_checks()["overlap-of-cubes"].series(True)[0].cases]
    assert (round(sizes[0][0] * ROWS), round(sizes[-1][1] * ROWS), len(sizes)) == (100, 10_000, 20)


@pytest.mark.slow
def test_a_difference_is_explained_by_asking_as_the_authors_did():
    """Coverage depends on the scale of a dimension; on features scaled to unit variance it does not."""
    results = run_checks(FEW, 0, ["prdc"], ["scale-of-one-dimension"])
    found = {(each.desideratum, each.score): each for each in differences(results, FEW, 0)}
    for each in results:
        published = published_answer(each.check.name, each.desideratum, each.score)
        assert ((each.desideratum, each.score) in found) == (published is not None and published != each.passes)
    coverage = found["invariance", "coverage"]
    assert coverage.reason == f"1,000 rows, {SCALED}"
    assert coverage.asked_so.startswith(f"{DRAWS} of {DRAWS} draws; the mean: yes, by 0.0")
    assert coverage.margin < 0


def test_a_margin_says_which_side_of_the_limit():
    assert [margin_text(margin) for margin in (0.0123, -0.5, 0.0)] == ["yes, by 0.012", "no, by 0.5", "yes, by 0"]
