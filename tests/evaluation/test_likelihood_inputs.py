"""Inputs of likelihood metrics: those that a model has, and the reason for each that it cannot have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.likelihood_cases import bernoulli_log_likelihood
from support.toy_models import TINY, GridCode, Labelled, Linear, MixturePrior, Pixels, make

from aezoo.datasets.base import Split
from aezoo.evaluation.densities import FittedCodes
from aezoo.evaluation.likelihood_inputs import likelihood_inputs
from aezoo.metrics import METRICS, NEEDS, Absent
from aezoo.metrics.compute import compute_rows
from aezoo.metrics.likelihood import elbo, frozen_binarisation
from aezoo.models import MODELS
from aezoo.models.base import labels_of, pixels_of
from aezoo.spec import Protocol


@pytest.fixture(scope="module")
def few(digits):
    """The data set with 300 images to train on and 300 held out."""

    def part(split, n=300):
        return Split(split.images[:n], split.labels[:n])

    return replace(digits, train=part(digits.train), reference=part(digits.reference), oracle=part(digits.oracle, 0))


def states(inputs, *metrics):
    """The state and reason of each metric's first score."""
    rows = {name: compute_rows(METRICS.get(name), {**inputs, "seed": 0}, None, None)[0] for name in metrics}
    return {name: (row["state"], row["reason"]) for name, row in rows.items()}


def test_a_vae_has_all_inputs(digits):
    inputs = likelihood_inputs(MODELS.get("vae").create(TINY, 0), digits, 0)
    assert set(inputs) | {"seed"} == set(NEEDS["likelihood"])
    assert not any(isinstance(value, Absent) for value in inputs.values())
    n = len(digits.held_out)
    assert len(inputs["x"]) == len(inputs["posterior_mean"]) == len(inputs["rates"]) == n
    assert (len(inputs["x_binary"]), len(inputs["x_binary_few"])) == (1_000, 100)
    np.testing.assert_array_equal(inputs["x_binary_few"], inputs["x_binary"][:100])
    assert elbo(inputs["density"], inputs["x_binary_few"]) == pytest.approx(-784 * np.log(2), rel=0.2)


def test_only_codes_of_two_dimensions_can_be_integrated(few):
    model = MODELS.get("vae").create(Protocol(name="tiny", latent_dim=3, hidden_units=8), 0)
    assert "planar_density" not in likelihood_inputs(model, few, 0)


def test_a_decoder_without_a_posterior_has_a_density_under_noise_only(few):
    for name in ("ae", "gan"):
        assert set(likelihood_inputs(MODELS.get(name).create(TINY, 0), few, 0)) == {"noisy_density", "x_few"}
    assert likelihood_inputs(MODELS.get("raw-pixels").create(TINY, 0), few, 0) == {}


def test_the_prior_of_an_autoencoder_is_the_gaussian_of_its_training_codes(few):
    model = MODELS.get("ae").create(TINY, 0)
    codes = np.asarray(model.encode(few.train.images.reshape(300, 784) / np.float32(255)), np.float64)
    fitted = FittedCodes(model, codes.astype(np.float32))
    drawn = fitted.mean + np.random.default_rng(0).standard_normal((100_000, 2)) @ fitted.spread
    np.testing.assert_allclose(drawn.mean(axis=0), codes.mean(axis=0), atol=4 * codes.std() / 300)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(codes.T), rtol=0.05, atol=1e-3)
    z = np.ones((3, 2), np.float32)
    np.testing.assert_allclose(fitted.decode_logits(z), model.decode_logits(fitted.mean + z @ fitted.spread), atol=1e-5)


@pytest.mark.slow
def test_a_prior_of_its_own_has_no_closed_forms(few):
    inputs = likelihood_inputs(make(MixturePrior), few, 0)
    assert states(inputs, "elbo", "iwae", "rate", "distortion", "kl_per_dim", "aggregate_posterior") == {
        **dict.fromkeys(("elbo", "iwae", "rate", "distortion"), ("ok", "")),
        **dict.fromkeys(("kl_per_dim", "aggregate_posterior"), ("n/a", "its prior is not N(0, I)")),
    }
    assert {"annealable_density", "planar_density", "noisy_density"} <= set(inputs)


def test_a_grey_likelihood_has_no_binary_scores(few):
    inputs = likelihood_inputs(make(Linear), few, 0)
    assert states(inputs, "elbo", "iwae", "grid", "kl_per_dim", "distortion", "rate") == {
        **dict.fromkeys(("elbo", "iwae", "grid"), ("n/a", "its likelihood is of grey images")),
        "kl_per_dim": ("n/a", "its posterior is not Gaussian"),
        **dict.fromkeys(("distortion", "rate"), ("ok", "")),
    }
    assert states(inputs, "ais") == {"ais": ("n/a", "its decoder is not Bernoulli")}


def test_a_model_that_is_told_labels_is_told_the_true_ones(few):
    model = make(Labelled)
    inputs = likelihood_inputs(model, few, 0)
    labels = np.eye(10)[few.held_out.labels]
    np.testing.assert_array_equal(labels_of(inputs["x"]), labels)
    np.testing.assert_array_equal(labels_of(inputs["x_binary"]), labels)
    binary = frozen_binarisation(few.held_out.images.reshape(300, 784) / 255)
    np.testing.assert_array_equal(pixels_of(inputs["x_binary"]), binary)
    for name in ("annealable_density", "planar_density"):
        assert isinstance(inputs[name], Absent)
    assert "noisy_density" not in inputs
    z, log_q = inputs["density"].proposal(inputs["x_binary"]).draw(3, np.random.default_rng(0))
    np.testing.assert_array_equal(z[:, 2, 2:], labels)
    logits = np.asarray(model.decode_logits(z[:, 0].astype(np.float32)), np.float64)
    values = inputs["density"].log_likelihood(inputs["x_binary"], z[:, :1])[:, 0]
    np.testing.assert_allclose(values, bernoulli_log_likelihood(binary, logits), atol=2e-3)
    assert np.isfinite(log_q).all()


def test_a_discrete_code_has_bounds_and_a_rate_and_no_grid(few):
    inputs = likelihood_inputs(make(GridCode), few, 0)
    found = states(inputs, "elbo", "rate", "distortion", "grid", "ais", "collapsed_dims", "active_units")
    assert {name for name, (state, _) in found.items() if state == "ok"} == {"elbo", "rate", "distortion"}
    assert 0 < inputs["rates"].mean() < 2 * np.log(3) + 0.1


@pytest.mark.parametrize("name", ["vq-vae", "pq-vae", "rq-vae", "fsq-vae", "lfq-vae", "bsq-vae"])
def test_the_rate_of_a_quantised_model_is_the_cross_entropy_of_its_symbols(few, name):
    model = MODELS.get(name).create(Protocol(name="tiny", hidden_units=8, latent_dim=6), 0)
    inputs = likelihood_inputs(model, few, 0)
    train, held_out = (
        np.asarray(model.symbols(model.encode(split.images.reshape(-1, 784) / np.float32(255))))
        for split in (few.train, few.held_out)
    )
    expected = np.zeros(len(held_out))
    for symbols, known, size in zip(held_out.T, train.T, model.vocabulary, strict=True):
        counts = np.bincount(known, minlength=size) + 0.5
        expected -= np.log(counts / counts.sum())[symbols]
    assert np.isclose(inputs["rates"], expected).mean() > 0.98  # compiled and not, a tie may fall either way
    assert {state for state, _ in states(inputs, "rate", "distortion").values()} == {"ok"}


def test_a_model_that_computes_its_likelihood_has_it_as_every_bound_and_as_the_value(few):
    """Independent pixels: ln p(x) = sum_i [x_i l_i - ln(1 + e^l_i)], l their logits."""
    model = make(Pixels)
    model.logits.assign(np.random.default_rng(0).normal(0, 2, 784))
    inputs = {**likelihood_inputs(model, few, 0), "seed": 0}
    exact = bernoulli_log_likelihood(inputs["x_binary"], np.asarray(model.logits, np.float64))
    expected = {"elbo": exact, "iwae": exact, "iwae_5000": exact[:100], "grid": exact[:100]}
    for name, values in expected.items():
        likelihood, bits = METRICS.get(name)(inputs), -values.mean() / (784 * np.log(2))
        prefix = "log_likelihood" if name == "grid" else name
        assert likelihood[f"{prefix}_binary"] == pytest.approx(values.mean(), rel=1e-6)
        assert likelihood[f"{prefix}_bits_per_dim"] == pytest.approx(bits, rel=1e-6)
    assert METRICS.get("iwae")(inputs)["iwae_effective_sample_size"] == pytest.approx(500)
    for name in ("ais", "rate", "distortion"):
        assert states(inputs, name)[name][0] == "n/a"


def test_standard_errors_of_an_exact_likelihood_are_those_of_a_mean(few):
    inputs = {**likelihood_inputs(make(Pixels), few, 0), "seed": 0}
    exact = bernoulli_log_likelihood(inputs["x_binary"], np.asarray(make(Pixels).logits, np.float64))
    assert len(exact) == 300
    rows = compute_rows(METRICS.get("elbo"), inputs, None, None, np.random.default_rng(0))
    found = {row["metric"]: row["standard_error"] for row in rows}
    some = exact[::2].std(ddof=1) / np.sqrt(300)  # 150 of the 300 images tell the spread
    expected = {"elbo_binary": some, "elbo_bits_per_dim": some / (784 * np.log(2))}
    assert found == pytest.approx(expected, rel=1e-5)
