"""Normalising flows: invertible maps with the logarithm of their volume's change; per example, in nats."""

from __future__ import annotations

import math

from keras import ops

from aezoo.models.base import Tensor
from aezoo.models.losses.gaussians import gaussian_kl, standard_normal_log_density


def planar_flow(z: Tensor, u: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Map z to z + v tanh(w z + b); return it (n, d), and ln |det dz'/dz| (n,).

    Rezende and Mohamed 2015, equations 10 to 12. v = u + (m - w u) w / |w|^2 with w v = m > -1 keeps the map
    invertible; m = softplus(w u + ln(e - 1)) - 1, where the paper has softplus(w u) - 1, so that u = 0 is the identity
    and v stays finite as w goes to 0.

    Args:
        z: (n, d).
        u: (n, d), or of a shape that broadcasts; so the others.
        w: (n, d).
        b: (n,).
    """
    inner = ops.sum(w * u, axis=-1)
    allowed = ops.softplus(inner + math.log(math.e - 1)) - 1
    squares = ops.maximum(ops.sum(ops.square(w), axis=-1), 1e-12)
    v = u + ((allowed - inner) / squares)[..., None] * w
    bend = ops.tanh(ops.sum(w * z, axis=-1) + b)
    return z + v * bend[..., None], ops.log1p((1 - ops.square(bend)) * allowed)


def flow_kl(mean: Tensor, log_variance: Tensor, start: Tensor, end: Tensor, log_determinant: Tensor) -> Tensor:
    """Estimate KL(q || N(0, I)) of the law q of `end`, the image by a flow of start ~ N(mean, exp(log_variance)).

    KL(N(mean, exp(log_variance)) || N(0, I)) + ln N(start; 0, I) - ln N(end; 0, I) - log_determinant, (n,), in nats:
    its mean is that of ln q(end) - ln N(end; 0, I), with the Gaussian's part in closed form, so that of a flow that
    moves nothing it is `gaussian_kl`.
    """
    moved = standard_normal_log_density(start) - standard_normal_log_density(end)
    return gaussian_kl(mean, log_variance) + (moved - log_determinant)
