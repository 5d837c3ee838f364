"""Samplers that fail: they cost their own rows, and are named."""

from __future__ import annotations

import numpy as np
import pytest
from support.plain_training import no_xla_module  # noqa: F401 - a fixture
from support.registries import forget_afterwards

from aezoo.messages import Request
from aezoo.metrics import FEATURE_QUESTIONS, METRICS
from aezoo.samplers import SAMPLERS
from aezoo.spec import Protocol, Trial
from aezoo.trial import run_trial

METRIC_NAMES = ("mse", "fd", "authenticity", "covered_classes")


def raises(latent, n, seed):
    raise RuntimeError("no\nsuch luck")


BROKEN = {
    "raises": (raises, "RuntimeError: no such luck"),
    "too few": (lambda latent, n, seed: latent.codes[: n - 1], "ValueError: it gives codes of shape (999, 2)"),
    "too wide": (lambda latent, n, seed: np.zeros((n, 3)), "ValueError: it gives codes of shape (1000, 3)"),
    "flat": (lambda latent, n, seed: np.zeros(n), "ValueError: it gives codes of shape (1000,)"),
    "nothing": (lambda latent, n, seed: None, "ValueError: it gives codes of shape ()"),
    "nan": (lambda latent, n, seed: latent.codes[:n] * np.nan, "ValueError: it gives codes that are NaN or infinite"),
}


@pytest.fixture(scope="module")
def trial_of(no_xla_module, digits):  # noqa: F811
    """Scores a model whose training was short, with the samplers there are; the first call trains it."""
    trial = Trial(dataset="mnist-5k", model="vae", protocol=Protocol(name="broken", epochs=1), seed=0)
    weights = run_trial(Request(trial, digits.fingerprint, metrics=("mse",))).artifacts["weights.npz"]
    return lambda: run_trial(Request(trial, digits.fingerprint, metrics=METRIC_NAMES, weights=weights))


@pytest.fixture(scope="module")
def sound(trial_of):
    return trial_of().record


@pytest.mark.slow
@pytest.mark.parametrize(("sampler", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_sampler_costs_its_own_rows_and_is_named(trial_of, sound, monkeypatch, sampler, reason):
    forget_afterwards(monkeypatch, SAMPLERS)
    SAMPLERS._loaded["broken"] = sampler
    outcome = trial_of()
    record = outcome.record
    assert record["status"] == "done"
    assert record["warnings"][0].startswith(f"sampler broken failed: {reason}")
    assert [row for row in record["scores"] if row["sampler"] != "broken"] == sound["scores"]
    rows = [row for row in record["scores"] if row["sampler"] == "broken"]
    assert {(row["state"], row["value"], row["n"]) for row in rows} == {("error", None, 0)}
    assert all(row["reason"].startswith(f"sampler broken failed: {reason}") for row in rows)
    assert all("\n" not in row["reason"] for row in rows)
    whole = [row for row in sound["scores"] if row["sampler"] == "prior"]
    assert {(row["metric"], row["features"]) for row in rows} == {(row["metric"], row["features"]) for row in whole}
    assert len(rows) == len(whole)
    assert {row["question"] for row in rows} == set(FEATURE_QUESTIONS)


def test_the_metrics_of_this_test_answer_both_questions_of_samples():
    assert {METRICS.get(name).question for name in METRIC_NAMES} == {"reconstruction", "samples", "copying"}
