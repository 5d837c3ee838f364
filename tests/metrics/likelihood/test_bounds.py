"""Bounds from draws: linear-Gaussian closed forms, exact values, and what holds for every density."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import bernoulli, entropy, norm
from support.likelihood_cases import (
    FromPrior,
    MixturePrior,
    RandomDecoder,
    bernoulli_gradient,
    bernoulli_log_likelihood,
    components,
    one_dimension,
)

from aezoo.metrics.likelihood import (
    AISSettings,
    GaussianProposal,
    ais_bound,
    bits_per_dim,
    distortion,
    elbo,
    frozen_binarisation,
    gaussian_rates,
    grid_log_likelihood,
    importance_bounds,
    iwae_bound,
    simulated_bounds,
    standard_normal_log_density,
)
from aezoo.metrics.likelihood.bounds import DRAWS, iwae_bound_5000
from aezoo.seeds import generator

AT_ZERO = -0.5 * np.log(4 * np.pi)
ORIGIN = np.zeros((1, 1))


@pytest.mark.exact_metric("iwae")
@pytest.mark.parametrize("k", [1, 2, 30, 500])
def test_bound_is_exact_under_the_exact_posterior_whatever_k(k):
    scores = iwae_bound(one_dimension(), ORIGIN, k)
    assert scores["iwae_binary"] == pytest.approx(AT_ZERO, abs=1e-12)
    assert scores["iwae_effective_sample_size"] == pytest.approx(k)


def test_a_fair_coin_for_each_pixel_takes_one_bit_a_pixel():
    assert bits_per_dim(-784 * np.log(2)) == pytest.approx(1)
    assert bits_per_dim(0.0) == 0


def test_bits_per_dim_of_a_bound_is_the_entropy_of_its_pixels():
    """Pixels that are 1 with probability 0.2: H = 0.7219281 bits, by SciPy."""
    p = 0.2
    images = (np.arange(784) < 0.2 * 784)[None].astype(float)
    share = images.mean()
    nats = bernoulli.logpmf(images, p).sum()
    bits = entropy([share, 1 - share], base=2) + entropy([share, 1 - share], [p, 1 - p], base=2)
    assert bits_per_dim(nats) == pytest.approx(bits)
    assert entropy([p, 1 - p], base=2) == pytest.approx(0.7219281, abs=5e-8)


@pytest.mark.exact_metric("elbo")
def test_exact_value_of_the_reference():
    assert elbo(one_dimension(), ORIGIN) == pytest.approx(-1.2655121, abs=5e-8)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1_000), d=st.integers(1, 5), n=st.integers(1, 6))
def test_bounds_are_exact_for_probabilistic_principal_components(seed, d, n):
    density = components(d=d, pixels=20, seed=seed)
    x = np.random.default_rng(seed).normal(size=(n, 20)) * 3
    expected = density.exact_log_likelihood(x)
    np.testing.assert_allclose(importance_bounds(density, x, 3)[0], expected, atol=1e-9)
    assert elbo(density, x) == pytest.approx(expected.mean(), abs=1e-9)


def test_elbo_under_the_prior_falls_short_by_the_divergence_from_the_posterior():
    samples = 200_000
    images = np.zeros((samples, 1))
    value = elbo(FromPrior(one_dimension()), images, samples=1)
    assert value == pytest.approx(-1.2655121 - 0.1534264, abs=4 * np.sqrt(0.5 / samples))


def test_elbo_falls_short_by_the_divergence_from_the_exact_posterior():
    """KL(N(m + s, v w) || N(m, v)) = (w + s^2 / v - 1 - ln w) / 2."""
    shift, log_widening, n = 0.3, 0.4, 100_000
    density = one_dimension(shift=shift, log_widening=log_widening)
    gap = 0.5 * (np.exp(log_widening) + shift**2 / 0.5 - 1 - log_widening)
    assert elbo(density, np.zeros((n, 1)), samples=1) == pytest.approx(AT_ZERO - gap, abs=0.01)


def test_bound_grows_with_k_to_the_log_likelihood():
    density = FromPrior(one_dimension())
    bounds = [importance_bounds(density, np.zeros((2_000, 1)), k)[0].mean() for k in (1, 4, 16, 100)]
    assert bounds == sorted(bounds)
    assert bounds[-1] < AT_ZERO + 0.005
    assert bounds[-1] == pytest.approx(AT_ZERO, abs=0.005)


def test_bound_on_a_network_grows_to_the_integral_over_a_grid():
    density = RandomDecoder.draw(3)
    random = np.random.default_rng(0)
    x = density.simulate(random.standard_normal((12, 2)), random)
    exact = grid_log_likelihood(density, x)
    few, many = importance_bounds(density, x, 10)[0], importance_bounds(density, x, 2_000)[0]
    assert few.mean() < many.mean()
    np.testing.assert_allclose(many, exact, atol=0.3)
    assert many.mean() == pytest.approx(exact.mean(), abs=4 * (many - exact).std() / np.sqrt(len(x)))


@pytest.mark.independent("iwae", by="all weights at once")
@pytest.mark.parametrize("k", [1, DRAWS, DRAWS + 1, 60])
def test_streamed_sums_equal_those_of_all_weights_at_once(k):
    density = components(d=3, shift=0.4)
    x = np.random.default_rng(0).normal(size=(4, 20))
    bounds, sizes = importance_bounds(density, x, k, seed=5)
    proposal, random = density.proposal(x), generator(5, "importance weights")
    draws = [proposal.draw(min(DRAWS, k - start), random) for start in range(0, k, DRAWS)]
    z, log_q = (np.concatenate(parts, axis=1) for parts in zip(*draws, strict=True))
    weights = density.log_likelihood(x, z) + norm.logpdf(z).sum(axis=-1) - log_q
    relative = np.exp(weights - weights.max(axis=1, keepdims=True))
    np.testing.assert_allclose(bounds, np.log(relative.mean(axis=1)) + weights.max(axis=1))
    np.testing.assert_allclose(sizes, relative.sum(axis=1) ** 2 / np.square(relative).sum(axis=1))


def test_weights_far_below_the_smallest_float_are_summed():
    density = components(pixels=20)
    x = np.full((1, 20), 1e4)
    value = iwae_bound(density, x, 50)["iwae_binary"]
    assert value < -1e6
    assert value == pytest.approx(density.exact_log_likelihood(x)[0])


def test_effective_sample_size_lies_between_one_and_k_and_falls_with_a_worse_posterior():
    x = np.zeros((50, 20))
    sizes = [importance_bounds(components(shift=shift), x, 100)[1] for shift in (0.0, 0.3, 3.0)]
    assert all((size >= 1).all() and (size <= 100).all() for size in sizes)
    assert sizes[0].mean() == pytest.approx(100)
    assert sizes[0].mean() > sizes[1].mean() > sizes[2].mean()


def test_five_thousand_draws_are_the_same_bound():
    density, x = one_dimension(shift=0.5), np.ones((10, 1))
    scores = iwae_bound_5000(density, x, seed=3)
    assert scores["iwae_5000_binary"] == iwae_bound(density, x, 5_000, 3)["iwae_binary"]


def test_the_share_of_degenerate_images_is_that_of_small_effective_sizes():
    """One image in four is far from where the prior draws, so that hardly a draw of q(z|x) = p(z) reaches it."""
    density = FromPrior(one_dimension())
    x = np.repeat([[0.0], [0.0], [0.0], [12.0]], 25, axis=0)
    _, sizes = importance_bounds(density, x, 200)
    assert (sizes[75:] < 5).all()
    assert (sizes[:75] > 50).all()
    scores = iwae_bound(density, x, 200)
    assert scores["iwae_degenerate"] == 0.25
    assert scores["iwae_effective_sample_size"] == np.median(sizes)


@pytest.mark.parametrize("bound", [elbo, iwae_bound, grid_log_likelihood, ais_bound])
def test_grey_images_have_no_likelihood_under_a_bernoulli_density(bound):
    density = RandomDecoder.draw(0)
    with pytest.raises(ValueError, match="frozen_binarisation"):
        bound(density, np.full((3, 12), 0.5))


@pytest.mark.parametrize("bound", [elbo, iwae_bound, grid_log_likelihood, ais_bound])
def test_a_model_is_no_density_and_the_error_says_what_is(bound):
    with pytest.raises(TypeError, match=r"ModelDensity\(model\)"):
        bound(object(), np.zeros((3, 12)))


def test_a_collapsed_model_has_rate_0_and_the_distortion_of_the_best_constant_image(digits):
    """About 206 nats on MNIST (205.65 on its test images); the code is drawn from the prior and ignored."""
    images = digits.oracle.images.reshape(len(digits.oracle), -1) / 255
    mean = np.clip(images.mean(axis=0), 1e-4, 1 - 1e-4)

    class Constant(RandomDecoder):
        def logits(self, z):
            return np.broadcast_to(np.log(mean) - np.log1p(-mean), (*z.shape[:-1], 784))

    density = Constant.draw(0, pixels=784)
    proposal = density.proposal(images)
    assert gaussian_rates(proposal.mean, proposal.log_variance).max() == 0
    constant = -np.mean((images * np.log(mean) + (1 - images) * np.log1p(-mean)).sum(axis=1))
    assert distortion(density, images) == pytest.approx(constant)
    assert distortion(density, images) == pytest.approx(206, abs=6)


def test_distortion_of_a_linear_gaussian():
    """-E_q ln N(x; z, 1) at x = 0, q = N(0, 1/2): (ln 2 pi + 1/2) / 2."""
    expected = 0.5 * (np.log(2 * np.pi) + 0.5)
    assert distortion(one_dimension(), np.zeros((100_000, 1))) == pytest.approx(expected, abs=0.005)


@pytest.mark.exact_metric("distortion")
def test_distortion_of_a_decoder_that_ignores_its_code_is_the_cross_entropy(images):
    density = RandomDecoder(np.zeros((3, 16)), np.zeros((16, 784)))
    assert distortion(density, images) == pytest.approx(784 * np.log(2))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1_000), scale=st.floats(0.1, 30))
def test_bernoulli_log_likelihood_matches_scipy(seed, scale):
    random = np.random.default_rng(seed)
    logits, x = random.normal(size=(3, 8)) * scale, random.integers(0, 2, (3, 8))
    expected = np.where(x == 1, bernoulli.logpmf(1, expit(logits)), bernoulli.logpmf(1, expit(-logits)))
    np.testing.assert_allclose(bernoulli_log_likelihood(x, logits), expected.sum(axis=1))


def test_bernoulli_log_likelihood_of_certain_pixels_neither_overflows_nor_vanishes():
    assert bernoulli_log_likelihood(np.ones(1), np.array([1_000.0])) == 0
    assert bernoulli_log_likelihood(np.zeros(1), np.array([1_000.0])) == -1_000


def test_bernoulli_gradient_matches_differences():
    random = np.random.default_rng(0)
    x, logits, step = random.random(9), random.normal(size=9), 1e-5
    moved = logits + step * np.eye(9)
    differences = (bernoulli_log_likelihood(x, moved) - bernoulli_log_likelihood(x, 2 * logits - moved)) / (2 * step)
    np.testing.assert_allclose(bernoulli_gradient(x, logits), differences, atol=1e-8)


def test_binarisation_is_frozen_and_independent_of_the_number_of_images():
    grey = np.random.default_rng(0).random((30, 784))
    binary = frozen_binarisation(grey)
    np.testing.assert_array_equal(binary[:7], frozen_binarisation(grey[:7]))
    assert set(np.unique(binary)) == {0.0, 1.0}
    assert frozen_binarisation(np.full((1, 8), 0.5)).tolist() == [[1, 0, 1, 1, 1, 0, 0, 0]]


def test_binarisation_keeps_certain_pixels_and_draws_the_others_with_their_intensity():
    np.testing.assert_array_equal(frozen_binarisation([[0.0, 1.0]] * 50), [[0.0, 1.0]] * 50)
    means = frozen_binarisation(np.full((2_000, 100), 0.2)).mean()
    assert means == pytest.approx(0.2, abs=4 * np.sqrt(0.16 / 200_000))


@pytest.mark.parametrize("bad", [[[1.5]], [[-0.1]], [[np.nan]], [0.5]])
def test_binarisation_refuses_what_is_no_intensity(bad):
    with pytest.raises(ValueError, match="x "):
        frozen_binarisation(bad)


@pytest.mark.parametrize("bound", [iwae_bound, lambda density, x, k: elbo(density, x, samples=k)])
def test_no_draws_are_refused(bound):
    with pytest.raises(ValueError, match="is 0; it must be at least 1"):
        bound(one_dimension(), ORIGIN, 0)


@pytest.mark.parametrize("bound", [iwae_bound, elbo, distortion])
def test_nan_is_refused(bound):
    with pytest.raises(ValueError, match="NaN"):
        bound(one_dimension(), np.full((2, 1), np.nan))


def test_an_infinite_posterior_is_refused():
    with pytest.raises(ValueError, match="posterior_mean"):
        elbo(one_dimension(shift=np.inf), ORIGIN)


class OnlyFactors:
    """A density that can be integrated over, and neither drawn from nor approximated."""

    binary, latent_dim = False, 1

    def __init__(self):
        density = one_dimension()
        self.sample_prior, self.log_prior = density.sample_prior, density.log_prior
        self.log_likelihood = density.log_likelihood


def test_what_is_integrated_over_needs_its_factors_alone():
    assert grid_log_likelihood(OnlyFactors(), ORIGIN) == pytest.approx(AT_ZERO, abs=1e-4)
    model = OnlyFactors()
    model.decode_logits = None
    with pytest.raises(TypeError, match=r"ModelDensity\(model\)"):
        grid_log_likelihood(model, ORIGIN)


def test_codes_in_small_integers_have_the_density_of_their_values():
    z = np.array([[20, 3]])
    expected = norm.logpdf(z).sum(axis=-1)
    for dtype in (np.uint8, np.float16, np.int64):
        np.testing.assert_allclose(standard_normal_log_density(z.astype(dtype)), expected, rtol=1e-12)


@pytest.mark.parametrize("d", [1, 3])
def test_a_gaussian_proposal_knows_its_density(d):
    random = np.random.default_rng(0)
    mean, log_variance = random.normal(size=(4, d)), random.normal(size=(4, d))
    z, log_q = GaussianProposal(mean, log_variance).draw(5, random)
    expected = norm.logpdf(z, mean[:, None], np.exp(0.5 * log_variance)[:, None]).sum(axis=-1)
    np.testing.assert_allclose(log_q, expected)


@pytest.mark.exact_metric("iwae_5000")
@pytest.mark.parametrize("d", [1, 2])
def test_every_bound_and_the_integral_agree_with_the_closed_form_under_another_prior(d):
    """Under N(0, I) in place of the mixture they would be off by a nat and more."""
    random = np.random.default_rng(0)
    density = MixturePrior(random.normal(size=(3, d)))
    x = density.simulate(density.sample_prior(12, random), random)
    exact = density.exact_log_likelihood(x)
    np.testing.assert_allclose(grid_log_likelihood(density, x), exact, atol=1e-4)
    importance = importance_bounds(density, x, 5_000)[0]
    np.testing.assert_allclose(importance, exact, atol=0.2)
    assert importance.mean() == pytest.approx(exact.mean(), abs=0.02)
    annealed = simulated_bounds(density, 12, settings=AISSettings(16, 60, 4))
    known = density.exact_log_likelihood(annealed.x)
    for gap in (known - annealed.lower, annealed.upper - known):
        assert -3 * gap.std() / np.sqrt(12) < gap.mean() < 0.2
    lower = ais_bound(density, x, settings=AISSettings(16, 60, 4))["ais_binary"]
    assert lower == pytest.approx(exact.mean(), abs=0.1)
    assert elbo(density, x, samples=2_000) < exact.mean() - 0.1
    standard = components(d=d, pixels=3)
    assert abs(replace(standard, weights=density.weights, offset=np.zeros(3), variance=density.variance)
               .exact_log_likelihood(x).mean() - exact.mean()) > 0.3  # fmt: skip
