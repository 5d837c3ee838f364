"""Annealed bounds on the log-likelihood, and the gap that certifies them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.likelihood.annealing import AISSampler, AISSettings
from aezoo.metrics.likelihood.bits import bits_score, in_nats_and_bits
from aezoo.metrics.likelihood.bounds import BINARY
from aezoo.metrics.likelihood.density import AnnealableDensity, check_observations
from aezoo.seeds import generator

DEFAULT = AISSettings()


@METRICS.register(
    "ais",
    question="likelihood",
    needs=("annealable_density", "x_binary_few", "seed"),
    scores=(
        Score("ais_binary", BINARY, "higher"),
        bits_score("ais"),
        Score("ais_gap", "nats per simulated image", "neither"),
    ),
    minimum_n=10,
    version=3,
    slow=True,
    headline={"ais_binary": 9, "ais_gap": 11},
    redundant_with={"ais_bits_per_dim": "ais_binary"},
)
def ais_bound(
    annealable_density: AnnealableDensity, x_binary_few: Floats, seed: int = 0, settings: AISSettings = DEFAULT
) -> dict[str, float]:
    """Annealed importance sampling: a stochastic lower bound on ln p(x), with the gap that certifies it.

    The bound is the mean over images of ``ln (1/c) sum_c w_c`` with ``w_c = prod_t p(x|z_t)^(beta_(t+1) - beta_t)``
    along a chain from the prior to p(z|x). In nats per image, higher is better; ``ais_bits_per_dim`` is the same in
    bits per pixel, lower is better. The gap is the upper minus the lower bound of as many images simulated from the
    density, for which p(z|x) can be drawn exactly and the chain run backwards: in nats, 0 is best, negative by chance
    only; it certifies the bound and ranks nothing. Both bounds hold
    in expectation, and the lower one is that close to ln p(x) as far as the images resemble simulated ones. q(z|x) is
    not used, so a decoder alone can be scored.

    Args:
        annealable_density: p(z), p(x|z) and their gradients.
        x_binary_few: images (n, D), float64; binary for a Bernoulli density. Some minutes for 100 of them.
        seed: of the chains and of the simulated images.
        settings: chains, temperatures and leapfrog steps.

    Raises:
        TypeError: a model in place of a density.
        ValueError: for grey images and a Bernoulli density, NaN or infinite values.

    Limits: chains that mix badly leave the bound loose, and the gap certifies it for simulated images: real ones that
    resemble none of these may be farther off.

    Source: Neal 2001; Wu et al. 2017, arXiv:1611.04273; Grosse et al. 2015, arXiv:1511.02543, for the gap.
    """
    density = annealable_density
    images = check_observations(density, "x_binary_few", x_binary_few)
    bound = AISSampler(density, images, settings, generator(seed, "annealing")).lower()
    simulated = simulated_bounds(density, len(images), seed, settings)
    gap = float(np.mean(simulated.upper - simulated.lower))
    return {**in_nats_and_bits("ais", float(bound.mean())), "ais_gap": gap}


@METRICS.register(
    "ais_noisy",
    question="likelihood",
    needs=("noisy_density", "x_few", "seed"),
    scores=(
        Score("ais_noisy", "nats per image, grey, Gaussian noise of 0.2", "higher"),
        Score("ais_noisy_gap", "nats per simulated image", "neither"),
    ),
    minimum_n=10,
    version=2,
    slow=True,
)
def ais_noisy_bound(
    noisy_density: AnnealableDensity, x_few: Floats, seed: int = 0, settings: AISSettings = DEFAULT
) -> dict[str, float]:
    """`ais_bound` of grey images under ``p(x|z) = N(decode(z), 0.2^2 I)``: the one likelihood that a GAN has.

    In nats per image, higher is better, and a density: it may be above 0. The noise is not learnt and the value
    depends on it, so that only models under the same noise compare, and bits per dimension would say nothing of a code.
    Beside it the gap that certifies it, and ranks nothing.

    Args:
        noisy_density: p(z), p(x|z) and their gradients.
        x_few: images (n, D), float64 in [0, 1]. Some minutes for 100 of them.
        seed: of the chains and of the simulated images.
        settings: chains, temperatures and leapfrog steps.

    Raises:
        ValueError: for NaN or infinite values.

    Limits: pixels are compared by squared error, by which a stroke that lies a pixel off may cost more than a blurred
    one; how sharp samples look goes unseen.

    Source: Wu et al. 2017, arXiv:1611.04273, section 3.
    """
    bounds = ais_bound(noisy_density, x_few, seed, settings)
    return {"ais_noisy": bounds["ais_binary"], "ais_noisy_gap": bounds["ais_gap"]}


@dataclass(frozen=True)
class BidirectionalBounds:
    """Images drawn from a density (n, D), with stochastic lower and upper bounds on their ln p(x), (n,), in nats."""

    x: Floats
    lower: Floats
    upper: Floats


def simulated_bounds(
    density: AnnealableDensity, n: int, seed: int = 0, settings: AISSettings = DEFAULT
) -> BidirectionalBounds:
    """`n` images drawn from the density and annealed in both directions. Source: Grosse et al. 2015."""
    random = generator(seed, "bidirectional annealing")
    z = density.sample_prior(n, random)
    x = density.simulate(z, random)
    annealer = AISSampler(density, x, settings, random)
    return BidirectionalBounds(x, annealer.lower(), annealer.upper(z))
