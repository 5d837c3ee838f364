"""Disentanglement scores beside those of disentanglement_lib 1.5, on the same rows.

Its own needs (tensorflow-probability, gin's module for TensorFlow 1) cannot be installed beside today's TensorFlow, so
its values stand here: of its modules in `evaluation.metrics`, unchanged, on NumPy 1.26.4 and scikit-learn 1.9.1, with
20 bins, even rows to train on and odd ones to test, and, for what it samples itself, the mean of eight seeds.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from aezoo.metrics.disentanglement import beta_vae_score, dci, factor_vae_score, mig, modularity_explicitness, sap

SIZES = (3, 6, 8, 8, 8)
CATEGORICAL = [True, False, False, False, False]

EXACT = {
    "noisy": {"mig": 0.6475311199, "sap": 0.8393139524, "modularity": 0.9999659986, "explicitness": 0.9542898911},
    "mixed": {"mig": 0.0345148912, "sap": 0.0687693092, "modularity": 0.7442704171, "explicitness": 0.9996062660},
}

DRAWN = {
    "noisy": {"beta_vae_score": 1.0, "factor_vae_score": 1.0},
    "mixed": {"beta_vae_score": 0.844, "factor_vae_score": 0.615},
}
"""Its eight seeds have standard deviations of .012 and .012, those of aezoo .011 and .021."""

INFORMATIVENESS = {"noisy": 0.716, "mixed": 0.69952}
"""Of boosted trees; here they are forests."""


def cases():
    """All values of five factors, shuffled; codes that are these with noise, and a rotation of them with less."""
    factors = np.random.default_rng(0).permutation(np.array(list(itertools.product(*map(range, SIZES)))))
    random = np.random.default_rng(1)
    noisy = factors + random.normal(size=factors.shape) * 0.5
    spread = (factors - factors.mean(axis=0)) / factors.std(axis=0)
    rotation = np.linalg.qr(np.random.default_rng(2).normal(size=(5, 5)))[0]
    return factors, {"noisy": noisy, "mixed": spread @ rotation + 0.1 * random.normal(size=factors.shape)}


FACTORS, CODES = cases()


@pytest.mark.independent("mig", "sap", "modularity_explicitness", by="disentanglement_lib")
@pytest.mark.parametrize("case", EXACT)
def test_what_is_computed_from_given_rows_is_the_same(case):
    codes = CODES[case]
    found = {"mig": mig(codes, FACTORS), "sap": sap(codes, FACTORS, CATEGORICAL)}
    found |= modularity_explicitness(codes, FACTORS)
    for name in ("mig", "sap", "modularity"):
        assert found[name] == pytest.approx(EXACT[case][name], abs=1e-8), name
    # Its logistic regression stops after 100 steps, and standardises by the even rows.
    assert found["explicitness"] == pytest.approx(EXACT[case]["explicitness"], abs=1e-4)


@pytest.mark.independent("dci", by="disentanglement_lib, informativeness alone")
@pytest.mark.parametrize("case", EXACT)
def test_forests_predict_as_well_as_boosted_trees(case):
    assert dci(CODES[case], FACTORS)["dci_informativeness"] == pytest.approx(INFORMATIVENESS[case], abs=0.07)


@pytest.mark.independent("beta_vae_score", "factor_vae_score", by="disentanglement_lib")
@pytest.mark.parametrize("score", [beta_vae_score, factor_vae_score])
@pytest.mark.parametrize("case", DRAWN)
def test_what_is_drawn_is_the_same_within_the_spread_of_draws(case, score):
    """Two seeds and eight: .017 is the standard deviation of the difference, at most."""
    mean = np.mean([score(CODES[case], FACTORS, seed) for seed in range(2)])
    assert mean == pytest.approx(DRAWN[case][score.__name__], abs=0.05)
