"""The conformance suite of models."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, get_args

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.stats import kstest

from aezoo.evaluation.densities import ModelDensity
from aezoo.evaluation.inference import decode, encode, latent_of, sample_images
from aezoo.evaluation.model_inputs import rows
from aezoo.models import MODELS
from aezoo.models.base import Family, Model
from aezoo.models.capabilities import (
    HasDraws,
    HasEncoder,
    HasLogDensity,
    HasLogPrior,
    HasPosterior,
    HasPrior,
    HasSymbols,
)
from aezoo.models.checks import model_faults
from aezoo.npz import from_npz, to_npz
from aezoo.registry import Registry
from aezoo.samplers import SAMPLERS, Latent, NotApplicableError
from aezoo.source import display_equation
from aezoo.spec import Protocol
from aezoo.testing.model_case import ModelCase, digits, model_case
from aezoo.testing.normalisation import area_error, ratio_error
from aezoo.testing.suite import ConformanceSuite, not_applicable, not_made, require

DRAWS = 8_000
QUICK_SAMPLERS = ("prior", "standard-normal", "gaussian")
"""Samplers that have a closed form or nothing to fit."""
OTHER_SAMPLER = "gaussian-mixture"
"""A sampler that takes seconds, also of symbols: for models that none of these suits."""


class ModelTests(ConformanceSuite):
    """Checks of a registered model, trained once under a small protocol that suits it.

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
        require(not faults, "; ".join(faults))

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

    def test_terms_are_finite_also_for_images_of_zeros_and_of_ones_and_for_one_image(self) -> None:
        model, some = self.case.trained, self.case.unit(7)
        labels = some[:, 784:]
        zeros, ones = (tf.concat([value, labels], axis=1) for value in (some[:, :784] * 0, some[:, :784] * 0 + 1))
        for what, images in {"digits": some, "zeros": zeros, "ones": ones, "one image": some[:1]}.items():
            for term, value in model.objective(images).items():
                require(tuple(value.shape) == (len(images),), f"term {term!r} has shape {value.shape} for {what}")
                require(np.isfinite(value).all(), f"term {term!r} is not finite for {what}")

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
        require(again == curves, "a second training from the same seed has other curves")
        same = all(np.array_equal(a, b) for a, b in zip(weights, self.case.read(), strict=True))
        require(same, "a second training from the same seed ends at other weights")

    def test_is_equal_compiled_or_not(self) -> None:
        case = self.case
        _require_close("objective", case.means(case.weights), case.eager_means(case.weights), 1e-3)
        if case.trainer.optimizers:
            _require_close("three steps", case.first_steps(3, eager=False), case.first_steps(3, eager=True), 1e-3)

    def test_codes_and_reconstructions_have_their_shapes(self) -> None:
        model, images = self.case.trained, self.case.held_out[:5]
        if not isinstance(model, HasEncoder):
            _require_no_reconstruction(model, self.case.unit(3))
            not_applicable("the model has no encoder")
        codes = encode(model, images)
        require(codes.ndim == 2 and len(codes) == 5, f"5 images give codes of shape {codes.shape}")
        means = decode(model, codes)
        require(means.shape == (5, 28, 28) and ((means > 0) & (means < 1)).all(), "means are no images in (0, 1)")
        np.testing.assert_allclose(np.reshape(model(self.case.unit(5)), means.shape), means, atol=1e-5)

    def test_the_prior_gives_the_same_codes_for_the_same_seed(self) -> None:
        model = self.case.trained
        if not isinstance(model, HasPrior):
            not_applicable("the model has no prior")
        first, again, other = (np.asarray(model.sample_prior(6, seed)) for seed in (5, 5, 6))
        require(np.array_equal(first, again), "sample_prior gives other codes for the same seed")
        unused = first.size == 0 or isinstance(model, HasLogDensity)  # its decoder may need no code
        require(unused or not np.array_equal(first, other), "sample_prior gives the same codes for any seed")
        require(decode(model, first).shape == (6, 28, 28), "decoded codes of the prior are no images")

    def test_a_prior_that_is_not_said_to_be_another_is_standard_normal(self) -> None:
        model = self.case.trained
        if not (isinstance(model, HasPrior) and model.annealable):
            not_applicable("the model has no prior that scores of likelihood use")
        if isinstance(model, HasLogPrior):
            not_applicable("the model has a prior of its own")
        codes = np.asarray(model.sample_prior(2_000, 3), np.float64)
        require(kstest(codes.ravel(), "norm").pvalue > 1e-4, "draws of sample_prior are not N(0, 1)")
        np.testing.assert_allclose(np.cov(codes.T), np.eye(codes.shape[1]), atol=0.15)

    def test_samplers_give_the_same_images_for_the_same_seed(self) -> None:
        model = self.case.trained
        latent = latent_of(model, self.case.images)
        reasons: dict[str, str] = {}
        for sampler in (*QUICK_SAMPLERS, OTHER_SAMPLER):
            if sampler == OTHER_SAMPLER and len(reasons) < len(QUICK_SAMPLERS):
                break
            try:
                first, again = (sample_images(model, sampler, latent, 12, 3) for _ in range(2))
            except NotApplicableError as reason:
                reasons[sampler] = str(reason)
            else:
                require(first.shape == (12, 28, 28), f"sampler {sampler} gives {first.shape}")
                require(np.array_equal(first, again), f"sampler {sampler} gives other images for the same seed")
        if OTHER_SAMPLER in reasons:  # so that none above was checked
            if not model.generative:
                not_applicable("the model is not generative")
            latent = latent_of(model, rows(model, digits().train))  # enough codes for a fit in many dimensions
            names = (*reasons, *SAMPLERS.names())
            require(any(_applies(model, latent, name) for name in names), f"nothing can sample it: {reasons}")

    def test_the_posterior_is_the_density_of_its_draws(self) -> None:
        z, log_q, _ = self._draws()
        if z.shape[1] != 2:
            not_applicable("the code has not 2 dimensions, or is a part of a longer one")
        if isinstance(self.case.model, HasSymbols) or len(np.unique(z, axis=0)) < len(z) / 2:
            not_applicable("the code is not continuous")
        norms = np.linalg.norm(z, axis=1)
        if norms.std() < 1e-4 * norms.mean():
            not_applicable("the code lies on a circle")
        require(not (error := area_error(z, log_q)), error)

    def test_posterior_and_prior_are_densities_of_one_measure(self) -> None:
        z, log_q, density = self._draws()
        log_p = density.log_prior(z[None])[0]
        require(not (error := ratio_error(log_p - log_q)), error)

    def test_the_prior_is_the_density_of_its_draws(self) -> None:
        model = self.case.trained
        if not isinstance(model, HasLogPrior):
            not_applicable("the prior is N(0, I), or there is none")
        z = np.asarray(model.sample_prior(DRAWS, 3), np.float64)
        if z.shape[1] != 2 or len(np.unique(z, axis=0)) < len(z) / 2:
            not_applicable("the code has not 2 continuous dimensions")
        log_p = np.asarray(model.log_prior(tf.constant(z, tf.float32)), np.float64)
        require(not (error := area_error(z, log_p)), error)

    def test_symbols_make_a_round_trip(self) -> None:
        model = self.case.trained
        if not isinstance(model, HasSymbols):
            not_applicable("the model has no symbols")
        codes = model.encode(self.case.unit(50))
        symbols = np.asarray(model.symbols(codes))
        require((symbols >= 0).all() and (symbols < np.array(model.vocabulary)).all(), "symbols leave the vocabulary")
        back = model.from_symbols(tf.constant(symbols))
        np.testing.assert_allclose(np.asarray(back), np.asarray(codes), rtol=1e-5, atol=1e-5)
        require(np.array_equal(np.asarray(model.symbols(back)), symbols), "symbols of their own codes are others")

    def test_weights_make_a_round_trip(self) -> None:
        before = self.case.trained.get_weights()
        packed = to_npz({f"{i:03d}": array for i, array in enumerate(before)})
        other = self.case.preset.create(self.case.protocol, 99)
        other.set_weights(list(from_npz(packed).values()))
        require(_equal(before, other.get_weights()), "weights are others after a round trip")

    def test_a_keras_file_makes_a_round_trip(self) -> None:
        model = self.case.trained
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            model.save(path)
            loaded = keras.saving.load_model(path)
        require(type(loaded) is type(model), f"it comes back as {type(loaded).__name__}")
        require(loaded.get_config() == model.get_config(), "its parameters are others after a round trip")
        require(_equal(model.get_weights(), loaded.get_weights()), "its weights are others after a round trip")
        if isinstance(model, HasEncoder | HasPrior):  # what has neither has no codes to decode
            codes = model.encode(self.case.unit(5)) if isinstance(model, HasEncoder) else model.sample_prior(5, 0)
            given = np.asarray(codes)
            require(np.array_equal(model.decode_logits(given), loaded.decode_logits(given)), "it decodes other images")

    def _draws(self) -> tuple[NDArray[np.float64], NDArray[np.float64], ModelDensity]:
        """Return draws of q(z|x) of one image (n, d), their ln q (n,), and the model as a density."""
        model = self.case.trained
        if not isinstance(model, HasDraws | HasPosterior):
            not_applicable("the model has no posterior")
        density = self.case.density
        z, log_q = density.proposal(self.case.held_out[:1] / 255.0).draw(DRAWS, np.random.default_rng(0))
        require(np.isfinite(log_q).all(), "ln q of some draws is not finite")
        return z[0], log_q[0], density


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


def _require_no_reconstruction(model: Callable[[Any], Any], images: Any) -> None:  # noqa: ANN401
    try:
        model(images)
    except TypeError as error:
        require("no encoder" in str(error), f"a reconstruction is refused by {error}")
    else:
        require(False, "it has no encoder and reconstructs")


def _applies(model: Model, latent: Latent, sampler: str) -> bool:
    try:
        sample_images(model, sampler, latent, 2, 0)
    except NotApplicableError:
        return False
    return True


def _equal(one: list[NDArray[Any]], other: list[NDArray[Any]]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
