"""Standing of samples among other rows and against the oracle's interval."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import factories
from support.standings import fd, only, rows

from aezoo.scoring.oracle_interval import PredictionInterval
from aezoo.scoring.standing import COPIES, RankedRows, comparison_text, standings


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


def test_an_equal_row_hides_no_better_one():
    found = only(rows(2.0))
    assert found.equal == ("memoriser",)
    assert str(found.next_better) == "oracle, real images (1.000)"


def test_standard_errors_become_half_widths_where_they_are_known():
    found = only(rows(standard_error=1.0))
    assert found.half_width == pytest.approx(1.959964, rel=1e-6)
    assert found.sentence.startswith("fd_judge is 10.0 ± 2.0: ")
    assert replace(found, standard_error=None).value_text == "10.00"


def test_another_generator_is_a_row_to_stand_beside():
    records = [*rows(), factories.record("other", seed=1, role="samples", scores=[fd(5.0)])]
    mine, other = standings(records, {})
    assert (mine.samples, other.samples) == ("mine", "other")
    assert str(mine.next_better) == "other, generator (5.000)"
    assert "worse than real images, the generator other and the control memoriser" in mine.sentence
    assert str(other.next_worse) == "mine, generator (10.00)"


@pytest.mark.parametrize(
    ("name", "value", "reading"),
    [
        ("near_duplicates", 0.2, "more are near a training image than of new real ones"),
        ("near_duplicates", 0.0, "fewer are near a training image than of new real ones"),
        ("near_duplicates", 0.01, ""),
        ("copying_auc", 0.2, "all together further from training images than new real ones are"),
        ("copying_auc", 0.0, "all together nearer to training images than new real ones are"),
    ],
)
def test_a_sentence_on_copying_says_what_was_seen(name, value, reading):
    row = fd(value, better="target") | {"metric": f"{name}_judge", "family": name}
    interval = PredictionInterval(0.005, 0.018, 0.01)
    (found,) = standings([factories.record("mine", role="samples", scores=[row])], {f"{name}_judge": interval})
    assert found.space == "judge"
    assert found.sentence.partition(": ")[2] == reading
    copied = COPIES if (name, value) == ("near_duplicates", 0.2) else reading
    assert replace(found, copied=True).sentence.partition(": ")[2] == copied
