"""The page of very many records: it has the first scores of each model's own sampler, is made quickly, and stays small.

1,000 records are held to a tenth of what is promised of 10,000; `benchmarks/test_reading.py` has them all.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from time import process_time

import numpy as np
import pytest
from support.browser import launched
from support.factories import record, sample_score, score
from support.many_records import SEEDS, many_records, write_many_records

from aezoo.analysis.conventions import headline_metrics
from aezoo.record import LACKING_DATA
from aezoo.reporting.report import few_scores, render_report
from aezoo.reporting.report.build import make_parts
from aezoo.reporting.report.few_scores import MANY_MODELS
from aezoo.runner.report import write_page
from aezoo.store import Store

PROMISED = 10_000
RECORDS = PROMISED // 10
START_UP = 4
"""Seconds of what a page of few records takes too: what is imported, and read of models and metrics."""

DATA = re.compile(r'<script type="application/json" id="report-data">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_many_records(tmp_path_factory.mktemp("many"), RECORDS)


@pytest.fixture(scope="module")
def made(folder):
    """The page of 1,000 records, and the processor seconds of making it."""
    started = process_time()
    page = write_page(Store(folder))
    return page, process_time() - started


def scored(label, scores=(), **fields):
    """A record with scores of two questions, to read first and not, by two samplers, and some more."""
    usual = [
        score("nll", 1.0),
        score("brier", 1.0),
        *(sample_score(f"{name}_judge", 1.0, by) for name in ("fd", "other") for by in ("prior", "kde")),
        *(sample_score("fd_pca", 1.0, by, features="pca") for by in ("prior", "kde")),
    ]
    return record(label, scores=[*usual, *scores], **fields)


def kept(found):
    return [(each["metric"], each["sampler"]) for each in found["scores"]]


def test_the_first_scores_of_each_models_own_sampler_are_left_of_very_many_models():
    found = [scored(f"m{number}") for number in range(MANY_MODELS)]
    failed = record("failed", status="error")
    assert all(one is other for one, other in zip(few_scores([*found, failed]), [*found, failed], strict=True))
    elsewhere = scored("m0", protocol={"latent_dim": 16})
    reduced = few_scores([*found, elsewhere, failed, scored("one more")])
    assert reduced[MANY_MODELS] is elsewhere
    assert Counter(map(tuple, map(kept, reduced))) == {
        (("nll", None), ("fd_judge", "prior")): MANY_MODELS + 1,
        tuple(kept(elsewhere)): 1,
        (): 1,
    }
    assert few_scores(reduced) == reduced


def test_a_control_keeps_its_own_sampler_and_a_question_without_first_scores_all():
    found = [scored(f"m{number}") for number in range(MANY_MODELS + 1)]
    more = [
        *(score(name, 1.0, "of a plug-in") for name in ("a", "b")),
        score("mig", None, "disentanglement", reason=f"{LACKING_DATA}known factors"),
        score("unsupervised_disentanglement", 1.0, "disentanglement"),
    ]
    control = record("blur", role="control", scores=[sample_score("fd_judge", 1.0, "blur")])
    *_, model, last = few_scores([*found, scored("more", more), control])
    assert kept(model)[2:] == [(each["metric"], None) for each in more]
    assert kept(last) == [("fd_judge", "blur")]


def test_without_a_judge_the_first_scores_are_those_of_any_features():
    found = [scored(f"m{number}", judge=None) for number in range(MANY_MODELS + 1)]
    assert {metric for each in few_scores(found) for metric, _ in kept(each)} == {"nll", "fd_judge", "fd_pca"}


def test_images_of_very_many_models_are_those_of_their_own_samplers():
    arrays = {f"samples/{name}": np.zeros((8, 28, 28), np.uint8) for name in ("prior", "kde")}
    for models, samplers in ((MANY_MODELS, {"prior", "kde"}), (MANY_MODELS + 1, {"prior"})):
        found = few_scores([scored(f"m{number}") for number in range(models)])
        (part,) = make_parts(found, lambda record: arrays)
        assert {strip.sampler for strip in part.wall.samples} == samplers


@pytest.mark.slow
def test_the_page_of_many_records_says_what_it_leaves_out(made, folder):
    page = made[0].read_text()
    assert f"python -m aezoo.bench table {folder.name}</code></p>" in page
    assert f"The first {MANY_MODELS} of {RECORDS // SEEDS} models, by name." in page
    (section,) = json.loads(DATA.search(page)[1])["sections"]
    assert len(section["subjects"]) == RECORDS // SEEDS
    assert {each["name"] for each in section["questions"]} >= {"reconstruction", "latent", "samples", "copying"}
    for question in section["questions"]:
        assert len(question["rows"]) == RECORDS // SEEDS
        assert {sampler for _, sampler, *_ in question["rows"]} <= {"", "prior"}
        assert all(metric["first"] for metric in question["metrics"])
        assert 2 < len(question["metrics"]) <= len(headline_metrics(question["name"]))
    without = re.findall(r"<noscript>.*?</noscript>", page, re.DOTALL)
    assert {text.count('<th scope="row">') for text in without} == {RECORDS // SEEDS}


@pytest.mark.slow
def test_the_page_of_many_records_is_made_in_its_part_of_a_minute(made):
    assert made[1] < 60 * RECORDS / PROMISED + START_UP


@pytest.mark.slow
def test_the_page_of_many_records_grows_to_less_than_six_megabytes(made, tmp_path):
    """By its growth from 600 records to 1,000."""
    few = 600
    smaller = len(render_report(list(many_records(few)), lambda record: {}, tmp_path).encode())
    size = made[0].stat().st_size
    assert size + (size - smaller) / (RECORDS - few) * (PROMISED - RECORDS) < 6_000_000


@pytest.mark.slow
@pytest.mark.browser
def test_the_page_of_many_records_opens_at_once(made):
    """The main thread of the page is busy for a tenth of 3 s, and what an empty page takes, until its table stands."""
    with launched() as browser:
        busy = []
        for path in (made[0].with_name("empty.html"), made[0]):
            if not path.exists():
                path.write_text(render_report([], lambda record: {}, path.parent), encoding="utf-8")
            busy.append(seconds_busy(browser, path))
    empty, many = busy
    assert many - empty < 3 * RECORDS / PROMISED


def seconds_busy(browser, path):
    """Processor seconds of the page's main thread until its first table stands; of a page without one, all."""
    page = browser.new_page()
    page.set_default_timeout(60_000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri())
    if page.locator("section.question").count():
        page.locator("tbody.model tr").first.wait_for()
    found = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    page.close()
    return found["TaskDuration"]
