"""Ids are content, values are validated, streams are independent."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.schedules import rate_at

from aezoo.errors import UsageError
from aezoo.seeds import generator, integer_seed, seed_sequence
from aezoo.spec import (
    FLOORS,
    ModelSpec,
    Protocol,
    Suite,
    Trial,
    canonical_json,
    complete_protocol,
    get_protocol,
    model_label,
    parse_seeds,
)
from aezoo.store import Store

RESULTS = Path(__file__).parents[1] / "results"


def trial(**changes):
    return Trial(**{"dataset": "mnist-5k", "model": "vae", "protocol": Protocol(), "seed": 0, **changes})


def test_the_chapters_protocol():
    chapter = Protocol()
    assert (chapter.hidden_units, chapter.latent_dim, chapter.batch_size, chapter.epochs) == (256, 2, 100, 50)
    assert (chapter.optimizer, chapter.learning_rate, chapter.epsilon_std) == ("rmsprop", 1e-3, 1.0)


def test_a_constant_rate_is_the_rate():
    assert {rate_at(Protocol(learning_rate=0.5), progress) for progress in (0, 0.3, 1)} == {0.5}


def test_burdas_rate_has_eight_stages_of_three_to_the_i_epochs():
    burda = get_protocol("burda")
    rates = np.array([rate_at(burda, (epoch + 0.5) / 3_280) for epoch in range(3_280)])
    values, epochs = np.unique(rates, return_counts=True)
    np.testing.assert_allclose(values[::-1], 1e-3 * 10.0 ** (-np.arange(8) / 7))
    np.testing.assert_array_equal(epochs[::-1], 3 ** np.arange(8))
    assert (np.diff(rates) <= 0).all()
    assert (rate_at(burda, 0), rate_at(burda, 1)) == pytest.approx((1e-3, 1e-4))


def test_an_id_never_moves():
    """Literal ids: the chapter's VAE with seed 0, and one with every field of its own."""
    assert trial(dataset="mnist").id == "efde38555a21e347d44908786966f4fbf0b93d433c8469e40012059c11aeeb02"
    own = Protocol(name="own", hidden_units=8, latent_dim=3, batch_size=7, epochs=2, epsilon_std=0.5, samples=9)
    assert (
        trial(parameters={"beta": 2}, protocol=own, seed=5).id
        == "d69737e12b26084fa891df6bd72e3eaca6b8cd77d0a583780dcec7d95c91e7b2"
    )


@pytest.mark.slow
def test_ids_of_published_trials_are_those_of_their_specs():
    folders = [path.parent for path in RESULTS.rglob("suites")]
    records = [record for folder in folders for record in Store(folder).records()]
    assert len(records) >= 300
    for record in records:
        assert Trial(**record["spec"]).id == record["id"]
        assert Trial(**record["spec"]).model_dump(mode="json") == record["spec"]


class _Later(Protocol):
    """A protocol of the future."""

    momentum: float = 0.9
    stages: tuple[int, ...] = ()


class _LaterTrial(Trial):
    protocol: _Later
    tag: str = ""


def test_a_new_field_moves_no_id_until_it_is_set():
    def later(**changes):
        protocol = _Later(**changes.pop("protocol", {}))
        return _LaterTrial(dataset="mnist-5k", model="vae", protocol=protocol, seed=0, **changes)

    assert later().id == trial().id
    ids = {later().id, later(tag="x").id, later(protocol={"momentum": 0.5}).id, later(protocol={"stages": (1,)}).id}
    assert len(ids) == 4
    for changed in (later(tag="x"), later(protocol={"momentum": 0.5})):
        assert _LaterTrial(**json.loads(json.dumps(changed.model_dump(mode="json")))) == changed


def test_fields_of_the_first_version_are_always_written():
    dumped = trial().model_dump(mode="json")
    assert set(dumped) == Trial.always_written <= set(Trial.model_fields)
    assert set(dumped["protocol"]) == Protocol.always_written <= set(Protocol.model_fields)


def test_a_stored_protocol_is_completed_with_defaults():
    stored = Protocol(epochs=3).model_dump(mode="json")
    assert complete_protocol(stored) == dict(Protocol(epochs=3))
    assert complete_protocol({"epochs": 4})["epochs"] == 4


def test_ids_differ_by_every_field_and_agree_for_equal_values():
    ids = {
        trial().id, trial(seed=1).id, trial(model="ae").id, trial(dataset="mnist").id,
        trial(parameters={"beta": 2}).id, trial(protocol=Protocol(epochs=2)).id,
    }  # fmt: skip
    assert len(ids) == 6
    assert ModelSpec.parse("vae:beta=4").parameters == ModelSpec.parse("vae:beta=4.0").parameters
    assert trial(parameters={"beta": 2.0}).id == trial(parameters={"beta": 2}).id


def test_descriptions_are_frozen_and_refuse_unknown_fields():
    with pytest.raises(ValidationError):
        trial().seed = 3
    with pytest.raises(ValidationError):
        Protocol(epoch=3)
    with pytest.raises(ValidationError):
        Protocol(learning_rate=float("nan"))
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"x": float("nan")})


@pytest.mark.parametrize(
    ("text", "seeds"), [("0-4", (0, 1, 2, 3, 4)), ("0,3,7", (0, 3, 7)), ("5", (5,)), ("0-1,1-2", (0, 1, 2))]
)
def test_seeds(text, seeds):
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(("text", "message"), [
    ("5-1", "run backwards; write 1-5"), ("", "not understood"), ("a", "not understood"), ("-1", "not understood"),
    ("0-999999999", "too many"), ("4294967296", "too many or too large"), ("1,,2", "not understood"),
])  # fmt: skip
def test_bad_seeds(text, message):
    with pytest.raises(UsageError, match=message):
        parse_seeds(text)


def test_subjects():
    subject = ModelSpec.parse("beta-vae:beta=10")
    assert (subject.name, subject.parameters, subject.label) == ("beta-vae", {"beta": 10}, "beta-vae:beta=10")
    for text in ("", "x:", "x:y", "x:y=", "x:y=NaN", "x:y=[1]", "x:y=1e999"):
        with pytest.raises(UsageError):
            ModelSpec.parse(text)


def test_a_suite_always_has_the_floors_and_never_twice():
    labels = [subject.label for subject in Suite(models=(ModelSpec(name="pca"), ModelSpec(name="vae"))).subjects]
    assert labels[:2] == ["pca", "vae"]
    assert sorted(labels) == sorted({*FLOORS, "pca", "vae"})


def test_a_suite_has_each_seed_and_model_once():
    suite = Suite(models=(ModelSpec(name="vae"), ModelSpec(name="ae"), ModelSpec(name="vae")), seeds=(0, 1, 0))
    assert ([model.name for model in suite.models], suite.seeds) == (["vae", "ae"], (0, 1))


@pytest.mark.parametrize("field", ["epochs", "latent_dim", "batch_size", "samples", "learning_rate", "epsilon_std"])
@pytest.mark.parametrize("value", [True, "2"])
def test_a_number_is_no_truth_value_and_no_word(field, value):
    with pytest.raises(ValidationError, match=field):
        Protocol(**{field: value})


def test_a_seed_is_no_truth_value():
    with pytest.raises(ValidationError, match="seeds"):
        Suite(seeds=(True,))


@given(st.integers(0, 2**32 - 1))
def test_streams_depend_on_purpose_and_seed(seed):
    first = generator(seed, "weights").random(4)
    assert np.array_equal(first, generator(seed, "weights").random(4))
    assert not np.array_equal(first, generator(seed, "noise").random(4))
    assert not np.array_equal(first, generator(seed + 1, "weights").random(4))
    assert 0 <= integer_seed(seed, "x") < 2**31
    assert seed_sequence(seed, "a", "b").spawn_key != seed_sequence(seed, "ab").spawn_key


@pytest.mark.parametrize("text", ["lfq-vae:spherical=True", "dec:weight=1:clusters=5", "vae"])
def test_a_label_is_read_back(text):
    spec = ModelSpec.parse(text)
    assert ModelSpec.parse(spec.label) == spec


def test_a_label_has_one_order_and_other_texts_stay():
    assert model_label("dec:weight=1:clusters=5") == model_label("dec:clusters=5:weight=1") == "dec:clusters=5:weight=1"
    assert model_label("spherical:") == "spherical:"
    assert ModelSpec.parse("lfq-vae:spherical=True").parameters == {"spherical": True}
