"""Several generators side by side: one page, a row each, and each as if it were alone."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from support.few_metrics import few  # noqa: F401 - a fixture

import aezoo
from aezoo.errors import UnknownNameError, UsageError
from aezoo.scoring.validation import SamplesWarning

OPTIONS = {"dataset": "mnist-5k", "controls": ["blur"], "oracle_draws": 3}
N = 1_000


@pytest.fixture(scope="module")
def images(digits):
    copier = gaussian_filter(digits.oracle.images / 255, (0, 0.8, 0.8))
    copier[:200] = digits.train.images[:200] / 255
    return {"sharp": digits.oracle.images, "copier": copier}


@pytest.fixture(scope="module")
def both(images):
    with pytest.warns(SamplesWarning, match="copier: copies"):
        return aezoo.score(images, **OPTIONS)


@pytest.mark.slow
def test_each_is_scored_as_if_it_were_alone(both, images):
    assert both.names == ("sharp", "copier")
    alone = aezoo.score(images["sharp"], name="sharp", **OPTIONS)
    assert both["sharp"].scores == alone.scores
    assert both["sharp"].record["id"] == alone.record["id"]
    for ours, theirs in zip(both["sharp"].standings, alone.standings, strict=True):
        assert (ours.metric, ours.place, ours.low, ours.high) == (
            theirs.metric, theirs.place, theirs.low, theirs.high)  # fmt: skip


@pytest.mark.slow
def test_they_stand_beside_each_other(both):
    by_name = {(standing.samples, standing.metric): standing for standing in both.standings}
    sharp, copier = by_name["sharp", "fd_judge"], by_name["copier", "fd_judge"]
    assert str(sharp.next_worse).startswith("copier, generator (")
    assert "better than the generator copier" in sharp.sentence
    assert "worse than real images and the generator sharp" in copier.sentence


def test_one_page_has_a_row_for_each(both):
    page = both.table()
    assert page.startswith("# Scores of sharp and copier: 1,000 images each against 1,000 of mnist-5k\n")
    for row in ("| sharp (samples) ", "| copier (samples) ", "## Where sharp stands", "## Where copier stands"):
        assert row in page
    assert page.count("### How to read it") == 1
    first, second = ((both["sharp"].scores[name], both["copier"].scores[name]) for name in ("fd_judge", "fd_pca"))
    assert first[0] < first[1]
    assert second[0] < second[1]
    assert re.search(
        r"^- sharp before copier by fd_judge: .* to .*; sharp before copier by fd_pca: ", page, re.MULTILINE
    )
    assert "before" not in both["sharp"].table()
    assert "better than the generator copier by " in page
    found = json.loads(both.table("json"))
    assert (found["samples"], found["generators"]) == ("sharp, copier", ["sharp", "copier"])
    assert {standing["samples"] for standing in found["standings"]} == {"sharp", "copier"}


def test_warnings_name_the_one_they_are_of(both):
    assert len(both.warnings) == 2
    assert all(line.startswith("copier: copies: ") for line in both.warnings)
    assert both["copier"].warnings == both.warnings
    assert both["sharp"].warnings == ()


def test_one_of_them_is_taken_by_its_name(both, tmp_path):
    assert both["copier"].scores["near_duplicates_pca"] > 0.19
    with pytest.raises(UsageError, match=r"sharp, copier; take one of them, such as result\['sharp'\]"):
        _ = both.scores
    with pytest.raises(UnknownNameError, match="generator 'copir'; did you mean copier"):
        both["copir"]
    both["copier"].save(tmp_path / "out")
    assert "sharp" not in (tmp_path / "out" / "tables" / "samples.md").read_text()
    assert "2 warnings" in repr(both)


@pytest.mark.usefixtures("few")
def test_of_unequal_numbers_the_smallest_is_scored(digits):
    many = {"few": digits.oracle.images, "many": np.concatenate([digits.oracle.images[::-1], digits.oracle.images[:5]])}
    found = aezoo.score(many, **{**OPTIONS, "controls": [], "oracle_draws": 0})
    assert found.n == N
    assert found.notes[0] == "many: 1,000 of the 1,005 images given are scored, drawn with seed 0"


def test_two_that_cannot_be_told_apart_are_refused(digits, tmp_path):
    with pytest.raises(UsageError, match="a and b hold the same images"):
        aezoo.score({"a": digits.oracle.images, "b": digits.oracle.images / 255}, **OPTIONS)
