"""Shortest curves between codes in the decoder's metric: as short as possible a path of decoded images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from aezoo.metrics import Floats
from aezoo.models.base import Tensor
from aezoo.models.capabilities import HasDecoder

Codes = NDArray[np.float32]
Energies = Callable[[Tensor], tuple[Tensor, Tensor]]

STEPS = 30
DAMPING = 1e-3
"""Of the mean metric, relative to its mean eigenvalue: a direction that changes no image has no step otherwise."""
FASTER = 1.5


def shortest_curves(model: HasDecoder, curves: Codes, metrics: Floats, steps: int = STEPS) -> Codes:
    """Shorten the decoded images of curves (n, points, d), whose ends stay: (n, points, d).

    Each descends the energy ``E = sum_i |g(z_(i + 1)) - g(z_i)|^2``, g the decoder: a curve of least energy is a
    geodesic, at even speed. The direction is Newton's for a linear decoder, ``-(L^-1 dE/dz G^-1) / 2`` with L the
    second difference and G the mean metric. A step that does not lower a curve's energy is not taken, and the next is
    half as long; the curve found is a local minimum at best. Source: Shao et al. 2018, arXiv:1711.08014, section 3.

    Args:
        model: the decoder g, its mean images.
        curves: codes at the points where the descent begins, at least 3.
        metrics: J^T J of the decoder at some codes, (m, d, d).
        steps: of the descent.
    """
    energies = _energies(model)
    mean = metrics.mean(axis=0)
    inverse = np.linalg.inv(mean + (DAMPING * np.trace(mean) / len(mean) + np.finfo(float).tiny) * np.eye(len(mean)))
    inner = curves.shape[1] - 2
    bend = np.linalg.inv(2 * np.eye(inner) - np.eye(inner, k=1) - np.eye(inner, k=-1))
    energy, gradient = (np.asarray(each) for each in energies(tf.constant(curves)))
    length = np.ones(len(curves), np.float32)
    for _ in range(steps):
        direction = np.zeros_like(curves)
        direction[:, 1:-1] = -0.5 * np.einsum("ij,njd,de->nie", bend, gradient[:, 1:-1], inverse)
        trial = curves + length[:, None, None] * direction
        new_energy, new_gradient = (np.asarray(each) for each in energies(tf.constant(trial)))
        lower = new_energy < energy
        curves = np.where(lower[:, None, None], trial, curves)
        gradient = np.where(lower[:, None, None], new_gradient, gradient)
        energy = np.where(lower, new_energy, energy)
        length = np.where(lower, np.minimum(FASTER * length, 1), length / 2).astype(np.float32)
    return curves


def halved(curves: Codes) -> Codes:
    """Add the middle of each piece to curves (n, points, d): (n, 2 points - 1, d)."""
    finer = np.empty((len(curves), 2 * curves.shape[1] - 1, curves.shape[2]), np.float32)
    finer[:, ::2] = curves
    finer[:, 1::2] = (curves[:, 1:] + curves[:, :-1]) / 2
    return finer


def _energies(model: Any) -> Energies:  # noqa: ANN401
    """Compile the energy (n,) of curves (n, points, d) and its gradient (n, points, d)."""

    def energies(curves: Tensor) -> tuple[Tensor, Tensor]:
        shape = curves.shape
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(curves)
            images = tf.sigmoid(model.decode_logits(tf.reshape(curves, (shape[0] * shape[1], shape[2]))))
            images = tf.reshape(images, (shape[0], shape[1], -1))
            energy = tf.reduce_sum(tf.square(images[:, 1:] - images[:, :-1]), axis=(1, 2))
        return energy, tape.gradient(energy, curves, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    compiled: Energies = tf.function(energies, jit_compile=getattr(model, "xla", True))
    return compiled
