"""Plans: only what is missing, outdated or asked for; and sweeps with an engine that runs nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support.instant_engine import WEIGHTS, InstantEngine, row_of

from aezoo.bench.commands.run import plan_lines
from aezoo.bench.options import read_options
from aezoo.controls import role_of
from aezoo.errors import DamagedRecordWarning, ResultsError, UnknownNameError
from aezoo.evaluation.model_inputs import NO_FACTORS
from aezoo.messages import Request, WeightsFile
from aezoo.metrics import METRICS
from aezoo.metrics.compute import default_metrics, requested_questions, slow_metrics
from aezoo.record import environment, new_record
from aezoo.runner.action import metric_changes, required_action
from aezoo.runner.eta import DurationModel, format_duration
from aezoo.runner.plan import Plan, make_plan, unscored_line
from aezoo.runner.report import draw_figures
from aezoo.runner.status import FolderStatus, format_seeds, reason_lines, status_lines, to_printable
from aezoo.runner.sweep import StopSignal, run_plan
from aezoo.spec import ModelSpec, Protocol, Suite
from aezoo.store import Claims, Store
from aezoo.store.suites import read_suites, save_suite

SUITE = Suite(models=(ModelSpec(name="ae"),), seeds=(0, 1), dataset="mnist-5k")


@pytest.fixture
def store(tmp_path) -> Store:
    store = Store(tmp_path / "results")
    store.create()
    return store


def plan_of(store: Store, digits, retry: Sequence[str] = ()) -> Plan:
    return make_plan(SUITE, digits, store, None, retry)


def run(store: Store, digits, engine: InstantEngine | None = None, retry: Sequence[str] = ()) -> InstantEngine:
    engine = engine or InstantEngine()
    list(run_plan(plan_of(store, digits, retry), store, engine, StopSignal()))
    return engine


def rewrite(store: Store, **changes: object) -> None:
    for record in list(store.records()):
        store.commit({**record, **changes}, {})


def test_a_second_run_computes_nothing(store, digits):
    assert len(run(store, digits).ran) == 7
    assert run(store, digits).ran == []


def test_failed_trials_stand_until_asked_for(store, digits):
    run(store, digits, InstantEngine(failing=[1]))
    assert run(store, digits).ran == []
    assert {request.trial.seed for request in run(store, digits, retry=["failed"]).ran} == {1}
    assert run(store, digits, retry=["failed"]).ran == []


def test_killed_trials_run_again_by_themselves(store, digits):
    run(store, digits)
    rewrite(store, status="killed")
    plan = plan_of(store, digits)
    assert len(plan.requests) == 7
    assert set(plan.reasons.values()) == {("killed: no reason kept",)}


def test_other_data_runs_everything_again(store, digits):
    run(store, digits)
    (record, *_) = store.records()
    rewrite(store, dataset={**record["dataset"], "fingerprint": "0" * 64})
    plan = plan_of(store, digits)
    assert len(plan.requests) == 7
    expected = f"data set had fingerprint 000000000000, now {digits.fingerprint[:12]}"
    assert set(plan.reasons.values()) == {(expected,)}
    assert all(request.metrics is None for request in plan.requests)


def test_a_failed_attempt_never_replaces_a_finished_trial(store, digits):
    run(store, digits)
    (record, *_) = store.records()
    rewrite(store, dataset={**record["dataset"], "fingerprint": "0" * 64})
    run(store, digits, InstantEngine(failing=[0, 1]))
    assert {record["status"] for record in store.records()} == {"done"}


def test_a_metric_of_another_version_is_scored_from_the_saved_weights(store, digits):
    run(store, digits)
    old = {metric.name: metric.version for metric in default_metrics()} | {"mse": 99}
    rewrite(store, metrics=old)
    engine = run(store, digits)
    assert len(engine.ran) == 7
    assert all(request.metrics == ("mse",) and request.read_weights() == WEIGHTS for request in engine.ran)
    assert run(store, digits).ran == []


def test_weights_are_read_when_they_are_sent_and_not_before(store, digits):
    run(store, digits)
    rewrite(store, metrics={})
    request = next(request for request in plan_of(store, digits).requests if request.weights is not None)
    assert isinstance(request.weights, WeightsFile)
    assert request.to_wire()[1] == {"weights.npz": WEIGHTS}
    request.weights.path.write_bytes(b"another's")
    with pytest.raises(ResultsError, match="has changed since the run began"):
        request.read_weights()
    request.weights.path.unlink()
    with pytest.raises(ResultsError, match="cannot be read"):
        request.to_wire()


def test_slow_metrics_are_scored_from_saved_weights_when_they_are_asked_for(store, digits):
    run(store, digits)
    assert plan_of(store, digits).requests == []
    asked = make_plan(SUITE, digits, store, None, also=("ais", "grid"))
    assert len(asked.requests) == 7
    assert {request.metrics for request in asked.requests} == {("ais", "grid")}
    assert asked.reasons[asked.requests[0].trial.id] == ("metric ais is asked for", "metric grid is asked for")
    metrics = {metric.name: metric.version for metric in default_metrics(("ais", "grid"))}
    rewrite(store, metrics=metrics)
    assert make_plan(SUITE, digits, store, None, also=("ais", "grid")).requests == []
    assert plan_of(store, digits).requests == []


def test_slow_metrics_go_to_trials_that_never_ran(store, digits):
    requests = make_plan(SUITE, digits, store, None, also=("ais",)).requests
    assert {(request.metrics, request.also) for request in requests} == {(None, ("ais",))}
    assert Request.from_wire(*requests[0].to_wire()).also == ("ais",)


def test_a_run_of_one_question_computes_its_metrics_alone_and_a_later_one_adds_the_others(store, digits):
    requests = make_plan(SUITE, digits, store, None, questions=("latent",)).requests
    assert {(request.metrics, request.questions) for request in requests} == {(None, ("latent",))}
    assert Request.from_wire(*requests[0].to_wire()).questions == ("latent",)
    latent = {metric.name: metric.version for metric in default_metrics(questions=("latent",))}
    assert latent == {metric.name: metric.version for metric in default_metrics() if metric.question == "latent"}
    run(store, digits)
    rewrite(store, metrics=latent)
    assert make_plan(SUITE, digits, store, None, questions=("latent",)).requests == []
    others = {metric.name for metric in default_metrics()} - {*latent}
    assert {frozenset(request.metrics) for request in plan_of(store, digits).requests} == {frozenset(others)}
    with_ais = make_plan(SUITE, digits, store, None, questions=("latent",), also=("ais",)).requests
    assert {request.metrics for request in with_ais} == {("ais",)}


def test_a_question_that_nobody_asks_is_refused_with_those_there_are():
    assert requested_questions(("samples", "latent")) == ("latent", "samples")
    with pytest.raises(UnknownNameError, match="unknown question 'latnet'.*latent"):
        requested_questions(("latnet",))


def test_also_takes_names_of_slow_metrics_or_all_of_them(tmp_path):
    slow = [name for name, metric in METRICS.items() if metric.slow]
    assert slow_metrics(read_options({"also": "slow"}, None).also) == tuple(slow)
    file = tmp_path / "suite.toml"
    file.write_text('also = ["grid", "ais"]\n')
    assert slow_metrics(read_options({}, file).also) == ("ais", "grid")
    assert slow_metrics(read_options({"also": "parzen"}, file).also) == ("parzen",)
    for name in ("mse", "aiss"):
        with pytest.raises(UnknownNameError, match="slow metric"):
            slow_metrics(read_options({"also": name}, None).also)


def test_weights_that_are_gone_mean_training_again(store, digits):
    run(store, digits)
    rewrite(store, metrics={metric.name: metric.version for metric in default_metrics()} | {"mse": 99})
    for path in store.trials.glob("*/weights.npz"):
        path.unlink()
    plan = plan_of(store, digits)
    assert [request.metrics for request in plan.requests] == [None] * 7
    assert all(reasons[-1] == "weights.npz is gone" for reasons in plan.reasons.values())


def test_a_new_metric_costs_no_training_where_weights_are_gone_and_is_named(store, digits):
    run(store, digits)
    rewrite(store, metrics={m.name: m.version for m in default_metrics() if m.name != "unsupervised_disentanglement"})
    assert {request.metrics for request in plan_of(store, digits).requests} == {("unsupervised_disentanglement",)}
    for path in store.trials.glob("*/weights.npz"):
        path.unlink()
    plan = plan_of(store, digits)
    assert (len(plan.requests), len(plan.kept)) == (0, 7)
    said = "7 kept trials without saved weights lack new unsupervised_disentanglement; --force MODEL trains anew"
    assert unscored_line(plan.kept) == said
    assert unscored_line(plan.kept, ("samples",)) is None
    assert [r.metrics for r in make_plan(SUITE, digits, store, None, force=("ae",)).requests] == [None, None]
    asked = make_plan(SUITE, digits, store, None, also=("grid",))
    assert [request.metrics for request in asked.requests] == [None] * 7
    rewrite(store, metrics={m.name: m.version for m in default_metrics(("grid",)) if m.name != "mse"})
    assert make_plan(SUITE, digits, store, None, also=("grid",)).requests == []


def test_a_new_version_of_what_a_data_set_cannot_have_costs_no_training(store, digits):
    """DCI needs known factors; digits have none, whatever the version."""
    run(store, digits)
    lacking = {"family": "dci", "state": "n/a", "reason": NO_FACTORS.reason}
    (record, *_) = store.records()
    old = {**record, "metrics": record["metrics"] | {"dci": 1}, "scores": [lacking, lacking]}
    assert METRICS.get("dci").version > 1
    assert required_action(old, digits.fingerprint, store) is None
    assert required_action({**old, "scores": [lacking, lacking | {"state": "error"}]}, None, store).metrics == ("dci",)


def per_sampler() -> set[str]:
    """The metrics that are asked of generated images, by behaviour: those that need an array made from them."""
    generated = {"fake", "features", "probabilities", "labels", "fake_images", "fake_distances", "fake_spaces"}
    return {m.name for m in default_metrics() if m.question in ("samples", "copying") and generated & {*m.needs}}


def test_a_new_sampler_touches_every_metric_of_generated_images_and_no_other(store, digits):
    run(store, digits)
    record = next(record for record in store.records() if record["role"] == "model")
    changes = dict(metric_changes({**record, "samplers": []}))
    assert {"fd", "prdc", "copying_score", "authenticity"} <= set(changes)
    assert set(changes) == per_sampler()
    assert list(metric_changes({**record, "samplers": [], "role": "oracle"})) == []


def test_scores_that_an_earlier_version_left_out_for_a_sampler_are_computed(store, digits):
    run(store, digits)
    record = next(record for record in store.records() if record["role"] == "model")
    rows = [row_of(name, sampler=sampler) for name in per_sampler() for sampler in ("prior", "gaussian-mixture")]
    assert list(metric_changes({**record, "scores": rows})) == []
    missing = [row for row in rows if (row["family"], row["sampler"]) != ("copying_score", "gaussian-mixture")]
    changes = dict(metric_changes({**record, "scores": missing}))
    assert changes == {"copying_score": "scores of sampler gaussian-mixture are missing"}


def test_metrics_that_failed_are_computed_again_with_failed_trials_when_asked(store, digits):
    run(store, digits)
    scores = [row_of("mse"), row_of("nll", state="error", reason="RuntimeError: no luck"), row_of("rate", state="n/a")]
    rewrite(store, scores=scores)
    assert plan_of(store, digits).requests == []
    plan = plan_of(store, digits, ["failed"])
    assert {request.metrics for request in plan.requests} == {("nll",)}
    assert set(plan.reasons.values()) == {("scores failed: RuntimeError: no luck",)}
    rewrite(store, scores=[row_of("mse"), row_of("nll")])
    assert plan_of(store, digits, ["failed"]).requests == []


def test_other_code_stands_but_is_said_and_runs_again_when_asked(store, digits):
    run(store, digits)
    rewrite(store, environment={**environment(), "keras": "1.0"})
    assert plan_of(store, digits).requests == []
    plan = plan_of(store, digits, ["code"])
    assert len(plan.requests) == 7
    assert set(plan.reasons.values()) == {(f"code: keras 1.0, now {environment()['keras']}",)}
    save_suite(store, SUITE, "mnist-5k")
    (line,) = reason_lines(FolderStatus(store), None)
    assert line.startswith("stands: 7 trials ran on keras 1.0, now")


def test_after_a_halt_nothing_is_admitted(store, digits):
    stop, engine = StopSignal(), InstantEngine()
    records = run_plan(plan_of(store, digits), store, engine, stop)
    next(records)
    stop.requested = True
    assert list(records) == []
    assert len(engine.ran) == 1
    assert not list(store.trials.glob("*/claim.json"))


def test_what_another_run_has_written_meanwhile_is_taken_over(store, digits):
    plan = plan_of(store, digits)
    run(store, digits)
    engine = InstantEngine()
    records = list(run_plan(plan, store, engine, StopSignal()))
    assert engine.ran == []
    assert len(records) == 7


def test_a_killed_record_of_another_run_is_computed(store, digits):
    plan = plan_of(store, digits)
    run(store, digits)
    rewrite(store, status="killed")
    engine = InstantEngine()
    list(run_plan(plan, store, engine, StopSignal()))
    assert len(engine.ran) == 7


def test_what_killed_runs_left_beside_finished_trials_is_removed(store, digits):
    run(store, digits)
    place = next(store.trials.iterdir())
    (place / "tmp-0").mkdir()
    (place / "tmp-0" / "weights.npz").write_bytes(b"half")
    run(store, digits)
    assert sorted(path.name for path in place.iterdir()) == ["record.json", "weights.npz"]


def test_status_counts_every_trial_once_with_reasons(store, digits):
    save_suite(store, SUITE, "mnist-5k")
    assert next(status_lines(FolderStatus(store))).endswith("7 trials: 7 missing")
    stop = StopSignal()
    for number, record in enumerate(run_plan(plan_of(store, digits), store, InstantEngine(failing=[1]), stop)):
        stop.requested = number == 3
        assert record["status"] in ("done", "error")
    lines = list(status_lines(FolderStatus(store)))
    assert lines[0].endswith("7 trials: 3 done, 1 error, 3 missing")
    assert "  mnist-5k, protocol chapter, ae: 1 done, 1 error" in lines
    assert "ae seed 1: error, RuntimeError: no luck" in lines


def test_status_tells_protocols_of_one_name_apart(store, digits):
    for latent_dim in (2, 3):
        save_suite(store, SUITE.model_copy(update={"protocol": Protocol(latent_dim=latent_dim)}), "mnist-5k")
    run(store, digits)
    lines = list(status_lines(FolderStatus(store)))
    assert "  mnist-5k, protocol chapter, latent dim 2, ae: 2 done" in lines
    assert "  mnist-5k, protocol chapter, latent dim 3, ae: 2 missing" in lines


def test_why_says_that_a_record_was_changed_by_hand(store, digits):
    save_suite(store, SUITE, "mnist-5k")
    run(store, digits)
    path = store.trials / SUITE.trials("mnist-5k")[0].id / "record.json"
    path.write_text(path.read_text().replace('"status": "done"', '"status": "error"'))
    with pytest.warns(DamagedRecordWarning, match="was changed after it was written"):
        lines = list(reason_lines(FolderStatus(store), None))
    reason = "its record cannot be used: it is damaged, or was changed by hand"
    assert f"runs: mnist-5k, ae seed 0: {reason}" in lines


def test_a_trial_that_somebody_computes_is_running(store):
    save_suite(store, SUITE, "mnist-5k")
    with Claims(store) as claims:
        claims.take(SUITE.trials("mnist-5k")[0].id)
        lines = list(status_lines(FolderStatus(store)))
    assert lines[0].endswith("7 trials: 1 running, 6 missing")
    assert lines[-1] == f"{claims.me} is computing here"


def test_why_names_metrics_data_and_protocols(store, digits):
    run(store, digits)
    rewrite(store, metrics={metric.name: metric.version for metric in default_metrics()} | {"mse": 99})
    other = SUITE.model_copy(update={"protocol": Protocol(epochs=7)})
    save_suite(store, other, "mnist-5k")
    lines = list(reason_lines(FolderStatus(store), None))
    assert "is scored again: mnist-5k, ae seed 0, 1: metric mse has version 99, now 1" in lines
    assert "runs: mnist-5k, ae seed 0, 1: protocol: epochs 50, now 7" in lines


def test_a_new_version_of_what_a_model_cannot_have_costs_it_no_training(store, digits):
    """`collapsed_dims` needs a posterior; the autoencoder has none, whatever the version."""
    run(store, digits)
    lacking = {"family": "collapsed_dims", "state": "n/a", "reason": "needs posterior_mean, posterior_log_variance"}
    (record, *_) = store.records()
    old = {**record, "metrics": record["metrics"] | {"collapsed_dims": 1}, "scores": [lacking]}
    assert required_action(old, digits.fingerprint, store) is None
    for other in ({"reason": "5 images; needs 100"}, {"reason": "needs wings"}, {"state": "ok", "reason": ""}):
        assert required_action({**old, "scores": [lacking | other]}, digits.fingerprint, store) is not None


def test_a_dry_run_estimates_from_earlier_trials(store, digits):
    run(store, digits)
    rewrite(store, status="killed")
    unknown = list(plan_lines(plan_of(store, digits), store, 2))
    assert unknown[0].startswith("7 trials would run (2 of models, 5 of floors), 0 kept, in ")
    assert unknown[-1] == "time with 2 jobs: unknown: no earlier trial of this protocol here tells"
    (record, *_) = store.records()
    store.commit({**record, "status": "done"}, {})
    known = list(plan_lines(plan_of(store, digits), store, 2))
    assert known[-1] == "time with 2 jobs: about 3 min"
    assert "  ae seed 1: train and score, about 60 s (killed: no reason kept)" in known


@pytest.mark.parametrize(("failing", "score"), [(["mse"], "score 1 metric,"), (["mse", "ssim"], "score 2 metrics,")])
def test_a_dry_run_counts_the_metrics_to_score_again(store, digits, failing, score):
    rows = [row_of(name, state="error", reason="no luck") for name in failing]
    run(store, digits, InstantEngine(scores=rows))
    lines = list(plan_lines(plan_of(store, digits, ["failed"]), store, 2))
    assert len([line for line in lines if score in line]) == 7


def test_a_model_that_never_ran_is_estimated_from_models_and_not_from_floors():
    def request(model):
        return Request(SUITE.trials("mnist-5k")[0].model_copy(update={"model": model}), "0" * 64)

    def record(model, seconds):
        trial = request(model).trial
        return {**new_record(trial, role_of(model)), "status": "done", "timing": {"total": seconds}}

    floors = [record(name, 5.0) for name in ("oracle", "raw-pixels", "mean-image")]
    estimate = DurationModel([*floors, record("vae", 70.0)])
    assert [estimate.seconds(request(name)) for name in ("ae", "pca", "vae")] == [70.0, 5.0, 70.0]
    assert estimate.seconds(request("ae"), alike=False) is None
    assert DurationModel(floors).seconds(request("ae")) == 5.0


def test_an_estimate_of_scores_alone_adds_up_their_metrics(store, digits):
    run(store, digits)
    estimate = DurationModel(store.records())
    request = plan_of(Store(store.folder / "none"), digits).requests[0]
    again = Request(request.trial, request.fingerprint, metrics=("mse",))
    assert estimate.seconds(again) == 2.0
    assert estimate.seconds(request) == 60.0


def test_suites_are_kept_once_and_damaged_ones_left_out(store):
    save_suite(store, SUITE, "mnist-5k")
    save_suite(store, SUITE, "mnist-5k")
    (store.folder / "suites" / "bad.json").write_text('{"models": 3}')
    with pytest.warns(UserWarning, match="is no suite"):
        assert list(read_suites(store)) == [SUITE]


def test_a_missing_record_is_a_need_and_a_whole_one_is_none(store, digits):
    need = required_action(None, digits.fingerprint, store)
    assert (need.reasons, need.metrics) == (("missing",), None)
    run(store, digits)
    (record, *_) = store.records()
    assert required_action(record, digits.fingerprint, store) is None
    assert required_action(record, None, store) is None


@pytest.mark.parametrize(("seconds", "words"), [(45.2, "45 s"), (720, "12 min"), (12_600, "3.5 h")])
def test_times_in_words(seconds, words):
    assert format_duration(seconds) == words


def test_words_of_status():
    assert format_seeds([0, 1, 2]) == "0, 1, 2"
    assert format_seeds(range(9)) == "0, 1, 2, 3, 4 and 4 more"
    assert to_printable("a\x1b[31mb\nc") == "a [31mb c"


def test_a_damaged_gallery_costs_figures_and_nothing_else(store, digits):
    run(store, digits)
    rewrite(store, artifacts={"gallery.npz": {"sha256": "0" * 64, "bytes": 5}})
    for place in store.trials.iterdir():
        (place / "gallery.npz").write_bytes(b"other")
    with pytest.warns(UserWarning, match="is in no figure: .* is not what its record says"):
        draw_figures(store)
