"""The beginning of the suite of models: the contract, the documentation, and the training, of the model itself."""

from __future__ import annotations

from typing import Any, ClassVar, get_args

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aezoo.evaluation.inference import decode, encode
from aezoo.models import MODELS
from aezoo.models.base import Family, Model
from aezoo.models.capabilities import HasEncoder
from aezoo.models.checks import model_faults
from aezoo.registry import Registry
from aezoo.source import display_equation
from aezoo.spec import Protocol
from aezoo.testing.batch_growth import SIZES, batch_growth
from aezoo.testing.model_case import SEED, ModelCase, merged_faults, model_case
from aezoo.testing.suite import ConformanceSuite, not_applicable, not_made, require
from aezoo.training import seed_noise

NOISE = "draw noise by noise.normal(shape, self.noise)"
"""The mend of a training that is not the same again: noise from elsewhere follows from no seed of the trial."""


class TrainedModelTests(ConformanceSuite):
    """Checks that begin the suite of models: without a model that keeps its contract no other one is made.

    Attributes:
        steps: of the training.
        protocol: None for the first small one that suits the model: 2 latent dimensions, or more where it needs them.
    """

    registry: ClassVar[Registry[Any]] = MODELS
    steps: ClassVar[int] = 500
    protocol: ClassVar[Protocol | None] = None

    @property
    def case(self) -> ModelCase:
        """The model with what its checks share; ends a check where there is none, since the first says why."""
        found = self._case_or_fault
        if isinstance(found, str):
            not_made("they need the model, which cannot be built")
        return found

    @property
    def _case_or_fault(self) -> ModelCase | str:
        return model_case(self.name, self.steps, self.protocol)

    def test_keeps_the_contract(self) -> None:
        if isinstance(fault := self._case_or_fault, str):
            require(False, fault)
        faults = model_faults(self.case.trained)
        require(not faults, "; ".join(merged_faults(faults)))

    def test_documents_itself(self) -> None:
        model = MODELS.get(self.name).model
        text = vars(model).get("__doc__") or ""
        require(text.strip(), "it has no docstring of its own; say in one what it minimises")
        require(model.family in get_args(Family), f"its family is {model.family!r}; give one of {get_args(Family)}")
        if model.role == "floor":
            not_applicable("the model is a floor, which has no objective of its own")
        count = sum(bool(line.strip()) for line in text.splitlines())
        require(count >= 3, f"its docstring has {count} lines of text; say in three or more what it minimises")
        require(
            display_equation(text), "its docstring has no equation; write it as a paragraph of its own, $$ LaTeX $$"
        )
        own = vars(model).get("paper")
        require(own, 'its class has no paper of its own; write who published it, or paper = "unpublished"')


class ObjectiveTests(TrainedModelTests):
    """Checks of the objective, before and after a training, and of the training itself."""

    def test_terms_are_finite_also_for_images_of_zeros_and_of_ones_and_for_one_image(self) -> None:
        model, some = self.case.trained, self.case.unit(7)
        labels = some[:, 784:]
        zeros, ones = (tf.concat([value, labels], axis=1) for value in (some[:, :784] * 0, some[:, :784] * 0 + 1))
        for what, images in {"digits": some, "zeros": zeros, "ones": ones, "one image": some[:1]}.items():
            for term, value in model.objective(images).items():
                require(tuple(value.shape) == (len(images),), f"term {term!r} has shape {value.shape} for {what}")
                require(np.isfinite(value).all(), f"term {term!r} is not finite for {what}")

    def test_terms_are_of_one_image_and_no_sums_over_the_batch(self) -> None:
        case = self.case
        images = tf.constant(case.images[: SIZES[-1]], tf.float32) / 255
        for weights in (case.weights, case.initial):  # a sum that is minimised is near 0 after the training
            case.assign(weights)
            seed_noise(case.model, SEED, "batches", 1)
            require(not (fault := batch_growth(case.model, images)), fault)

    def test_trains_without_nan(self) -> None:
        for curve in (self.case.curves.train, self.case.curves.held_out):
            require("loss" in curve, "there is no curve of the loss")
            for term, values in curve.items():
                require(np.isfinite(values).all(), f"{term} is not finite")

    def test_the_loss_falls(self) -> None:
        case = self.case
        if not case.trainer.optimizers:
            not_applicable("the model trains nothing by gradients")
        opposed = len(case.model.players()) > 1 or type(case.model).on_step is not Model.on_step
        if opposed and not isinstance(case.model, HasEncoder):
            not_applicable("the players have opposing goals, and the model has no encoder")
        measure = _reconstruction_loss if opposed else _loss
        before, after = measure(case, case.initial), measure(case, case.weights)
        require(after < before, f"it was {before:.6g} nats an image before the training and is {after:.6g}")

    def test_every_weight_is_trained(self) -> None:
        case = self.case
        opposed = len(case.model.players()) > 1  # a critic's last bias cancels in the difference of two scores
        moved = {id(v): (a != b).any() for v, a, b in _aligned(case)}
        idle = [
            variable.path
            for variable in case.model.trainable_variables
            if (len(variable.shape) > 1 or not opposed) and not moved[id(variable)]
        ]
        require(not idle, f"the training leaves {', '.join(idle[:4])} as drawn")

    def test_training_is_deterministic(self) -> None:
        curves, weights = self.case.curves, self.case.weights
        again = self.case.trainer.fit(self.case.images, self.case.held_out, 1)
        require(again == curves, f"a second training from the same seed has other curves; {NOISE}")
        same = all(np.array_equal(a, b) for a, b in zip(weights, self.case.read(), strict=True))
        require(same, f"a second training from the same seed ends at other weights; {NOISE}")

    def test_is_equal_compiled_or_not(self) -> None:
        case = self.case
        _require_close("objective", case.means(case.weights), case.eager_means(case.weights), 1e-3)
        if case.trainer.optimizers:
            _require_close("three steps", case.first_steps(3, eager=False), case.first_steps(3, eager=True), 1e-3)


def _loss(case: ModelCase, weights: list[NDArray[Any]]) -> float:
    return case.means(weights)["loss"]


def _reconstruction_loss(case: ModelCase, weights: list[NDArray[Any]]) -> float:
    """Compute the cross-entropy of reconstructions in nats an image."""
    case.assign(weights)
    x = case.held_out[:, :784] / 255
    p = decode(case.model, encode(case.model, case.held_out)).reshape(x.shape)
    return float(-(x * np.log(p) + (1 - x) * np.log1p(-p)).sum(axis=1).mean())


def _aligned(case: ModelCase) -> list[tuple[Any, NDArray[Any], NDArray[Any]]]:
    variables = [variable for variable in case.model.variables if variable is not case.model.noise.state]
    return list(zip(variables, case.initial, case.weights, strict=True))


def _require_close(what: str, one: Any, other: Any, tolerance: float) -> None:  # noqa: ANN401
    for term, value in one.items():
        close = np.isclose(value, other[term], rtol=tolerance, atol=tolerance)
        require(close, f"{what}: {term} is {value:.8g} compiled and {other[term]:.8g} not compiled")
