"""The audit from the command line, and what it does with metrics and controls that were registered elsewhere."""

import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from aezoo.audit.build_record import build_record
from aezoo.audit.docstrings import context, summary
from aezoo.audit.measure import SetScorer, score_set
from aezoo.audit.plan import SampleSet, make_spec, plan_sets
from aezoo.audit.report import read_audit, write_audit, write_record
from aezoo.controls import CONTROLS
from aezoo.errors import UsageError
from aezoo.evaluation.real_features import RealFeatures
from aezoo.metrics import METRICS, Score
from aezoo.metrics.samples import class_kl, one_nearest_neighbour, precision_recall_density_coverage

OPTIONS = [
    *("--dataset", "mnist-5k", "--n", "100", "--draws", "2", "--metrics", "prdc,fd,near_duplicates"),
    *("--controls", "blur,mean-image-blend,memoriser"),
]


def aezoo(*arguments):
    command = [sys.executable, "-m", "aezoo.bench", "audit", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audited") / "two jobs"
    return folder, aezoo(*OPTIONS, "--jobs", "2", "--out", str(folder))


def comparable(folder):
    """The record without what may differ: times."""
    record = json.loads((folder / "audit.json").read_text())
    del record["timing"]
    for each in record["sets"]:
        del each["seconds"], each["cpu_seconds"]
    return record


def verdicts(folder):
    from aezoo.audit.report import analyse

    return analyse(read_audit(folder))


def test_the_command_leaves_record_tables_and_cards(audited):
    folder, result = audited
    assert result.returncode == 0, result.stderr
    assert {path.name for path in folder.iterdir()} == {
        "audit.json", "audit.csv", "verdicts.csv", "metrics.csv", "README.md", "cards",
    }  # fmt: skip
    assert {path.stem for path in (folder / "cards").iterdir()} == {
        "precision", "recall", "density", "coverage", "fd", "near_duplicates",
    }  # fmt: skip
    assert comparable(folder)["spec"]["sizes"] == [12, 25, 50]
    command = "audit --dataset mnist-5k --n 100 --draws 2 --metrics prdc,fd,near_duplicates --controls blur,"
    assert command in (folder / "README.md").read_text()


def test_known_answers(audited):
    findings = verdicts(audited[0])

    def found(metric, control, dose):
        return findings.subject(metric).responses[(control, dose)].verdict

    assert found("precision_pca", "mean-image-blend", 1.0) == "fooled"
    assert found("recall_pca", "mean-image-blend", 1.0) == "detects"
    assert found("density_pca", "blur", 2.0) == "detects"
    assert found("near_duplicates_pca", "memoriser", 1.0) == "detects"
    assert found("fd_pca", "memoriser", 1.0) == "blind"
    assert findings.overall.rate <= findings.overall.promise
    assert findings.subject("fd_pca").shift is not None
    assert findings.subject("near_duplicates_pca").shift is None
    assert [n for n, _ in findings.subject("density_pca").detected] == [12, 25, 50, 100]


def test_training_digits_are_scored_by_what_never_sees_them_alone(audited):
    record = comparable(audited[0])
    train = [each for each in record["sets"] if each["role"] == "train"]
    assert len(train) == 4 * 20
    assert {name for each in train for name in each["problems"]} == {"near_duplicates_judge", "near_duplicates_pca"}
    shared = {score["name"]: score["shared"] for score in record["scores"]}
    assert "inputs/copying/pca" in shared["near_duplicates_pca"]
    assert "inputs/copying/pca" not in shared["fd_pca"]
    timed = json.loads((audited[0] / "audit.json").read_text())["sets"][0]["seconds"]
    assert {key for keys in shared.values() for key in keys} <= set(timed)


def test_one_job_gives_the_same_values_as_two(audited, tmp_path):
    result = aezoo(*OPTIONS, "--jobs", "1", "--out", str(tmp_path / "one"))
    assert result.returncode == 0, result.stderr
    assert comparable(tmp_path / "one") == comparable(audited[0])


def test_tables_are_made_again_from_the_record(audited):
    folder, _ = audited
    before = {path: path.read_bytes() for path in folder.rglob("*.md")}
    for path in before:
        path.unlink()
    assert aezoo("--tables-only", "--out", str(folder)).returncode == 0
    assert {path: path.read_bytes() for path in folder.rglob("*.md")} == before


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads the process table of Linux")
def test_an_interrupted_audit_leaves_no_file_and_no_process(tmp_path):
    command = [sys.executable, "-m", "aezoo.bench", "audit", *OPTIONS, "--jobs", "1", "--out", str(tmp_path)]
    # A shell that runs the tests in the background has Ctrl-C ignored, which children inherit.
    restore = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=restore) as process:
        assert any("audit of 3 metrics" in line for line in process.stderr)
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert list(tmp_path.iterdir()) == []
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 501}, "give 100 to 500"),
        ({"n": 99}, "give 100 to 500"),
        ({"draws": 0}, "at least 1"),
        ({"metrics": ["nll"]}, "samples and copying"),
        ({"metrics": ["prdk"]}, "prdc"),
        ({"controls": ["blurr"]}, "blur"),
    ],
)
def test_what_makes_no_sense_is_refused(options, message, digits):
    with pytest.raises(UsageError, match=message):
        make_spec(digits, **options)


def test_a_part_of_the_reference_is_that_part_alone(digits):
    rows = np.random.default_rng(0).permutation(200)[:60]
    side = RealFeatures(digits, 200)
    images = digits.oracle.images[:60]
    part, alone = (dict(of(side, rows, images)) for of in (part_of, anew))
    assert part.keys() == alone.keys()
    for name, value in part.items():
        # The judge's single precision depends on how many images it is given at once.
        np.testing.assert_allclose(value, alone[name], rtol=1e-4, atol=1e-4, err_msg=str(name))


def part_of(side, rows, images):
    return named(side.subset(rows).sample_inputs(images))


def anew(side, rows, images):
    return named(side.with_reference(side.images[rows]).sample_inputs(images))


def named(inputs):
    return (((question, space, name), value) for question, space, of in inputs for name, value in of.items())


def test_smaller_sets_meet_each_their_own_reference_and_full_ones_all_the_same(digits):
    scorer = SetScorer(digits, [METRICS.get("fd")], 200, 0)
    small = [scorer.real(SampleSet("size", "oracle", None, draw, 50)) for draw in (0, 1, 0)]
    assert [side.images.shape for side in small] == [(50, 28, 28)] * 3
    assert not np.array_equal(small[0].images, small[1].images)
    assert np.array_equal(small[0].images, small[2].images)
    full = [scorer.real(SampleSet(role, "oracle", None, 0, 200)) for role in ("band", "control")]
    assert full[0] is full[1]
    assert np.array_equal(full[0].images, digits.reference.images[:200])


def test_each_score_is_described_by_its_own_bullet_or_the_first_paragraph():
    density = summary(precision_recall_density_coverage, "density")
    assert density.startswith("Mean number of real balls around a fake, divided by k; ")
    assert "Share of fakes" not in density
    assert summary(one_nearest_neighbour, "one_nearest_neighbour").startswith("The mean over all rows")
    assert summary(class_kl, "class_kl").startswith("How far the classes")
    around = context(precision_recall_density_coverage, "density")
    assert "The ball of a point is open" in around
    assert "Args" not in around
    assert "share of fakes" not in around
    assert "`" not in density + around


def test_every_sample_metric_and_control_is_audited_and_slow_ones_on_request(digits):
    usual, all_of_them = make_spec(digits), make_spec(digits, slow=True)
    sampled = {name for name, metric in METRICS.items() if metric.question in ("samples", "copying")}
    assert set(all_of_them.metrics) == sampled
    assert set(usual.metrics) == {name for name in sampled if not METRICS.get(name).slow}
    assert {*usual.controls, "oracle"} == set(CONTROLS.names())
    doses = {(each.control, each.dose) for each in plan_sets(usual) if each.role == "control"}
    assert doses == {(name, dose) for name in usual.controls for dose in CONTROLS.get(name).doses}
    small = {(each.control, each.dose, each.n) for each in plan_sets(usual) if each.role == "size-control"}
    assert small == {(name, CONTROLS.get(name).default, n) for name in usual.controls for n in (62, 125, 250)}
    assert usual.n == 500


@pytest.fixture
def plug_ins(monkeypatch):
    """A metric and two controls from another package; few draws of the oracle."""
    for name, few in (("BAND_DRAWS", 4), ("FRESH_DRAWS", 4), ("SIZE_DRAWS", 2)):
        monkeypatch.setattr(f"aezoo.audit.plan.{name}", few)

    @METRICS.register(
        "brightness", question="samples", needs=("fake_images",), scores=(Score("brightness", "levels", "target"),)
    )
    def brightness(fake_images):
        """The mean | intensity of <all> pixels."""
        return float(fake_images.mean())

    @CONTROLS.register("black", draws_from="oracle")
    def black(images, labels, n, generator):
        """Nothing."""
        return np.zeros((n, 28, 28), np.float32)

    @CONTROLS.register("broken", draws_from="oracle")
    def broken(images, labels, n, generator):
        """Raises."""
        raise RuntimeError("no images | today")

    yield
    for registry, name in ((METRICS, "brightness"), (CONTROLS, "black"), (CONTROLS, "broken")):
        registry._loaded.pop(name)


def test_a_plug_in_appears_with_a_card_and_a_broken_control_costs_itself_alone(plug_ins, digits, tmp_path):
    spec = make_spec(digits, n=100, draws=2, metrics=["brightness", "fd"], controls=["black", "broken"])
    results = [score_set(spec, wanted) for wanted in plan_sets(spec)]
    write_record(build_record(spec, digits, results, {"wall": 0.0, "cpu": 0.0, "jobs": 1}), tmp_path)
    write_audit(read_audit(tmp_path), tmp_path)
    card = (tmp_path / "cards" / "brightness.md").read_text()
    assert "catches: black" in card
    assert "The mean \\| intensity of &lt;all&gt; pixels." in card
    assert "no images \\| today" in card
    findings = verdicts(tmp_path)
    assert findings.subject("brightness").responses[("broken", None)].verdict == "error"
    assert findings.subject("fd_judge").responses[("black", None)].verdict == "detects"
