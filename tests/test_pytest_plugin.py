"""The fixture `aezoo_regression`, in tests of somebody else."""

from __future__ import annotations

import shutil
from importlib import import_module
from importlib.metadata import entry_points

import pytest

import aezoo
from aezoo.reporting.formats import FORMATS
from aezoo.store import Store

FILE = """
def test_the_vae_is_as_good_as_it_was(aezoo_regression):
    aezoo_regression.check("vae", seeds="0-1", rules={rules}, results={folder!r})
"""
RULES = ["nll:+2%", "fd_judge@prior:+10%:certain"]


@pytest.fixture(scope="module", autouse=True)
def _imported(smoke_run):
    """Import all that a gate needs, since pytester forgets what its runs import, and NumPy is imported once."""
    aezoo.run(["vae"], seeds="0-1", dataset="mnist-5k", protocol="smoke", out=smoke_run.folder, dry_run=True)
    aezoo.load_results(smoke_run.folder).winners()
    for name in ("aezoo.analysis.gate", "aezoo.analysis.comparison", "aezoo.reporting.pages.comparison"):
        import_module(name)
    FORMATS.get("text")


@pytest.fixture
def results(smoke_run, tmp_path):
    return shutil.copytree(smoke_run.folder, tmp_path / "results")


@pytest.fixture
def gate(pytester, results):
    """Runs the test of somebody else."""

    def run(*options: str, rules=RULES, folder=results):
        pytester.makepyfile(FILE.format(rules=rules, folder=str(folder)))
        return pytester.runpytest_inprocess("-p", "no:randomly", "-q", *options)

    return run


def worsen(folder, metric: str, factor: float) -> None:
    """Change a score of every seed of the VAE."""
    store = Store(folder)
    for record in store.records():
        if record["label"] == "vae":
            for row in record["scores"]:
                row["value"] = row["value"] * factor if row["metric"] == metric else row["value"]
            record.pop("digest", None)
            artifacts = {name: store.artifact(record, name) for name in record["artifacts"]}
            store.commit(record, artifacts)


def test_it_is_found_by_its_entry_point():
    assert entry_points(group="pytest11")["aezoo"].value == "aezoo.pytest_plugin"


def test_without_a_baseline_it_fails_and_says_how_to_make_one(gate):
    result = gate()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*has no baseline of vae*pytest --aezoo-renew*"])


def test_nothing_is_trained_before_a_baseline_is_asked_for(pytester):
    pytester.makepyfile(
        """
        import pytest

        def test_gate(aezoo_regression):
            with pytest.raises(pytest.fail.Exception, match="has no baseline of ae"):
                aezoo_regression.check("ae", seeds="0", epochs=1, rules=["nll:+2%"], jobs=1)
            assert not list(aezoo_regression.cache.rglob("record.json"))
        """
    )
    pytester.runpytest_inprocess("-q").assert_outcomes(passed=1)


def test_what_was_renewed_holds_and_is_small(gate, pytester):
    gate("--aezoo-renew").assert_outcomes(passed=1)
    kept = pytester.path / "aezoo_baselines"
    labels = sorted({record["label"] for record in Store(kept).records()})
    assert labels == ["mean-image", "oracle", "pca", "raw-pixels", "vae"]
    assert {path.name for path in kept.rglob("*") if path.is_file()} <= {"record.json", ".gitignore"}
    gate().assert_outcomes(passed=1)


def test_a_score_that_got_worse_fails_with_a_table_of_what_moved(gate, results):
    gate("--aezoo-renew")
    worsen(results, "nll", 1.1)
    result = gate()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*vae nll on mnist-5k: *worse*", "vae *nll *", "vae *prior *fd_judge *"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_score_that_got_better_holds(gate, results):
    gate("--aezoo-renew")
    worsen(results, "nll", 0.9)
    gate().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([], "rules is empty"),
        (["nll+2%"], "is not understood"),
        (["nil:+2%"], "unknown score in --fail-on 'nil'; did you mean*nll"),
    ],
)
def test_a_rule_that_holds_nothing_fails(gate, rules, message):
    gate("--aezoo-renew")
    result = gate(rules=rules)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{message}*"])


@pytest.mark.parametrize("model", ["family:variational", "all"])
def test_several_models_are_refused_as_a_gate_holds_one(pytester, model):
    pytester.makepyfile(f"def test_gate(aezoo_regression): aezoo_regression.check({model!r}, rules=['nll:+2%'])")
    result = pytester.runpytest_inprocess("-q")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*UsageError: '{model}' is * models, and a gate holds one; check each by its own*"])


def test_a_run_without_a_record_of_the_model_renews_nothing(pytester):
    pytester.makepyfile(
        "def test_gate(aezoo_regression):\n"
        "    aezoo_regression.check('ae', seeds='0', rules=['nll:+2%'], dry_run=True)\n"
    )
    result = pytester.runpytest_inprocess("-q", "--aezoo-renew")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the run has no record of ae*leave out options*such as shard and dry_run*"])
    assert not (pytester.path / "aezoo_baselines").exists()


def test_results_that_lack_trials_are_named(gate, tmp_path):
    result = gate(folder=tmp_path / "nothing here")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*trials to run*"])


@pytest.mark.slow
def test_processes_that_share_the_tests_share_the_baselines(gate):
    gate("--aezoo-renew")
    gate("-n", "2").assert_outcomes(passed=1)


@pytest.mark.slow
def test_what_is_trained_is_trained_once(pytester):
    pytester.makepyfile(
        """
        RULES = dict(seeds="0", epochs=1, rules=["nll:+2%"], jobs=1)

        def test_first(aezoo_regression):
            aezoo_regression.check("ae", **RULES)

        def test_second(aezoo_regression):
            before = {path: path.stat().st_mtime_ns for path in aezoo_regression.cache.rglob("record.json")}
            aezoo_regression.check("ae", **RULES)
            assert len(before) == 5
            assert before == {path: path.stat().st_mtime_ns for path in aezoo_regression.cache.rglob("record.json")}
        """
    )
    pytester.runpytest_inprocess("-q", "--aezoo-renew").assert_outcomes(passed=2)
    pytester.runpytest_inprocess("-q").assert_outcomes(passed=2)


@pytest.mark.slow
def test_processes_that_share_the_tests_share_what_is_trained(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("rule", ["nll:+2%", "mse:+2%"])
        def test_gate(aezoo_regression, rule):
            aezoo_regression.check("ae", seeds="0", epochs=1, rules=[rule], jobs=1, questions=["reconstruction"])
        """
    )
    pytester.runpytest_inprocess("-q", "--aezoo-renew").assert_outcomes(passed=2)
    (cache,) = {path.parents[1] for path in (pytester.path / ".pytest_cache").rglob("trials/*/record.json")}
    shutil.rmtree(cache)
    pytester.runpytest_inprocess("-q", "-n", "2").assert_outcomes(passed=2)
    assert len(list(cache.glob("*/record.json"))) == 5
