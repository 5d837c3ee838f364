"""The conformance suite of samplers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from aezoo.registry import Registry
from aezoo.samplers import SAMPLERS, Codes, Latent, NotApplicableError, Sampler, Symbols
from aezoo.samplers.fitting import at_most
from aezoo.testing.suite import ConformanceSuite, not_applicable, require

CODES, DRAWS = 1_000, 50
LEVELS = 4


class SamplerTests(ConformanceSuite):
    """Checks of a registered sampler, on codes of models of several kinds: those that it refuses are left out.

    A sampler that refuses every kind has nothing that it was checked on, which is a failure.

    Attributes:
        steps: the most of a fit by `aezoo.samplers.fitting`: what is checked asks for no good fit.
    """

    registry: ClassVar[Registry[Any]] = SAMPLERS
    steps: ClassVar[int] = 20

    def test_documents_itself(self) -> None:
        declared = SAMPLERS.declaration(self.name)
        require(declared is not None and declared.summary, "its docstring is empty; say what it draws")

    def test_gives_finite_codes(self) -> None:
        for kind, codes in self._drawn(1).items():
            require(codes.shape == (DRAWS, 2), f"codes of {kind} have shape {codes.shape}, not ({DRAWS}, 2)")
            require(
                np.issubdtype(codes.dtype, np.number) and np.isfinite(codes).all(), f"codes of {kind} are no numbers"
            )

    def test_gives_the_same_codes_for_the_same_seed(self) -> None:
        first = self._drawn(1)
        np.random.random(3)  # noqa: NPY002 - the state that a sampler must not depend on is another now
        for kind, again in draws(SAMPLERS.get(self.name), 1, self.steps).items():
            require(np.array_equal(first[kind], again), f"a second draw from {kind} with the same seed is another")

    def test_gives_other_codes_for_another_seed(self) -> None:
        for kind, other in draws(SAMPLERS.get(self.name), 2, self.steps).items():
            require(not np.array_equal(self._drawn(1)[kind], other), f"draws from {kind} do not depend on the seed")

    def test_leaves_numpys_global_state_alone(self) -> None:
        moved = kept_draws(SAMPLERS.get(self.name), 1, self.steps)[1]
        require(not moved, "it draws from NumPy's global generator, or seeds it")

    def test_leaves_the_codes_alone(self) -> None:
        if not any(len(latent.codes) for latent in latents().values()):
            not_applicable("there are no codes")
        self._drawn(1)  # all codes are read-only: to write into them raises ValueError

    def _drawn(self, seed: int) -> Mapping[str, Codes]:
        found, _ = kept_draws(SAMPLERS.get(self.name), seed, self.steps)
        require(found, "it refuses codes of every kind: " + ", ".join(latents()))
        return found


@lru_cache(maxsize=4)
def kept_draws(sampler: Sampler, seed: int, steps: int) -> tuple[Mapping[str, Codes], bool]:
    """Return `draws`, computed once, and whether NumPy's global generator was moved by them."""
    before = _global_state()
    found = draws(sampler, seed, steps)
    return found, _global_state() != before


def draws(sampler: Sampler, seed: int, steps: int) -> dict[str, Codes]:
    """Draw codes from every kind of latent that a sampler does not refuse; a fit has at most so many steps."""
    found = {}
    with at_most(steps):
        for kind, latent in latents().items():
            try:
                found[kind] = np.asarray(sampler(latent, DRAWS, seed))
            except NotApplicableError:
                continue
    return found


def _global_state() -> list[Any]:
    """Return the state of NumPy's global generator as what can be compared."""
    return [np.asarray(part).tolist() for part in np.random.get_state()]  # noqa: NPY002


def latents() -> dict[str, Latent]:
    """Return latents of two dimensions: without a prior, with one, with a posterior as well, and of symbols."""
    random = np.random.default_rng(0)
    codes = (random.standard_normal((CODES, 2)) + 3 * np.sign(random.standard_normal((CODES, 1)))).astype(np.float32)
    whole = random.integers(0, LEVELS, (CODES, 2)).astype(np.float32)
    for array in (codes, whole):
        array.flags.writeable = False
    symbols = Symbols((LEVELS, LEVELS), lambda z: np.rint(z).astype(np.int64), lambda s: s.astype(np.float32))

    def prior(n: int, seed: int) -> Codes:
        drawn: Codes = np.random.default_rng(seed).standard_normal((n, 2)).astype(np.float32)
        return drawn

    def posterior(n: int, seed: int) -> Codes:
        random = np.random.default_rng(seed)
        noise: Codes = random.standard_normal((n, 2)).astype(np.float32)
        drawn: Codes = codes[random.integers(CODES, size=n)] + np.float32(0.1) * noise
        return drawn

    return {
        "a model without a prior": Latent(codes),
        "a model with a prior": Latent(codes, prior),
        "a model with a posterior": Latent(codes, prior, posterior),
        "a model of symbols": Latent(whole, symbols=symbols),
    }
