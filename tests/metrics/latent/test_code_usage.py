"""Use of symbols: counts by hand, even use, and SciPy's entropy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from aezoo.metrics.latent import code_usage


def test_one_symbol_and_even_use_are_the_two_ends():
    constant = np.zeros((12, 2), np.int64)
    assert code_usage(constant, [4, 6]) == {"perplexity": 1, "used_codes": pytest.approx((1 / 4 + 1 / 6) / 2)}
    even = np.stack([np.arange(12) % 4, np.arange(12) % 6], axis=1)
    assert code_usage(even, [4, 6]) == pytest.approx({"perplexity": 5, "used_codes": 1})


@pytest.mark.exact_metric("code_usage")
def test_uneven_use_by_hand():
    symbols = np.array([[0], [0], [3], [0]])
    expected = np.exp(-(0.75 * np.log(0.75) + 0.25 * np.log(0.25)))
    assert code_usage(symbols, [8]) == pytest.approx({"perplexity": expected, "used_codes": 0.25})


@pytest.mark.independent("code_usage", by="SciPy, perplexity alone")
def test_perplexity_is_that_of_scipys_entropy_whatever_symbols_are_called():
    random = np.random.default_rng(0)
    symbols = random.binomial(9, [0.2, 0.5, 0.9], (500, 3))
    entropies = [entropy(np.bincount(column)) for column in symbols.T]
    found = code_usage(symbols, [10, 10, 10])
    assert found["perplexity"] == pytest.approx(np.exp(entropies).mean())
    assert code_usage(random.permutation(10)[symbols], [10, 10, 10]) == pytest.approx(found)


@pytest.mark.parametrize(
    ("symbols", "vocabulary"),
    [
        (np.array([[4]]), [4]),
        (np.array([[-1]]), [4]),
        (np.array([[0.0]]), [4]),
        (np.array([[0, 1]]), [4]),
        (np.zeros((0, 1), int), [4]),
        (np.array([0, 1]), [4]),
    ],
)
def test_what_are_no_symbols_is_refused(symbols, vocabulary):
    with pytest.raises(ValueError, match="symbols"):
        code_usage(symbols, vocabulary)
