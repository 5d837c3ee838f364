"""Laws that checks draw from: functions of a random generator and a number of rows."""

from __future__ import annotations

import numpy as np

from aezoo.audit.checks import Floats, Sampler


def gaussian(dimensions: int, mean: float = 0.0, deviation: float = 1.0) -> Sampler:
    """Draw from N(mean, deviation² I)."""
    return lambda random, n: random.normal(mean, deviation, (n, dimensions))


def with_outlier(law: Sampler, place: float) -> Sampler:
    """Draw from a law with one of the rows replaced by one whose entries are all `place`.

    The authors add a row; to replace one leaves both sides with the same number, which some metrics need.
    """

    def draw(random: np.random.Generator, n: int) -> Floats:
        rows = law(random, n)
        rows[-1] = place
        return rows

    return draw


def mixture(means: Floats, deviation: float, weights: Floats) -> Sampler:
    """Draw from a mixture of N(mean, deviation² I); means (k, d), weights (k,), which need not sum to 1."""

    def draw(random: np.random.Generator, n: int) -> Floats:
        chosen = random.choice(len(means), n, p=weights / weights.sum())
        return means[chosen] + random.normal(0, deviation, (n, means.shape[1]))

    return draw


def shares(*parts: tuple[float, Sampler]) -> Sampler:
    """Draw a fixed share of the rows from each of some laws; the last has what is left."""

    def draw(random: np.random.Generator, n: int) -> Floats:
        counts = [round(share * n) for share, _ in parts[:-1]]
        counts.append(n - sum(counts))
        return np.concatenate([law(random, count) for count, (_, law) in zip(counts, parts, strict=True)])

    return draw


def columns(*laws: Sampler) -> Sampler:
    """Draw independent laws side by side."""
    return lambda random, n: np.concatenate([law(random, n) for law in laws], axis=1)


def scaled(law: Sampler, scales: Floats) -> Sampler:
    """Draw from a law and multiply each dimension by its scale, (d,)."""
    return lambda random, n: law(random, n) * scales


def rounded(law: Sampler) -> Sampler:
    """Draw from a law and round to whole numbers."""
    return lambda random, n: np.round(law(random, n))


def pareto(exponent: float) -> Sampler:
    """Draw one dimension with the tail P(X > x) = x^-exponent, x >= 1."""
    return lambda random, n: random.pareto(exponent, (n, 1)) + 1


def sphere_surface(dimensions: int, radius: float) -> Sampler:
    """Draw uniformly from the surface of a ball around 0."""

    def draw(random: np.random.Generator, n: int) -> Floats:
        rows: Floats = random.normal(size=(n, dimensions))
        rows *= radius / np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    return draw


def ball(dimensions: int, radius: float) -> Sampler:
    """Draw uniformly from a ball around 0."""

    def draw(random: np.random.Generator, n: int) -> Floats:
        return sphere_surface(dimensions, radius)(random, n) * random.random((n, 1)) ** (1 / dimensions)

    return draw


def torus(radius: float, thickness: float) -> Sampler:
    """Draw from a torus around the third axis: discs of radius `thickness`, uniform, turned by a uniform angle."""

    def draw(random: np.random.Generator, n: int) -> Floats:
        disc, angle = ball(2, thickness)(random, n), random.uniform(0, 2 * np.pi, n)
        distance = radius + disc[:, 0]
        return np.stack([distance * np.cos(angle), distance * np.sin(angle), disc[:, 1]], axis=1)

    return draw


def cube(dimensions: int, start: float) -> Sampler:
    """Draw uniformly from the cube [start, start + 1]^d."""
    return lambda random, n: random.uniform(start, start + 1, (n, dimensions))
