"""The importance-weighted autoencoder, with the means and mixtures of its bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from keras import ops

from aezoo.models import MODELS
from aezoo.models.base import Tensor, Terms
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import gaussian_kl, importance_weighted_bound
from aezoo.models.parameters import check_share, check_whole
from aezoo.spec import Protocol


@MODELS.register("iwae", k=5)
@MODELS.register("miwae", groups=4, k=4)
@MODELS.register("ciwae", k=5, beta=0.05)
class IWAE(GaussianModel):
    r"""Importance-weighted autoencoder: minimises -E[ln 1/k sum_j w_j], ln w_j = ln p(x, z_j) - ln q(z_j|x), z_j ~ q.

    $$
    \mathcal{L}(x) = -\mathbb{E}\left[\frac{1 - \beta}{M} \sum_{i=1}^{M} \ln \frac{1}{k} \sum_{j=1}^{k} w_{ij}\right] +
    \beta \left(-\mathbb{E}_{q(z \mid x)}[\ln p(x \mid z)] + \mathrm{KL}(q(z \mid x) \,\|\, \mathcal{N}(0, I))\right),
    \quad w_{ij} = \frac{p(x, z_{ij})}{q(z_{ij} \mid x)}
    $$

    M is `groups`. Burda et al. 2016, equation 8. `miwae` has the mean of this bound over `groups` of k draws, `ciwae`
    the bound times 1 - beta and the evidence lower bound times beta: Rainforth et al. 2018, equations 9 and 10. They
    keep the signal in the encoder's gradient, which fades with k. One draw in a group is the evidence lower bound,
    whose KL has a closed form; k = 1 is `vae`. "nll" and "kl" are those of the evidence lower bound and not the parts
    of "loss", which is below their sum.

    Defaults:
        k: paper, Burda et al. 2016, of `iwae` and `ciwae`; in `miwae` 4 of the 8 of Rainforth et al. 2018, for a step
            costs as many decoders.
        groups: definition of `iwae` and `ciwae`; in `miwae` 4 of the 8 of Rainforth et al. 2018.
        beta: definition of `iwae` and `miwae`; in `ciwae` paper, Rainforth et al. 2018.
    """

    paper: ClassVar[str] = "Burda et al. 2016, arXiv:1509.00519"
    papers: ClassVar[Mapping[str, str]] = dict.fromkeys(("miwae", "ciwae"), "Rainforth et al. 2018, arXiv:1802.04537")
    dearer: ClassVar[str] = "a decoder for each of its draws"
    own_draws: ClassVar[bool] = True

    def __init__(self, protocol: Protocol, k: int = 5, groups: int = 1, beta: float = 0.0) -> None:
        super().__init__(protocol)
        self.k, self.groups = check_whole("k", k), check_whole("groups", groups)
        self.beta = check_share("beta", beta)

    def objective(self, x: Tensor) -> Terms:
        draws = self.weighted_draws(x, self.groups * self.k)
        nll, kl = ops.mean(draws.nll, axis=0), gaussian_kl(draws.mean, draws.log_variance)
        if self.k == 1 or self.beta == 1:
            return {"loss": nll + kl, "nll": nll, "kl": kl}
        log_weights = ops.reshape(draws.log_weights, (self.groups, self.k, -1))
        loss = -ops.mean(importance_weighted_bound(log_weights), axis=0)
        if self.beta:
            loss = (1 - self.beta) * loss + self.beta * (nll + kl)
        return {"loss": loss, "nll": nll, "kl": kl}
