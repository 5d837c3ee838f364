"""What holds for every registered model, and for one added tomorrow."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import kstest
from support.skips import not_applicable

from aezoo.evaluation.densities import ModelDensity
from aezoo.evaluation.inference import decode, encode, latent_of, sample_images
from aezoo.evaluation.model_inputs import rows
from aezoo.models import MODELS
from aezoo.models.base import Model
from aezoo.models.capabilities import HasDraws, HasEncoder, HasLogPrior, HasPosterior, HasPrior
from aezoo.npz import from_npz, to_npz
from aezoo.samplers import SAMPLERS, Latent, NotApplicableError
from aezoo.spec import Protocol
from aezoo.training import Trainer

PROTOCOL = Protocol(name="contract", epochs=1, batch_size=50)


@pytest.fixture(scope="module", params=MODELS.names())
def trained(request, digits):
    """A trainer of each model after one short epoch, its curves, and the images it saw."""
    trainer = Trainer(MODELS.get(request.param), PROTOCOL)
    images = rows(trainer.model, digits.train)[:1_100]
    return trainer, trainer.fit(images, images[:50], 1), images


def test_documents_itself(trained):
    lines = (type(trained[0].model).__doc__ or "").splitlines()
    assert len(lines) >= 3, "say in the docstring what it minimises, with the equation, and after whom: three lines"


def test_objective_is_per_example_and_finite(trained):
    trainer, _, images = trained
    terms = trainer.model.objective(tf.constant(images[:7].reshape(7, -1) / 255, tf.float32))
    assert "loss" in terms
    for name, term in terms.items():
        assert term.shape == (7,), name
        assert np.isfinite(term.numpy()).all(), name


def test_trains_compiled_and_finite(trained):
    _, curves, _ = trained
    for curve in (curves.train, curves.held_out):
        assert set(curve) >= {"loss"}
        assert all(len(values) == 1 and np.isfinite(values).all() for values in curve.values())


def test_training_is_deterministic(trained):
    trainer, curves, images = trained
    weights = trainer.model.get_weights()
    assert trainer.fit(images, images[:50], 1) == curves
    for a, b in zip(weights, trainer.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_codes_and_reconstructions_have_their_shapes(trained):
    trainer, _, images = trained
    codes = encode(with_encoder(trainer.model), images[:5])
    assert codes.shape[0] == 5
    assert codes.ndim == 2
    means = decode(trainer.model, codes)
    assert means.shape == (5, 28, 28)
    assert means.dtype == np.float64
    assert ((means > 0) & (means < 1)).all()
    reconstructed = trainer.model(tf.constant(images[:5].reshape(5, -1) / 255, tf.float32))
    np.testing.assert_allclose(reconstructed.numpy().reshape(5, 28, 28), means, atol=1e-5)


def test_without_an_encoder_a_reconstruction_is_refused(trained):
    trainer, _, images = trained
    if isinstance(trainer.model, HasEncoder):
        not_applicable("the model has an encoder")
    with pytest.raises(TypeError, match="no encoder"):
        trainer.model(images[:3].reshape(3, -1) / 255)


def test_prior_gives_codes_and_the_same_for_the_same_seed(trained):
    trainer, _, _ = trained
    if not isinstance(trainer.model, HasPrior):
        not_applicable("the model has no prior")
    codes = np.asarray(trainer.model.sample_prior(6, 5))
    np.testing.assert_array_equal(codes, np.asarray(trainer.model.sample_prior(6, 5)))
    assert decode(trainer.model, codes).shape == (6, 28, 28)


@pytest.mark.parametrize("sampler", SAMPLERS.names())
def test_samplers_give_images_and_the_same_for_the_same_seed(trained, sampler):
    trainer, _, images = trained
    latent = latent_of(trainer.model, images)
    try:
        drawn = sample_images(trainer.model, sampler, latent, 12, 3)
    except NotApplicableError as reason:
        not_applicable(str(reason))
    assert drawn.shape == (12, 28, 28)
    np.testing.assert_array_equal(drawn, sample_images(trainer.model, sampler, latent, 12, 3))


def test_a_prior_that_is_not_said_to_be_another_is_standard_normal(trained):
    """Scores of likelihood take it for that."""
    model = trained[0].model
    if not (isinstance(model, HasPrior) and model.annealable):
        not_applicable("the model has no prior")
    if isinstance(model, HasLogPrior):
        not_applicable("the model has a prior of its own")
    codes = np.asarray(model.sample_prior(2_000, 3), np.float64)
    assert kstest(codes.ravel(), "norm").pvalue > 1e-4
    np.testing.assert_allclose(np.cov(codes.T), np.eye(codes.shape[1]), atol=0.15)


def test_the_density_of_its_prior_is_that_of_its_posterior_in_measure(trained):
    """E_q[p / q] = 1 in the mean over draws, for q the posterior of one image: both are densities of one measure."""
    model, _, images = trained[0].model, *trained[1:]
    if not isinstance(model, HasDraws | HasPosterior):
        not_applicable("the model has no posterior")
    density = ModelDensity(model)
    z, log_q = density.proposal(images[:1] / 255.0).draw(20_000, np.random.default_rng(0))
    ratios = np.exp(density.log_prior(z) - log_q)
    assert np.isfinite(ratios).all()
    assert ratios.mean() < 1 + 5 * ratios.std() / np.sqrt(ratios.size)


def test_weights_make_a_round_trip(trained):
    trainer, _, _ = trained
    before = trainer.model.get_weights()
    packed = to_npz({f"{i:03d}": array for i, array in enumerate(before)})
    other = trainer.preset.create(PROTOCOL, 99)
    other.set_weights(list(from_npz(packed).values()))
    for a, b in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_every_generative_model_has_a_way_to_be_sampled(trained):
    trainer, _, images = trained
    if not trainer.model.generative:
        not_applicable("the model is not generative")
    latent = latent_of(trainer.model, images)
    assert any(applies(trainer.model, sampler, latent) for sampler in SAMPLERS.names())


def with_encoder(model: Model) -> Model:
    if not isinstance(model, HasEncoder):
        not_applicable("the model has no encoder")
    return model


def applies(model: Model, sampler: str, latent: Latent) -> bool:
    try:
        sample_images(model, sampler, latent, 2, 0)
    except NotApplicableError:
        return False
    return True
