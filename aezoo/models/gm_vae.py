"""The variational autoencoder with a mixture of Gaussians as its prior, which sorts images into clusters."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from keras import ops

from aezoo.models import MODELS, networks, noise
from aezoo.models.base import Tensor, Terms
from aezoo.models.gaussian import GaussianModel
from aezoo.models.groups_of_codes import codes_of, gaussian_mixture
from aezoo.models.losses import bernoulli_nll, gaussian_kl_between, gaussian_log_density
from aezoo.models.parameters import check_share, check_whole
from aezoo.spec import Protocol

MOST_COMPONENTS = 10_000


@MODELS.register("gm-vae")
class GaussianMixtureVAE(GaussianModel):
    r"""Gaussian-mixture autoencoder: minimises -E_q[ln p(x|z)] - ln sum_c pi_c exp(-KL(q(z|x) || p(z|c))).

    $$
    \mathcal{L}(x) = -\mathbb{E}_{q(z \mid x)}[\ln p(x \mid z)] - \ln \sum_c \pi_c \exp\left(-\mathrm{KL}(q(z \mid x)
    \,\|\, p(z \mid c))\right)
    $$

    The prior is sum_c pi_c p(z|c), p(z|c) = N(m_c, diag v_c), all learnt. The second term is the divergence of
    q(z|x) q(c|x) from p(z, c) at the q(c|x) that makes it smallest, in proportion to pi_c exp(-KL(q(z|x) || p(z|c))),
    by which `cluster` sorts. Jiang et al. 2017 (VaDE), equations 8 to 12, who take the mean of p(c|z) for q(c|x). As
    theirs, it begins as an autoencoder, here for the share `pretraining` of the steps, without the second term. From a
    prior that is learnt at once a single component takes all. With `start` "images" the m_c are then codes of images
    drawn at random, v_c the variance of all; with "mixture" pi, m and v are those of a mixture fitted to all codes by
    expectation and maximisation from the centres of k-means, as theirs.

    Defaults:
        components: paper, the number of classes.
        pretraining: searched, results/tuning: the best of five by samples and by groups, from "images".
        start: paper; searched, results/tuning: the better of two by samples and by groups.
    """

    paper: ClassVar[str] = "Jiang et al. 2017, arXiv:1611.05148"

    def __init__(
        self, protocol: Protocol, components: int = 10, pretraining: float = 0.2, start: str = "mixture"
    ) -> None:
        super().__init__(protocol)
        if start not in ("images", "mixture"):
            raise ValueError(f"start is {start!r}; it must be 'images' or 'mixture'")
        self.start = start
        most = protocol.batch_size if start == "images" else MOST_COMPONENTS  # each begins at an image of the batch
        shape = (check_whole("components", components, most=most), protocol.latent_dim)
        self.pretraining = check_share("pretraining", pretraining)
        if start == "mixture":  # the mixture is fitted at the start of an epoch: at the latest of the last one
            self.pretraining = min(self.pretraining, (protocol.epochs - 1) / protocol.epochs)
        self.logits = self.add_weight(shape=shape[:1], initializer="zeros", name="logits")
        self.means = self.add_weight(shape=shape, initializer=networks.vectors(), name="means")
        self.log_variances = self.add_weight(shape=shape, initializer="zeros", name="log_variances")
        self.weight = self.add_weight(shape=(), initializer="ones", trainable=False, name="weight")

    def on_epoch(self, images: Any, progress: float) -> None:  # noqa: ANN401
        if self.start == "mixture" and progress < self.pretraining:
            self.weight.assign(0.0)
        elif self.start == "mixture" and float(self.weight) == 0:
            mixture = gaussian_mixture(codes_of(self, images), self.means.shape[0])
            self.logits.assign(np.log(mixture.shares))
            self.means.assign(mixture.means)
            self.log_variances.assign(np.log(mixture.variances))
            self.weight.assign(1.0)

    def on_step(self, x: Tensor, progress: Tensor) -> None:
        if self.start == "mixture":
            return
        early, codes = progress < self.pretraining, self.encode(x)
        log_variance = ops.log(ops.var(codes, axis=0) + 1e-6)
        self.weight.assign(ops.where(early, 0.0, 1.0))
        self.means.assign(ops.where(early, codes[: self.means.shape[0]], self.means))
        self.log_variances.assign(ops.where(early, log_variance, self.log_variances))

    def objective(self, x: Tensor) -> Terms:
        z, mean, log_variance = self.code(x)
        nll = bernoulli_nll(x, self.decoder(z))
        kl = -ops.logsumexp(self._log_affinities(mean, log_variance), axis=-1)
        return {"loss": nll + self.weight * kl, "nll": nll, "kl": kl}

    def _log_affinities(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Compute ln pi_c - KL(q(z|x) || p(z|c)), which is ln q(c|x) but for its constant: (n, K)."""
        divergences = gaussian_kl_between(mean[:, None], log_variance[:, None], self.means, self.log_variances)
        return ops.log_softmax(self.logits) - divergences

    def cluster(self, x: Tensor) -> Tensor:
        return ops.argmax(self._log_affinities(*self.posterior(x)), axis=-1)

    def log_prior(self, z: Tensor) -> Tensor:
        by_component = gaussian_log_density(z[:, None], self.means, self.log_variances)
        return ops.logsumexp(ops.log_softmax(self.logits) + by_component, axis=-1)

    def sample_prior(self, n: int, seed: int) -> Tensor:
        chosen = ops.argmax(self.logits + noise.gumbel((n, self.logits.shape[0]), seed + 1), axis=-1)
        deviations = ops.exp(0.5 * ops.take(self.log_variances, chosen, axis=0))
        return ops.take(self.means, chosen, axis=0) + deviations * noise.normal((n, self.means.shape[1]), seed)
