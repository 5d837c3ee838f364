"""The conformance suite of models."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.stats import kstest

from aezoo.evaluation.densities import ModelDensity
from aezoo.evaluation.inference import decode, encode, latent_of, sample_images
from aezoo.evaluation.model_inputs import rows
from aezoo.models.base import Model
from aezoo.models.capabilities import (
    HasDraws,
    HasEncoder,
    HasLogDensity,
    HasLogPrior,
    HasPosterior,
    HasPrior,
    HasSymbols,
)
from aezoo.npz import from_npz, to_npz
from aezoo.samplers import SAMPLERS, Latent, NotApplicableError
from aezoo.testing.model_case import digits
from aezoo.testing.normalisation import area_error, ratio_error
from aezoo.testing.objectives import ObjectiveTests
from aezoo.testing.suite import not_applicable, require

DRAWS = 8_000
QUICK_SAMPLERS = ("prior", "standard-normal", "gaussian")
"""Samplers that have a closed form or nothing to fit."""
OTHER_SAMPLER = "gaussian-mixture"
"""A sampler that takes seconds, also of symbols: for models that none of these suits."""


class ModelTests(ObjectiveTests):
    """Checks of a registered model, trained once under a small protocol that suits it.

    Attributes:
        steps: of the training.
        protocol: None for the first small one that suits the model: 2 latent dimensions, or more where it needs them.
    """

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

    def test_decoded_codes_are_logits(self) -> None:
        model = self.case.trained
        if isinstance(model, HasEncoder):
            codes = model.encode(self.case.unit(50))
        elif isinstance(model, HasPrior):
            codes = model.sample_prior(50, 0)
        else:
            not_applicable("the model has no codes")
        logits = np.asarray(model.decode_logits(codes))
        require(
            logits.min() < 0 or logits.max() > 1,
            f"decode_logits gives numbers from {logits.min():.3g} to {logits.max():.3g}, all of them in [0, 1], for 50 "
            "codes; return logits, without a sigmoid",
        )

    def test_the_prior_gives_the_same_codes_for_the_same_seed(self) -> None:
        model = self.case.trained
        if not isinstance(model, HasPrior):
            if isinstance(model, HasPosterior):
                not_applicable("it has a posterior and no sample_prior: derive from GaussianModel, or write one")
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
