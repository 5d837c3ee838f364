"""The smoke suite held to its baseline by the gate that aezoo gives to everybody; `pytest --aezoo-renew` renews it."""

from __future__ import annotations

import pytest

RULES = ["nll:+5%", "label_preservation:+15%", "knn_accuracy:+15%", "fd_judge:+15%", "coverage_pca:+0.05"]


@pytest.mark.parametrize("model", ["ae", "vae"])
def test_the_model_is_as_good_as_it_was(aezoo_regression, smoke_run, model):
    aezoo_regression.check(model, seeds="0-1", rules=RULES, results=smoke_run.folder)
