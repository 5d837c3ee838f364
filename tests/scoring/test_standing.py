"""Where samples stand, in words that a reader understands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import factories

from aezoo.scoring.oracle_interval import PredictionInterval
from aezoo.scoring.page import legend_section, standing_section, summary_section, value_text
from aezoo.scoring.standing import RankedRows, comparison_text, standings


def fd(value, **fields):
    of = {"features": "judge", "family": "fd", "sampler": None}
    return factories.score("fd_judge", value, "samples", **{**of, **fields})


def rows(samples=10.0, **fields):
    """Samples, real images, two controls, a floor, and a model with two samplers."""
    of_model = [fd(12.0, sampler="prior"), fd(40.0, sampler="gaussian-mixture")]
    known = {
        "oracle": ("oracle", 1.0),
        "memoriser": ("control", 2.0),
        "blur": ("control", 90.0),
        "pca": ("floor", 30.0),
    }
    return [
        factories.record("mine", role="samples", scores=[fd(samples, **fields)]),
        *(factories.record(name, role=role, scores=[fd(value)]) for name, (role, value) in known.items()),
        factories.record("vae", scores=of_model),
    ]


def only(records, **bands):
    (found,) = standings(records, bands)
    return found


def test_a_sentence_tells_kinds_of_rows_apart():
    assert only(rows()).sentence == (
        "fd_judge is 10.00: better than all 2 rows of models, the floor pca and the control blur; "
        "worse than real images and the control memoriser"
    )


def test_neighbours_say_what_they_are():
    found = only(rows())
    assert str(found.next_better) == "memoriser, control (2.000)"
    assert str(found.next_worse) == "vae with prior, model (12.00)"
    assert str(only(rows(1.5)).next_better) == "oracle, real images (1.000)"


def test_an_equal_row_hides_no_better_one():
    found = only(rows(2.0))
    assert found.equal == ("memoriser",)
    assert str(found.next_better) == "oracle, real images (1.000)"
    sheet = standing_section("mine", [found])
    assert sheet.headers == ("score", "samples", "next better", "equal", "next worse")
    assert sheet.rows[0][2:] == ("oracle, real images (1.000)", "memoriser", "vae with prior, model (12.00)")
    assert "equal" not in standing_section("mine", [only(rows())]).headers


def test_few_rows_are_named_many_are_counted():
    names = tuple("abcdefgh")
    assert comparison_text([RankedRows("model", worse=names)]) == "better than all 8 rows of models"
    assert comparison_text([RankedRows("model", names[:4], worse=names[4:7])]) == (
        "better than 3 of 7 rows of models (e, f, g); worse than 4 of 7 rows of models"
    )
    assert comparison_text([RankedRows("control", equal=names[:1]), RankedRows("oracle", worse=("oracle",))]) == (
        "better than real images; equal to the control a"
    )
    assert comparison_text([]) == ""


def test_within_the_band_nothing_is_said_of_the_oracle():
    wide, narrow = PredictionInterval(0.0, 20.0, 1.0), PredictionInterval(0.0, 5.0, 1.0)
    assert only(rows(), fd_judge=narrow).sentence.startswith(
        "fd_judge is 10.00, above the oracle's band 0.000 to 5.000 (worse): "
    )
    assert "worse than real images" in only(rows(), fd_judge=narrow).sentence
    within = only(rows(), fd_judge=wide)
    assert "within the oracle's band 0.000 to 20.00: better" in within.sentence
    assert "real images" not in within.sentence
    assert (within.verdict, only(rows(), fd_judge=narrow).verdict) == ("within", "above (worse)")


def test_standard_errors_become_half_widths_where_they_are_known():
    found = only(rows(standard_error=1.0))
    assert found.half_width == pytest.approx(1.959964, rel=1e-6)
    assert value_text(found) == "fd_judge ↓: 10.0 ± 2.0"
    assert found.sentence.startswith("fd_judge is 10.0 ± 2.0: ")
    assert standing_section("mine", [found]).rows[0][1] == "10.0 ± 2.0"
    assert any(line.startswith("±: 1.96 standard errors") for line in legend_section([found]).lines)
    unknown = replace(found, standard_error=None)
    assert value_text(unknown) == "fd_judge ↓: 10.00"
    assert not any(line.startswith("±") for line in legend_section([unknown]).lines)


def test_only_what_is_shown_is_explained():
    lines = legend_section([only(rows())]).lines
    assert [line.split(":")[0] for line in lines[:1]] == ["fd"]
    assert not any("coverage" in line or "oracle's band:" in line for line in lines)


def test_warnings_stand_before_notes():
    sheet = summary_section("mine", 1_000, "mnist", ["white"], ["a subset"])
    assert sheet.heading == "Scores of mine: 1,000 images against 1,000 of mnist"
    assert sheet.lines == ("WARNING: white", "a subset")
