"""Variational autoencoders that weigh the rate or its parts: against the plain one, closed forms, formulas in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import norm

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.models.gaussian import Coded
from aezoo.models.losses import mmd
from aezoo.spec import Protocol
from aezoo.training import Trainer, seed_noise

WIDE = Protocol(name="wide", latent_dim=6, hidden_units=32, epochs=2, batch_size=50)


def make(name: str, protocol: Protocol = WIDE, **parameters):
    return MODELS.get(name).create(protocol, 0, parameters)


def trained(name: str, images: np.ndarray, steps: int = 3, **parameters):
    """The model after so many steps of training, of a training of two epochs of 10, from seed 3."""
    trainer = Trainer(MODELS.get(name), WIDE, parameters)
    trainer.reset(3)
    rows = tf.constant(images[:500].reshape(500, -1))
    trainer.model.adapt(rows.numpy().astype(np.float32) / 255)
    order = np.arange(500, dtype=np.int32).reshape(10, 50)
    seed_noise(trainer.model, 3, "training", 1)
    trainer._run_epoch(rows, tf.constant(order), tf.constant(steps), tf.constant(0))
    return trainer.model


def terms_of(model, images: np.ndarray) -> dict[str, np.ndarray]:
    """Terms of the objective, from the same noise for every model."""
    seed_noise(model, 5, "test", 0)
    return {name: np.asarray(term) for name, term in model.objective(tf.constant(images)).items()}


@pytest.fixture(scope="module")
def plain(digits):
    return trained("vae", digits.train.images)


@pytest.mark.exact("beta-vae", "annealed-vae", "capacity-vae", "beta-tcvae", "dip-vae-i", "dip-vae-ii", "info-vae")
@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("beta-vae", {"beta": 1}),
        ("annealed-vae", {"rise": 0}),
        ("capacity-vae", {"beta": 1, "capacity": 0}),
        ("beta-tcvae", {"beta": 1}),
        ("dip-vae-i", {"off_diagonal": 0, "diagonal": 0}),
        ("dip-vae-ii", {"off_diagonal": 0, "diagonal": 0}),
        ("info-vae", {"alpha": 0, "lam": 1}),
    ],
)
def test_is_the_plain_variational_autoencoder_to_the_bit_with_neutral_weights(digits, images, plain, name, parameters):
    model = trained(name, digits.train.images, **parameters)
    for expected, weight in zip(plain.trainable_variables, model.trainable_variables, strict=True):
        np.testing.assert_array_equal(weight.numpy(), expected.numpy())
    terms = terms_of(model, images)
    for term, expected in terms_of(plain, images).items():
        np.testing.assert_array_equal(terms[term], expected, term)


@pytest.mark.exact("factor-vae")
def test_a_factor_vae_without_its_adversary_has_the_loss_of_the_plain_one_to_the_bit(images):
    factor, plain = terms_of(make("factor-vae", gamma=0), images), terms_of(make("vae"), images)
    for name, term in plain.items():
        np.testing.assert_array_equal(factor[name], term)


@pytest.mark.exact("annealed-vae")
def test_an_annealed_rate_is_that_of_the_beta_vae_at_its_end_to_the_bit(images):
    model, end = make("annealed-vae", beta=4), terms_of(make("beta-vae"), images)
    for progress in (0.25, 0.9):
        model.on_step(images, tf.constant(progress))
        for name, term in terms_of(model, images).items():
            np.testing.assert_array_equal(term, end[name])


@pytest.mark.parametrize(("progress", "weight"), [(0.0, 1.0), (0.125, 2.5), (0.25, 4.0), (0.7, 4.0)])
def test_the_weight_of_the_rate_rises_in_a_line_from_its_start(images, progress, weight):
    model = make("annealed-vae", beta=4, start=0.25)
    model.on_step(images, tf.constant(progress))
    terms = terms_of(model, images)
    np.testing.assert_allclose(terms["loss"], terms["nll"] + weight * terms["kl"], rtol=1e-6)


@pytest.mark.parametrize("progress", [0.0, 0.1, 0.5])
def test_the_capacity_rises_and_the_rate_is_held_to_it(images, progress):
    model = make("capacity-vae", beta=10, capacity=0.5, rise=0.5)
    model.on_step(images, tf.constant(progress))
    terms = terms_of(model, images)
    expected = terms["nll"] + 10 * np.abs(terms["kl"].mean() - 0.5 * 6 * progress / 0.5)
    np.testing.assert_allclose(terms["loss"], expected, rtol=1e-5)


def test_training_moves_the_weight_as_far_as_its_progress(digits):
    model = trained("annealed-vae", digits.train.images, rise=1)
    np.testing.assert_allclose(model.risen, (2 / 3) / 2, rtol=1e-6)


@pytest.mark.exact("beta-tcvae")
def test_parts_of_the_rate_are_those_of_the_aggregate_posterior_and_sum_to_the_rate(images):
    model = make("beta-tcvae", beta=6, alpha=2, gamma=3)
    model.adapt(images)
    terms = terms_of(model, images)
    seed_noise(model, 5, "test", 0)
    z, mean, log_variance = (np.asarray(part, np.float64) for part in model.code(tf.constant(images)))
    by_dimension = norm.logpdf(z[:, None], mean, np.exp(log_variance / 2))
    joint = logsumexp(by_dimension.sum(axis=2), axis=1) - np.log(len(images))
    product = (logsumexp(by_dimension, axis=1) - np.log(len(images))).sum(axis=1)
    own, prior = norm.logpdf(z, mean, np.exp(log_variance / 2)).sum(axis=1), norm.logpdf(z).sum(axis=1)
    np.testing.assert_allclose(terms["information"], own - joint, atol=1e-4)
    np.testing.assert_allclose(terms["correlation"], joint - product, atol=1e-4)
    np.testing.assert_allclose(terms["dimensions"], product - prior, atol=1e-4)
    expected = terms["nll"] + terms["kl"] + (own - joint) + 5 * (joint - product) + 2 * (product - prior)
    np.testing.assert_allclose(terms["loss"], expected, rtol=1e-5)


def test_parts_of_the_rate_need_draws_of_the_posterior():
    with pytest.raises(UsageError, match="epsilon_std is 0.5, not 1"):
        make("beta-tcvae", WIDE.model_copy(update={"epsilon_std": 0.5}))


def test_the_number_of_training_images_is_known_and_saved(digits):
    model = trained("beta-tcvae", digits.train.images)
    assert float(model.data_size) == 500
    assert any(weight.ndim == 0 and weight == 500 for weight in model.get_weights())


def test_permuted_codes_keep_the_values_of_each_dimension_and_lose_what_ties_them():
    model = make("factor-vae")
    z = np.repeat(np.random.default_rng(0).standard_normal((500, 1)), 6, axis=1).astype(np.float32)
    permuted = np.asarray(model.permuted(tf.constant(z)))
    np.testing.assert_array_equal(np.sort(permuted, axis=0), np.sort(z, axis=0))
    off = np.corrcoef(permuted.T)[~np.eye(6, dtype=bool)]
    assert np.abs(off).max() < 5 / np.sqrt(500)


@pytest.mark.exact("factor-vae")
def test_the_best_adversary_tells_the_total_correlation():
    n, rho = 5_000, 0.5
    z = np.random.default_rng(1).multivariate_normal([0, 0], [[1, rho], [rho, 1]], n).astype(np.float32)
    model, weights = make("factor-vae"), tf.Variable(tf.zeros(4))
    model.code = lambda x: Coded(tf.constant(z), tf.zeros_like(z), tf.zeros_like(z))
    model.decoder = lambda codes: tf.zeros((n, 1))

    def logits(codes):  # the log-ratio of two centred Gaussians is of this form
        basis = [tf.ones(n), codes[:, 0] ** 2, codes[:, 1] ** 2, codes[:, 0] * codes[:, 1]]
        return tf.linalg.matvec(tf.stack(basis, axis=1), weights)[:, None]

    model.discriminator = logits

    def cost(values):
        weights.assign(values)
        seed_noise(model, 0, "test", 0)
        with tf.GradientTape() as tape:
            mean = tf.reduce_mean(model.objective(tf.zeros((n, 1)))["discriminator"])
        return float(mean), tape.gradient(mean, weights).numpy().astype(np.float64)

    weights.assign(minimize(cost, np.zeros(4), jac=True).x)
    found = model.objective(tf.zeros((n, 1)))["correlation"].numpy()
    exact = -np.log(1 - rho**2) / 2
    np.testing.assert_allclose(exact, 0.1438410, atol=1e-7)
    assert abs(found.mean() - exact) < 4 * found.std() / np.sqrt(n)


def test_an_undecided_adversary_costs_two_bits_and_the_rest_is_the_formula(images):
    model = make("factor-vae", gamma=3)
    terms = terms_of(model, images)
    expected = terms["nll"] + terms["kl"] + 3 * terms["correlation"]
    np.testing.assert_allclose(terms["loss"], expected, rtol=1e-6)
    score = model.discriminator.get_layer("score")
    score.set_weights([np.zeros_like(weight) for weight in score.get_weights()])
    terms = terms_of(model, images)
    np.testing.assert_allclose(terms["discriminator"], 2 * np.log(2), rtol=1e-6)
    np.testing.assert_array_equal(terms["correlation"], 0)


@pytest.mark.exact("dip-vae-i", "dip-vae-ii")
@pytest.mark.parametrize("name", ["dip-vae-i", "dip-vae-ii"])
def test_the_penalty_of_the_covariance_is_numpys_and_zero_only_for_the_identity(name):
    model, random = make(name, off_diagonal=2, diagonal=3), np.random.default_rng(4)
    mean, log_variance = random.standard_normal((30, 6)), random.standard_normal((30, 6)) - 1
    own = np.exp(log_variance).mean(axis=0) if name == "dip-vae-ii" else np.zeros(6)
    covariance = np.cov(mean.T, bias=True) + np.diag(own)
    off = covariance[~np.eye(6, dtype=bool)]
    expected = 2 * (off**2).sum() + 3 * ((covariance.diagonal() - 1) ** 2).sum()
    found = model.penalty(tf.constant(mean, tf.float32), tf.constant(log_variance, tf.float32))
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    white = (mean - mean.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(mean.T, bias=True)).T)
    if name == "dip-vae-ii":
        white *= np.sqrt(1 - 0.25)
    exact = model.penalty(tf.constant(white, tf.float32), tf.fill((30, 6), np.float32(np.log(0.25))))
    np.testing.assert_allclose(exact, 0, atol=1e-8)


def test_information_is_freed_and_the_distance_weighed(monkeypatch, images):
    model = make("info-vae", alpha=1, lam=5)
    draws = []
    random = np.random.default_rng(6)

    def normal(shape, seeds):
        draws.append(random.standard_normal((20, 6)).astype(np.float32))
        return tf.constant(draws[-1])

    monkeypatch.setattr("aezoo.models.noise.normal", normal)
    terms = {name: np.asarray(term) for name, term in model.objective(tf.constant(images)).items()}
    mean, log_variance = map(np.asarray, model.posterior(images))
    distance = float(mmd(mean + np.exp(log_variance / 2) * draws[0], draws[1]))
    np.testing.assert_allclose(terms["distance"], np.full(20, distance), rtol=1e-4)
    np.testing.assert_allclose(terms["loss"], terms["nll"] + 5 * distance, rtol=1e-5)


@pytest.mark.parametrize("name", ["beta-tcvae", "factor-vae", "dip-vae-i", "dip-vae-ii"])
def test_two_dimensions_are_refused(name):
    with pytest.raises(UsageError, match="next to nothing to disentangle"):
        make(name, Protocol())


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("annealed-vae", {"rise": 1.5}, "from 0 to 1"),
        ("annealed-vae", {"capacity": -1}, "at least 0"),
        ("info-vae", {"alpha": 0.2, "lam": 0.5}, "at least 1"),
        ("info-vae", {"alpha": 2}, "from 0 to 1"),
        ("dip-vae-i", {"covariance": "codes"}, "'means' or 'draws'"),
        ("factor-vae", {"gamma": -1}, "at least 0"),
    ],
)
def test_what_makes_no_sense_is_refused(name, parameters, message):
    with pytest.raises(UsageError, match=message):
        make(name, **parameters)
