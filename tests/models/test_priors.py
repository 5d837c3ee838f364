"""Variational autoencoders with a prior of their own: the prior against closed forms, and against its own draws."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import logsumexp
from scipy.stats import kstest, multivariate_normal, norm

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.models.groups_of_codes import gaussian_mixture
from aezoo.models.losses import gaussian_kl, gaussian_kl_between, gaussian_product
from aezoo.models.vamp_vae import UnitInterval
from aezoo.spec import Protocol
from aezoo.training import Trainer

SMALL = Protocol(name="small", latent_dim=3, hidden_units=32, epochs=2, batch_size=50)


def make(name: str, protocol: Protocol = SMALL, **parameters):
    return MODELS.get(name).create(protocol, 0, parameters)


def arrays(*tensors) -> list[np.ndarray]:
    return [np.asarray(tensor, np.float64) for tensor in tensors]


def gaussians(shape, seed):
    random = np.random.default_rng(seed)
    return [random.normal(size=shape).astype(np.float32) for _ in range(2)]


@pytest.mark.exact("vamp-vae")
def test_with_all_images_as_pseudo_inputs_the_prior_is_the_aggregate_posterior(images):
    model = make("vamp-vae", pseudo_inputs=20)
    model.adapt(images)
    z = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
    mean, log_variance = arrays(*model.posterior(images))
    by_image = norm.logpdf(z[:, None], mean, np.exp(log_variance / 2)).sum(axis=-1)
    np.testing.assert_allclose(model.log_prior(tf.constant(z)), logsumexp(by_image, axis=1) - np.log(20), rtol=1e-5)


def test_draws_of_a_vamp_prior_come_from_all_posteriors_alike(images):
    model = make("vamp-vae", pseudo_inputs=2)
    model.adapt(images)
    model.encoder.get_layer("mean").bias.assign([1.0, -1.0, 0.0])
    z = np.asarray(model.sample_prior(4_000, 3), np.float64)
    mean, log_variance = arrays(*model.posterior(images[:2]))
    for axis in range(3):
        parts = norm(mean[:, axis], np.exp(log_variance[:, axis] / 2))
        assert kstest(z[:, axis], lambda t, parts=parts: parts.cdf(np.reshape(t, (-1, 1))).mean(axis=1)).pvalue > 1e-3


@pytest.mark.slow
def test_pseudo_inputs_begin_as_training_images_are_learnt_and_stay_images(digits):
    trainer = Trainer(MODELS.get("vamp-vae"), SMALL, {"pseudo_inputs": 10})
    images = digits.train.images[:500]
    trainer.fit(images, images[:50], 0)
    learnt, first = np.asarray(trainer.model.pseudo_inputs), images[:10].reshape(10, -1) / np.float32(255)
    assert learnt.min() >= 0
    assert learnt.max() <= 1
    assert np.abs(learnt - first).max(axis=1).min() > 0.01  # 20 steps of about 0.001
    np.testing.assert_array_equal(UnitInterval()(tf.constant([-1.0, 0.25, 2.0])), [0, 0.25, 1])


def test_more_pseudo_inputs_than_images_repeat_them(images):
    model = make("vamp-vae", pseudo_inputs=30)
    model.adapt(images)
    np.testing.assert_array_equal(model.pseudo_inputs, np.concatenate([images, images[:10]]))


@pytest.mark.exact("gm-vae")
def test_one_component_that_is_standard_normal_gives_the_variational_autoencoder_to_the_bit(images):
    mixture, plain = make("gm-vae", components=1), make("vae")
    mixture.means.assign(np.zeros((1, 3)))
    terms, expected = mixture.objective(tf.constant(images)), plain.objective(tf.constant(images))
    for term, value in expected.items():
        np.testing.assert_array_equal(terms[term], value)


def test_one_component_gives_the_closed_form_of_its_gaussian(images):
    model = make("gm-vae", components=1)
    model.log_variances.assign([[0.3, -0.2, 0.5]])
    closed = gaussian_kl_between(*model.posterior(images), model.means, model.log_variances)
    np.testing.assert_allclose(model.objective(tf.constant(images))["kl"], closed, rtol=1e-5)


def mixture_of(components: int):
    """Return a mixture whose components lie apart, with weights, means and variances in float64."""
    model, random = make("gm-vae", components=components), np.random.default_rng(0)
    model.logits.assign(random.normal(size=components))
    model.log_variances.assign(random.normal(size=(components, 3)))
    weights = np.exp(np.asarray(model.logits, np.float64))
    means, log_variances = arrays(model.means, model.log_variances)
    return model, weights / weights.sum(), means, np.exp(log_variances)


@pytest.mark.exact("gm-vae")
def test_shares_of_the_clusters_sum_to_one_and_make_the_divergence_smallest(images):
    model, weights, _, _ = mixture_of(4)
    log_affinities = np.asarray(model._log_affinities(*model.posterior(images)), np.float64)
    shares = np.exp(log_affinities - logsumexp(log_affinities, axis=1, keepdims=True))
    np.testing.assert_allclose(shares.sum(axis=1), 1)

    def divergence(q):  # of q(z|x) q(c|x) from p(z, c)
        divergences = np.log(weights) - log_affinities
        return (q * (divergences + np.log(q / weights))).sum(axis=1)

    kl = np.asarray(model.objective(tf.constant(images))["kl"])
    np.testing.assert_allclose(divergence(shares), kl, rtol=1e-4)
    others = np.random.default_rng(1).dirichlet(np.ones(4), (50, len(images)))
    assert all((divergence(other) >= kl - 1e-5).all() for other in others)
    np.testing.assert_array_equal(model.cluster(images), shares.argmax(axis=1))


def test_the_density_and_the_draws_of_a_mixture_are_those_of_its_components():
    model, weights, means, variances = mixture_of(4)
    z = np.random.default_rng(2).normal(size=(9, 3))
    components = [multivariate_normal(mean, np.diag(variance)) for mean, variance in zip(means, variances, strict=True)]
    expected = logsumexp([part.logpdf(z) for part in components], b=weights[:, None], axis=0)
    np.testing.assert_allclose(model.log_prior(tf.constant(z, tf.float32)), expected, rtol=1e-4)
    drawn = np.asarray(model.sample_prior(4_000, 0), np.float64)
    for axis in range(3):
        parts = norm(means[:, axis], np.sqrt(variances[:, axis]))
        assert kstest(drawn[:, axis], lambda t, p=parts: p.cdf(np.reshape(t, (-1, 1))) @ weights).pvalue > 1e-3


def test_a_mixture_begins_as_codes_of_images_when_the_autoencoder_is_trained(images):
    model, x = make("gm-vae", components=4, pretraining=0.2, start="images"), tf.constant(images)
    model.on_step(x, tf.constant(0.19))
    codes = np.asarray(model.encode(x))
    np.testing.assert_array_equal(model.means, codes[:4])
    np.testing.assert_allclose(model.log_variances, np.tile(np.log(codes.var(axis=0) + 1e-6), (4, 1)), rtol=1e-4)
    terms = model.objective(x)
    np.testing.assert_array_equal(terms["loss"], terms["nll"])
    model.means.assign(np.ones((4, 3)))
    model.on_step(x, tf.constant(0.2))
    assert (np.asarray(model.means) == 1).all()
    assert float(model.weight) == 1


def test_a_mixture_is_fitted_to_all_codes_when_the_autoencoder_is_trained(images):
    model, x = make("gm-vae", components=3, pretraining=0.5, start="mixture"), tf.constant(images)
    model.on_epoch(images, 0.4)
    model.on_step(x, tf.constant(0.4))
    terms = model.objective(x)
    np.testing.assert_array_equal(terms["loss"], terms["nll"])
    model.on_epoch(images, 0.5)
    codes = np.asarray(model.encode(x))
    fitted = gaussian_mixture(codes, 3)
    np.testing.assert_allclose(model.means, fitted.means, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(np.exp(model.log_variances), fitted.variances, rtol=1e-4)
    np.testing.assert_allclose(np.exp(model.logits), fitted.shares, rtol=1e-4)
    terms = model.objective(x)
    np.testing.assert_allclose(terms["loss"], terms["nll"] + terms["kl"], rtol=1e-6)
    model.means.assign(np.ones((3, 3)))
    model.on_epoch(images, 0.6)
    assert (np.asarray(model.means) == 1).all()


@pytest.mark.parametrize("epochs", [2, 3, 7])  # 1 - 1 / 3 and 1 - 1 / 7 are above 2 / 3 and 6 / 7
def test_a_mixture_is_fitted_at_the_latest_before_the_last_epoch(images, epochs):
    model = make("gm-vae", SMALL.model_copy(update={"epochs": epochs}), components=3, pretraining=1)
    for epoch in range(epochs):
        model.on_epoch(images, epoch / epochs)
        assert float(model.weight) == (epoch == epochs - 1)


def test_a_mixture_that_is_fitted_may_have_more_components_than_a_batch_has_images():
    assert make("gm-vae", SMALL.model_copy(update={"batch_size": 5})).means.shape[0] == 10


@pytest.mark.filterwarnings("ignore:One of the clusters is empty", "ignore:invalid value encountered in divide")
def test_a_mixture_of_fewer_different_codes_than_components_is_fitted_to_these():
    codes = np.repeat([[0, 1, 2], [3, 3, 3.0]], [30, 10], axis=0)
    found = gaussian_mixture(codes, 4)
    for part in found:
        assert np.isfinite(part).all()
    assert (found.shares > 0).all()
    order = np.argsort(found.shares)[-2:]
    np.testing.assert_allclose(found.shares[order], [0.25, 0.75], atol=1e-6)
    np.testing.assert_allclose(found.means[order], [[3, 3, 3], [0, 1, 2]], atol=1e-6)


def test_a_fitted_mixture_finds_the_gaussians_that_codes_were_drawn_from():
    random = np.random.default_rng(0)
    means, deviations = np.array([[0, 0], [6, 0], [0, 9.0]]), np.array([[1, 2], [0.5, 1], [2, 0.3]])
    chosen = random.choice(3, 6_000, p=[0.2, 0.3, 0.5])
    found = gaussian_mixture(means[chosen] + deviations[chosen] * random.standard_normal((6_000, 2)), 3)
    order = np.argsort(found.shares)
    np.testing.assert_allclose(found.shares[order], [0.2, 0.3, 0.5], atol=0.02)
    np.testing.assert_allclose(found.means[order], means, atol=0.2)
    np.testing.assert_allclose(found.variances[order], deviations**2, rtol=0.15)


def test_the_divergence_of_two_gaussians_is_the_closed_form_and_that_from_n01_to_the_bit():
    (mean, log_variance), (other_mean, other_log_variance) = gaussians((5, 3), 0), gaussians((5, 3), 1)
    variance, other = np.exp(log_variance.astype(np.float64)), np.exp(other_log_variance.astype(np.float64))
    expected = (variance / other + (mean - other_mean) ** 2 / other - 1 - np.log(variance / other)).sum(axis=1) / 2
    found = gaussian_kl_between(*map(tf.constant, (mean, log_variance, other_mean, other_log_variance)))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    zeros = tf.zeros((5, 3))
    from_standard = gaussian_kl_between(tf.constant(mean), tf.constant(log_variance), zeros, zeros)
    np.testing.assert_array_equal(from_standard, gaussian_kl(tf.constant(mean), tf.constant(log_variance)))


@pytest.mark.exact("ladder-vae")
def test_the_merged_gaussian_is_in_proportion_to_the_product_of_both():
    one, other = gaussians((5, 1), 0), gaussians((5, 1), 1)
    mean, log_variance = arrays(*gaussian_product(*map(tf.constant, (*one, *other))))
    z = np.linspace(-3, 3, 9)
    (a, b), (c, d) = arrays(*one), arrays(*other)
    product = norm.logpdf(z, a, np.exp(b / 2)) + norm.logpdf(z, c, np.exp(d / 2))
    difference = product - norm.logpdf(z, mean, np.exp(log_variance / 2))
    np.testing.assert_allclose(difference - difference[:, :1], 0, atol=1e-4)


def without_an_upper_layer(model):
    """Make p(z1|z2) and q(z2|x) standard normal, so that z2 tells nothing."""
    for network in (model.upper_encoder, model.upper_decoder):
        network.set_weights([np.zeros_like(weight) for weight in network.get_weights()])
    return model


@pytest.mark.exact("ladder-vae")
def test_an_upper_layer_that_tells_nothing_leaves_a_variational_autoencoder(monkeypatch, images):
    model, plain = without_an_upper_layer(make("ladder-vae")), make("vae")
    epsilon = np.random.default_rng(0).standard_normal((len(images), 3)).astype(np.float32)
    monkeypatch.setattr("aezoo.models.noise.normal", lambda shape, seeds: epsilon[:, : shape[1]])
    mean, log_variance = arrays(*model.encoder(images)[:2])
    precision = np.exp(-log_variance) + 1
    merged_mean, merged_variance = mean * np.exp(-log_variance) / precision, 1 / precision
    plain.encoder = lambda x: [tf.constant(part, tf.float32) for part in (merged_mean, np.log(merged_variance))]
    plain.decoder.set_weights(model.decoder.get_weights())
    terms = model.objective(tf.constant(images))
    for name, expected in plain.objective(tf.constant(images)).items():
        np.testing.assert_allclose(terms[name], expected, rtol=1e-5)
    np.testing.assert_allclose(model.encode(images), np.pad(merged_mean, ((0, 0), (0, 1))), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.features(images), merged_mean, rtol=1e-4, atol=1e-6)


def test_a_ladders_divergence_is_the_mean_of_ln_q_less_ln_p(images):
    model = make("ladder-vae")
    x = tf.constant(np.repeat(images[:1], 4_000, axis=0))
    z, log_q = model.draw(x)
    ratios = np.asarray(log_q - model.log_prior(z), np.float64)
    kl = np.asarray(model.objective(x)["kl"], np.float64)
    assert abs(ratios.mean() - kl.mean()) < 4 * np.hypot(ratios.std(), kl.std()) / np.sqrt(len(x))


def test_draws_of_a_ladders_prior_have_its_density(images):
    model = make("ladder-vae", SMALL.model_copy(update={"latent_dim": 1}))
    z = np.asarray(model.sample_prior(20_000, 0))
    grid = np.stack(np.meshgrid(*[np.linspace(-8, 8, 161)] * 2), axis=-1).reshape(-1, 2).astype(np.float32)
    density = np.exp(np.asarray(model.log_prior(tf.constant(grid)), np.float64)) * 0.1**2
    assert density.sum() == pytest.approx(1, abs=1e-3)
    spread = z.std(axis=0) / np.sqrt(len(z))
    np.testing.assert_allclose(z.mean(axis=0), density @ grid, atol=4 * spread.max())
    np.testing.assert_allclose((z**2).mean(axis=0), density @ grid.astype(np.float64) ** 2, rtol=0.05)


def test_the_weight_of_a_ladders_divergence_rises_during_the_warm_up_and_stays_at_one(images):
    model, x = make("ladder-vae", warm_up=0.2), tf.constant(images)
    for progress, weight in ((0.0, 0), (0.1, 0.5), (0.2, 1), (0.9, 1)):
        model.on_step(x, tf.constant(progress))
        assert float(model.weight) == pytest.approx(weight)
    model.on_step(x, tf.constant(0.05))
    terms = {name: np.asarray(term) for name, term in model.objective(x).items()}
    np.testing.assert_allclose(terms["loss"], terms["nll"] + terms["kl"] / 4, rtol=1e-6)
    other = make("ladder-vae", warm_up=0)
    other.on_step(x, tf.constant(0.0))
    assert float(other.weight) == 1


def test_the_code_of_a_ladder_needs_no_draw(images):
    model = make("ladder-vae")
    before = np.asarray(model.noise.state)
    codes = np.asarray(model.encode(tf.constant(images)))
    np.testing.assert_array_equal(model.noise.state, before)
    upper_mean, _ = model.upper_encoder(model.activation(model.encoder(images)[2]))
    np.testing.assert_allclose(codes[:, 3:], upper_mean, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("vamp-vae", {"pseudo_inputs": 0}, "pseudo_inputs is 0; it must be a whole number"),
        ("gm-vae", {"start": "codes"}, "start is 'codes'; it must be 'images' or 'mixture'"),
        ("gm-vae", {"components": 51, "start": "images"}, "components is 51; it must be a whole number from 1 to 50"),
        ("gm-vae", {"components": 0}, "components is 0; it must be a whole number from 1"),
        ("ladder-vae", {"warm_up": 1.5}, "warm_up is 1.5; it must be a number from 0 to 1"),
    ],
)
def test_what_makes_no_sense_is_refused(name, parameters, message):
    with pytest.raises(UsageError, match=message):
        make(name, **parameters)
