"""Deep embedded clustering, with or without the reconstruction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from keras import ops

from aezoo.models import MODELS, losses, networks
from aezoo.models.base import Tensor, Terms
from aezoo.models.deterministic import DeterministicModel
from aezoo.models.groups_of_codes import codes_of, kmeans_centres
from aezoo.models.parameters import check_non_negative, check_share, check_whole
from aezoo.spec import Protocol


@MODELS.register("dec")
@MODELS.register("idec", reconstruction=1.0)
class DEC(DeterministicModel):
    r"""Deep embedded clustering: minimises weight KL(P || Q) + reconstruction (-ln p(x|z)) once it is pretrained.

    $$
    \begin{split}
    \mathcal{L}(x) &= \lambda \sum_j p_j \ln \frac{p_j}{q_j} - \rho \ln p(x \mid z) \\
    q_j &= \frac{(1 + |z - c_j|^2)^{-1}}{\sum_i (1 + |z - c_i|^2)^{-1}}, \quad p_j = \frac{\bar{q}_j^2 / f_j}{\sum_i
    \bar{q}_i^2 / f_i}
    \end{split}
    $$

    lambda is `weight`, rho is `reconstruction`, q-bar is the q of a held copy. q_j(x) is proportional to 1 / (1 + |z -
    c_j|^2), z = f(x), c_j a centre; p_j to q_j^2 / f_j, f_j the mean of q_j over the training images, held constant:
    Xie et al. 2016, equations 1 to 3. For the share `pretraining` of the training, and not in its last epoch, it is the
    plain autoencoder; then k-means of all codes gives the centres. `dec` drops the reconstruction then, and its images
    get worse; `idec` keeps it: Guo et al. 2017, IJCAI, equation 9. P is that of a copy of encoder and centres which
    follows them at each epoch, where the papers hold it for 140 steps; of the present ones, it runs away and merges
    groups. It is pretrained as a whole, not by layers.

    Defaults:
        clusters: paper, the number of classes.
        weight: program, 0.1 beside the mean squared error of 784 pixels, as Guo et al. 2017, times 784 and times 3.0
            nats a unit of squared error (as `rae-l2`); alone, in `dec`, its scale matters to Adam only until it has
            forgotten the pretraining, some 1,000 steps.
        reconstruction: definition of the two presets.
        pretraining: searched, results/tuning: from 0.4 to 0.8 the accuracy of the groups is the same.
    """

    paper: ClassVar[str] = "Xie et al. 2016, arXiv:1511.06335"
    papers: ClassVar[Mapping[str, str]] = {"idec": "Guo et al. 2017, IJCAI"}

    def __init__(
        self,
        protocol: Protocol,
        clusters: int = 10,
        weight: float = 235.0,
        reconstruction: float = 0.0,
        pretraining: float = 0.6,
    ) -> None:
        super().__init__(protocol)
        self.weight = check_non_negative("weight", weight)
        self.reconstruction = check_non_negative("reconstruction", reconstruction)
        # Groups are found at the start of an epoch: at the latest of the last one.
        self.pretraining = min(check_share("pretraining", pretraining), (protocol.epochs - 1) / protocol.epochs)
        shape = (check_whole("clusters", clusters, least=2), protocol.latent_dim)
        self.centres = self.add_weight(shape=shape, initializer=networks.vectors(), name="centres")
        self.held_encoder = networks.encoder(protocol, heads=("code",))
        self.held_encoder.trainable = False
        self.held_centres = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="held_centres")
        self.shares = self.add_weight(shape=shape[:1], initializer="ones", trainable=False, name="shares")
        self.clustering = self.add_weight(shape=(), initializer="zeros", trainable=False, name="clustering")

    def objective(self, x: Tensor) -> Terms:
        z = self.encoder(x)
        nll = losses.bernoulli_nll(x, self.decoder(z))
        held = losses.student_t_memberships(self.held_encoder(x), self.held_centres)
        p = losses.sharpened_memberships(held, self.shares)
        q = losses.student_t_memberships(z, self.centres)
        divergence = self.clustering * losses.categorical_divergence(p, q)
        kept = 1 - self.clustering * (1 - self.reconstruction)
        return {"loss": kept * nll + self.weight * divergence, "nll": nll, "clustering": divergence}

    def on_epoch(self, images: Any, progress: float) -> None:  # noqa: ANN401
        if progress < self.pretraining:
            return
        z = codes_of(self, images)
        if float(self.clustering) == 0:
            self.centres.assign(kmeans_centres(z, self.centres.shape[0]))
            self.clustering.assign(1.0)
        self.held_encoder.set_weights(self.encoder.get_weights())
        self.held_centres.assign(self.centres)
        self.shares.assign(ops.mean(losses.student_t_memberships(z, self.centres), axis=0))

    def cluster(self, x: Tensor) -> Tensor:
        return ops.argmax(losses.student_t_memberships(self.encoder(x), self.centres), axis=-1)
