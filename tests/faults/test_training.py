"""Faults 12 and 14 with real training: a loss that is not finite, a model that cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from aezoo.datasets import Dataset
from aezoo.engines.local import LocalEngine
from aezoo.messages import Request
from aezoo.record import Record
from aezoo.reporting import render_tables, tables
from aezoo.spec import Parameter, Protocol, Trial
from aezoo.store import Store

SHORT = Protocol(name="short", epochs=2, samples=100)


def request(dataset: Dataset, model: str, protocol: Protocol = SHORT, **parameters: Parameter) -> Request:
    trial = Trial(dataset=dataset.name, model=model, parameters=parameters, protocol=protocol, seed=0)
    return Request(trial, dataset.fingerprint)


@pytest.fixture(scope="module")
def records(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Record]:
    """Four trials in one worker process, three of which fail; read back from a results folder."""
    store = Store(tmp_path_factory.mktemp("training"))
    store.create()
    requests = [
        request(digits, "ae", Protocol(name="explosive", epochs=2, samples=100, learning_rate=1e30)),
        request(digits, "vae", nonsense=1),
        request(digits, "ae", Protocol(name="large", epochs=1, samples=100, batch_size=60_000)),
        request(digits, "pca"),
    ]
    for outcome in LocalEngine(1)(requests, lambda _: True):
        store.commit(outcome.record, outcome.artifacts)
    return {f"{record['label']} {record['spec']['protocol']['name']}": record for record in store.records()}


def test_a_loss_that_is_not_finite_stops_the_trial_and_no_number_of_it_is_shown(records: dict[str, Record]):
    record = records["ae explosive"]
    assert record["status"] == "diverged"
    assert "is not finite in epoch" in record["error"]["message"]
    assert record["scores"] == []
    assert all(len(values) < 2 for values in record["curves"]["train"].values())
    text = render_tables(tables([record, records["pca short"]]), "md")
    assert "nan" not in text.lower()
    assert "0/1" in text


def test_a_model_that_cannot_be_made_costs_itself(records: dict[str, Record]):
    record = records["vae:nonsense=1 short"]
    assert record["status"] == "error"
    assert "unknown parameter of vae 'nonsense'" in record["error"]["message"]
    assert "Traceback" in record["error"]["traceback"]


def test_a_batch_that_no_data_fill_costs_its_trial(records: dict[str, Record]):
    assert records["ae large"]["status"] == "error"
    assert records["ae large"]["error"]["message"]


def test_the_others_are_whole(records: dict[str, Record], tmp_path: Path):
    assert records["pca short"]["status"] == "done"
    assert len(records["pca short"]["scores"]) > 10
