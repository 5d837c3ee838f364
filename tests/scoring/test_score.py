"""Samples from elsewhere: their scores, and where they stand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support import factories
from support.few_metrics import few  # noqa: F401 - a fixture
from support.folders import write_folder

import aezoo
from aezoo.errors import DatasetError, ResultsError, SamplesError, UnknownNameError, UsageError
from aezoo.metrics import METRICS
from aezoo.reporting import tables
from aezoo.scoring.headline_metrics import HEADLINE, headline_name
from aezoo.scoring.reference_models import load_comparable
from aezoo.scoring.request import choose_dataset
from aezoo.scoring.validation import MIN_IMAGES, SamplesWarning
from aezoo.trial import kept_evaluator

N = 1_000
FAST = {"dataset": "mnist-5k", "controls": [], "oracle_draws": 0}


@pytest.fixture(scope="module")
def held_out(digits):
    """Held-out real digits, with a band of ten draws."""
    images = digits.oracle.images / 255
    return aezoo.score(images, "mnist-5k", controls=["blur", "memoriser"], name="real digits")


@pytest.fixture(scope="module")
def copies(digits):
    with pytest.warns(SamplesWarning, match="copies: "):
        return aezoo.score(digits.train.images[:N], "mnist-5k", controls=[], oracle_draws=5)


def by_metric(scored):
    return {standing.metric: standing for standing in scored.standings}


@pytest.mark.slow
def test_held_out_digits_score_as_the_oracle_does(held_out):
    oracle = {row["metric"]: row["value"] for row in held_out.references[0]["scores"] if row["state"] == "ok"}
    of_order = ("classifier", "jensen_shannon", "fd_infinity")  # whose folds and parts know the order of images
    same = [name for name in held_out.scores if not any(part in name for part in of_order)]
    assert len(same) > 30
    for name in same:
        assert held_out.scores[name] == pytest.approx(oracle[name], rel=1e-6, abs=1e-9), name


@pytest.mark.slow
def test_every_headline_score_stands_in_both_feature_spaces(held_out):
    names = {f"{name}_{space}" for name in HEADLINE if name != "class_kl" for space in ("judge", "pca")}
    assert set(by_metric(held_out)) == {*names, "class_kl"}
    assert {headline_name(row) for row in held_out.record["scores"]} == {*HEADLINE, None}


@pytest.mark.slow
def test_noise_is_far_worse():
    noise = np.random.default_rng(0).random((N, 28, 28))
    scored = aezoo.score(noise, "mnist-5k", controls=["blur"], oracle_draws=3)
    found = by_metric(scored)
    assert sum("(worse)" in each.verdict for each in scored.standings) >= 7
    for metric in ("fd_judge", "fd_pca"):
        assert found[metric].verdict == "above (worse)"
        assert str(found[metric].next_better).startswith("blur, control (")
        assert found[metric].next_worse is None
    assert scored.scores["coverage_judge"] < 0.1


@pytest.mark.slow
def test_a_memoriser_is_caught_by_the_copying_scores_alone(copies):
    outside = {name for name, each in by_metric(copies).items() if each.place != "within"}
    assert outside == {f"{name}_{space}" for name in ("copying_auc", "near_duplicates") for space in ("judge", "pca")}
    for space in ("judge", "pca"):
        assert copies.scores[f"copying_auc_{space}"] < 0.01
        assert copies.scores[f"authenticity_{space}"] == 0
        assert by_metric(copies)[f"copying_auc_{space}"].verdict == "below (worse)"
        assert by_metric(copies)[f"near_duplicates_{space}"].verdict == "above (worse)"


@pytest.mark.slow
def test_repeated_images_are_caught(digits):
    repeated = np.resize(digits.oracle.images[:20], (N, 28, 28))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scored = aezoo.score(repeated, "mnist-5k", controls=[], oracle_draws=3)
    assert any("only 20 of the 1,000 images differ" in str(each.message) for each in caught)
    assert by_metric(scored)["unique_ratio_judge"].verdict == "below (worse)"
    assert scored.scores["unique_ratio_judge"] <= 20 / N


def test_the_record_is_like_that_of_any_trial(held_out):
    record = held_out.record
    assert (record["role"], record["label"], record["status"]) == ("samples", "real digits", "done")
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert {row["question"] for row in record["scores"]} == {"samples", "copying"}
    assert {row["n"] for row in record["scores"]} == {N}
    assert held_out.n == N
    assert record["spec"]["parameters"].keys() == {"sha256"}
    assert [each["role"] for each in held_out.references] == ["oracle", "control", "control"]


@pytest.mark.slow
def test_the_same_images_have_the_same_record_and_others_another(digits, held_out):
    again = aezoo.score(digits.oracle.images, **FAST)
    other = aezoo.score(digits.oracle.images[::-1], **FAST)
    assert again.record["id"] == held_out.record["id"] != other.record["id"]
    assert again.scores == held_out.scores


@pytest.mark.usefixtures("few")
def test_of_too_many_images_a_seeded_subset_is_scored(digits):
    many = np.concatenate([digits.oracle.images, digits.train.images[:500]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplesWarning)  # a third are copies, which is not the question here
        first, second = (aezoo.score(many, seed=seed, **FAST) for seed in (0, 1))
    assert first.n == N
    assert first.notes[0] == "1,000 of the 1,500 images given are scored, drawn with seed 0"
    assert first.scores["fd_pca"] != second.scores["fd_pca"]
    assert 0.3 < first.scores["near_duplicates_pca"] < 0.37  # a third are training images


def test_tables_hold_samples_controls_and_oracle(held_out):
    text = held_out.table()
    for row in ("| real digits (samples) |", "| blur (control) ", "| memoriser (control) ", "| oracle "):
        assert row in text
    assert "13 of 13 headline scores lie within the oracle's band" in text
    assert text.startswith("# Scores of real digits: 1,000 images against 1,000 of mnist-5k\n\n- protocol: ")
    assert "kd_judge" not in text
    assert "kd_judge" in held_out.table(metrics="all")
    for format in ("csv", "latex"):
        assert "real digits" in held_out.table(format)
    with pytest.raises(UsageError, match="headline, all"):
        held_out.table(metrics="most")


@pytest.mark.usefixtures("few")
def test_without_draws_there_is_no_band_to_show(digits):
    scored = aezoo.score(digits.oracle.images, **FAST)
    assert {standing.place for standing in scored.standings} == {""}
    assert "oracle's band |" not in scored.table()
    assert scored.findings[0].diagnosis.state == "unknown"
    assert "next worse" in scored.table()


@pytest.mark.parametrize("format", ["md", "csv", "latex", "json", "html"])
def test_every_format_names_the_protocol(held_out, format):
    parts = held_out.protocol.removeprefix("protocol: ").split(", ")
    assert any(all(part in line for part in parts) for line in held_out.table(format).splitlines())


def test_plain_text_names_it_in_lines_that_fit(held_out):
    assert held_out.protocol in " ".join(held_out.table("text").split())


def test_the_finding_stands_before_any_table(held_out):
    text = held_out.table()
    assert 0 < text.index("## Finding on real digits") < text.index("|")
    assert held_out.findings[0].diagnosis.state == "none"
    assert len(held_out.findings[0].lines) <= 5
    assert json.loads(held_out.table("json"))["findings"][0]["lines"] == list(held_out.findings[0].lines)


def test_json_holds_tables_and_standings(held_out):
    found = json.loads(held_out.table("json", "all"))
    assert (found["samples"], found["n"]) == ("real digits", N)
    first = found["standings"][0]
    assert first["metric"] == "fd_judge"
    assert first["value"] == held_out.scores["fd_judge"]
    assert first["low"] < first["value"] < first["high"]
    assert "within the oracle's band" in first["sentence"]
    assert first["half_width"] == pytest.approx(1.96 * first["standard_error"], rel=1e-4)
    assert {each["role"]: len(each["better"] + each["equal"] + each["worse"]) for each in first["among"]} == {
        "control": 2,
        "oracle": 1,
    }
    assert found["warnings"] == []
    part, models = found["notes"]
    assert "one part of MNIST" in part
    assert "no models stand beside the samples" in models
    assert {table["question"] for table in found["tables"]} == {"samples", "copying"}


def test_the_frame_has_a_row_for_every_score(held_out):
    frame = held_out.frame()
    own = frame[frame["role"] == "samples"].set_index("metric")["value"]
    assert own["fd_judge"] == held_out.scores["fd_judge"]
    assert set(frame["model"]) == {"real digits", "oracle", "blur", "memoriser"}


def test_a_result_is_one_line(held_out):
    assert repr(held_out) == "<ScoreResult of real digits on mnist-5k: 1,000 images, 13 standings, 0 warnings>"


def test_what_is_saved_can_be_tabulated_again(held_out, tmp_path, capsys):
    from aezoo.bench.app import run_app

    held_out.save(tmp_path / "out")
    assert run_app(["table", str(tmp_path / "out"), "--format", "csv"]) == 0
    assert "real digits" in capsys.readouterr().out
    assert run_app(["status", str(tmp_path / "out")]) == 0
    assert "4 trials: 4 done" in capsys.readouterr().out
    assert run_app(["figures", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "score.md").read_text() == held_out.table("md", "all")
    assert json.loads((tmp_path / "out" / "score.json").read_text())["n"] == N


def test_every_saved_file_and_every_later_table_names_the_protocol(held_out, tmp_path, capsys):
    from aezoo.bench.app import run_app

    folder = tmp_path / "out"
    saved = {path.relative_to(folder) for path in held_out.save(folder)}
    assert {Path("results.csv"), Path("score.md"), Path("tables/samples.tex")} <= saved
    line = held_out.protocol.removeprefix("protocol: ")
    for path in saved:
        text = (folder / path).read_text()
        assert line in text, path
    for format in ("md", "csv", "latex", "json", "html", "text"):
        assert run_app(["table", str(folder), "--format", format]) == 0
        assert line in " ".join(capsys.readouterr().out.split()), format


def test_scores_that_cannot_be_compared_stand_in_tables_of_their_own(held_out):
    own, oracle = held_out.records[0], held_out.references[0]
    elsewhere = {**oracle, "comparison": f"{held_out.protocol}.1"}
    together, apart = (list(map(repr, tables([own, other]))) for other in (oracle, elsewhere))
    assert len(apart) == 2 * len(together)


def test_requests_that_make_no_sense_are_refused_first(digits, tmp_path):
    images = digits.oracle.images
    with pytest.raises(UnknownNameError, match="did you mean blur"):
        aezoo.score(images, "mnist-5k", controls=["blurr"])
    with pytest.raises(UnknownNameError, match="dataset 'mnst'"):
        aezoo.score(images, "mnst")
    with pytest.raises(UsageError, match="at least 3 for a spread, or 0"):
        aezoo.score(images, "mnist-5k", oracle_draws=2)
    with pytest.raises(UnknownNameError, match="slow metric of samples 'ais'; known: .*parzen.*slow"):
        aezoo.score(images, "mnist-5k", also=["ais"])
    with pytest.raises(UsageError, match="no images are given"):
        aezoo.score({}, "mnist-5k")
    with pytest.raises(UsageError, match="name 'mine' is given with a dictionary"):
        aezoo.score({"a": images}, "mnist-5k", name="mine")
    with pytest.raises(UsageError, match="seed -1"):
        aezoo.score(images, "mnist-5k", seed=-1)
    with pytest.raises(ResultsError, match="holds no results"):
        aezoo.score(images, "mnist-5k", against=[tmp_path])


@pytest.mark.slow
def test_slow_metrics_are_computed_for_every_row_when_asked_for(digits):
    scored = aezoo.score(digits.oracle.images, also=["parzen"], **{**FAST, "controls": ["blur"]})
    for record in (scored.record, *scored.references):
        assert [row["state"] for row in record["scores"] if row["family"] == "parzen"] == ["ok"]
    assert "parzen_log_likelihood" in scored.table()
    assert "mmd_judge" not in scored.table(metrics="all")
    assert "parzen_log_likelihood" not in {standing.metric for standing in scored.standings}


def test_the_smallest_number_of_images_is_that_of_the_metrics():
    metrics = [metric for _, metric in METRICS.items() if metric.question in ("samples", "copying") and not metric.slow]
    assert {metric.minimum_n for metric in metrics} == {MIN_IMAGES}


def test_a_data_set_too_small_for_every_metric_is_an_error_with_the_sizes_needed(digits, monkeypatch):
    small = replace(digits, reference=digits.reference.take(np.arange(359)), oracle=digits.oracle.take(np.arange(359)))
    monkeypatch.setattr("aezoo.scoring.scorer.load_dataset", lambda name, data_file: small)
    with pytest.raises(DatasetError, match="359 reference and 359 oracle images.* need 1,000 of each") as caught:
        aezoo.score(digits.oracle.images, "mnist-5k")
    assert "2,000 test images, or 5,000 images in all" in str(caught.value)
    assert caught.value.exit_code == 5


def test_images_of_which_no_score_has_a_value_are_an_error(digits, monkeypatch):
    def broken(fake):
        raise ValueError("broken")

    failing = [replace(METRICS.get(name), function=broken, needs=("fake",)) for name in ("fd", "copying_score")]
    monkeypatch.setattr("aezoo.trial.default_metrics", lambda *_: failing)
    with pytest.raises(SamplesError, match="samples has no score: ValueError: broken") as caught:
        aezoo.score(digits.oracle.images, **FAST)
    assert caught.value.exit_code == 5


@pytest.mark.slow
def test_in_python_nothing_is_printed():
    code = """
import numpy as np
import aezoo
images = aezoo.load_dataset("mnist-5k").oracle.images
result = aezoo.score(images, "mnist-5k", controls=[], oracle_draws=0)
assert result.scores["fd_pca"] > 0
"""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=clean)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def scores(n=N, version=1, **values):
    metrics = {"fd_judge": ("fd", "samples"), "copying_auc_judge": ("copying_score", "copying")}
    return [
        factories.score(name, value, metrics[name][1], sampler="prior", features="judge", n=n, version=version)
        | {"family": metrics[name][0]}
        for name, value in values.items()
    ]


@pytest.fixture
def folder_of(digits, tmp_path):
    """A results folder of one VAE, as comparable as the fields let it be."""

    def write(name="zoo", n=N, version=1, label="vae", **fields):
        of = {"fingerprint": digits.fingerprint, **fields}
        rows = scores(n, version, fd_judge=50.0, copying_auc_judge=0.6)
        write_folder(tmp_path / name, [factories.record(label, seed=seed, scores=rows, **of) for seed in (0, 1)])
        return tmp_path / name

    return write


def test_the_data_set_is_that_of_the_folder_to_compare_with_unless_it_is_named(folder_of):
    garments = folder_of(dataset_name="fashion-mnist")
    assert choose_dataset(None, [garments]) == "fashion-mnist"
    assert choose_dataset("mnist-5k", [garments]) == "mnist-5k"
    assert choose_dataset(None, []) == "mnist"


def test_a_folder_of_a_data_set_that_is_not_installed_is_named_unless_real_images_take_its_place(folder_of):
    letters = folder_of(dataset_name="my-letters")
    with pytest.raises(
        UsageError, match=r"trials of .*zoo are of 'my-letters', which is not installed; give --dataset"
    ):
        choose_dataset(None, [letters])
    assert choose_dataset("mnist-5k", [letters]) == "mnist-5k"
    images = np.zeros((9, 12, 12))
    with pytest.raises(SamplesError, match="images holds 9 images"):
        aezoo.score(images, real=images, against=letters)


@pytest.mark.usefixtures("few")
def test_the_zoo_stands_beside_samples_scored_alike(digits, folder_of):
    scored = aezoo.score(digits.oracle.images, against=[folder_of()], **FAST)
    assert "| vae  " in scored.table()
    assert str(by_metric(scored)["fd_judge"].next_worse) == "vae with prior, model (50.00)"
    assert "better than the model vae with prior; equal to real images" in by_metric(scored)["fd_judge"].sentence
    part, models = scored.notes
    assert "one part of MNIST" in part
    assert "protocol chapter" in models
    assert scored.warnings == ()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"fingerprint": "f" * 64}, "its data has fingerprint ffffffffffff, here"),
        ({"judge": "other"}, "its judge is other, here mnist (2 of 2 trials)"),
        ({"n": 5_000}, "scored with 5,000 images, here 1,000; only equal numbers compare (2 of 2 trials)"),
        ({"version": 9}, "metric fd has version 9, here 1 (2 of 2 trials)"),
        ({"status": "diverged"}, "did not finish (diverged) (2 of 2 trials)"),
        ({"role": "control"}, "holds no models"),
    ],
)
def test_a_folder_of_which_nothing_is_left_is_a_warning(held_out, folder_of, fields, reason):
    zoo = load_comparable([folder_of(**fields)], held_out.record)
    assert (zoo.records, zoo.notes) == ((), ())
    assert len(zoo.warnings) == 1
    assert reason in zoo.warnings[0]


@pytest.mark.usefixtures("few")
def test_that_warning_is_on_top_of_the_page(digits, folder_of):
    with pytest.warns(SamplesWarning, match="nothing of .* stands beside the samples: scored with 5,000 images"):
        scored = aezoo.score(digits.oracle.images, against=[folder_of(n=5_000)], **FAST)
    assert scored.table().splitlines()[2].startswith("- WARNING: nothing of ")
    assert scored.warnings[0] in json.loads(scored.table("json"))["warnings"]


@pytest.mark.parametrize(
    ("name", "n", "advice"),
    [
        ("mnist", 5_000, "--against (against=) results/zoo/latent-16 of aezoo's repository, or a results folder of"),
        ("mnist", 1_000, "give 5,000 images to compare with results/zoo/latent-16"),
        (
            "fashion-mnist",
            1_000,
            "a results folder of models scored on fashion-mnist with 1,000 images",
        ),
    ],
)
def test_without_a_folder_it_is_said_that_no_models_stand_there(name, n, advice):
    record = factories.record(dataset_name=name, protocol={"samples": n})
    (note,) = load_comparable([], record).notes
    assert note.startswith("no models stand beside the samples")
    assert advice in note


def test_of_a_folder_in_part_left_out_the_rest_stands_and_a_note_says_why(held_out, digits, tmp_path):
    rows = scores(fd_judge=50.0)
    of = {"scores": rows, "fingerprint": digits.fingerprint}
    records = [factories.record(**of), factories.record(seed=1, status="diverged", **of)]
    records.append(
        factories.record(
            "raw-pixels", role="floor", scores=[factories.score("ssim", 1.0)], fingerprint=digits.fingerprint
        )
    )
    zoo = load_comparable([Path(write_folder(tmp_path / "zoo", records))], held_out.record)
    assert len(zoo.records) == 1
    assert "1 of 3 trials left out: did not finish (diverged)" in zoo.notes[1]
    assert len(zoo.notes) == 2  # a floor that draws nothing is not worth a word
    assert zoo.warnings == ()


def test_a_slow_metric_that_only_the_folder_has_is_offered(held_out, digits, tmp_path):
    slow = factories.sample_score("parzen_log_likelihood", 100.0, features=None, family="parzen", n=N)
    record = factories.record(scores=[*scores(fd_judge=50.0), slow], fingerprint=digits.fingerprint)
    zoo = load_comparable([Path(write_folder(tmp_path / "zoo", [record]))], held_out.record)
    assert any("metric parzen is not computed here; --also (also=) parzen does" in note for note in zoo.notes)


def test_of_a_metric_with_another_version_only_its_own_scores_are_left_out(held_out, folder_of, digits, tmp_path):
    rows = [*scores(version=2, fd_judge=50.0), *scores(copying_auc_judge=0.6)]
    write_folder(tmp_path / "zoo", [factories.record(scores=rows, fingerprint=digits.fingerprint)])
    zoo = load_comparable([tmp_path / "zoo"], held_out.record)
    assert [[row["metric"] for row in record["scores"]] for record in zoo.records] == [["copying_auc_judge"]]
    assert any("some scores left out: metric fd has version 2, here 1" in note for note in zoo.notes)


def test_models_of_several_protocols_are_told_apart(held_out, folder_of):
    folders = [folder_of("two"), folder_of("sixteen", protocol={"latent_dim": 16})]
    zoo = load_comparable(folders, held_out.record)
    assert {record["label"] for record in zoo.records} == {"vae:latent_dim=2", "vae:latent_dim=16"}
    assert len(zoo.notes) == 2


def test_the_judge_belongs_to_what_is_kept_for_the_next_call(digits):
    judged, alone = (kept_evaluator(replace(digits, judge=judge), 100) for judge in ("mnist", None))
    assert judged.real.spaces.judge is not None
    assert alone.real.spaces.judge is None


def test_a_text_is_one_name_and_not_its_letters(digits, tmp_path):
    given = digits.oracle.images[:1_000]
    with pytest.raises(UsageError, match="'none-such'"):
        aezoo.score(given, dataset="mnist-5k", also="none-such")
    with pytest.raises(UnknownNameError, match="'memorizer'; did you mean memoriser"):
        aezoo.score(given, dataset="mnist-5k", controls="memorizer")
    with pytest.raises(ResultsError, match="nowhere"):
        aezoo.score(given, dataset="mnist-5k", against=str(tmp_path / "nowhere"))


@pytest.mark.usefixtures("few")
def test_a_control_and_a_folder_may_be_given_as_text(digits, tmp_path):
    scored = aezoo.score(digits.oracle.images, **{**FAST, "controls": "memoriser"})
    assert [record["label"] for record in scored.references] == ["oracle", "memoriser"]
    written = scored.save(str(tmp_path / "out"))
    assert tmp_path / "out" / "score.md" in written
    assert all(path.is_file() for path in written)
