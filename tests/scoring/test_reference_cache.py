"""The oracle and the controls, kept from run to run: what is computed once, and what is computed again."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace

import pytest
from support.few_metrics import few_metrics

import aezoo
from aezoo.metrics import METRICS
from aezoo.scoring import scorer
from aezoo.scoring.oracle_interval import PredictionInterval
from aezoo.scoring.reference_cache import ReferenceCache, cache_key

OPTIONS = {"dataset": "mnist-5k", "controls": ["blur"], "oracle_draws": 3}


@pytest.fixture(scope="module", autouse=True)
def _few():
    with few_metrics():
        yield


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A cache of its own for each test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "aezoo" / "score"


@pytest.fixture(scope="module")
def earlier(digits, tmp_path_factory):
    """A call in an earlier run, and the cache that it left."""
    place = tmp_path_factory.mktemp("earlier")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(place))
        return score(digits.oracle.images, []), place / "aezoo" / "score"


@pytest.fixture
def expected(earlier, folder):
    """What that call returned; its cache is that of the test."""
    scored, kept = earlier
    shutil.copytree(kept, folder)
    return scored


@pytest.fixture
def computed(monkeypatch):
    """The names of what is computed beside the samples, as it goes."""
    names, run_trial, intervals = [], scorer.run_trial, scorer.oracle_intervals

    def run(request, dataset=None):
        names.append(request.trial.model)
        return run_trial(request, dataset=dataset)

    def draw(*arguments):
        names.append("intervals")
        return intervals(*arguments)

    monkeypatch.setattr(scorer, "run_trial", run)
    monkeypatch.setattr(scorer, "oracle_intervals", draw)
    return names


def score(images, told, **options):
    return aezoo.score(images, progress=told.append, **{**OPTIONS, **options})


@pytest.mark.slow
def test_a_second_call_computes_the_samples_alone_and_says_the_same(digits, computed, folder):
    images, told = digits.oracle.images, []
    first = score(images, [])
    assert computed == ["oracle", "blur", "intervals"]
    computed.clear()
    second = score(images, told)
    assert computed == []
    assert second.table("json", "all") == first.table("json", "all")
    assert [outcome.artifacts for outcome in second.outcomes] == [outcome.artifacts for outcome in first.outcomes]
    assert "oracle and controls: 2 of 2 known from an earlier run" in told
    assert score(images[::-1], []).standings != ()
    assert computed == []
    assert len(list(folder.iterdir())) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("expected")
def test_what_is_new_is_computed_alone(digits, computed):
    score(digits.oracle.images, [], oracle_draws=4)
    assert computed == ["intervals"]
    computed.clear()
    score(digits.oracle.images, [], seed=1)
    assert computed == ["oracle", "blur", "intervals"]


def damage(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.slow
@pytest.mark.parametrize("cut", [True, False])
def test_a_damaged_record_is_computed_again_and_told_in_one_line(digits, computed, folder, expected, cut):
    (path,) = (path for path in folder.glob("*/trials/*/record.json") if '"label": "blur"' in path.read_text())
    if cut:
        path.write_text(path.read_text()[:1000])
    else:
        damage(path, '"state": "ok"', '"state": "n/a"')  # still a record, but another
    told = []
    assert score(digits.oracle.images, told).table("json", "all") == expected.table("json", "all")
    assert computed == ["blur"]
    assert len([line for line in told if str(path.parent) in line and "computed again" in line]) == 1
    computed.clear()
    score(digits.oracle.images, [])
    assert computed == []


@pytest.mark.parametrize("content", ["", "[]", "null", '{"intervals": {}}', None])
def test_damaged_intervals_are_computed_again_and_told_in_one_line(digits, computed, folder, expected, content):
    (path,) = folder.glob("*/intervals-3.json")
    if content is None:
        damage(path, '"low": ', '"low": 1')
    else:
        path.write_text(content)
    told = []
    assert score(digits.oracle.images, told).standings == expected.standings
    assert computed == ["intervals"]
    assert len([line for line in told if str(path) in line and "computed again" in line]) == 1


@pytest.mark.usefixtures("expected")
def test_a_missing_artifact_costs_its_row(digits, computed, folder):
    next(folder.glob("*/trials/*/gallery.npz")).unlink()
    score(digits.oracle.images, [])
    assert len(computed) == 1


def test_a_cache_that_cannot_be_written_costs_a_line(digits, folder):
    folder.parent.mkdir(parents=True)
    folder.write_text("a file")
    told = []
    assert score(digits.oracle.images, told).scores
    assert len([line for line in told if line.startswith("nothing is kept for the next time: ")]) == 1


def test_intervals_come_back_as_they_were():
    cache, told = ReferenceCache("key", pytest.fail), {"fd": PredictionInterval(0.1, 0.3, 0.2)}
    assert cache.intervals(5) is None
    cache.keep_intervals(5, told)
    assert cache.intervals(5) == told
    assert cache.intervals(6) is None
    assert json.loads((cache.folder / "intervals-5.json").read_text())["intervals"]["fd"]["low"] == 0.1


def test_the_key_holds_all_that_the_numbers_depend_on(monkeypatch):
    metrics = [METRICS.get("fd"), METRICS.get("prdc")]
    usual = {"fingerprint": "f", "judge": "j", "n": 1_000, "seed": 0, "metrics": metrics, "controls": ["blur"]}
    others = [
        {"fingerprint": "g"},
        {"judge": None},
        {"n": 2_000},
        {"seed": 1},
        {"metrics": metrics[:1]},
        {"metrics": [replace(metrics[0], version=2), metrics[1]]},
        {"controls": ["memoriser"]},
    ]
    keys = [cache_key(**{**usual, **change}) for change in ({}, *others)]
    assert cache_key(**usual) == keys[0]
    for name, changed in (("environment", {"aezoo": "9"}), ("source_digest", "edited")):
        with monkeypatch.context() as patch:
            patch.setattr(f"aezoo.scoring.reference_cache.{name}", lambda *given, changed=changed: changed)
            keys.append(cache_key(**usual))
    for threads in (71, 72):
        with monkeypatch.context() as patch:
            patch.setattr("aezoo.scoring.reference_cache.threads_in_force", lambda threads=threads: threads)
            keys.append(cache_key(**usual))
            patch.setattr("aezoo.machine.cores", lambda: 1_000)
            assert cache_key(**usual) == keys[-1]
    monkeypatch.setattr(METRICS, "digest", lambda name: "edited")
    keys.append(cache_key(**usual))
    assert len(set(keys)) == len(keys)


def test_a_key_that_was_long_unused_goes_when_another_is_made(folder):
    caches = [ReferenceCache(letter * 32, pytest.fail) for letter in "abc"]
    for cache in caches:
        cache.keep_intervals(5, {})
    (folder / "mine").mkdir()
    for place in (caches[0].folder, caches[1].folder, folder / "mine"):
        os.utime(place, (0, 0))
    ReferenceCache("b" * 32, pytest.fail)  # used again
    caches[2].keep_intervals(6, {})
    assert caches[0].folder.exists()
    ReferenceCache("d" * 32, pytest.fail).keep_intervals(5, {})
    assert sorted(place.name[0] for place in folder.iterdir()) == ["b", "c", "d", "m"]
