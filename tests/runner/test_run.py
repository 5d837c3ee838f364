"""`aezoo.run` and `aezoo.load_results`: a suite from Python, which prints nothing."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from support.factories import record
from support.instant_engine import InstantEngine, row_of

import aezoo
from aezoo.bench.app import run_app
from aezoo.engines import get_engine
from aezoo.engines.spawning import main_is_importable
from aezoo.errors import UnknownNameError, UsageError
from aezoo.runner.status import failure_lines, trial_line
from aezoo.runner.suite import make_suite, one_model_lines, seed_advice
from aezoo.runner.suite_run import RunSettings, prepare_run
from aezoo.store import Store

SCORED = {
    "scores": [
        row_of("nll", question="reconstruction", value=2.5),
        row_of("fd", metric="fd_judge", features="judge", sampler="prior", value=3.5),
    ]
}
DATA = {"dataset": "mnist-5k", "seeds": "0-1"}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with two models, one of which is better in every seed."""
    for model, value in (("ae", 1.0), ("vae", 2.0)):
        engine = InstantEngine(scores=[row_of("nll", question="reconstruction", value=value)])
        aezoo.run([model], out=tmp_path / "results", engine=engine, **DATA)
    return tmp_path / "results"


# what a run gives


def test_a_run_prints_nothing_and_gives_records_tables_and_a_frame(tmp_path, capfd):
    results = aezoo.run(["ae"], out=tmp_path / "results", engine=InstantEngine(**SCORED), **DATA)
    assert capfd.readouterr() == ("", "")
    assert len(results.records) == 7
    assert {record["label"] for record in results.records} == {"ae", "oracle", "raw-pixels", "mean-image", "pca"}
    frame = results.frame()
    assert set(frame["metric"]) == {"nll", "fd_judge"}
    assert frame.loc[frame["metric"] == "nll", "value"].unique().tolist() == [2.5]
    assert "| ae " in results.tables()
    assert results.tables("csv").startswith("question,dataset,")
    assert (tmp_path / "results" / "tables" / "reconstruction.md").exists()
    assert repr(results) == f"Results(7 trials: 7 done; ae, mean-image, pca, raw-pixels; {str(results.folder)!r})"


def test_a_folder_gives_what_its_runs_gave(folder):
    results = aezoo.load_results(folder)
    assert {record["label"] for record in results.records if record["spec"]["model"] in ("ae", "vae")} == {"ae", "vae"}
    assert results.frame().equals(aezoo.load_results(str(folder)).frame())
    assert "\n" not in repr(results)


def test_winners_are_those_of_each_metric(folder):
    records = [record for record in aezoo.load_results(folder).records if record["spec"]["model"] in ("ae", "vae")]
    winners = aezoo.Results(records, folder).winners()
    assert winners[["question", "metric", "winner", "share", "seeds"]].values.tolist() == [
        ["reconstruction", "nll", "ae", 1.0, 2]
    ]


def test_winners_of_questions_are_those_of_the_verdict(folder):
    records = [record for record in aezoo.load_results(folder).records if record["spec"]["model"] in ("ae", "vae")]
    winners = aezoo.Results(records, folder).question_winners()
    assert winners[["question", "winner", "share", "sure", "seeds"]].values.tolist() == [
        ["reconstruction", "ae", 1.0, False, 2]
    ]


@pytest.mark.slow
def test_results_are_loaded_without_tensorflow(folder):
    code = (
        "import sys, aezoo; results = aezoo.load_results(sys.argv[1]); results.frame(), results.tables();"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(folder)], check=False).returncode == 0


def test_a_second_run_computes_only_what_is_missing(tmp_path):
    again = InstantEngine()
    aezoo.run(["ae"], out=tmp_path / "results", engine=InstantEngine(), **DATA)
    results = aezoo.run(["ae", "vae"], out=tmp_path / "results", engine=again, **DATA)
    assert {request.trial.model for request in again.ran} == {"vae"}
    assert len(results.records) == 9


@pytest.fixture
def no_collection():
    """Nothing is freed but by the count of its references."""
    gc.disable()
    yield
    gc.enable()


def test_without_a_folder_nothing_is_left(tmp_path, monkeypatch, no_collection):
    monkeypatch.chdir(tmp_path)
    results = aezoo.run(["ae"], engine=InstantEngine(**SCORED), **DATA)
    folder = results.folder
    assert (len(results.frame()) > 0, folder.exists()) == (True, True)
    del results
    assert (folder.exists(), list(tmp_path.iterdir())) == (False, [])


def test_a_suite_says_everything_itself(tmp_path):
    suite = make_suite(["ae"], [3], "mnist-5k", "smoke", {"epochs": 2})
    results = aezoo.run(suite, out=tmp_path, engine=InstantEngine())
    assert {record["spec"]["seed"] for record in results.records} == {3}
    assert {record["spec"]["protocol"]["epochs"] for record in results.records} == {2}
    with pytest.raises(UsageError, match="a suite and seeds, epochs were given"):
        aezoo.run(suite, seeds="1", epochs=3)


def test_a_dry_run_writes_nothing_and_holds_the_plan(tmp_path):
    results = aezoo.run(["ae"], out=tmp_path / "none", dry_run=True, **DATA)
    assert len(results.plan.requests) == 7
    assert not (tmp_path / "none").exists()


# what is refused before anything runs


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"models": ["vea"]}, "unknown model 'vea'; did you mean vae"),
        ({"models": ["vae:bta=3"]}, "unknown parameter of vae 'bta'"),
        ({"models": []}, "models is empty"),
        ({"models": ["beta-vae:beta=-1"]}, "beta"),
        ({"dataset": "mnst"}, "unknown dataset 'mnst'"),
        ({"epoch": 3}, "unknown setting of the protocol 'epoch'; did you mean epochs"),
        ({"optimizer": "adm"}, "unknown optimizer 'adm'; did you mean adam"),
        ({"architecture": "cnov"}, "unknown architecture 'cnov'; did you mean conv"),
        ({"seeds": [-1]}, "seeds"),
        ({"retry": "faild"}, "unknown retry 'faild'; did you mean failed"),
        ({"force": "gan"}, "unknown model of this run 'gan'"),
        ({"engine": InstantEngine(), "jobs": 2}, "set them on the engine"),
        ({"shard": "3/2"}, "shard '3/2' is not understood"),
        ({"also": "mse"}, "unknown slow metric 'mse'"),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
def test_what_cannot_be_is_refused_at_once(tmp_path, arguments, message, dry_run):
    with pytest.raises(UsageError, match=message):
        aezoo.run(**{**DATA, **arguments}, out=tmp_path / "none", dry_run=dry_run)
    assert not (tmp_path / "none").exists()


# what is told


def events(tmp_path, *models: str, **arguments: object) -> list[aezoo.RunEvent]:
    told: list[aezoo.RunEvent] = []
    arguments = {**DATA, "engine": InstantEngine(), **arguments}
    aezoo.run(list(models), out=tmp_path / "results", progress=told.append, **arguments)
    return told


def test_events_are_the_lines_of_the_command_line(tmp_path):
    told = events(tmp_path, "ae")
    assert [event.kind for event in told] == ["data", "data", "plan", *["trial"] * 7, "report"]
    assert str(told[2]) == f"7 trials to run (2 of models, 5 of floors), 0 kept, into {tmp_path / 'results'}"
    assert str(told[3]) == "[1/7] ae seed 0: done, 60.0 s"
    assert told[3].record["label"] == "ae"


@pytest.mark.slow
def test_another_protocol_is_said_to_train_anew_once(tmp_path):
    assert not [event for event in events(tmp_path, "ae", epochs=10) if event.kind == "advice"]
    (line,) = [event.text for event in events(tmp_path, "ae", epochs=20) if event.kind == "advice"]
    assert line == (
        "epochs 10, now 20: another protocol is another trial, so 7 trials train anew; earlier ones stay beside them "
        "and are not continued: weights are saved without the state of the optimizer, and schedules span all epochs, "
        "so that the result would not be that of 20"
    )
    assert not [event for event in events(tmp_path, "ae", "vae", epochs=20) if event.kind == "advice"]


@pytest.mark.parametrize("change", [{"epochs": 5}, {"epochs": 20, "latent_dim": 3}])
def test_only_more_epochs_could_be_continued(tmp_path, change):
    events(tmp_path, "ae", epochs=10)
    (line,) = [event.text for event in events(tmp_path, "ae", **change) if event.kind == "advice"]
    assert line.endswith("earlier ones stay beside them")


@pytest.mark.parametrize(
    ("seeds", "line"),
    [
        ("5", "seeds 5 is seed 5 alone; for 5 seeds write 0-4"),
        ("1", "seeds 1 is seed 1 alone; the first seed is 0"),
        ("0", None),
        ("0-4", None),
        ("3,5", None),
        ((5,), None),
        (None, None),
    ],
)
def test_one_number_is_one_seed(seeds, line):
    assert seed_advice(seeds) == line


def test_a_trial_scored_again_tells_the_time_of_its_scores():
    finished = record(timing={"total": 60.0, "rescore": 2.0})
    assert trial_line(finished, scored_again=True) == "vae seed 0: done, scored again in 2.0 s"
    assert trial_line(finished) == "vae seed 0: done, 60.0 s"


def test_one_model_under_two_names_is_said():
    def lines(*models):
        return list(one_model_lines(make_suite(models).models))

    said = "beta-vae:beta=1 and vae are one model: the same class and parameters, so the same numbers twice"
    assert lines("ae", "beta-vae:beta=1", "vae", "pixel-average") == [said]
    assert lines("vae", "vae:beta=1", "beta-vae") == []


def test_failures_are_warnings_or_events(tmp_path):
    with pytest.warns(aezoo.RunWarning, match="failed: ae seed 1: error, RuntimeError: no luck"):
        results = aezoo.run(["ae"], engine=InstantEngine(failing=[1]), **DATA)
    assert {record["spec"]["seed"] for record in results.failed} == {1}
    told = events(tmp_path, "ae", engine=InstantEngine(failing=[1]))
    assert next(event.text for event in told if event.kind == "failure").startswith("failed: ae seed 1")


@pytest.mark.slow
def test_a_metric_that_failed_is_told_in_one_line_with_the_mend(tmp_path):
    scores = [row_of("nll", state="error", reason="RuntimeError: no luck", metric=name) for name in ("nll", "other")]
    told = events(tmp_path, "ae", engine=InstantEngine(scores=scores))
    (line,) = [event.text for event in told if event.kind == "failure"]
    assert "metric nll of ae seed 0 and 6 other trials" in line
    assert "RuntimeError: no luck" in line
    assert "--retry failed" in line
    mended = InstantEngine()
    aezoo.run(["ae"], out=tmp_path / "results", engine=mended, retry="failed", **DATA)
    assert {request.metrics for request in mended.ran} == {("nll",)}


def test_a_broken_sampler_is_named_and_not_the_first_metric_that_it_costs(tmp_path):
    broken = {"state": "error", "reason": "sampler mine failed: RuntimeError: no luck", "sampler": "mine"}
    told = events(tmp_path, "ae", engine=InstantEngine(scores=[row_of("fd", **broken), row_of("kd", **broken)]))
    assert [event.text for event in told if event.kind == "failure"] == [
        "scores failed: 2 metrics of ae seed 0 and 6 other trials: sampler mine failed: RuntimeError: no luck; "
        "once it is mended, --retry failed computes them"
    ]


def test_sound_records_have_no_failure_lines():
    assert list(failure_lines([{"status": "done", "scores": [row_of("nll")]}])) == []


def test_a_forced_model_runs_again_and_no_other(tmp_path):
    aezoo.run(["ae", "vae"], out=tmp_path, engine=InstantEngine(), **DATA)
    engine = InstantEngine()
    results = aezoo.run(["ae", "vae"], out=tmp_path, engine=engine, force="vae", **DATA)
    assert [(request.trial.model, request.metrics) for request in engine.ran] == [("vae", None)] * 2
    assert set(results.plan.reasons.values()) == {("forced",)}
    again = aezoo.run(["ae", "vae"], out=tmp_path, engine=InstantEngine(), force="vae:beta=1", dry_run=True, **DATA)
    assert again.plan.reasons == results.plan.reasons


# how it ends


class StoppedEngine(InstantEngine):
    """Gets a signal before its second trial."""

    def __init__(self, number: int, before: int) -> None:
        super().__init__()
        self.number, self.before = number, before

    def __call__(self, requests, admit):
        for count, outcome in enumerate(super().__call__(requests, admit)):
            if count == self.before:
                signal.raise_signal(self.number)
            yield outcome


@pytest.mark.parametrize(("number", "error"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)])
def test_a_signal_keeps_what_is_finished_and_is_raised(tmp_path, number, error, capfd):
    with pytest.raises(error):
        aezoo.run(["ae"], out=tmp_path / "results", engine=StoppedEngine(number, 1), **DATA)
    assert capfd.readouterr() == ("", "")
    assert len(aezoo.load_results(tmp_path / "results").records) == 2


def test_without_a_finished_trial_no_table_is_written_and_no_folder_named(tmp_path):
    suite = make_suite(["ae"], "0", "mnist-5k")
    lines: list[str] = []
    settings = RunSettings(out=tmp_path / "results", engine=InstantEngine(status="killed"))
    prepare_run(suite, settings, lambda event: lines.append(event.text)).execute()
    assert not (tmp_path / "results" / "tables").exists()
    assert not any("tables in" in line or "figures in" in line for line in lines)
    assert "no trial has finished yet: there is nothing to tabulate" in lines


# scripts that start workers


SCRIPT = """
from support.progress_work import prepare, tells
import aezoo
from aezoo.engines.local import LocalEngine
print("begins")
{guard}
    results = aezoo.run(["ae"], seeds="1", dataset="mnist-5k", engine=LocalEngine(2, work=tells, prepare=prepare))
    print(len(results.records), {{record["status"] for record in results.records}})
"""


@pytest.mark.slow
@pytest.mark.parametrize(("guard", "imported"), [("if True:", False), ('if __name__ == "__main__":', True)])
def test_a_script_runs_once_whether_or_not_its_call_is_guarded(tmp_path, guard, imported):
    """A guarded script is imported by its workers, so that they know what it defines; another one is not."""
    (tmp_path / "script.py").write_text(SCRIPT.format(guard=guard))
    paths = {"PYTHONPATH": ":".join([str(Path(__file__).parents[1]), *sys.path])}
    ended = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        capture_output=True,
        text=True,
        check=False,
        env=paths,
        timeout=120,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (ended.stdout.count("begins") > 1) is imported
    assert ended.stdout.endswith("5 {'done'}\n")


def test_a_main_module_is_importable_if_it_asks_for_its_name(tmp_path):
    main = ModuleType("__main__")
    assert not main_is_importable(main)
    main.__file__ = str(tmp_path / "script.py")
    assert not main_is_importable(main)
    for text, importable in (
        ('if __name__ == "__main__":\n    pass', True),
        ("if 1 < 2 or '__main__' == __name__: pass", True),
        ("__name__ == '__main__'", False),
        ("if True: pass", False),
        ("if (", False),
    ):
        (tmp_path / "script.py").write_text(text)
        assert main_is_importable(main) is importable


def test_a_folder_that_holds_nothing_is_an_error(tmp_path):
    with pytest.raises(aezoo.AezooError, match="holds no results"):
        aezoo.load_results(tmp_path)
    assert not Store(tmp_path).trials.exists()
    with pytest.raises(UnknownNameError):
        aezoo.load_results(Path(__file__).parents[2] / "results" / "chapter").tables("excel")


def test_as_many_trials_run_side_by_side_as_the_process_may_use_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert get_engine("local", None, None).jobs == 1


@pytest.mark.parametrize("name", ["verdict", "agreement"])
def test_pages_of_results_are_those_of_the_commands(name, capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    folder = Path(__file__).parents[2] / "results" / "burda"
    results = aezoo.load_results(folder)
    for options, chosen in (
        ([], {}),
        (["--all"], {"format": "md"}),
        (["--models", "vae,iwae"], {"models": ["vae", "iwae"]}),
    ):
        assert run_app([name, str(folder), *options]) == 0
        assert capsys.readouterr().out == getattr(results, name)(**chosen)
    with pytest.raises(UnknownNameError, match="model in these results 'zzz'"):
        getattr(results, name)(models="zzz")
