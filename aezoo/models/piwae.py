"""The partially importance-weighted autoencoder, whose encoder and decoder have bounds of their own."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS
from aezoo.models.base import Player, Tensor, Terms
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import gaussian_kl, importance_weighted_bound
from aezoo.models.parameters import check_whole
from aezoo.spec import Protocol


@MODELS.register("piwae")
class PIWAE(GaussianModel):
    r"""Partially importance-weighted autoencoder: two players, with two bounds from the same `groups` x `k` draws.

    $$
    \begin{split}
    \mathcal{L}_p(x) &= -\mathbb{E}\left[\ln \frac{1}{M k} \sum_{i=1}^{M} \sum_{j=1}^{k} w_{ij}\right] \\
    \mathcal{L}_q(x) &= -\mathbb{E}\left[\frac{1}{M} \sum_{i=1}^{M} \ln \frac{1}{k} \sum_{j=1}^{k} w_{ij}\right], \quad
    w_{ij} = \frac{p(x, z_{ij})}{q(z_{ij} \mid x)}
    \end{split}
    $$

    M is `groups`. The decoder minimises "loss", -ln 1/(groups k) sum_ij w_ij, the tightest bound that the draws give;
    the encoder minimises "inference", -1/groups sum_i ln 1/k sum_j w_ij, whose gradient for it has more signal; ln w =
    ln p(x, z) - ln q(z|x), z ~ q(z|x). Rainforth et al. 2018, section 6.3. "nll" and "kl" are those of the evidence
    lower bound.

    Defaults:
        k: paper, 4 of its 8, for a step costs as many decoders, twice.
        groups: paper, 4 of its 8, for the same reason.
    """

    paper: ClassVar[str] = "Rainforth et al. 2018, arXiv:1802.04537"
    dearer: ClassVar[str] = "a decoder for each of its draws, once for the encoder's bound and once for the decoder's"
    own_draws: ClassVar[bool] = True

    def __init__(self, protocol: Protocol, k: int = 4, groups: int = 4) -> None:
        super().__init__(protocol)
        self.k, self.groups = check_whole("k", k), check_whole("groups", groups)

    def objective(self, x: Tensor) -> Terms:
        draws = self.weighted_draws(x, self.groups * self.k)
        by_group = ops.reshape(draws.log_weights, (self.groups, self.k, -1))
        return {
            "loss": -importance_weighted_bound(draws.log_weights),
            "inference": -ops.mean(importance_weighted_bound(by_group), axis=0),
            "nll": ops.mean(draws.nll, axis=0),
            "kl": gaussian_kl(draws.mean, draws.log_variance),
        }

    def players(self) -> dict[str, Player]:
        return {
            "inference": Player(self.encoder.trainable_variables),
            "loss": Player(self.decoder.trainable_variables),
        }
