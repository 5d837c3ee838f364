"""Fault 13: what has collapsed finishes, and its record, the run's line and `status` say so."""

from __future__ import annotations

import numpy as np
import pytest
from support.plain_training import no_xla_module  # noqa: F401 - a fixture

from aezoo.evaluation.collapse import collapse_warnings, variation
from aezoo.messages import Request
from aezoo.models import MODELS
from aezoo.runner.rescored import merge_scores
from aezoo.runner.status import FolderStatus, status_lines, trial_line
from aezoo.spec import Protocol, Trial
from aezoo.store import Store
from aezoo.trial import run_trial

PROTOCOL = Protocol(name="test", epochs=2, samples=200)


def zeroed(name: str, *networks: str):
    """A new model whose named networks give the same for every input."""
    model = MODELS.get(name).create(PROTOCOL, 0)
    for network in networks:
        for variable in getattr(model, network).trainable_variables:
            if len(variable.shape) > 1:
                variable.assign(np.zeros(variable.shape))
    return model


def kinds(found: list[str]) -> list[str]:
    return [text.partition(":")[0] for text in found]


def test_a_code_that_is_the_same_number_everywhere_is_dead_also_where_its_mean_is_rounded(digits):
    model = zeroed("ae", "encoder")
    codes = np.full((1_000, 2), 0.1, np.float32)
    assert codes.std(axis=0).all()
    model.encode = lambda x: codes[: len(x)]
    assert kinds(collapse_warnings(model, digits, {})) == ["dead code", "constant reconstructions"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("vae", ["posterior collapse", "dead code", "constant reconstructions"]),
        ("ae", ["dead code", "constant reconstructions"]),
    ],
)
def test_an_encoder_that_ignores_the_image_is_named(digits, name, wanted):
    assert kinds(collapse_warnings(zeroed(name, "encoder"), digits, {})) == wanted


def test_a_decoder_that_ignores_the_code_is_named(digits):
    model = zeroed("ae", "decoder")
    assert kinds(collapse_warnings(model, digits, {})) == ["constant reconstructions"]


def test_samples_that_are_all_alike_are_named_by_sampler(digits):
    model = MODELS.get("gan").create(PROTOCOL, 0)
    real = digits.oracle.images[:200] / 255.0
    one = np.repeat(real[:1], 200, axis=0)
    found = collapse_warnings(
        model, digits, {"prior": one, "gaussian-mixture": real, "standard-normal": one + 1e-3 * real}
    )
    assert kinds(found) == ["constant samples (prior)", "constant samples (standard-normal)"]
    assert found[0].endswith("they vary 0.00% as much as real images")


def test_floors_are_as_they_are(digits):
    assert (
        collapse_warnings(MODELS.get("mean-image").create(PROTOCOL, 0), digits, {"prior": np.zeros((9, 28, 28))}) == []
    )


def test_variation_is_the_total_variance():
    images = np.random.default_rng(0).normal(size=(50, 28, 28))
    assert variation(images) == pytest.approx(np.trace(np.cov(images.reshape(50, -1).T, bias=True)))
    assert variation(images[:1]) == 0


@pytest.fixture(scope="module")
def records(no_xla_module, digits):  # noqa: F811
    """Of a trained model, and of one that pays so much for its code that it has none."""

    def record(parameters):
        trial = Trial(dataset="mnist-5k", model="beta-vae", protocol=PROTOCOL, seed=0, parameters=parameters)
        return run_trial(Request(trial, digits.fingerprint, metrics=("rate",))).record

    return record({"beta": 1}), record({"beta": 10_000})


@pytest.mark.slow
def test_a_collapsed_model_finishes_with_warnings_and_a_sound_one_without(records):
    sound, collapsed = records
    assert (sound["status"], sound["warnings"]) == ("done", [])
    assert collapsed["status"] == "done", collapsed["error"]
    assert "constant reconstructions" in kinds(collapsed["warnings"])


@pytest.mark.slow
def test_the_line_of_the_run_and_status_show_them(records, tmp_path):
    sound, collapsed = records
    assert "warning" not in trial_line(sound)
    assert "; warning: constant reconstructions: they vary 0." in trial_line(collapsed)
    store = Store(tmp_path)
    store.create()
    for record in records:
        store.commit({**record, "artifacts": {}}, {})
    lines = list(status_lines(FolderStatus(store)))
    start = "beta-vae:beta=10000 seed 0: done, warning: "
    assert [line.removeprefix(start) for line in lines if line.startswith(start)] == sorted(collapsed["warnings"])


def test_records_without_the_key_load_and_get_it_when_they_are_scored_again(records, tmp_path):
    _, collapsed = records
    old = {key: value for key, value in collapsed.items() if key != "warnings"} | {"artifacts": {}}
    store = Store(tmp_path)
    store.create()
    store.commit(old, {})
    (read,) = store.records()
    assert "warnings" not in read
    assert "warning" not in trial_line(read)
    assert "warning" not in "".join(status_lines(FolderStatus(store)))
    assert merge_scores(read, collapsed)["warnings"] == collapsed["warnings"]
