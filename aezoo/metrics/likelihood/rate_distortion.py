"""Rate and distortion: the cost of a code, the error at which it is had, and how much of the code is used."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.likelihood.bounds import check_count
from aezoo.metrics.likelihood.density import Density, check_posterior
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences, subsample
from aezoo.seeds import generator

SPREAD_IMAGES = 1_000

POSTERIOR = ("posterior_mean", "posterior_log_variance")


def _of_images(density: Density, x: Floats, seed: int) -> Influences:
    return {"distortion": {"x": _log_likelihoods(density, x[subsample(len(x), SPREAD_IMAGES)], seed, 4).mean(axis=1)}}


@METRICS.register(
    "distortion",
    question="likelihood",
    needs=("density", "x", "seed"),
    scores=(Score("distortion", "nats per image, grey", "neither"),),
    minimum_n=100,
    version=2,
    standard_error=InfluenceFunctionError(_of_images, ("density", "x", "seed")),
    headline={"distortion": 6},
)
def distortion(density: Density, x: Floats, seed: int = 0, samples: int = 4) -> float:
    """Distortion: the mean over images of ``-E_q[ln p(x|z)]``, by `samples` draws of z.

    In nats per image. Of two models with equal rate the lower one is better; alone it ranks nothing. On
    grey images it is the chapter's reconstruction term and no likelihood; on MNIST a collapsed model stays at about
    206, the best constant image.

    Args:
        density: p(x|z) and q(z|x).
        x: images (n, D), float64 in [0, 1].
        seed: of the draws.
        samples: draws an image.

    Raises:
        ValueError: for NaN or infinite values, or no draws.

    Limits: alone it rewards who spends the most rate, and how samples look goes unseen.

    Source: Alemi et al. 2018, arXiv:1711.00464, equation 4.
    """
    return -float(np.mean(_log_likelihoods(density, check_array("x", x), seed, samples)))


def _log_likelihoods(density: Density, images: Floats, seed: int, samples: int) -> Floats:
    """ln p(x|z) of each image and draw of z, (n, samples)."""
    z, _ = density.proposal(images).draw(check_count("samples", samples), generator(seed, "distortion"))
    return density.log_likelihood(images, z)


def _rates(rates: ArrayLike) -> Influences:
    return {"rate": {"rates": np.asarray(rates)}}


@METRICS.register(
    "rate",
    question="likelihood",
    needs=("rates",),
    scores=(Score("rate", "nats per image, grey", "neither"),),
    minimum_n=100,
    version=2,
    standard_error=InfluenceFunctionError(_rates, ("rates",)),
    headline={"rate": 5},
)
def rate(rates: ArrayLike) -> float:
    """Rate: the mean over images of ``KL(q(z|x) || p(z))``, what a code costs; 0 for a collapsed model.

    In nats per image; neither end is better: read it with the distortion at which it is paid. It
    bounds the mutual information of image and code from above. Of a discrete code it is the cross-entropy of its
    symbols under their frequencies in training codes. In [0, inf), but for an estimate by draws, which may be
    below 0 by chance.

    Args:
        rates: of each image (n,); `gaussian_rates` where q(z|x) is Gaussian and p(z) is N(0, I).

    Raises:
        ValueError: for another shape, NaN or infinite values.

    Limits: whether the decoder uses what the code costs goes unseen.

    Source: Alemi et al. 2018, arXiv:1711.00464, equation 5.
    """
    return float(check_array("rates", rates, ndim=1).mean())


def gaussian_rates(posterior_mean: ArrayLike, posterior_log_variance: ArrayLike) -> Floats:
    """Compute ``KL(q(z|x) || N(0, I)) = sum_d (mean^2 + var - 1 - ln var) / 2`` of each image, in nats, (n,).

    Args:
        posterior_mean: (n, d).
        posterior_log_variance: (n, d), natural logarithms.

    Raises:
        ValueError: for differing shapes, NaN or infinite values.

    Source: Kingma and Welling 2014, appendix B.
    """
    return np.asarray(_divergences(posterior_mean, posterior_log_variance).sum(axis=1))


def kl_per_dim(posterior_mean: ArrayLike, posterior_log_variance: ArrayLike) -> Floats:
    """The rate of each dimension of the code: mean over images of ``(mean^2 + var - 1 - ln var) / 2`` in nats, (d,).

    Args:
        posterior_mean: (n, d).
        posterior_log_variance: (n, d), natural logarithms.

    Raises:
        ValueError: for differing shapes, NaN or infinite values.

    Source: Kingma and Welling 2014, appendix B.
    """
    return np.asarray(_divergences(posterior_mean, posterior_log_variance).mean(axis=0))


@METRICS.register(
    "kl_per_dim",
    question="likelihood",
    needs=POSTERIOR,
    scores=(
        Score("kl_smallest_dim", "nats per image, grey", "neither", range=(0.0, np.inf)),
        Score("kl_largest_dim", "nats per image, grey", "neither", range=(0.0, np.inf)),
    ),
    minimum_n=100,
    version=2,
)
def kl_extremes(posterior_mean: ArrayLike, posterior_log_variance: ArrayLike) -> dict[str, float]:
    """The smallest and the largest entry of `kl_per_dim`: how unevenly the rate is spent.

    ``min_d`` and ``max_d`` of the mean over images of ``(mean^2 + var - 1 - ln var) / 2``. In nats per image, in
    [0, inf); a smallest entry near 0 is a dimension that carries nothing. It describes, and ranks nothing.

    Args:
        posterior_mean: (n, d), d >= 1.
        posterior_log_variance: (n, d), natural logarithms.

    Raises:
        ValueError: for differing shapes, NaN or infinite values.

    Limits: two dimensions of all are seen, and not whether the decoder uses what they cost.

    Source: Kingma and Welling 2014, appendix B.
    """
    divergences = kl_per_dim(posterior_mean, posterior_log_variance)
    return {"kl_smallest_dim": float(divergences.min()), "kl_largest_dim": float(divergences.max())}


@METRICS.register(
    "active_units",
    question="likelihood",
    needs=("posterior_mean",),
    scores=(Score("active_units", "dimensions", "neither", range=(0.0, np.inf)),),
    minimum_n=1000,
    version=2,
    headline={"active_units": 7},
)
def active_units(posterior_mean: ArrayLike, threshold: float = 0.01) -> float:
    """Active units: the number of dimensions whose posterior mean varies over images by more than `threshold`.

    ``sum_d 1[Var_x(E_q[z_d|x]) > threshold]``, the variance with divisor n; in [0, d]. It describes: a model that
    needs fewer dimensions is not worse for it.

    Args:
        posterior_mean: (n, d).
        threshold: a variance, in units of the prior's.

    Raises:
        ValueError: for NaN or infinite values.

    Limits: a unit that varies counts, whether or not the decoder uses it, and the number depends on the threshold.

    Source: Burda et al. 2016, arXiv:1509.00519, section 5.2.
    """
    return float(np.sum(check_array("posterior_mean", posterior_mean).var(axis=0) > threshold))


@METRICS.register(
    "collapsed_dims",
    question="likelihood",
    needs=POSTERIOR,
    scores=(Score("collapsed_dims", "share", "neither", range=(0.0, 1.0)),),
    minimum_n=1000,
    version=2,
)
def collapsed_dims(
    posterior_mean: ArrayLike, posterior_log_variance: ArrayLike, epsilon: float = 0.01, delta: float = 0.01
) -> float:
    """Posterior collapse: the share of dimensions d with ``P_x[KL(q(z_d|x) || N(0, 1)) < epsilon] >= 1 - delta``.

    In [0, 1]; 1 for a model whose code says nothing of the image, between 0 and 1 dimensions that it leaves unused.
    It describes, and ranks nothing.

    Args:
        posterior_mean: (n, d), d >= 1.
        posterior_log_variance: (n, d), natural logarithms.
        epsilon: in nats.
        delta: a share of the images.

    Raises:
        ValueError: for differing shapes, NaN or infinite values.

    Limits: a dimension that carries little more than epsilon counts as used, and the share depends on epsilon and
    delta.

    Source: Lucas et al. 2019, arXiv:1911.02469, definition 1.
    """
    uninformative = _divergences(posterior_mean, posterior_log_variance) < epsilon
    return float(np.mean(uninformative.mean(axis=0) >= 1 - delta))


def _divergences(posterior_mean: ArrayLike, posterior_log_variance: ArrayLike) -> Floats:
    """KL(q(z_d|x_i) || N(0, 1)) in nats, (n, d)."""
    mean, log_variance = check_posterior(np.asarray(posterior_mean), np.asarray(posterior_log_variance))
    return 0.5 * (np.square(mean) + np.expm1(log_variance) - log_variance)
