"""The denoising autoencoder."""

from __future__ import annotations

from typing import ClassVar

from keras import ops

from aezoo.models import MODELS, losses, noise
from aezoo.models.base import Tensor, Terms
from aezoo.models.deterministic import DeterministicModel
from aezoo.models.parameters import check_non_negative
from aezoo.spec import Protocol


@MODELS.register("denoising-ae")
class DenoisingAutoencoder(DeterministicModel):
    r"""Denoising autoencoder: minimises -ln p(x | f(x + sd e)), e ~ N(0, I), a new e for each image at each step.

    $$
    \mathcal{L}(x) = -\mathbb{E}_{e}[\ln p(x \mid f(x + \sigma e))], \quad e \sim \mathcal{N}(0, I)
    $$

    sigma is `sd`. Vincent et al. 2008, section 2.2, with normal noise in each pixel in place of their masking. f is the
    encoder, p the Bernoulli decoder. sd = 0 is the plain autoencoder. Curves are of corrupted images too; scores are of
    clean ones.

    Defaults:
        sd: searched, results/tuning: the best of five by samples of a mixture.
    """

    paper: ClassVar[str] = "Vincent et al. 2008, ICML"

    def __init__(self, protocol: Protocol, sd: float = 0.3) -> None:
        super().__init__(protocol)
        self.sd = check_non_negative("sd", sd)

    def objective(self, x: Tensor) -> Terms:
        corrupted = x + self.sd * noise.normal(ops.shape(x), self.noise) if self.sd else x
        nll = losses.bernoulli_nll(x, self.decoder(self.encoder(corrupted)))
        return {"loss": nll, "nll": nll}
