"""A whole run of a model with a discrete code, trained in this process, and what is measured of its symbols."""

from __future__ import annotations

import math

import pytest

import aezoo
from aezoo.metrics import METRICS
from aezoo.samplers.fitting import at_most
from aezoo.trial import run_trial

METRICS_RUN = ("code_usage", "nll", "fd")
SHORT = {"latent_dim": 6, "hidden_units": 32, "epochs": 3}


class InThisProcess:
    """An engine that runs real trials here, one after another."""

    def __call__(self, requests, admit):
        yield from (run_trial(request) for request in requests if admit(request))

    def kill(self) -> None:
        """Nothing runs besides."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The results of a run of one seed."""
    with pytest.MonkeyPatch.context() as patch, at_most(50):
        patch.setattr("aezoo.trial.default_metrics", lambda *_: [METRICS.get(name) for name in METRICS_RUN])
        return aezoo.run(
            ["pq-vae:codes=8"],
            seeds="0",
            dataset="mnist-5k",
            out=tmp_path_factory.mktemp("run"),
            engine=InThisProcess(),
            samplers=["flow"],
            report=False,
            **SHORT,
        )


@pytest.mark.slow
def test_a_quantised_model_is_scored_by_its_symbols_and_by_samples_of_its_code_prior(finished):
    record = next(each for each in finished.records if each["spec"]["model"] == "pq-vae")
    assert record["status"] == "done", record["error"]
    values = {(row["metric"], row["sampler"]): row["value"] for row in record["scores"] if row["state"] == "ok"}
    assert 1 < values["perplexity", None] <= 8
    assert 1 / 8 < values["used_codes", None] <= 1
    assert 0 < values["nll", None] < 784 * math.log(2)
    assert record["samplers"] == ["code-prior", "flow", "gaussian-mixture", "prior", "standard-normal"]
    assert values["fd_judge", "code-prior"] > 0
    assert not any(sampler == "flow" for _, sampler in values)
    assert "discrete" in record["refused_samplers"]["flow"]
