"""Maximum mean discrepancy (MMD): the kernel distance (KID), and the kernel two-sample test with its p-value."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences, subsample
from aezoo.metrics.validation import check_features

PERMUTATIONS = 200
MAX_ROWS = 2000
BLOCK_ROWS = 256
MAX_INFLUENCE_ROWS = 1_000


def _kernel_influences(real: Floats, fake: Floats) -> Influences:
    """The influences: twice the mean kernel of an image with the others of its side, less that with the other side."""
    return {"kd": {"real": _kernel_influence(real, fake), "fake": _kernel_influence(fake, real)}}


def _kernel_influence(own: Floats, other: Floats) -> Floats:
    rows = own[subsample(len(own), MAX_INFLUENCE_ROWS)]
    itself = (np.square(rows).sum(axis=1) / rows.shape[1] + 1) ** 3
    within = (_kernel_sums(rows, own) - itself) / (len(own) - 1)
    return np.asarray(2 * (within - _kernel_sums(rows, other) / len(other)))


def _kernel_sums(x: Floats, y: Floats) -> Floats:
    """The sum of the kernel over y for each row of x."""
    base = x @ y.T / x.shape[1] + 1
    return np.asarray((base * base * base).sum(axis=1))


@METRICS.register(
    "kd",
    question="samples",
    needs=("real", "fake"),
    scores=(Score("kd", "kernel units", "lower", 0.0),),
    minimum_n=1000,
    standard_error=InfluenceFunctionError(_kernel_influences, ("real", "fake")),
    headline={"kd": 8},
)
def kernel_distance(real: Floats, fake: Floats) -> float:
    """Kernel distance: the unbiased estimate of the squared maximum mean discrepancy, kernel ``(x.y / d + 1)^3``.

    ``mean_{i != j} k(x_i, x_j) + mean_{i != j} k(y_i, y_j) - 2 mean_{i, j} k(x_i, y_j)``. Lower is better;
    its expectation is 0 for equal distributions, so that it may be negative. Not invariant to the scale of
    the features.

    Args:
        real: features of real images, (n, d), n >= 2.
        fake: features of generated images, (m, d), m >= 2.

    Raises:
        ValueError: for differing widths, a side of fewer than 2 rows, NaN or infinite values.

    Source: Gretton et al. 2012, equation 3; Binkowski et al. 2018, arXiv:1801.01401, for the kernel.
    """
    real, fake = check_features(real, fake, minimum_rows=2)
    cross = _kernel_sum(real, fake) / (len(real) * len(fake))
    return _mean_off_diagonal(real) + _mean_off_diagonal(fake) - 2 * cross


def _mean_off_diagonal(x: Floats) -> float:
    diagonal = float(np.sum((np.square(x).sum(axis=1) / x.shape[1] + 1) ** 3))
    return (_kernel_sum(x, x) - diagonal) / (len(x) * (len(x) - 1))


def _kernel_sum(x: Floats, y: Floats) -> float:
    """The sum of the kernel over all pairs, a block of rows at a time."""
    total = 0.0
    for start in range(0, len(x), BLOCK_ROWS):
        base = x[start : start + BLOCK_ROWS] @ y.T
        base /= x.shape[1]
        base += 1
        total += float(np.vdot(base, base * base))
    return total


@METRICS.register(
    "mmd_test",
    question="samples",
    needs=("real", "fake", "seed"),
    scores=(
        Score("mmd", "kernel units", "lower", 0.0, (-1.0, 2.0)),
        Score("mmd_p_value", "probability", "neither", None, (0.0, 1.0)),
    ),
    minimum_n=1000,
    slow=True,
)
def mmd_test(
    real: Floats,
    fake: Floats,
    seed: int,
    bandwidth: float | None = None,
    permutations: int = PERMUTATIONS,
) -> dict[str, float]:
    """Kernel two-sample test with Gaussian kernels whose width comes from the real side alone.

    - ``mmd``: the unbiased estimate of the squared maximum mean discrepancy, ``mean_{i != j} k(x_i, x_j) +
      mean_{i != j} k(y_i, y_j) - 2 mean_{i, j} k(x_i, y_j)``; lower is better, 0 expected for equal
      distributions, so that it may be negative. ``k`` is the mean of ``exp(-|x - y|^2 / (2 w^2))`` over
      the widths w = h / 2, h and 2 h; in (0, 1].
    - ``mmd_p_value``: ``(1 + #{permuted mmd >= mmd}) / (1 + permutations)``, in (0, 1]; uniform for equal
      distributions. It ranks nothing: no order of generators can be read from it.

    The width ``h`` is the median distance between reals: a generator does not choose its own ruler. Of more
    than 2,000 rows a side, 2,000 drawn without replacement are used.

    Args:
        real: features of real images, (n, d), n >= 2.
        fake: features of generated images, (m, d), m >= 2.
        seed: of the rows drawn and the permutations.
        bandwidth: ``h``, above 0, where the median is not wanted.
        permutations: how often the sides are exchanged at random.

    Raises:
        ValueError: for differing widths, a side of fewer than 2 rows, reals of which half are alike, NaN or
            infinite values.

    Limits: copies of training images pass, as draws of the same distribution.

    Source: Gretton et al. 2012, "A kernel two-sample test", equation 3 and section 8.
    """
    real, fake = check_features(real, fake, minimum_rows=2)
    generator = np.random.default_rng(seed)
    real, fake = (side[generator.permutation(len(side))[:MAX_ROWS]] for side in (real, fake))
    squared = _squared_distances(np.concatenate([real, fake]))
    kernel = _kernel(squared, _median_distance(real, squared) if bandwidth is None else bandwidth)
    first = np.zeros((len(kernel), 1 + permutations))
    first[: len(real)] = 1
    first[:, 1:] = generator.permuted(first[:, 1:], axis=0)
    values = _discrepancies(kernel, first, len(real), len(fake))
    # Rounding must not decide between permutations that are equal in exact arithmetic.
    as_large = np.count_nonzero(values[1:] >= values[0] - 1e-12)
    return {"mmd": float(values[0]), "mmd_p_value": (1 + as_large) / (1 + permutations)}


def _median_distance(real: Floats, squared: Floats) -> float:
    """The median distance between reals, which come first in `squared`; 0 where more than half of the pairs are equal.

    Equal rows are not always exactly 0 apart in a matrix product, and their rounding is no width.
    """
    n = len(real)
    repeats = np.unique(real, axis=0, return_counts=True)[1]
    if 2 * int(repeats @ (repeats - 1)) > n * (n - 1):
        return 0.0
    return float(np.median(np.sqrt(squared[:n, :n][np.triu_indices(n, 1)])))


def _squared_distances(points: Floats) -> Floats:
    """The squared distances of all pairs, by one matrix product; equal rows are exactly 0 apart, or nearly so."""
    centred = points - points.mean(axis=0)
    norms = np.square(centred).sum(axis=1)
    squared: Floats = centred @ (-2 * centred.T)
    squared += norms[:, None]
    squared += norms
    return squared.clip(min=0, out=squared)


def _kernel(squared: Floats, width: float) -> Floats:
    """The kernel of all pairs, with zeros on the diagonal."""
    if not width > 0:
        raise ValueError(f"the bandwidth is {width}; give reals that differ, or a bandwidth above 0")
    # One exponential for all three widths: halving a width raises the kernel to its fourth power.
    widest = np.exp(squared / (-2 * (2 * width) ** 2))
    middle = np.square(np.square(widest))
    narrowest = np.square(np.square(middle))
    kernel: Floats = (widest + middle + narrowest) / 3
    np.fill_diagonal(kernel, 0)
    return kernel


def _discrepancies(kernel: Floats, first: Floats, n: int, m: int) -> Floats:
    """The unbiased estimate for each column of `first`, which marks the n rows of one side by 1."""
    reached = kernel @ first
    within = (first * reached).sum(axis=0)
    across = reached.sum(axis=0) - within
    other = kernel.sum() - within - 2 * across
    values: Floats = within / (n * (n - 1)) + other / (m * (m - 1)) - 2 * across / (n * m)
    return values
