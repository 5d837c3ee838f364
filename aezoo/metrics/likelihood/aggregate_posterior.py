"""The aggregate posterior: how all codes together fit the prior."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.likelihood.density import GaussianProposal
from aezoo.metrics.likelihood.rate_distortion import POSTERIOR, gaussian_rates
from aezoo.seeds import generator

ROWS = 500


@METRICS.register(
    "aggregate_posterior",
    question="likelihood",
    needs=(*POSTERIOR, "seed"),
    scores=(
        Score("mutual_information", "nats, at most ln n", "neither"),
        Score("aggregate_kl", "nats, at least rate - ln n", "neither"),
    ),
    minimum_n=1000,
    version=2,
)
def aggregate_posterior(
    posterior_mean: ArrayLike, posterior_log_variance: ArrayLike, seed: int = 0
) -> dict[str, float]:
    """The two parts of the rate: the code's information on the image, and how far all codes lie from the prior.

    ``rate = I + KL(q(z) || N(0, I))`` with ``q(z) = (1/n) sum_m q(z|x_m)`` and
    ``I = mean_i E_q[ln q(z|x_i) - ln q(z)]``, the expectation by one draw an image. In nats. I cannot exceed ln n
    (9.21 for 10,000 images), so KL is never below rate - ln n, however well codes of all possible images fit the
    prior. Only where I lies well below ln n do both speak of these, and a high KL of holes, where the prior draws codes
    that no image has: hence neither ranks models.
    For n images: (n^2 d) operations.

    Args:
        posterior_mean: (n, d).
        posterior_log_variance: (n, d), natural logarithms.
        seed: of the draws.

    Raises:
        ValueError: for differing shapes, NaN or infinite values.

    Limits: information above ln n is not seen with n images, and is counted as distance from the prior.

    Source: Hoffman and Johnson 2016, ELBO surgery, equation 2.
    """
    proposal = GaussianProposal(np.asarray(posterior_mean), np.asarray(posterior_log_variance))
    codes, _ = proposal.draw(1, generator(seed, "aggregate posterior"))
    information = _mean_information(proposal, codes[:, 0])
    rate = float(gaussian_rates(proposal.mean, proposal.log_variance).mean())
    return {"mutual_information": information, "aggregate_kl": rate - information}


def _mean_information(proposal: GaussianProposal, codes: Floats) -> float:
    """The mean of ln q(z_i|x_i) - ln q(z_i) over codes z_i (n, d), a block of rows at a time."""
    total, n = 0.0, len(codes)
    for start in range(0, n, ROWS):
        rows = np.arange(start, min(start + ROWS, n))
        log_densities = _log_densities(codes[rows], proposal)
        own = log_densities[np.arange(len(rows)), rows]
        total += float(np.sum(own - logsumexp(log_densities, axis=1) + np.log(n)))
    return total / n


def _log_densities(codes: Floats, proposal: GaussianProposal) -> Floats:
    """ln q(z_i|x_m) but for its constant, of codes (r, d): (r, n)."""
    precision = np.exp(-proposal.log_variance)
    constants = np.sum(proposal.log_variance + np.square(proposal.mean) * precision, axis=1)
    cross = codes @ (proposal.mean * precision).T
    return np.asarray(cross - 0.5 * (np.square(codes) @ precision.T + constants))
