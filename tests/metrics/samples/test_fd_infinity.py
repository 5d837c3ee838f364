"""The extrapolated Fréchet distance: exact lines, and Gaussians whose distance is known."""

import numpy as np
import pytest

from aezoo.metrics.samples import fd_infinity, frechet_distance
from aezoo.metrics.samples.fd_infinity import PARTS, extrapolate


def drawn(seed, shift=0.0, scale=1.0, n=2_000, d=8):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), shift + scale * random.normal(size=(n, d))


@pytest.mark.exact_metric("fd_infinity")
@pytest.mark.parametrize(("a", "b"), [(0.0, 1.0), (3.25, 120.0), (-0.5, 2.0)])
def test_a_line_in_the_inverse_size_is_continued_exactly(a, b):
    sizes = 5_000 / np.array(PARTS)
    assert extrapolate(PARTS, a + b / sizes) == pytest.approx(a, abs=1e-12)
    assert extrapolate(1 / sizes, a + b / sizes) == pytest.approx(a, abs=1e-12)


@pytest.mark.exact_metric("fd_infinity")
@pytest.mark.parametrize(("shift", "scale", "exact"), [(0.0, 1.0, 0.0), (0.5, 1.0, 2.0), (0.0, 1.5, 2.0)])
def test_gaussians_have_their_exact_distance_without_bias(shift, scale, exact):
    """``|shift|^2 + d (scale - 1)^2``, d = 8; the plain distance of equal sides is too large by (d^2 + 5 d) / (2 n)."""
    values = [fd_infinity(*drawn(seed, shift, scale), seed) for seed in range(30)]
    error = np.std(values, ddof=1) / 30**0.5
    assert np.mean(values) == pytest.approx(exact, abs=4 * error)
    if exact == 0:
        plain = [frechet_distance(*drawn(seed)) for seed in range(30)]
        assert np.mean(plain) == pytest.approx((8**2 + 5 * 8) / (2 * 2_000), rel=0.1)
        assert abs(np.mean(values)) < 0.2 * np.mean(plain)


def test_the_seed_alone_decides_and_too_few_rows_are_refused():
    real, fake = drawn(0, n=100)
    assert fd_infinity(real, fake, 1) == fd_infinity(real, fake, 1) != fd_infinity(real, fake, 2)
    with pytest.raises(ValueError, match="at least 6"):
        fd_infinity(real[:5], fake, 0)
