"""The plain autoencoder."""

from __future__ import annotations

from typing import ClassVar

from aezoo.models import MODELS, networks
from aezoo.models.base import Family, Model, Tensor, Terms
from aezoo.models.losses import bernoulli_nll
from aezoo.spec import Protocol


@MODELS.register("ae")
class Autoencoder(Model):
    r"""Plain autoencoder: minimises the cross-entropy of x under the decoded code, L(x) = -ln p(x | f(x)).

    $$
    \mathcal{L}(x) = -\ln p(x \mid f(x)) = -\sum_p \left[x_p \ln y_p + (1 - x_p) \ln(1 - y_p)\right]
    $$

    y is the decoded image of the code f(x). Hinton and Salakhutdinov 2006; the chapter's network without the
    log-variance head. It has no prior.
    """

    family: ClassVar[Family] = "deterministic"
    paper: ClassVar[str] = "Hinton and Salakhutdinov 2006, Science 313"

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(protocol)
        self.encoder = networks.encoder(protocol, heads=("code",))
        self.decoder = networks.decoder(protocol)

    def objective(self, x: Tensor) -> Terms:
        nll = bernoulli_nll(x, self.decoder(self.encoder(x)))
        return {"loss": nll, "nll": nll}

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x)

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.decoder(z)
