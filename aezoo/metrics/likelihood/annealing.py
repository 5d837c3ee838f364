"""Annealed importance sampling from the prior to the posterior, by Hamiltonian Monte Carlo.

The densities between are p(z) p(x|z)^beta, beta from 0 to 1. It starts from the prior and not from q(z|x),
although that is nearer: an approximate posterior is narrow, and chains that start in the wrong place stay there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp

from aezoo.metrics import Floats
from aezoo.metrics.likelihood.density import AnnealableDensity

ACCEPTANCE = 0.65
"""The share of accepted steps to which step sizes adapt: Neal 2011, section 5.4.4."""
ADAPTATION = 0.2
FIRST_STEP, LARGEST_STEP = 0.5, 1.0


@dataclass(frozen=True)
class AISSettings:
    """Care of the annealing: the bounds tighten with each of these numbers.

    Attributes:
        chains: independent chains an image.
        temperatures: steps from the prior to the posterior.
        leapfrogs: gradients a step.
    """

    chains: int = 16
    temperatures: int = 100
    leapfrogs: int = 5

    def __post_init__(self) -> None:
        if min(self.chains, self.temperatures, self.leapfrogs) < 1:
            raise ValueError(f"{self} must have at least 1 of each")

    @property
    def schedule(self) -> Floats:
        """beta_0 = 0 to beta_T = 1, slow at both ends: a logistic curve from -4 to 4 (Wu et al. 2017)."""
        curve = expit(np.linspace(-4, 4, self.temperatures + 1))
        return np.asarray((curve - curve[0]) / (curve[-1] - curve[0]))


@dataclass(frozen=True)
class ChainState:
    """The state of chains: codes z (n, c, d), ln p(z) and ln p(x|z) (n, c), and their gradients (n, c, d)."""

    z: Floats
    log_prior: Floats
    prior_gradient: Floats
    log_likelihood: Floats
    gradient: Floats

    def energy(self, beta: float) -> Floats:
        """Compute -ln p(z) - beta ln p(x|z), (n, c)."""
        return np.asarray(-self.log_prior - beta * self.log_likelihood)

    def force(self, beta: float) -> Floats:
        """Compute the downhill direction of the energy, (n, c, d)."""
        return beta * self.gradient + self.prior_gradient

    def replaced(self, other: ChainState, where: NDArray[np.bool_]) -> ChainState:
        """Take the states of `other` where the mask (n, c) says so."""
        pick = where[..., None]
        return ChainState(
            np.where(pick, other.z, self.z),
            np.where(where, other.log_prior, self.log_prior),
            np.where(pick, other.prior_gradient, self.prior_gradient),
            np.where(where, other.log_likelihood, self.log_likelihood),
            np.where(pick, other.gradient, self.gradient),
        )


class AISSampler:
    """Chains for images x (n, D), with step sizes found by a first run that is then thrown away.

    Step sizes that adapt to the chain that they move would void the bounds; frozen ones keep them exact.
    """

    def __init__(
        self,
        density: AnnealableDensity,
        x: Floats,
        settings: AISSettings,
        random: np.random.Generator,
        through: tuple[float, ...] = (),
    ) -> None:
        """Find step sizes for chains through the settings' schedule, and through the betas `through` besides."""
        self.density, self.x, self.settings, self.random = density, x, settings, random
        self.schedule = np.union1d(settings.schedule, through) if through else settings.schedule
        self.steps = np.full((len(self.schedule) - 1, len(x)), FIRST_STEP)
        self._adapt(chains=max(1, settings.chains // 4))

    def lower(self) -> Floats:
        """Log of an unbiased estimate of p(x) for each image (n,): in expectation at most ln p(x)."""
        *_, (_, _, weights) = self.path()
        return np.asarray(logsumexp(weights, axis=1) - np.log(self.settings.chains))

    def path(self) -> Iterator[tuple[float, Floats, Floats]]:
        """Follow the chains: each beta above 0, with ln p(x|z) of codes and their log-weights under it, (n, chains).

        Weighted so, the codes are draws of p(z) p(x|z)^beta, and the mean weight estimates its integral without bias.
        """
        state = self._start(self.settings.chains)
        total = np.zeros(state.log_likelihood.shape)
        for t, rise in enumerate(np.diff(self.schedule)):
            if t > 0:
                state, _ = self._move(state, t - 1)
            total = total + rise * state.log_likelihood
            yield float(self.schedule[t + 1]), state.log_likelihood, total

    def upper(self, z: Floats) -> Floats:
        """Minus the log of an unbiased estimate of 1 / p(x) for each image (n,): in expectation at least ln p(x).

        z (n, d) are exact draws of p(z|x), known where x was itself drawn from p(x|z).
        """
        state = self._at(np.repeat(z[:, None], self.settings.chains, axis=1))
        total = np.zeros(state.log_likelihood.shape)
        for t, rise in reversed(list(enumerate(np.diff(self.schedule)))):
            state, _ = self._move(state, t)
            total -= rise * state.log_likelihood
        return np.asarray(np.log(self.settings.chains) - logsumexp(total, axis=1))

    def _adapt(self, chains: int) -> None:
        state = self._start(chains)
        step = self.steps[0].copy()
        for t in range(len(self.steps)):
            self.steps[t] = step
            state, accepted = self._move(state, t)
            step = np.minimum(step * np.exp(ADAPTATION * (accepted - ACCEPTANCE)), LARGEST_STEP)

    def _start(self, chains: int) -> ChainState:
        z = self.density.sample_prior(len(self.x) * chains, self.random)
        return self._at(z.reshape(len(self.x), chains, -1))

    def _at(self, z: Floats) -> ChainState:
        return ChainState(z, *self.density.log_prior_gradient(z), *self.density.log_likelihood_gradient(self.x, z))

    def _move(self, state: ChainState, t: int) -> tuple[ChainState, Floats]:
        """One Hamiltonian step that leaves the density of beta_(t + 1) as it is, and the share accepted (n,)."""
        beta = float(self.schedule[t + 1])
        momentum = self.random.standard_normal(state.z.shape)
        step = self.steps[t][:, None, None] * self.random.uniform(0.7, 1.0)
        with np.errstate(over="ignore", invalid="ignore"):
            moved, arrived = self._leapfrog(state, momentum, step, beta)
            fall = state.energy(beta) + _kinetic(momentum) - moved.energy(beta) - _kinetic(arrived)
        acceptance = np.exp(np.minimum(np.where(np.isfinite(fall), fall, -np.inf), 0))
        accepted = self.random.random(acceptance.shape) < acceptance
        return state.replaced(moved, accepted), acceptance.mean(axis=1)

    def _leapfrog(self, state: ChainState, momentum: Floats, step: Floats, beta: float) -> tuple[ChainState, Floats]:
        momentum = momentum + 0.5 * step * state.force(beta)
        for last in [False] * (self.settings.leapfrogs - 1) + [True]:
            state = self._at(state.z + step * momentum)
            momentum = momentum + (0.5 if last else 1.0) * step * state.force(beta)
        return state, momentum


def _kinetic(momentum: Floats) -> Floats:
    return np.asarray(0.5 * np.square(momentum).sum(axis=-1))
