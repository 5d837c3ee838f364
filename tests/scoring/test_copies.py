"""Copies of training images, among samples of a VAE: what is seen of which share of them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.stats import binom
from support.few_metrics import few_metrics

import aezoo
from aezoo.models import MODELS
from aezoo.scoring.copies import copying_line, share_limit
from aezoo.scoring.exact_copies import count_exact_copies
from aezoo.scoring.validation import SamplesWarning
from aezoo.spec import Protocol
from aezoo.training import Trainer

N = 1_000
SHARES = (0.01, 0.05, 0.2, 1.0)
NOISE = (0.0, 0.05)


@pytest.fixture(scope="module", autouse=True)
def _few():
    with few_metrics():
        yield


@pytest.fixture(scope="module")
def drawn(digits):
    """Samples of a VAE: blurry, and no copies."""
    trainer = Trainer(MODELS.get("vae"), Protocol(epochs=60))
    trainer.fit(digits.train.images, digits.held_out.images, 0)
    return trainer.model.sample(N, seed=0)


@pytest.fixture(scope="module")
def score(digits, drawn):
    """Score samples of a VAE with a share of them replaced by training digits, with or without noise; each once."""
    known = {}

    def scored(share=0.0, noise=0.0):
        if (share, noise) not in known:
            random, images = np.random.default_rng(1), drawn.copy()
            copies = digits.train.images[random.permutation(len(digits.train))[: round(share * N)]] / 255
            images[: len(copies)] = np.clip(copies + noise * random.normal(size=copies.shape), 0, 1)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SamplesWarning)
                known[share, noise] = aezoo.score(images, "mnist-5k", controls=[], oracle_draws=5)
        return known[share, noise]

    return scored


def places(result, headline):
    return {standing.space: standing.place for standing in result.standings if standing.headline == headline}


def near_warnings(result):
    return [line for line in result.warnings if "nearly training images" in line]


def exact_warnings(result):
    return [line for line in result.warnings if "equal a training image" in line]


@pytest.mark.slow
def test_samples_of_a_vae_that_copy_nothing_raise_no_warning(score):
    result = score()
    assert result.warnings == ()
    assert "above" not in places(result, "near_duplicates").values()
    assert "share of them are copies" not in copying_line(result.standings)


@pytest.mark.slow
@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("share", SHARES)
def test_near_duplicates_are_the_share_of_copies(score, share, noise):
    result = score(share, noise)
    assert result.scores["near_duplicates_pca"] == pytest.approx(share, abs=0.002)
    if not noise:
        assert result.scores["near_duplicates_judge"] == pytest.approx(share, abs=0.002)


@pytest.mark.slow
@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("share", SHARES[1:])
def test_a_share_that_new_digits_do_not_reach_stands_on_top_of_the_page(score, share, noise):
    result = score(share, noise)
    (line,) = near_warnings(result)
    assert places(result, "near_duplicates") == {"judge": "above", "pca": "above"}
    assert f"{100 * result.scores['near_duplicates_pca']:.3g} % by near_duplicates_pca" in line
    page = result.table()
    assert page.index("WARNING: copies: a share") < page.index("## Where samples stands") < page.index("## Samples on")
    assert "a share of them are copies, or nearly (" in page
    assert line in result.warnings


@pytest.mark.slow
@pytest.mark.parametrize("share", SHARES)
def test_exact_copies_are_counted_whatever_their_share(score, share):
    (line,) = exact_warnings(score(share))
    assert f"{round(share * N):,} of the 1,000 images equal" in line
    assert exact_warnings(score(share, noise=0.05)) == []


@pytest.mark.slow
def test_one_noisy_copy_in_a_hundred_is_not_seen_as_docs_say(score):
    result = score(0.01, 0.05)
    assert result.warnings == ()
    assert places(result, "near_duplicates")["pca"] == "within"


@pytest.mark.slow
def test_a_minority_of_copies_does_not_make_the_images_nearer_and_is_seen_all_the_same(score):
    result = score(0.05)
    assert places(result, "copying_auc")["judge"] == "above"
    line = copying_line(result.standings)
    assert "a share of them are copies" in line
    assert "further from training images than new real ones (judge" in line
    by_name = {standing.metric: standing for standing in result.standings}
    assert "a share of them are copies, or nearly" in by_name["near_duplicates_judge"].sentence
    assert "all together further from training images" in by_name["copying_auc_judge"].sentence


@pytest.mark.slow
@pytest.mark.parametrize("noise", NOISE)
def test_copies_alone_are_nearer(score, noise):
    result = score(1.0, noise)
    assert places(result, "copying_auc") == {"judge": "below", "pca": "below"}
    assert "nearer to training images than new real ones (judge, pca)" in copying_line(result.standings)


@pytest.mark.slow
def test_by_the_other_scores_a_copier_looks_better(score):
    for metric in ("fd_judge", "fd_pca"):
        assert score(0.2).scores[metric] < score().scores[metric]


@pytest.mark.slow
def test_without_the_oracles_interval_its_own_score_is_the_measure(digits, drawn):
    images = drawn.copy()
    images[:50] = digits.train.images[:50] / 255
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplesWarning)
        result = aezoo.score(images, "mnist-5k", controls=[], oracle_draws=0)
    assert len(near_warnings(result)) == 1
    assert {standing.place for standing in result.standings} == {""}
    assert copying_line(result.standings) == ""


@pytest.mark.parametrize(("share", "n"), [(0.01, 1_000), (0.0, 1_000), (0.5, 200)])
def test_the_limit_of_a_share_holds_further_shares_of_the_same_images(share, n):
    """Of a population whose share is not known, one sample's count and another's, by simulation."""
    random = np.random.default_rng(0)
    count = round(share * n)
    population = random.beta(count + 0.5, n - count + 0.5, 200_000)
    assert (random.binomial(n, population) / n <= share_limit(share, n)).mean() >= 0.995
    assert (random.binomial(n, population) / n <= share_limit(share, n) - 1 / n).mean() < 0.995
    assert share_limit(share, n) > binom.ppf(0.995, n, share) / n  # the share itself is uncertain


def test_equal_images_are_counted_and_near_ones_are_not(digits):
    training = digits.train.images[:50]
    near = training[:5].copy()
    near[:, 0, 0] = 1
    assert count_exact_copies(np.concatenate([training[:7], training[:1], near]), training) == 8
    assert count_exact_copies(digits.held_out.images, digits.train.images) == 0
