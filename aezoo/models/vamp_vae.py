"""The variational autoencoder whose prior is a mixture of its own posteriors."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from aezoo.models import MODELS, networks, noise
from aezoo.models.base import Tensor, Terms
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import bernoulli_nll, gaussian_log_density
from aezoo.models.parameters import check_whole
from aezoo.spec import Protocol


@keras.saving.register_keras_serializable("aezoo")
class UnitInterval(keras.constraints.Constraint):  # type: ignore[misc]
    """The constraint that keeps intensities in [0, 1], where a clipped parameter would lose its gradient."""

    def __call__(self, w: Tensor) -> Tensor:
        return ops.clip(w, 0, 1)


@MODELS.register("vamp-vae")
class VampVAE(GaussianModel):
    r"""VampPrior autoencoder: minimises -E_q[ln p(x|z) + ln p(z) - ln q(z|x)] with p(z) = 1/K sum_k q(z|u_k).

    $$
    \mathcal{L}(x) = -\mathbb{E}_{q(z \mid x)}\left[\ln p(x \mid z) + \ln p(z) - \ln q(z \mid x)\right], \quad p(z) =
    \frac{1}{K} \sum_{k=1}^{K} q(z \mid u_k)
    $$

    The prior is the mixture of the posteriors of K images u_k, the pseudo-inputs, which are learnt with the rest and
    begin as the first K training images. Were they all training images, it would be the aggregate posterior, the best
    of all priors. Tomczak and Welling 2018, equations 9 and 10; one draw of z an image.

    Defaults:
        pseudo_inputs: program, pythae's for MNIST, a tenth of the paper's, for each step encodes them all.
    """

    paper: ClassVar[str] = "Tomczak and Welling 2018, arXiv:1705.07120"
    own_draws: ClassVar[bool] = True

    def __init__(self, protocol: Protocol, pseudo_inputs: int = 50) -> None:
        super().__init__(protocol)
        shape = (check_whole("pseudo_inputs", pseudo_inputs), self.outputs)
        self.pseudo_inputs = self.add_weight(
            shape=shape, initializer=networks.vectors(), constraint=UnitInterval(), name="pseudo_inputs"
        )

    def adapt(self, images: Any) -> None:  # noqa: ANN401
        self.pseudo_inputs.assign(images[np.arange(self.pseudo_inputs.shape[0]) % len(images)])

    def objective(self, x: Tensor) -> Terms:
        z, mean, log_variance = self.code(x)
        nll = bernoulli_nll(x, self.decoder(z))
        kl = gaussian_log_density(z, mean, log_variance) - self.log_prior(z)
        return {"loss": nll + kl, "nll": nll, "kl": kl}

    def log_prior(self, z: Tensor) -> Tensor:
        u = ops.convert_to_tensor(self.pseudo_inputs)
        # The same images with a gradient in nats: over 784 outputs and K images it is below RMSprop's epsilon.
        mean, log_variance = self.encoder(u + (self.outputs - 1) * (u - ops.stop_gradient(u)))
        return ops.logsumexp(gaussian_log_density(z[:, None], mean, log_variance), axis=1) - math.log(mean.shape[0])

    def sample_prior(self, n: int, seed: int) -> Tensor:
        mean, log_variance = self.encoder(ops.convert_to_tensor(self.pseudo_inputs))
        chosen = ops.cast(noise.uniform((n,), seed + 1) * mean.shape[0], "int32")
        epsilon = noise.normal((n, self.protocol.latent_dim), seed)
        return ops.take(mean, chosen, axis=0) + ops.exp(0.5 * ops.take(log_variance, chosen, axis=0)) * epsilon
