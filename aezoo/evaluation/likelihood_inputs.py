"""A trained model as the arrays of the likelihood metrics, and the reason for each that it cannot have."""

from __future__ import annotations

from typing import Any

import numpy as np

from aezoo.datasets import Dataset
from aezoo.evaluation.densities import CodelessDensity, FittedCodes, GaussianNoiseDensity, ModelDensity
from aezoo.evaluation.inference import apply_in_batches, encode, symbols_of
from aezoo.evaluation.model_inputs import TRAIN_SUBSET, Rows, rows
from aezoo.evaluation.symbol_prior import SymbolPrior
from aezoo.metrics import Absent, Floats
from aezoo.metrics.likelihood import frozen_binarisation, gaussian_rates
from aezoo.models.base import Model
from aezoo.models.capabilities import (
    HasDraws,
    HasEncoder,
    HasLogDensity,
    HasLogLikelihood,
    HasPosterior,
    HasPrior,
    HasSymbols,
)
from aezoo.models.networks import PIXELS
from aezoo.seeds import generator

Inputs = dict[str, Any]

LIKELIHOOD_IMAGES = 1_000
SLOW_METRIC_IMAGES = 100
MAX_GRID_DIMS = 2
RATE_DRAWS = 16

NOT_BINARY = Absent("its likelihood is of grey images")
NOT_ANNEALABLE = Absent("no chain can run from its prior to p(z|x)")
NOT_BERNOULLI = Absent("its decoder is not Bernoulli")
OWN_POSTERIOR = Absent("its posterior is not Gaussian")
NO_CODE = Absent("it computes ln p(x) without a code")
OWN_PRIOR = Absent("its prior is not N(0, I)")


def likelihood_inputs(model: Model, dataset: Dataset, seed: int) -> Inputs:
    """Make the arrays of `metrics.NEEDS["likelihood"]` but the seed, from held-out images.

    Empty for a model without a density; without `planar_density` where the code has more than two dimensions. A
    model without an approximation of p(z|x) has the density of its decoder under noise only, and one that computes
    ln p(x) itself a density without a code.

    Args:
        model: trained.
        dataset: of which the held-out images are scored, and the training images tell the frequencies of symbols.
        seed: of the draws of the rates.
    """
    seen = rows(model, dataset.held_out)
    x = seen / 255.0
    inputs: Inputs = {}
    noisy = _noisy_density(model, dataset)
    if noisy is not None:
        inputs |= {"noisy_density": noisy, "x_few": x[:SLOW_METRIC_IMAGES]}
    images = _binary_images(model, x)
    density = model_density(model, rows(model, dataset.train))
    if isinstance(density, CodelessDensity):
        absent = dict.fromkeys(("annealable_density", "x", "rates"), NO_CODE)
        inputs |= {**images, **absent, "density": density, "planar_density": density}
    elif density is not None:
        inputs |= {**images, **_density_inputs(model, density), "x": x, "rates": rates(density, x, seed)}
        inputs |= _posterior_inputs(model, density, seen)
    return inputs


def _noisy_density(model: Model, dataset: Dataset) -> GaussianNoiseDensity | None:
    """Make the density of a decoder under noise; of an autoencoder, under a Gaussian of its training codes."""
    if model.classes or not model.generative:
        return None
    if model.annealable:
        return GaussianNoiseDensity(model, int(model.sample_prior(1, 0).shape[-1]))
    if isinstance(model, HasPrior | HasSymbols) or not isinstance(model, HasEncoder):
        return None
    codes = encode(model, rows(model, dataset.train)[:TRAIN_SUBSET])
    return GaussianNoiseDensity(FittedCodes(model, codes), codes.shape[1]) if codes.shape[1] else None


def model_density(model: Model, training_rows: Rows) -> ModelDensity | CodelessDensity | None:
    """Make the density of a model; None where it has neither q(z|x) nor a ln p(x) of its own, which goes before it.

    Training codes tell the frequencies of symbols.
    """
    if isinstance(model, HasLogDensity):
        return CodelessDensity(model)
    if isinstance(model, HasDraws | HasPosterior):
        return ModelDensity(model)
    if isinstance(model, HasSymbols) and isinstance(model, HasEncoder):
        return ModelDensity(model, SymbolPrior(symbols_of(model), encode(model, training_rows)))
    return None


def rates(density: ModelDensity, x: Floats, seed: int) -> Floats:
    """Compute KL(q(z|x) || p(z)) of images (n, 784) or rows, (n,), in nats: in closed form, or by draws."""
    if density.has_closed_rate:
        return gaussian_rates(*density.posterior(x))
    draws = 1 if density.symbol_prior is not None else RATE_DRAWS
    z, log_q = density.proposal(x).draw(draws, generator(seed, "rates"))
    return np.asarray((log_q - density.log_prior(z)).mean(axis=1))


def _binary_images(model: Model, x: Floats) -> Inputs:
    """Make the images that have a likelihood where it is of binary ones: of labels, a model is told the true ones."""
    if not model.binary:
        return {"x_binary": NOT_BINARY, "x_binary_few": NOT_BINARY}
    some = x[:LIKELIHOOD_IMAGES]
    binary = np.concatenate([frozen_binarisation(some[:, :PIXELS]), some[:, PIXELS:]], axis=1)
    return {"x_binary": binary, "x_binary_few": binary[:SLOW_METRIC_IMAGES]}


def _density_inputs(model: Model, density: ModelDensity) -> Inputs:
    inputs: Inputs = {"density": density}
    if not model.annealable or model.classes:
        return {**inputs, "annealable_density": NOT_ANNEALABLE, "planar_density": NOT_ANNEALABLE}
    inputs["annealable_density"] = NOT_BERNOULLI if isinstance(model, HasLogLikelihood) else density
    return inputs if density.latent_dim > MAX_GRID_DIMS else {**inputs, "planar_density": density}


def _posterior_inputs(model: Model, density: ModelDensity, seen: Rows) -> Inputs:
    if density.symbol_prior is not None:
        return {}
    if density.has_closed_rate:
        mean, log_variance = density.posterior(seen / 255.0)
        return {"posterior_mean": mean, "posterior_log_variance": log_variance}
    reason = OWN_POSTERIOR if isinstance(model, HasDraws) else OWN_PRIOR
    codes = {"posterior_mean": apply_in_batches(model.encode, seen)} if isinstance(model, HasEncoder) else {}
    return {**codes, "posterior_log_variance": reason}
