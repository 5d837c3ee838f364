"""DCI by boosted trees: exact on codes that are the factors, and beside disentanglement_lib's on the same rows."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from aezoo.metrics.disentanglement import dci_boosted


@pytest.mark.exact_metric("dci_boosted")
def test_codes_equal_to_the_factors_are_perfect_and_a_second_copy_is_incomplete():
    factors = np.random.default_rng(0).permutation(np.array(list(itertools.product(range(3), range(2))) * 50))
    perfect = dci_boosted(factors.astype(float), factors)
    assert list(perfect.values()) == pytest.approx([1, 1, 1], abs=1e-6)
    twice = dci_boosted(np.repeat(factors, 2, axis=1).astype(float), factors)
    assert twice["dci_boosted_disentanglement"] == pytest.approx(1, abs=1e-6)
    assert twice["dci_boosted_completeness"] < 0.8


PUBLISHED = {
    "noisy": (0.623851, 0.623869, 0.6924),
    "mixed": (0.149504, 0.151025, 0.6346),
}
"""Of `_compute_dci` of disentanglement_lib 1.5 on scikit-learn 1.9.1, on 2,000 rows, the even ones to train on."""


@pytest.mark.slow
@pytest.mark.independent("dci_boosted", by="disentanglement_lib")
@pytest.mark.parametrize("case", PUBLISHED)
def test_it_is_that_of_disentanglement_lib(case):
    """Its trees have no seed, ours have: they part where two splits are equally good."""
    codes, factors = cases()[case]
    assert list(dci_boosted(codes, factors).values()) == pytest.approx(PUBLISHED[case], abs=5e-3)


def cases():
    """The first rows of the cases of `test_against_disentanglement_lib`: noisy factors, and a rotation of them."""
    factors = np.random.default_rng(0).permutation(np.array(list(itertools.product(*map(range, (3, 6, 8, 8, 8))))))
    random = np.random.default_rng(1)
    noisy = factors + random.normal(size=factors.shape) * 0.5
    spread = (factors - factors.mean(axis=0)) / factors.std(axis=0)
    rotation = np.linalg.qr(np.random.default_rng(2).normal(size=(5, 5)))[0]
    mixed = spread @ rotation + 0.1 * random.normal(size=factors.shape)
    return {"noisy": (noisy[:2000], factors[:2000]), "mixed": (mixed[:2000], factors[:2000])}
