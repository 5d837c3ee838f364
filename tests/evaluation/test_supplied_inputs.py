"""The arrays that the evaluation makes are the declared inputs: all of them, of the declared length and nature."""

import pytest

from aezoo.evaluation.geometry_inputs import NAMES, geometry_inputs
from aezoo.evaluation.model_inputs import latent_inputs, reconstruction_inputs
from aezoo.evaluation.real_features import RealFeatures
from aezoo.metrics import INPUTS
from aezoo.models import MODELS
from aezoo.spec import Protocol

N = 120
OF_SOME_MODELS = ("clusters", "symbols", "vocabulary")
"""Inputs that an autoencoder lacks; test_model_inputs.py has models with them."""


@pytest.fixture(scope="module")
def sides(digits):
    """Question, feature space and arrays for as many generated images as there are real ones."""
    return list(RealFeatures(digits, N).sample_inputs(digits.oracle.images[:N] / 255.0))


def declared(question, per_space):
    return {name for name, of in INPUTS[question].items() if of.per_space == per_space} - {"seed"}


def test_inputs_of_generated_images(sides):
    for question, space, arrays in sides:
        shared = declared(question, per_space=False)
        assert set(arrays) == (shared if space is None else shared | declared(question, per_space=True))
        for name, value in arrays.items():
            if INPUTS[question][name].counts or INPUTS[question][name].rows == "generated":
                for array in value.values() if isinstance(value, dict) else [value]:
                    assert len(array) == N, name
    assert {(question, space) for question, space, _ in sides} == {
        *((question, space) for question in ("samples", "copying") for space in ("judge", "pca")),
        ("samples", None),
    }


def test_inputs_of_a_model(digits):
    model = MODELS.get("ae").create(Protocol(name="tiny", hidden_units=8), 0)
    judge = RealFeatures(digits, 10).spaces.judge
    made = {
        "reconstruction": reconstruction_inputs(model, digits, judge),
        "latent": latent_inputs(model, digits) | geometry_inputs(model, digits, judge),
    }
    for question, arrays in made.items():
        assert set(arrays) == declared(question, per_space=False) - {*OF_SOME_MODELS}
        for name, value in arrays.items():
            if INPUTS[question][name].counts:
                assert len(value) == (200 if name in NAMES else len(digits.held_out.images)), name
