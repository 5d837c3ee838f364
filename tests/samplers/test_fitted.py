"""Samplers that fit networks: the contract, closed forms of what they learn, and of what they draw."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.linalg import sqrtm
from scipy.stats import kstest
from support.fitted_samplers import FITTED

from aezoo.evaluation.inference import latent_of
from aezoo.models import MODELS
from aezoo.samplers import SAMPLERS, Latent, NotApplicableError, Symbols, fitting, resampled
from aezoo.samplers.code_prior import symbol_network
from aezoo.samplers.fitting import at_most, minimise
from aezoo.samplers.flow import MaskedFlow, masked_flow
from aezoo.samplers.flow_matching import velocity_field
from aezoo.samplers.resampled import PROPOSALS, contrast
from aezoo.samplers.standardised import Standardisation
from aezoo.spec import Protocol
from aezoo.testing import SamplerTests
from aezoo.testing.samplers import CODES, latents
from aezoo.training import Trainer

STEPS = 400


class TestFitted(SamplerTests):
    @pytest.fixture(autouse=True, scope="class", params=FITTED)
    @classmethod
    def _named(cls, request):
        request.cls.name = request.param


def drawn(name, latent, n, seed=0, steps=STEPS):
    with at_most(steps):
        return SAMPLERS.get(name)(latent, n, seed)


def test_a_fit_is_the_same_for_the_same_seed_whatever_was_fitted_between():
    fit, codes = velocity_field(2), latents()["a model without a prior"].codes

    def fitted(seed):
        loss = minimise(fit, codes, seed, steps=20)
        return loss, fit.networks[0].get_weights()

    (first, weights), (other, _), (again, same) = fitted(1), fitted(2), fitted(1)
    assert first == again
    assert first != other
    for one, two in zip(weights, same, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_fit_has_as_many_steps_as_it_is_allowed_and_says_the_loss_of_the_later_half():
    class Counting(fitting.Fit):
        def build(self):
            from aezoo.samplers.two_stage import LogVariance

            return [LogVariance()]

        def loss(self, rows, seeds):
            return rows[:, 0] + 0 * self.networks[0].value + tf.cast(self.optimizer.iterations, tf.float32)

    fit, rows = Counting(), np.zeros((3, 1))
    assert minimise(fit, rows, 0, steps=10) == pytest.approx(np.mean([5, 6, 7, 8, 9]))
    assert minimise(fit, rows, 0, steps=3) == 1.5
    assert minimise(fit, rows, 0, steps=1) == 0
    with at_most(3):
        assert minimise(fit, rows, 0, steps=10) == 1.5
    with pytest.raises(ValueError, match="the loss of Counting is not finite"):
        minimise(fit, rows * np.nan, 0, steps=2)


@pytest.fixture
def disturbed_flow():
    """A flow of two dimensions that is far from the identity."""
    flow, random = MaskedFlow(2), np.random.default_rng(3)
    for network in flow.networks:
        network.set_weights([w + random.normal(0, 0.15, w.shape) for w in network.get_weights()])
    return flow


def test_the_density_of_a_flow_integrates_to_1_and_is_that_of_its_draws(disturbed_flow):
    edges = np.linspace(-12, 12, 241, dtype=np.float32)
    grid = np.stack(np.meshgrid(edges, edges), axis=-1).reshape(-1, 2)
    density = np.exp(disturbed_flow.log_density(tf.constant(grid)).numpy().astype(np.float64))
    cell = (edges[1] - edges[0]) ** 2
    assert density.sum() * cell == pytest.approx(1, abs=2e-3)
    u = np.random.default_rng(0).standard_normal((20_000, 2), np.float32)
    x = disturbed_flow.generate(tf.constant(u)).numpy()
    expected = (density[:, None] * grid).sum(axis=0) * cell
    np.testing.assert_allclose(x.mean(axis=0), expected, atol=5 * x.std(axis=0).max() / np.sqrt(len(x)))


def test_the_log_determinant_of_a_flow_is_the_numerical_one(disturbed_flow):
    u = tf.constant(np.random.default_rng(1).standard_normal((6, 2), np.float32))
    with tf.GradientTape() as tape:
        tape.watch(u)
        x = disturbed_flow.generate(u)
    jacobian = tape.batch_jacobian(x, u).numpy().astype(np.float64)
    normal = -0.5 * (u.numpy() ** 2).sum(axis=1) - np.log(2 * np.pi)
    expected = normal - np.linalg.slogdet(jacobian)[1]
    np.testing.assert_allclose(disturbed_flow.log_density(x).numpy(), expected, atol=1e-4)


def test_a_new_flow_is_the_standard_normal():
    x = np.random.default_rng(0).standard_normal((5, 3), np.float32)
    expected = -0.5 * (x**2).sum(axis=1) - 1.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(MaskedFlow(3).log_density(tf.constant(x)), expected, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "most_between"), [("flow", 0.06), ("two-stage", 0.2)])
def test_two_clusters_give_draws_from_two_clusters(name, most_between):
    latent = latents()["a model with a posterior"]  # clusters at (-3, -3) and (3, 3) with variance 1
    codes = drawn(name, latent, 4_000)
    upper = codes.sum(axis=1) > 0
    assert upper.mean() == pytest.approx((latent.codes.sum(axis=1) > 0).mean(), abs=0.06)
    for side, centre in ((upper, 3), (~upper, -3)):
        np.testing.assert_allclose(codes[side].mean(axis=0), [centre, centre], atol=0.4)
    between = np.abs(codes.sum(axis=1)) < 2  # 0.2 % of the codes: a Gaussian with their moments has 25 % there
    assert between.mean() < most_between


def test_flow_matching_carries_noise_to_a_gaussian_by_the_root_of_its_covariance():
    """The optimal field of N(0, C) scales the directions of C: it integrates z_0 to C^(1/2) z_0."""
    random = np.random.default_rng(0)
    codes = random.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], CODES).astype(np.float32)
    standard = Standardisation.of(codes).forth(codes)
    fit = velocity_field(2)
    minimise(fit, standard, 0, steps=STEPS)
    start = random.standard_normal((500, 2), np.float32)
    expected = start @ np.real(sqrtm(np.cov(standard.T)))
    error = fit.generate(tf.constant(start)).numpy() - expected
    assert np.sqrt((error**2).mean()) < 0.12


def test_one_of_many_proposals_is_taken_in_proportion_to_the_ratio():
    """N(0, 1) resampled by exp(z) is N(1, 1): mean 1 and variance 1, but for terms of 1 / proposals."""

    class Tilted:
        def log_ratio(self, z):
            return z[:, 0]

    random, n = np.random.default_rng(0), 1_000
    proposals = random.standard_normal((n * PROPOSALS, 1), np.float32)
    identity = Standardisation(np.zeros(1), np.ones(1))
    taken = resampled.resample(proposals, Tilted(), identity, random)
    assert taken.mean() == pytest.approx(1, abs=4 / np.sqrt(n) + 3 / PROPOSALS)
    assert taken.var() == pytest.approx(1, abs=4 * np.sqrt(2 / n) + 3 / PROPOSALS)


def test_a_classifier_that_is_undecided_everywhere_leaves_the_prior(monkeypatch):
    """With a chance of one half for every code, draws are of N(0, 1), wherever the codes of images lie."""

    class Undecided:
        def log_ratio(self, z):
            return tf.zeros(len(z))

    monkeypatch.setattr(resampled, "contrast", lambda dimensions: Undecided())
    monkeypatch.setattr(resampled, "minimise", lambda fit, rows, seed: None)
    prior = lambda n, seed: np.random.default_rng(seed).standard_normal((n, 1), np.float32)  # noqa: E731
    codes = np.random.default_rng(0).normal(1, 2, (CODES, 1)).astype(np.float32)
    taken = SAMPLERS.get("resampled")(Latent(codes, prior), 2_000, 0)
    assert len(np.unique(taken)) > 1_990
    assert kstest(taken[:, 0], "norm").pvalue > 1e-3


@pytest.mark.slow
def test_the_classifier_learns_the_logarithm_of_the_ratio_of_densities():
    """Of N((1, 0), I) to N(0, I) it is z_1 - 1/2."""
    posterior = lambda n, seed: np.random.default_rng(seed).normal([1, 0], 1, (n, 2)).astype(np.float32)  # noqa: E731
    prior = lambda n, seed: np.random.default_rng(seed).normal(0, 1, (n, 2)).astype(np.float32)  # noqa: E731
    codes = drawn("resampled", Latent(posterior(CODES, 5), prior, posterior), 300)
    np.testing.assert_allclose(codes.mean(axis=0), [1, 0], atol=4 / np.sqrt(300))
    np.testing.assert_allclose(np.cov(codes.T), np.eye(2), atol=4 * np.sqrt(2 / 300))
    z = np.random.default_rng(1).uniform(-1, 2, (200, 2)).astype(np.float32)
    scale = Standardisation.of(posterior(resampled.PAIRS, 0))
    learned = contrast(2).log_ratio(tf.constant(scale.forth(z))).numpy()
    assert np.sqrt(((learned - (z[:, 0] - 0.5)) ** 2).mean()) < 0.15


def test_a_prior_of_symbols_learns_the_table_of_a_markov_chain():
    random, (levels, places) = np.random.default_rng(0), (4, 2)
    start, table = random.dirichlet(np.ones(levels)), random.dirichlet(np.ones(levels), levels)
    first = random.choice(levels, CODES, p=start)
    second = np.array([random.choice(levels, p=table[s]) for s in first])
    codes = np.stack([first, second], axis=1).astype(np.float32)
    symbols = Symbols((levels,) * places, lambda z: z.astype(np.int64), lambda s: s.astype(np.float32))
    found = drawn("code-prior", Latent(codes, symbols=symbols), 20_000).astype(int)

    def joint(pairs):
        return np.bincount(pairs[:, 0] * levels + pairs[:, 1], minlength=levels**2) / len(pairs)

    counted = joint(codes.astype(int))
    every = np.stack(np.unravel_index(np.arange(levels**2), (levels,) * places), axis=1).astype(np.float32)
    learned = np.exp(-symbol_network((levels,) * places).loss(tf.constant(every), 0).numpy())
    assert learned.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(learned, counted, atol=0.015)
    np.testing.assert_allclose(joint(found), learned, atol=4 * np.sqrt(0.25 / len(found)))


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("code-prior", "a model with a posterior", "the code is continuous"),
        ("flow", "a model of symbols", "the code is discrete"),
        ("flow-matching", "a model of symbols", "the code is discrete"),
        ("two-stage", "a model with a prior", "is a point"),
        ("resampled", "a model without a prior", "no prior to resample"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(name, kind, reason):
    with pytest.raises(NotApplicableError, match=reason):
        SAMPLERS.get(name)(latents()[kind], 5, 0)


@pytest.mark.parametrize("name", sorted({*FITTED} - {"code-prior"}))
def test_a_model_without_an_encoder_has_no_codes_to_fit(name):
    draw = latents()["a model with a prior"].prior
    with pytest.raises(NotApplicableError, match="no encoder"):
        SAMPLERS.get(name)(Latent(np.zeros((9, 0), np.float32), draw), 5, 0)


def test_a_dimension_that_does_not_vary_keeps_its_value():
    codes = latents()["a model without a prior"].codes.copy()
    codes[:, 1] = 7
    for name in ("flow", "flow-matching"):
        assert (drawn(name, Latent(codes), 10, steps=20)[:, 1] == 7).all()


def test_the_kept_flow_is_the_one_of_the_last_size():
    assert masked_flow(2) is masked_flow(2)


# a code prior of a trained model


def frequencies(pairs: np.ndarray, size: int) -> np.ndarray:
    """How often each pair of symbols occurs, of pairs (n, 2)."""
    counts = np.bincount(pairs[:, 0] * size + pairs[:, 1], minlength=size**2)
    return (counts / len(pairs)).reshape(size, size)


@pytest.mark.slow
def test_a_code_prior_knows_which_symbols_of_a_trained_model_go_together(digits):
    size, rows = 6, digits.train.images.reshape(-1, 784)
    protocol = Protocol(name="short", latent_dim=4, hidden_units=32, epochs=2, batch_size=50)
    trainer = Trainer(MODELS.get("pq-vae"), protocol, {"codes": size})
    trainer.fit(rows, rows[:50], 0)
    latent = latent_of(trainer.model, rows)
    codes = drawn("code-prior", latent, 4_000)
    symbols, trained = latent.symbols.of(codes), latent.symbols.of(latent.codes)
    np.testing.assert_array_equal(latent.symbols.codes(symbols), codes)
    real, found = frequencies(trained, size), frequencies(symbols, size)
    independent = np.outer(real.sum(axis=1), real.sum(axis=0))
    assert np.abs(real - independent).sum() > 0.3
    assert np.abs(real - found).sum() < 0.5 * np.abs(real - independent).sum()
