"""Standard errors over the evaluation set, against the spread of scores over independent sets of known distribution."""

import numpy as np
import pytest
from support.likelihood_cases import FromPrior, LinearGaussian

from aezoo.metrics import METRICS, Metric, Score
from aezoo.metrics.compute import compute_rows, default_metrics
from aezoo.metrics.likelihood import gaussian_rates
from aezoo.metrics.standard_errors import BinomialError, BootstrapError, InfluenceFunctionError, is_generated, subsample

N, SETS = 1_000, 100
SPACE = np.random.default_rng(0).normal(size=(6, 6))
TILT = np.exp(0.4 * np.random.default_rng(1).normal(size=(6, 6)))
REAL_DISTANCES = np.random.default_rng(2).gamma(3, size=N)


def sides(seed):
    """Real and generated features, 6-dimensional and correlated, of distributions that differ."""
    random = np.random.default_rng(seed)
    real = random.normal(size=(N, 6)) @ SPACE
    fake = random.gamma(2, size=(N, 6)) @ (SPACE * TILT) + 1
    logits = random.normal(size=(N, 10)) * 2
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return {
        **{"real": real, "fake": fake, "features": fake, "seed": 0, "probabilities": probabilities},
        **{"labels": random.binomial(4, 0.5, N), "reference_labels": random.binomial(4, 0.4, N)},
        **{"fake_distances": random.gamma(2.5, size=N), "held_out_distances": random.gamma(3, size=N)},
        **{"neighbour_distances": REAL_DISTANCES, "threshold": 2.0, "train": real, "held_out": real},
        "cells": SPACE,
    }


def reconstructions(seed):
    random = np.random.default_rng(seed)
    x = random.random((N, 12, 12))
    p = np.clip(x + random.normal(size=x.shape) * random.gamma(1, 0.2, (N, 1, 1)), 0.01, 0.99)
    return {"x": x, "p": p, "labels": random.binomial(9, 0.5, N), "judged": random.binomial(9, 0.5, N)}


def in_two_spaces(seed):
    """Features of which the first two tell the sides apart, by their mean and by their spread."""
    random = np.random.default_rng(seed)
    real, fake = random.normal(size=(2, N, 3))
    fake[:, :2] = fake[:, :2] * 1.5 + 0.7
    return {"real_spaces": {"a": real[:, :2], "b": real}, "fake_spaces": {"a": fake[:, :2], "b": fake}, "seed": 0}


def binary_reconstructions(seed):
    """Probabilities that are too sure, of images whose ink differs."""
    random = np.random.default_rng(seed)
    chances = np.clip(random.random((N, 64)) * random.uniform(0.3, 1.2, (N, 1)), 0, 1)
    x = random.random(chances.shape) < chances
    return {"x_binary": x.astype(np.uint8), "p": np.clip(1.3 * chances - 0.1, 0, 1)}


def code_costs(seed):
    random = np.random.default_rng(seed)
    return {"rates": gaussian_rates(random.normal(size=(N, 3)), random.normal(size=(N, 3)) - 2)}


def decoder_geometries(seed):
    """``J^T J`` of random Jacobians, (20, 3) each."""
    jacobians = np.random.default_rng(seed).normal(size=(N, 20, 3)) * [1.0, 0.5, 0.2]
    return {"decoder_metrics": jacobians.transpose(0, 2, 1) @ jacobians}


def densities(seed):
    """x ~ N(0, 1 + 0.0025) and draws of z from the prior, which reach few of the x far from 0."""
    density = FromPrior(LinearGaussian(np.ones((1, 1)), np.zeros(1), variance=0.0025))
    x = np.random.default_rng(seed).normal(size=(N, 1)) * 1.0025**0.5
    return {"density": density, "x": x, "x_binary": x, "seed": 0}


def spread_and_estimate(name, draw, keep=None):
    """The scores' standard deviation over sets (all of it, or with one side kept), and the mean estimates."""
    metric = METRICS.get(name)
    kept = {} if keep is None else {need: draw(10**6)[need] for need in keep}
    values = [metric({**draw(seed), **kept}) for seed in range(SETS)]
    estimates = [
        metric.standard_error(metric, inputs, metric(inputs), np.random.default_rng(seed))
        for seed in range(5)
        if (inputs := draw(seed))
    ]
    for score in estimates[0]:
        drawn = np.mean([of[score].generated for of in estimates]) ** 0.5
        both = np.mean([of[score].generated + of[score].held_out for of in estimates]) ** 0.5
        yield np.std([of[score] for of in values], ddof=1), both if keep is None else drawn


CASES = {
    **dict.fromkeys(("fd", "kd", "sliced_wasserstein", "vendi", "rke", "pairwise_diversity", "inception_score"), sides),
    "fd_infinity": sides,
    "jacobian_condition": decoder_geometries,
    **dict.fromkeys(("class_kl", "copying_score", "authenticity", "near_duplicates"), sides),
    **dict.fromkeys(("nll", "mse", "psnr", "ssim", "label_preservation"), reconstructions),
    "jensen_shannon": in_two_spaces,
    "brier": binary_reconstructions,
    "rate": code_costs,
    **dict.fromkeys(("elbo", "iwae", "distortion"), densities),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_standard_error_is_the_spread_over_independent_sets(name):
    """100 sets give the spread to 7 % and 5 estimates add theirs: a quarter is beyond three of these."""
    for spread, estimate in spread_and_estimate(name, CASES[name]):
        assert estimate == pytest.approx(spread, rel=0.25)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fd", "kd", "sliced_wasserstein", "class_kl"])
def test_the_part_of_drawn_images_is_the_spread_with_the_real_side_kept(name):
    for spread, estimate in spread_and_estimate(name, sides, keep=("real", "reference_labels")):
        assert estimate == pytest.approx(spread, rel=0.25)


def test_an_influence_is_the_derivative_of_the_score_by_an_images_weight():
    """Repeating one image among n adds its influence over n, to first order."""
    inputs, n = sides(0), 500
    inputs = {**inputs, "real": inputs["real"][:n], "fake": inputs["fake"][:n]}
    for name in ("fd", "kd"):
        metric = METRICS.get(name)
        influences = metric.standard_error.function(**{need: inputs[need] for need in metric.standard_error.needs})
        for side, of_rows in influences[name].items():
            centred = of_rows - of_rows.mean()
            largest = int(np.argmax(np.abs(centred)))
            copies = np.concatenate([inputs[side], inputs[side][largest : largest + 1]])
            change = metric({**inputs, side: copies})[name] - metric(inputs)[name]
            assert change * n == pytest.approx(centred[largest], rel=0.1), (name, side)


def test_a_generator_of_one_image_has_no_spread_of_its_own():
    inputs = sides(0)
    metric = METRICS.get("fd")
    found = metric.standard_error(metric, {**inputs, "fake": np.ones((N, 6))}, {"fd": 1.0}, np.random.default_rng(0))
    assert found["fd"].generated == pytest.approx(0, abs=1e-20)
    assert found["fd"].held_out > 0


def named(estimator):
    def mean_of_labels(labels):
        return float(np.mean(labels))

    return Metric("plain", mean_of_labels, "samples", ("labels",), (Score("plain", "share", "higher"),),
                  standard_error=estimator)  # fmt: skip


def test_the_estimators_agree_where_all_of_them_apply():
    labels = {"labels": np.random.default_rng(0).binomial(1, 0.3, 2_000)}
    by_hand = labels["labels"].std() / 2_000**0.5
    influence = InfluenceFunctionError(
        lambda labels: {"plain": {"labels": labels[subsample(len(labels))]}}, ("labels",)
    )
    for estimator in (BinomialError("labels"), influence, BootstrapError((("labels",),), 400)):
        (row,) = compute_rows(named(estimator), labels, None, None, np.random.default_rng(0))
        assert row["standard_error"] == pytest.approx(by_hand, rel=0.12)
        assert row["standard_error_drawn"] == row["standard_error"]


@pytest.mark.parametrize("label", [0, 1])
def test_a_share_of_all_or_none_is_not_called_certain(label):
    (row,) = compute_rows(
        named(BinomialError("labels")), {"labels": np.full(9, label)}, None, None, np.random.default_rng(0)
    )
    assert (row["value"], row["standard_error"]) == (label, None)


def test_rows_without_a_stream_or_an_estimator_have_none():
    labels = {"labels": np.arange(2)}
    for metric, random in ((named(BinomialError("labels")), None), (named(None), np.random.default_rng(0))):
        (row,) = compute_rows(metric, labels, None, None, random)
        assert (row["standard_error"], row["standard_error_drawn"], row["state"]) == (None, None, "ok")


def test_an_estimate_that_fails_says_so_and_the_value_stands():
    (row,) = compute_rows(named(BinomialError("gone")), {"labels": np.arange(2)}, None, None, np.random.default_rng(0))
    assert (row["value"], row["standard_error"], row["state"]) == (0.5, None, "ok")
    assert row["reason"] == "no standard error: KeyError: 'gone'"


def test_sides_are_drawn_or_held_out():
    assert is_generated(METRICS.get("fd"), "fake")
    assert not is_generated(METRICS.get("fd"), "real")
    assert is_generated(METRICS.get("class_kl"), "labels")
    assert not is_generated(METRICS.get("class_kl"), "reference_labels")
    assert not is_generated(METRICS.get("label_preservation"), "labels")


def test_thinned_rows_are_spread_evenly():
    assert len(np.arange(10_000)[subsample(10_000, 2_000)]) == 2_000
    assert len(np.arange(1_500)[subsample(1_500, 2_000)]) == 1_500
    assert len(np.arange(2_001)[subsample(2_001, 2_000)]) <= 2_000


def test_the_importance_weighted_bound_is_in_the_default_panel():
    names = [metric.name for metric in default_metrics()]
    assert "iwae" in names
    assert "ais" not in names
    assert "ais" in [metric.name for metric in default_metrics(("ais",))]
