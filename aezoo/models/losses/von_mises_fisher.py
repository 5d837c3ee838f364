"""The von Mises-Fisher distribution on the unit sphere in `dim` dimensions: density, divergence, draws; in nats.

p(z) = exp(kappa m'z) / (Z(kappa) |S|) with respect to area, m its mean direction, |S| the area of the sphere, and Z the
mean of exp(kappa t) over the cosine t = m'z of a uniform z: a Bessel function, which no backend has for every order
under compilation. Instead, t = (x0 + c) / (1 + x0 c) is written by the c = cos(a) of another angle, with the x0 of Wood
1994, at which a has about the law that the angle of a uniform z has, for every kappa from 0 to infinity. Integrals over
it are of smooth bumps of one width, which Simpson's rule on one fixed grid gives to about 1e-8.

Slopes in kappa are moments over the same grid, written beside the values: differentiating the integrals gives the same
and takes twice as long to compile.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from keras import ops
from numpy.typing import NDArray
from scipy.special import gammaln

from aezoo.models import noise
from aezoo.models.base import Tensor
from aezoo.models.noise import Seeds

CELLS = 64
"""Cells of the grid of angles; each has a point at both ends and in the middle."""
WIDTHS = 10.0
"""Standard deviations of the bump that the grid reaches to both sides, where that is less than all angles."""
SMALLEST = 2.0**-24
"""Least probability of the angles to each side of a drawn one: at the ends there is no slope to divide by."""
NEWTON_STEPS = 5
"""Steps by which a drawn angle is found in its cell; two are exact to rounding in all but the rarest cells."""


def von_mises_fisher_kl(kappa: Tensor, dim: int) -> Tensor:
    """Compute KL(vMF(m, kappa) || uniform) on the unit sphere in `dim` dimensions: any shape, the same shape.

    kappa E[t] - ln Z(kappa), in nats: 0 at kappa = 0, kappa^2 / (2 dim) near it, and rising as (dim - 1)/2 ln kappa.
    Davidson et al. 2018, section 3. kappa is at least 0, float32 or float64.

    Raises `ValueError` for a `dim` below 2.
    """
    grid = _grid(kappa, dim)
    variance = _mean(grid.masses, ops.square(grid.away - grid.mean_away[..., None]))
    return _with_slope(-kappa * grid.mean_away - grid.log_z, kappa * variance, kappa)


def von_mises_fisher_log_density(z: Tensor, mean: Tensor, kappa: Tensor) -> Tensor:
    """Compute ln p(z) with respect to area: unit vectors (n, dim), unit vectors (n, dim), kappa (n,) -> (n,).

    1 - m'z is taken as |z - m|^2 / 2, which does not cancel where z is near the mean.
    """
    dim = z.shape[-1]
    away = 0.5 * ops.sum(ops.square(z - mean), axis=-1)
    return -kappa * away - _grid(kappa, dim).log_z - log_area_of_sphere(dim)


def von_mises_fisher_draw(mean: Tensor, kappa: Tensor, seeds: Seeds) -> tuple[Tensor, Tensor]:
    """Draw one z of each vMF(mean, kappa): unit vectors (n, dim), kappa (n,) -> z (n, dim) and ln p(z) (n,).

    The angle to the mean is drawn by inverting its distribution function, so that gradients reach kappa without the
    term for rejected draws of Davidson et al. 2018; the direction about the mean is that of a normal vector.
    """
    rows, dim = ops.shape(mean)[0], mean.shape[-1]
    grid = _grid(kappa, dim)
    normal = noise.normal((rows, dim + 1), seeds)  # one call: each takes most of a second to compile
    angle = _inverse(grid, _standard_normal_cdf(normal[:, dim]), dim)
    half_sine = ops.sin(angle / 2)
    divisor = 1 - (1 - grid.spread) * ops.square(half_sine)
    away = 2 * grid.spread * ops.square(half_sine) / divisor  # 1 - t, and next sqrt(1 - t^2)
    across = 2 * ops.sqrt(grid.spread) * half_sine * ops.cos(angle / 2) / divisor
    normal = normal[:, :dim]
    tangent = normal - ops.sum(normal * mean, axis=-1, keepdims=True) * mean
    tangent = tangent / ops.sqrt(ops.sum(ops.square(tangent), axis=-1, keepdims=True))
    z = (1 - away)[:, None] * mean + across[:, None] * tangent
    return z, -kappa * away - grid.log_z - log_area_of_sphere(dim)


def log_area_of_sphere(dim: int) -> float:
    """Compute ln(2 pi^(dim/2) / Gamma(dim/2)), of the unit sphere in `dim` dimensions."""
    return math.log(2) + dim / 2 * math.log(math.pi) - float(gammaln(dim / 2))


class _Grid(NamedTuple):
    """The law of the angle a at a kappa (...), on the points of the grid of angles (2 CELLS + 1,).

    Attributes:
        spread: b = (1 - x0) / (1 + x0) of Wood 1994, from 1 at kappa = 0 to 0 at infinity, (...).
        away: 1 - t at each point, (..., points).
        density: of the angle, in units of its largest value, (..., points).
        masses: the same, with the weights of Simpson's rule.
        mean_away: 1 - E[t], (...).
        log_z: ln Z(kappa) - kappa, (...).
        kappa: the concentration, (...), through which alone gradients pass.
    """

    spread: Tensor
    away: Tensor
    density: Tensor
    masses: Tensor
    mean_away: Tensor
    log_z: Tensor
    kappa: Tensor


def _grid(kappa: Tensor, dim: int) -> _Grid:
    """Compute the law of the angle: sin(a)^(dim-2) D^(1-dim) exp(-kappa (1 - t)), D = cos^2(a/2) + b sin^2(a/2).

    1 - t = 2 b sin^2(a/2) / D. A change of variable leaves integrals as they are, so that b passes no gradient.
    """
    angles, step = _angles(dim)
    followed, kappa = kappa, ops.stop_gradient(kappa)
    spread = (dim - 1) / (2 * kappa + ops.sqrt(4 * ops.square(kappa) + (dim - 1) ** 2))
    b = spread[..., None]
    half_sines = _constant(np.square(np.sin(angles / 2)), kappa)
    divisor = 1 - (1 - b) * half_sines
    away = 2 * b * half_sines / divisor
    log_sines = _constant(np.log(np.maximum(np.sin(angles), np.finfo(np.float32).tiny)), kappa)
    log_density = (dim - 2) * log_sines - (dim - 1) * ops.log(divisor) - kappa[..., None] * away
    largest = ops.max(log_density, axis=-1, keepdims=True)
    density = ops.exp(log_density - largest)
    simpson = np.append(np.tile([2.0, 4.0], CELLS), 1.0) * step / 6
    simpson[0] /= 2
    masses = density * _constant(simpson, kappa)
    uniform = float(np.log(np.sum(simpson * np.sin(angles) ** (dim - 2))))  # by the same rule, so that ln Z(0) is 0
    mean_away = _mean(masses, away)
    log_z = (dim - 1) / 2 * ops.log(spread) + largest[..., 0] + ops.log(ops.sum(masses, axis=-1)) - uniform
    return _Grid(spread, away, density, masses, mean_away, _with_slope(log_z, -mean_away, followed), followed)


def _inverse(grid: _Grid, uniform: Tensor, dim: int) -> Tensor:
    """Compute the angle a at which the distribution function F is `uniform` (n,): its cubic within a cell, inverted.

    At a fixed F, da/dkappa = (int_0^a (1 - t) p - F E[1 - t]) / p(a), p the density: the inverse function's slope.
    """
    angles, step = _angles(dim)
    cubics, far_cubics = _cubics(grid.density, step), _cubics(grid.density * grid.away, step)
    ends = cubics[..., 0] + cubics[..., 1]  # of the cells, the mass up to there
    wanted = ops.clip(uniform, SMALLEST, 1 - SMALLEST) * ends[:, -1]
    cell = ops.sum(ops.cast(ends[:, :-1] <= wanted[:, None], "int32"), axis=-1)
    both = ops.concatenate([cubics, far_cubics], axis=-1)
    chosen = ops.unstack(ops.take_along_axis(both, cell[:, None, None], axis=1)[:, 0], 8, axis=-1)
    (below, mass, start, end), far = chosen[:4], chosen[4:]
    rest, start, end = (wanted - below) / mass, start / mass, end / mass
    place = rest
    for _ in range(NEWTON_STEPS):
        place = ops.clip(place, 0, 1)
        place = place + (rest - _share(place, 1, start, end)) / _slope(place, start, end)
    place = ops.clip(place, 0, 1)
    away = far[0] + _share(place, *far[1:]) - wanted * grid.mean_away
    slope = step * away / (mass * _slope(place, start, end))
    return _with_slope(angles[0] + step * (ops.cast(cell, place.dtype) + place), slope, grid.kappa)


def _standard_normal_cdf(x: Tensor) -> Tensor:
    return 0.5 * (1 + ops.erf(x / math.sqrt(2)))


def _cubics(values: Tensor, step: float) -> Tensor:
    """Compute, for each cell, the integral up to it, over it, and the values at both ends times its width.

    (n, 2 CELLS + 1) -> (n, CELLS, 4). With these the integral up to a place in the cell is a cubic: `_share`.
    """
    starts, middles, ends = values[:, :-1:2], values[:, 1::2], values[:, 2::2]
    over = (starts + 4 * middles + ends) * (step / 6)
    up_to = ops.matmul(over, _constant(np.triu(np.ones((CELLS, CELLS)), 1), over))
    return ops.stack([up_to, over, starts * step, ends * step], axis=-1)


def _share(s: Tensor, over: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """Compute the cubic from 0 at s = 0 to `over` at s = 1, with the slopes `start` and `end` there."""
    return s * (start + s * (3 * over - 2 * start - end + s * (start + end - 2 * over)))


def _slope(s: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """Compute the slope of the cubic from 0 to 1, at least 1e-3."""
    return ops.maximum(start + s * (2 * (3 - 2 * start - end) + 3 * s * (start + end - 2)), 1e-3)


def _mean(masses: Tensor, values: Tensor) -> Tensor:
    """Compute the mean of (..., points) over the law of the angle: (...)."""
    return ops.sum(masses * values, axis=-1) / ops.sum(masses, axis=-1)


def _with_slope(value: Tensor, slope: Tensor, kappa: Tensor) -> Tensor:
    """Return `value`, with `slope` as its gradient in kappa and no other."""
    return ops.stop_gradient(value) + ops.stop_gradient(slope) * (kappa - ops.stop_gradient(kappa))


def _angles(dim: int) -> tuple[NDArray[np.float64], float]:
    """Return the grid's angles (2 CELLS + 1,), and the width of a cell."""
    if dim < 2:
        raise ValueError(f"dim is {dim!r}; a sphere lies in 2 dimensions or more")
    half = min(math.pi / 2, WIDTHS / math.sqrt(dim - 1))
    return np.linspace(math.pi / 2 - half, math.pi / 2 + half, 2 * CELLS + 1), 2 * half / CELLS


def _constant(values: NDArray[np.float64], like: Tensor) -> Tensor:
    return ops.convert_to_tensor(values, dtype=like.dtype)
