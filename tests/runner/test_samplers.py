"""Samplers that are asked for: in the plan, in a record that has others, in tables."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from support.factories import record as made_up
from support.factories import sample_score
from support.instant_engine import WEIGHTS, InstantEngine, outcome_of, row_of

from aezoo.bench.options import read_options
from aezoo.errors import UnknownNameError, UsageError
from aezoo.messages import GALLERY, Outcome, Request, describe_artifact
from aezoo.metrics import FEATURE_QUESTIONS, METRICS
from aezoo.metrics.compute import default_metrics
from aezoo.npz import from_npz, to_npz
from aezoo.reporting.tables import tables
from aezoo.runner.action import required_action
from aezoo.runner.plan import make_plan
from aezoo.runner.rescored import add_samplers
from aezoo.runner.run import run as run_suite
from aezoo.runner.sweep import StopSignal, run_plan
from aezoo.samplers import SAMPLERS, default_samplers, requested_samplers
from aezoo.spec import ModelSpec, Protocol, Suite, Trial
from aezoo.store import Store
from aezoo.trial import run_trial

SUITE = Suite(models=(ModelSpec(name="ae"), ModelSpec(name="blur")), seeds=(0,), dataset="mnist-5k")
OF_IMAGES = {metric.name for metric in default_metrics() if metric.question in FEATURE_QUESTIONS}


class Engine(InstantEngine):
    """Finishes every trial with a row and a picture for each sampler, that of its role."""

    ROLES = {"oracle": "oracle", "blur": "control", "ae": "model"}  # noqa: RUF012

    def __call__(self, requests, admit):
        for request in requests:
            if admit(request):
                self.ran.append(request)
                yield self.outcome(request)

    def outcome(self, request: Request) -> Outcome:
        role = self.ROLES.get(request.trial.model, "floor")
        drawn = list(request.samplers or default_samplers())
        pictures = {f"samples/{name}": np.full((1, 28, 28), len(name), np.uint8) for name in drawn}
        gallery = to_npz(pictures | {"originals": np.zeros((1, 28, 28), np.uint8)})
        rows = [row_of(name, sampler=sampler) for name in sorted(OF_IMAGES) for sampler in drawn]
        outcome = outcome_of(request, role=role, samplers=drawn, scores=[row_of("mse"), *rows])
        outcome.record["artifacts"] = {"weights.npz": describe_artifact(WEIGHTS), GALLERY: describe_artifact(gallery)}
        return Outcome(outcome.record, {"weights.npz": WEIGHTS, GALLERY: gallery})


@pytest.fixture
def store(tmp_path) -> Store:
    store = Store(tmp_path / "results")
    store.create()
    return store


def plan(store, digits, samplers=(), **options):
    return make_plan(SUITE, digits, store, None, samplers=samplers, **options)


def compute(store, found):
    list(run_plan(found, store, Engine(), StopSignal()))


def model_record(store):
    return next(record for record in store.records() if record["label"] == "ae")


def test_a_new_model_is_sampled_by_what_is_asked_for_as_well_and_nothing_else_is(store, digits):
    samplers = {request.trial.model: request.samplers for request in plan(store, digits, ("flow",)).requests}
    assert samplers.pop("ae") == tuple(sorted([*default_samplers(), "flow"]))
    assert samplers.pop("blur") is None
    assert samplers.pop("oracle") is None
    assert {*samplers.values()} == {tuple(default_samplers())}  # of the floors


def test_a_further_sampler_is_added_to_what_a_record_has_and_stays(store, digits):
    compute(store, plan(store, digits))
    before = model_record(store)
    found = plan(store, digits, ("kde", "prior"))
    [request] = found.requests
    assert (request.trial.model, request.samplers) == ("ae", ("kde",))
    assert set(request.metrics) == OF_IMAGES
    assert request.read_weights() == WEIGHTS
    assert found.reasons[request.trial.id] == ("sampler kde is asked for",)
    compute(store, found)
    after = model_record(store)
    assert after["samplers"] == sorted([*default_samplers(), "kde"])
    new = [row for row in after["scores"] if row["sampler"] == "kde"]
    assert {row["metric"] for row in new} == OF_IMAGES
    assert [row for row in after["scores"] if row["sampler"] != "kde"] == before["scores"]
    pictures = from_npz(store.artifact(after, GALLERY))
    assert set(pictures) == {"originals", *(f"samples/{name}" for name in after["samplers"])}
    for samplers in ((), ("kde",)):  # neither gone nor missing
        assert plan(store, digits, samplers).requests == []
    [request] = plan(store, digits, ("flow",)).requests
    assert request.samplers == ("flow",)


def test_a_sampler_and_other_changes_are_computed_together_for_all_samplers(store, digits):
    compute(store, plan(store, digits, ("kde",)))
    record = model_record(store)
    store.commit({**record, "metrics": {**record["metrics"], "mse": 0}}, {})
    found = plan(store, digits, ("flow",))
    [request] = found.requests
    assert request.samplers == tuple(sorted([*default_samplers(), "flow", "kde"]))
    assert set(request.metrics) == OF_IMAGES | {"mse"}
    assert found.added == set()


def test_a_sampler_that_is_gone_is_dropped_with_its_scores(store, digits):
    compute(store, plan(store, digits))
    record = model_record(store)
    rows = [row_of(name, sampler="uninstalled") for name in OF_IMAGES]
    store.commit({**record, "samplers": [*record["samplers"], "uninstalled"], "scores": record["scores"] + rows}, {})
    found = plan(store, digits)
    [request] = found.requests
    assert found.reasons[request.trial.id] == ("sampler uninstalled is gone",)
    compute(store, found)
    after = model_record(store)
    assert after["samplers"] == default_samplers()
    assert "uninstalled" not in {row["sampler"] for row in after["scores"]}


def test_what_a_trial_that_runs_anew_was_sampled_by_it_is_sampled_by_again(store, digits):
    compute(store, plan(store, digits, ("kde",)))
    requests = {request.trial.model: request for request in plan(store, digits, force=("ae",)).requests}
    assert requests["ae"].metrics is None
    assert "kde" in requests["ae"].samplers


def test_a_trial_that_runs_anew_keeps_the_slow_metrics_that_it_had(store, digits):
    compute(store, plan(store, digits))
    record = model_record(store)
    store.commit({**record, "metrics": {**record["metrics"], "ais": METRICS.get("ais").version}}, {})
    for also, expected in (((), ("ais",)), (("parzen",), ("ais", "parzen"))):
        [request] = plan(store, digits, force=("ae",), also=also).requests[:1]
        assert (request.trial.model, request.metrics, request.also) == ("ae", None, expected)
    (other, *_) = [each for each in plan(store, digits, force=("blur",)).requests if each.trial.model == "blur"]
    assert other.also == ()


def test_scores_of_further_samplers_join_those_there_are():
    def of(samplers, value, **more):
        rows = [sample_score("fd", value, sampler=name, family="fd") for name in samplers]
        timing = {"total": value, "metrics": {"fd": value, **{f"sampler/{name}": 1.0 for name in samplers}}}
        return made_up(scores=rows, samplers=list(samplers), timing=timing, metrics={"fd": 1}, **more)

    digests = {"metric": {"fd": "a"}, "sampler": {"prior": "b"}}
    old = of(["prior"], 5.0, sources=digests, warnings=["one"], refused_samplers={"kde": "no codes"})
    new = of(["flow"], 3.0, sources={"sampler": {"flow": "c"}}, warnings=["two"], refused_samplers={"code-prior": "no"})
    both = add_samplers(old, new)
    assert [(row["sampler"], row["value"]) for row in both["scores"]] == [("prior", 5.0), ("flow", 3.0)]
    assert both["samplers"] == ["flow", "prior"]
    assert both["refused_samplers"] == {"kde": "no codes", "code-prior": "no"}
    assert both["sources"] == {"metric": {"fd": "a"}, "sampler": {"prior": "b", "flow": "c"}}
    assert both["timing"]["metrics"] == {"fd": 8.0, "sampler/prior": 1.0, "sampler/flow": 1.0}
    assert (both["timing"]["total"], both["timing"]["rescore"]) == (5.0, 3.0)
    assert both["warnings"] == ["one", "two"]


@pytest.mark.slow
def test_the_reason_of_a_sampler_that_makes_no_sense_stands_in_the_record(digits):
    trial = Trial(dataset="mnist-5k", model="pca", protocol=Protocol(name="sampled"), seed=0)
    samplers = ("code-prior", "gaussian", "posterior", "two-stage")
    outcome = run_trial(Request(trial, digits.fingerprint, metrics=("fd",), samplers=samplers))
    record = outcome.record
    assert record["status"] == "done", record["error"]
    assert record["samplers"] == list(samplers)
    assert {row["sampler"] for row in record["scores"]} == {"gaussian", "posterior"}
    assert record["refused_samplers"] == {
        "code-prior": "the code is continuous; a prior of symbols needs a discrete one",
        "two-stage": "q(z|x) is a point; the second stage learns draws from it",
    }
    assert set(record["sources"]["sampler"]) == set(samplers)
    pictures = from_npz(outcome.artifacts[GALLERY])
    assert {"samples/gaussian", "samples/posterior"} == {name for name in pictures if name.startswith("samples/")}
    assert record["artifacts"][GALLERY]["sha256"] == hashlib.sha256(outcome.artifacts[GALLERY]).hexdigest()


def test_tables_of_samples_say_once_why_a_sampler_has_no_numbers():
    refused = {"prior": "the model has no prior", "two-stage": "q(z|x) is a point", "flow": "q(z|x) is a point"}
    rows = [sample_score("fd_judge", 3.0)]
    records = [made_up(name, seed, rows, refused_samplers=refused) for name in ("ae", "gan") for seed in (0, 1)]
    for table in tables(records):
        assert [line for line in table.footer if "n/a" in line] == [
            "n/a, no samples of ae, gan by flow, two-stage: q(z|x) is a point"  # nobody asked for the prior
        ]


def test_samplers_are_chosen_by_name_or_all(tmp_path):
    assert requested_samplers(["kde", "flow"]) == ("flow", "kde")
    assert requested_samplers(["all"]) == tuple(SAMPLERS.names())
    with pytest.raises(UnknownNameError, match="'flows'; did you mean flow"):
        requested_samplers(["flows"])
    file = tmp_path / "suite.toml"
    file.write_text('samplers = "flow, kde"')
    assert read_options({}, file).samplers == ("flow", "kde")
    assert read_options({"samplers": "all"}, file).samplers == ("all",)
    file.write_text('samplers = ["flows"]')
    with pytest.raises(UsageError, match=r"suite.toml: .*'flows'"):
        read_options({}, file)
    with pytest.raises(UnknownNameError, match="flows"):
        run_suite(["vae"], samplers=["flows"], dataset="mnist-5k", dry_run=True)


def test_a_request_for_samplers_crosses_machines():
    trial = Trial(dataset="mnist-5k", model="vae", protocol=Protocol(), seed=0)
    for samplers in (None, (), ("flow", "kde")):
        request = Request(trial, "f", samplers=samplers)
        assert Request.from_wire(*request.to_wire()) == request


def test_an_action_names_added_samplers_only_where_nothing_else_is_to_be_done(store, digits):
    compute(store, plan(store, digits))
    record = model_record(store)
    assert required_action(record, digits.fingerprint, store, samplers=("kde",)).added == ("kde",)
    assert required_action(record, "other", store, samplers=("kde",)).added == ()
    assert required_action({**record, "role": "floor"}, digits.fingerprint, store, samplers=("kde",)) is None
