"""Ids are content, values are validated, streams are independent."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from aezoo.errors import UsageError
from aezoo.seeds import generator, integer_seed, seed_sequence
from aezoo.spec import FLOORS, ModelSpec, Protocol, Suite, Trial, canonical_json, parse_seeds


def trial(**changes):
    return Trial(**{"dataset": "mnist-5k", "model": "vae", "protocol": Protocol(), "seed": 0, **changes})


def test_the_chapters_protocol():
    chapter = Protocol()
    assert (chapter.hidden_units, chapter.latent_dim, chapter.batch_size, chapter.epochs) == (256, 2, 100, 50)
    assert (chapter.optimizer, chapter.learning_rate, chapter.epsilon_std) == ("rmsprop", 1e-3, 1.0)


def test_an_id_is_the_hash_of_canonical_json():
    text = json.dumps(trial().model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    assert trial().id == hashlib.sha256(text.encode()).hexdigest()
    assert Trial(**json.loads(text)).id == trial().id


def test_ids_differ_by_every_field_and_agree_for_equal_values():
    ids = {
        trial().id, trial(seed=1).id, trial(model="ae").id, trial(dataset="mnist").id,
        trial(parameters={"beta": 2}).id, trial(protocol=Protocol(epochs=2)).id,
    }  # fmt: skip
    assert len(ids) == 6
    assert ModelSpec.parse("vae:beta=4").parameters == ModelSpec.parse("vae:beta=4.0").parameters


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
