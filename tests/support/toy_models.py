"""Small models that use every hook of the contract, with densities that are known in closed form."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from keras import ops
from scipy.stats import multivariate_normal

from aezoo.models import Preset, networks, noise
from aezoo.models.base import Model, Player, labels_of, pixels_of
from aezoo.models.gaussian import GaussianModel
from aezoo.models.losses import (
    bernoulli_nll,
    gaussian_kl,
    gaussian_log_density,
    reparameterise,
    standard_normal_log_density,
)
from aezoo.spec import Protocol

TINY = Protocol(name="tiny", hidden_units=8, epochs=2, batch_size=50)


def make(model, seed=0, protocol=TINY, **parameters):
    return Preset(model.__name__.lower(), model, {}).create(protocol, seed, parameters)


class MixturePrior(GaussianModel):
    """A VAE whose prior is N(+-2, 0.5^2 I), with equal weights."""

    WIDTH = 0.5

    def objective(self, x):
        z, mean, log_variance = self.code(x)
        nll = bernoulli_nll(x, self.decoder(z))
        kl = gaussian_log_density(z, mean, log_variance) - self.log_prior(z)
        return {"loss": nll + kl, "nll": nll, "kl": kl}

    def log_prior(self, z):
        log_variance = ops.full_like(z, 2 * np.log(self.WIDTH))
        parts = [gaussian_log_density(z, ops.full_like(z, centre), log_variance) for centre in (-2.0, 2.0)]
        return ops.logaddexp(*parts) - np.log(2)

    def sample_prior(self, n, seed):
        signs = ops.sign(noise.uniform((n, 1), seed + 1) - 0.5)
        return 2 * signs + self.WIDTH * noise.normal((n, self.protocol.latent_dim), seed)


class Linear(Model):
    """z ~ N(0, 3^2 I), x ~ N(z W, 0.3^2 I): grey images; q(z|x) is p(z|x), given by its draws."""

    annealable: ClassVar[bool] = True
    binary: ClassVar[bool] = False
    PRIOR_WIDTH, WIDTH = 3.0, 0.3

    def __init__(self, protocol):
        super().__init__(protocol)
        self.w = (np.random.default_rng(0).normal(size=(protocol.latent_dim, 784)) / 10).astype(np.float32)
        precision = np.eye(protocol.latent_dim) / self.PRIOR_WIDTH**2 + self.w @ self.w.T / self.WIDTH**2
        self.covariance = np.linalg.inv(precision)
        self.factor = np.linalg.cholesky(self.covariance).astype(np.float32)

    def _mean(self, x):
        return ops.matmul(x, (self.w.T @ self.covariance / self.WIDTH**2).astype(np.float32))

    def objective(self, x):
        loss = -self.log_likelihood(x, self.encode(x))
        return {"loss": loss}

    def encode(self, x):
        return self._mean(x)

    def draw(self, x):
        mean = self._mean(x)
        epsilon = noise.normal(ops.shape(mean), self.noise)
        constant = np.float32(np.log(np.diag(self.factor)).sum())
        return mean + ops.matmul(epsilon, self.factor.T), standard_normal_log_density(epsilon) - constant

    def log_prior(self, z):
        return gaussian_log_density(z, ops.zeros_like(z), ops.full_like(z, 2 * np.log(self.PRIOR_WIDTH)))

    def sample_prior(self, n, seed):
        return self.PRIOR_WIDTH * noise.normal((n, self.protocol.latent_dim), seed)

    def log_likelihood(self, x, z):
        return gaussian_log_density(x, ops.matmul(z, self.w), ops.full_like(x, 2 * np.log(self.WIDTH)))

    def decode_logits(self, z):
        p = ops.clip(ops.matmul(z, self.w), 1e-3, 1 - 1e-3)
        return ops.log(p) - ops.log1p(-p)

    def exact_log_density(self, x):
        covariance = self.PRIOR_WIDTH**2 * self.w.T @ self.w + self.WIDTH**2 * np.eye(784)
        return multivariate_normal(np.zeros(784), covariance).logpdf(x)


class GridCode(Model):
    """An autoencoder whose code is rounded to {-1, 0, 1}^d; its groups are the first symbol."""

    def __init__(self, protocol):
        super().__init__(protocol)
        self.encoder = networks.encoder(protocol, heads=("code",))
        self.decoder = networks.decoder(protocol)
        self.vocabulary = (3,) * protocol.latent_dim

    def objective(self, x):
        z = ops.tanh(self.encoder(x))
        nll = bernoulli_nll(x, self.decoder(z + ops.stop_gradient(ops.round(z) - z)))
        return {"loss": nll, "nll": nll}

    def encode(self, x):
        return ops.round(1.5 * ops.tanh(self.encoder(x)))

    def decode_logits(self, z):
        return self.decoder(z)

    def symbols(self, z):
        return ops.cast(ops.round(z), "int32") + 1

    def from_symbols(self, symbols):
        return ops.cast(symbols, "float32") - 1

    def cluster(self, x):
        return self.symbols(self.encode(x))[:, 0]


class Labelled(GaussianModel):
    """A VAE that is told labels: its code is z, then the one-hot label; its prior N(0, I) times 1/10 a label."""

    classes: ClassVar[int] = 10
    annealable: ClassVar[bool] = False

    def objective(self, x):
        z, mean, log_variance = self.code(x)
        nll = bernoulli_nll(pixels_of(x), self.decoder(ops.concatenate([z, labels_of(x)], axis=1)))
        return {"loss": nll + gaussian_kl(mean, log_variance), "nll": nll}

    def features(self, x):
        return self.encoder(x)[0]

    def encode(self, x):
        return ops.concatenate([self.encoder(x)[0], labels_of(x)], axis=1)

    def draw(self, x):
        mean, log_variance = self.encoder(x)
        z = reparameterise(mean, log_variance, self.noise)
        return ops.concatenate([z, labels_of(x)], axis=1), gaussian_log_density(z, mean, log_variance)

    def log_prior(self, z):
        return standard_normal_log_density(z[:, : self.protocol.latent_dim]) - np.log(self.classes)

    def sample_prior(self, n, seed):
        label = ops.one_hot(ops.arange(n) % self.classes, self.classes)
        return ops.concatenate([noise.normal((n, self.protocol.latent_dim), seed), label], axis=1)


class Pixels(Model):
    """Independent pixels, whose ln p(x) is known without a code."""

    def __init__(self, protocol):
        super().__init__(protocol)
        self.logits = self.add_weight(shape=(784,), name="logits")

    def objective(self, x):
        loss = -self.log_density(x)
        return {"loss": loss}

    def log_density(self, x):
        return -bernoulli_nll(x, self.decode_logits(x))

    def decode_logits(self, z):
        return ops.broadcast_to(self.logits, (ops.shape(z)[0], 784))

    def sample_prior(self, n, seed):
        return ops.zeros((n, 1))


class Stepping(Model):
    """Counts its steps, and keeps what it was told in each of them."""

    def __init__(self, protocol):
        super().__init__(protocol)
        self.w = self.add_weight(shape=(784,), name="w")
        self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False, name="steps")
        self.last_progress = self.add_weight(shape=(), initializer="zeros", trainable=False, name="last_progress")
        self.brightness = self.add_weight(shape=(), initializer="zeros", trainable=False, name="brightness")

    def objective(self, x):
        nll = bernoulli_nll(x, self.decode_logits(x))
        return {"loss": nll * (1 + 0 * self.last_progress), "nll": nll}

    def on_step(self, x, progress):
        self.steps.assign(self.steps + 1)
        self.last_progress.assign(progress)
        self.brightness.assign(self.brightness + ops.mean(x))

    def decode_logits(self, z):
        return ops.broadcast_to(self.w, (ops.shape(z)[0], 784))


class TwoScales(Model):
    """Two players with one weight each, whose losses are these weights."""

    def __init__(self, protocol):
        super().__init__(protocol)
        self.a, self.b = (self.add_weight(shape=(), initializer="ones", name=name) for name in "ab")

    def objective(self, x):
        one = ops.ones((ops.shape(x)[0],))
        return {"loss": self.a * one, "other": self.b * one}

    def players(self):
        return {"loss": Player([self.a]), "other": Player([self.b], outputs=1)}

    def decode_logits(self, z):
        return ops.zeros((ops.shape(z)[0], 784))


TOYS = (MixturePrior, Linear, GridCode, Labelled, Pixels, Stepping, TwoScales)
