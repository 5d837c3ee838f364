"""Codes to mean 0 and variance 1, and back."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.samplers import Latent, NotApplicableError, Symbols
from aezoo.samplers.standardised import Standardisation, continuous_codes


def test_codes_have_mean_0_and_variance_1_there_and_are_themselves_back():
    codes = np.random.default_rng(0).normal([1e3, -2.0, 0.0], [1e-1, 50.0, 1.0], (400, 3)).astype(np.float32)
    scale = Standardisation.of(codes)
    standard = scale.forth(codes)
    assert standard.dtype == np.float32
    np.testing.assert_allclose(standard.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(standard.std(axis=0), 1, atol=1e-5)
    np.testing.assert_allclose(scale.back(standard), codes, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("value", [0.0, 0.1, -3e7, 1e-30])
def test_a_dimension_that_does_not_vary_is_0_there_and_its_constant_back(value):
    codes = np.array([[value, 1.0], [value, 2.0], [value, 6.0]], np.float32)
    scale = Standardisation.of(codes)
    standard = scale.forth(codes)
    assert (standard[:, 0] == 0).all()
    assert np.isfinite(standard).all()
    np.testing.assert_array_equal(scale.back(standard + 5)[:, 0], codes[:, 0])


def test_rounding_is_no_variance():
    codes = np.float32(0.1) + np.random.default_rng(0).integers(2, size=(50, 1)) * np.float32(1e-8)
    assert Standardisation.of(codes.astype(np.float32)).deviation == 0


def test_codes_that_no_density_can_be_fitted_to_are_refused_with_the_reason():
    codes = np.zeros((9, 2), np.float32)
    symbols = Symbols((2, 2), lambda z: z.astype(np.int64), lambda s: s.astype(np.float32))
    assert continuous_codes(Latent(codes), 9) is codes
    for latent, reason in (
        (Latent(codes[:, :0]), "the model has no encoder, and so no codes to fit"),
        (Latent(codes, symbols=symbols), "the code is discrete; a draw from a density is none of its codes"),
        (Latent(codes), "9 codes of 2 dimensions; it needs 10"),
    ):
        with pytest.raises(NotApplicableError) as raised:
            continuous_codes(latent, 10)
        assert str(raised.value) == reason
