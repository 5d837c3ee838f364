"""Text around the tables of scores: what is shown, and what is explained."""

from __future__ import annotations

from dataclasses import replace

from support import factories
from support.standings import fd, only, rows

from aezoo.scoring.failures import Diagnosis, LikelyFailure
from aezoo.scoring.finding import Finding
from aezoo.scoring.page import (
    UNPROVEN,
    legend_section,
    order_text,
    screen_section,
    standing_section,
    summary_section,
    value_text,
)
from aezoo.scoring.standing import standings


def test_equal_rows_have_a_column_where_there_are_any():
    section = standing_section("mine", [only(rows(2.0))])
    assert section.headers == ("score", "samples", "next better", "equal", "next worse")
    assert section.rows[0][2:] == ("oracle, real images (1.000)", "memoriser", "vae with prior, model (12.00)")
    assert "equal" not in standing_section("mine", [only(rows())]).headers


def test_the_first_screen_has_a_row_for_each_score_and_a_column_for_each_generator():
    other = factories.record("other", seed=1, role="samples", scores=[fd(11.0)])
    found = standings([*rows(), other], {})
    section = screen_section(["mine", "other"], found)
    assert section.headers == ("score", "mine", "other")
    assert section.rows == (("fd_judge ↓", "10.00", "11.00"),)
    assert "--all" in section.footer[-1]
    one = screen_section(["mine"], [replace(found[0], low=0.5, high=2.0, place="above")])
    assert one.headers == ("score", "mine", "oracle's band", "place")
    assert one.rows == (("fd_judge ↓", "10.00", "0.5000 to 2.000", "above (worse)"),)


def test_half_widths_are_shown_and_explained_where_they_are_known():
    found = only(rows(standard_error=1.0))
    assert value_text(found) == "fd_judge ↓: 10.0 ± 2.0"
    assert standing_section("mine", [found]).rows[0][1] == "10.0 ± 2.0"
    assert any(line.startswith("±: 1.96 standard errors") for line in legend_section([found]).lines)
    unknown = replace(found, standard_error=None)
    assert value_text(unknown) == "fd_judge ↓: 10.00"
    assert not any(line.startswith("±") for line in legend_section([unknown]).lines)


def test_only_what_is_shown_is_explained():
    lines = legend_section([only(rows())]).lines
    assert [line.split(":")[0] for line in lines[:1]] == ["fd"]
    assert not any("coverage" in line or "oracle's band:" in line for line in lines)


def test_warnings_stand_before_the_protocol():
    section = summary_section(["mine"], 1_000, "mnist", ["white"], "protocol: data 1")
    assert section.heading == "Scores of mine: 1,000 images against 1,000 of mnist"
    assert section.lines == ("WARNING: white", "protocol: data 1")
    several = summary_section(["a", "b"], 1_000, "mnist", [], "")
    assert several.heading == "Scores of a and b: 1,000 images each against 1,000 of mnist"


def lines(*records):
    return standing_section("mine", [each for each in standings(records, {}) if each.samples == "mine"]).lines


def test_the_scores_by_which_all_models_are_worse_are_named():
    assert lines(*rows()) == (
        "better than all 2 rows of models by 1 of 1 headline scores, copying aside: fd_judge",
        "better than the floor pca by 1 of 1 headline scores, copying aside: fd_judge",
    )
    assert lines(*rows(15.0))[0] == "better than all 2 rows of models by 0 of 1 headline scores, copying aside"


def test_the_other_generator_is_named():
    other = factories.record("other", seed=1, role="samples", scores=[fd(11.0)])
    expected = "better than the generator other by 1 of 1 headline scores, copying aside: fd_judge"
    assert lines(*rows(), other)[0] == expected


def test_several_generators_are_put_in_order_by_each_frechet_distance_alone():
    others = [
        factories.record("other", seed=1, role="samples", scores=[fd(1.5)]),
        factories.record("third", seed=2, role="samples", scores=[fd(11.0)]),
    ]
    found = standings([*rows(), *others], {})
    expected = "other before mine before third by fd_judge: 1.500 to 10.00 to 11.00"
    assert order_text(found) == expected
    copying = [replace(each, headline="copying_auc", metric="copying_auc_judge") for each in found]
    assert order_text([*found, *copying]) == expected
    assert order_text([only(rows())]) == ""
    assert summary_section(["a", "b"], 1_000, "mnist", [], "protocol: 1", expected).lines == ("protocol: 1", expected)


def test_the_word_unproven_is_explained_where_a_failure_is_named():
    failure = LikelyFailure("the images are blurred", "blur", None, 0.95)
    named, unclear = (Finding("mine", Diagnosis(state, (failure,)), ()) for state in ("named", "unclear"))
    for section in (screen_section, lambda names, *given: legend_section(*given)):
        of_named, of_unclear = (section(["mine"], [only(rows())], [finding]) for finding in (named, unclear))
        assert UNPROVEN in (*of_named.lines, *of_named.footer)
        assert UNPROVEN not in (*of_unclear.lines, *of_unclear.footer)
