"""The losses that models sum up, term by term, against their formulas in NumPy at weights that are neither 0 nor 1."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit, log_softmax, logsumexp, softmax
from scipy.stats import norm
from support.toy_models import TINY

from aezoo.models import MODELS

PROTOCOL = TINY.model_copy(update={"latent_dim": 5})


def make(name: str, **parameters):
    """Make a model whose encoder says clearly different things of different images."""
    model = MODELS.get(name).create(PROTOCOL, 0, parameters)
    for weight in model.encoder.weights:
        weight.assign(1.5 * weight)
    return model


def noise_of(shape) -> np.ndarray:
    """Draw the noise that takes the place of a model's own: the same for one shape at each call."""
    return np.random.default_rng(7).normal(size=tuple(map(int, shape))).astype(np.float32)


@pytest.fixture(autouse=True)
def _known_noise(monkeypatch):
    for law in ("normal", "gumbel"):
        monkeypatch.setattr(f"aezoo.models.noise.{law}", lambda shape, seeds: noise_of(shape))


def arrays(*tensors) -> list[np.ndarray]:
    return [np.asarray(tensor, np.float64) for tensor in tensors]


def cross_entropy(model, x, z) -> np.ndarray:
    (logits,) = arrays(model.decoder(z.astype(np.float32)))
    return (np.logaddexp(0, logits) - x * logits).sum(axis=1)


def kernels(network, output: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the kernel and the bias of the hidden layer, and the kernel of the output."""
    return *arrays(*network.get_layer("hidden").get_weights()), *arrays(network.get_layer(output).get_weights()[0])


def contraction(model, x):
    hidden, bias, code = kernels(model.encoder, "code")
    jacobians = np.einsum("ph,nh,hd->ndp", hidden, x @ hidden + bias > 0, code)
    projected = np.einsum("nd,ndp->np", noise_of((len(x), 5)), jacobians)
    (z,) = arrays(model.encoder(x))
    return cross_entropy(model, x, z), [3 * np.square(projected).sum(axis=1)]


def open_gates(model, x):
    (z,) = arrays(model.encoder(x))
    return cross_entropy(model, x, np.where(z > 0.1, z, 0)), [3.0 * (z > 0.1).sum(axis=1)]


def lengths_and_weights(model, x):
    (z,) = arrays(model.encoder(x))
    weights = sum(np.square(weight).sum() for weight in arrays(*model.decoder.get_weights()))
    return cross_entropy(model, x, z), [0.5 * np.square(z).sum(axis=1) / 2, np.full(len(x), 0.25 * weights)]


def lengths_and_slope(model, x):
    (z,) = arrays(model.encoder(x))
    hidden, bias, last = kernels(model.decoder, "logits")
    mean = expit(arrays(model.decoder(z))[0])
    jacobians = np.einsum("np,hp,nh,dh->npd", mean * (1 - mean), last, z @ hidden + bias > 0, hidden)
    projected = np.einsum("np,npd->nd", noise_of((len(x), 784)), jacobians)
    return cross_entropy(model, x, z), [0.5 * np.square(z).sum(axis=1) / 2, 2 * np.square(projected).sum(axis=1)]


def drawn(model, x):
    """Return the draw of the posterior by the known noise, its mean, its log-variance, and its divergence."""
    mean, log_variance = arrays(*model.encoder(x)[:2])
    kl = (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1) / 2
    return mean + np.exp(log_variance / 2) * noise_of(mean.shape), mean, log_variance, kl


def covariance(model, x):
    z, mean, log_variance, kl = drawn(model, x)
    matrix = np.cov(mean.T, bias=True)
    off = 2 * np.square(matrix[~np.eye(5, dtype=bool)]).sum()
    own = np.exp(log_variance).mean(axis=0) if model.covariance == "draws" else 0
    return cross_entropy(model, x, z), [kl, np.full(len(x), off + 3 * np.square(matrix.diagonal() + own - 1).sum())]


def symbols(model, x):
    model.temperature.assign(0.7)
    logits = arrays(model.encoder(x))[0].reshape(len(x), 5, 4)
    relaxed = softmax((logits + noise_of(logits.shape)) / 0.7, axis=2).reshape(len(x), 20)
    kl = (softmax(logits, axis=2) * (log_softmax(logits, axis=2) + np.log(4))).sum(axis=(1, 2))
    return cross_entropy(model, x, 4 * relaxed - 1), [kl]


def divergence_of_flow(z0, z, kl, log_determinant):
    return kl + norm.logpdf(z0).sum(axis=1) - norm.logpdf(z).sum(axis=1) - log_determinant


def planar_steps(model, x):
    z0, *_, kl = drawn(model, x)
    z, log_determinant = z0, np.zeros(len(x))
    for step in np.split(arrays(model.encoder(x)[2])[0], 2, axis=1):
        u, w, b = step[:, :5], step[:, 5:10], step[:, 10]
        inner = (w * u).sum(axis=1)
        v = u + ((np.log1p((np.e - 1) * np.exp(inner)) - 1 - inner) / np.square(w).sum(axis=1))[:, None] * w
        bend = np.tanh((w * z).sum(axis=1) + b)
        jacobians = np.eye(5) + (1 - bend**2)[:, None, None] * v[:, :, None] * w[:, None]
        z, log_determinant = z + v * bend[:, None], log_determinant + np.linalg.slogdet(jacobians)[1]
    return cross_entropy(model, x, z), [divergence_of_flow(z0, z, kl, log_determinant)]


def autoregressive_steps(model, x):
    random = np.random.default_rng(1)
    for step in model.steps:  # which would begin as the identity
        step.set_weights([random.normal(0, 0.2, weight.shape) for weight in step.get_weights()])
    z0, *_, kl = drawn(model, x)
    (context,) = arrays(model.encoder(x)[2])
    z, log_determinant = z0, np.zeros(len(x))
    for step in model.steps:
        shift, log_scale = np.moveaxis(arrays(step(np.hstack([context, z])))[0].reshape(len(x), 5, 2), 2, 0)
        z, log_determinant = (shift + np.exp(log_scale) * z)[:, ::-1], log_determinant + log_scale.sum(axis=1)
    return cross_entropy(model, x, z), [divergence_of_flow(z0, z, kl, log_determinant)]


def own_posteriors(model, x):
    model.adapt(x[5:9])
    z, mean, log_variance, _ = drawn(model, x)
    log_q = norm.logpdf(z, mean, np.exp(log_variance / 2)).sum(axis=1)
    means, log_variances = arrays(*model.encoder(x[5:9]))
    parts = norm.logpdf(z[:, None], means, np.exp(log_variances / 2)).sum(axis=2)
    return cross_entropy(model, x, z), [log_q - logsumexp(parts, axis=1) + np.log(4)]


@pytest.mark.exact("contractive-ae", "jumprelu-ae", "rae-l2", "rae-gp", "dip-vae-i", "dip-vae-ii")
@pytest.mark.exact("gumbel-vae", "vae-planar", "vae-iaf", "vamp-vae")
@pytest.mark.parametrize(
    ("name", "parameters", "formula"),
    [
        ("contractive-ae", {"weight": 3}, contraction),
        ("jumprelu-ae", {"weight": 3}, open_gates),
        ("rae-l2", {"weight": 0.5, "weight_decay": 0.25}, lengths_and_weights),
        ("rae-gp", {"weight": 0.5, "slope": 2}, lengths_and_slope),
        ("dip-vae-i", {"off_diagonal": 2, "diagonal": 3}, covariance),
        ("dip-vae-ii", {"off_diagonal": 2, "diagonal": 3}, covariance),
        ("gumbel-vae", {"categories": 4}, symbols),
        ("vae-planar", {"steps": 2}, planar_steps),
        ("vae-iaf", {"steps": 2}, autoregressive_steps),
        ("vamp-vae", {"pseudo_inputs": 4}, own_posteriors),
    ],
)
def test_the_loss_is_the_cross_entropy_plus_every_term_of_its_formula(images, name, parameters, formula):
    model = make(name, **parameters)
    nll, terms = formula(model, images)
    found = {term: np.asarray(value, np.float64) for term, value in model.objective(tf.constant(images)).items()}
    np.testing.assert_allclose(found["nll"], nll, rtol=1e-5)
    np.testing.assert_allclose(found["loss"], nll + sum(terms), rtol=1e-5)
    if "kl" in found:
        np.testing.assert_allclose(found["kl"], terms[0], rtol=1e-3, atol=1e-4)
    assert all(np.abs(term).max() > 1e-3 * nll.max() for term in terms)  # a hundred times what the tolerance lets pass


def rotation(u: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Return the rotation of the plane of two unit vectors that takes the first to the second."""
    cosine = u @ c
    across = (c - cosine * u) / np.sqrt(1 - cosine**2)
    plane = np.stack([u, across], axis=1)
    turn = np.array([[cosine, -np.sqrt(1 - cosine**2)], [np.sqrt(1 - cosine**2), cosine]])
    return np.eye(len(u)) + plane @ (turn - np.eye(2)) @ plane.T


@pytest.mark.exact("vq-vae-rotation")
def test_the_decoders_gradient_reaches_the_encoder_turned_and_scaled_as_its_code_was(images):
    model = make("vq-vae-rotation", codes=20, commitment=3)
    z = model.encoder(images)
    z64, code = arrays(z, model.encode(images))
    model.encoder = lambda x: z
    with tf.GradientTape() as tape:
        tape.watch(z)
        terms = model.objective(tf.constant(images))
        loss = tf.reduce_sum(terms["loss"])
    expected = cross_entropy(model, images, code) + 3 * np.square(z64 - code).sum(axis=1)
    np.testing.assert_allclose(terms["loss"], expected, rtol=1e-5)
    hidden, bias, last = kernels(model.decoder, "logits")
    residual = expit(arrays(model.decoder(code))[0]) - images
    gradients = (residual @ last.T * (code @ hidden + bias > 0)) @ hidden.T
    lengths, code_lengths = (np.linalg.norm(each, axis=1) for each in (z64, code))
    turns = [rotation(*pair) for pair in zip(z64 / lengths[:, None], code / code_lengths[:, None], strict=True)]
    turned = np.einsum("n,nij,ni->nj", code_lengths / lengths, turns, gradients)
    np.testing.assert_allclose(tape.gradient(loss, z), turned + 6 * (z64 - code), rtol=1e-3, atol=1e-3)
    assert np.abs(turned - gradients).max() > 1  # as it is, the gradient is another
