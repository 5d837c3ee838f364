"""The importance-weighted bound of a variational autoencoder, per example, in nats."""

from __future__ import annotations

import math

from keras import ops

from aezoo.models.base import Tensor


def importance_weighted_bound(log_weights: Tensor) -> Tensor:
    """Compute ln (1/k) sum_j w_j of k log-weights for each of n images: (..., k, n) to (..., n).

    With ln w_j = ln p(x, z_j) - ln q(z_j|x), z_j ~ q(z|x), it bounds ln p(x) from below in expectation, the closer the
    larger k; k = 1 is the evidence lower bound. Burda et al. 2016, equation 8.
    """
    return ops.logsumexp(log_weights, axis=-2) - math.log(log_weights.shape[-2])
