"""Abilities of a model beyond decoding, each a protocol of its methods.

The table of `aezoo.models.base` says what reads them, and what stands in for a method that is left out.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from aezoo.models.base import Tensor


@runtime_checkable
class HasEncoder(Protocol):
    """A model that maps images to codes."""

    def encode(self, x: Tensor) -> Tensor:
        """Map images (n, 784) to codes (n, d): the point that metrics use, a posterior mean where there is one."""


@runtime_checkable
class HasPrior(Protocol):
    """A model with a prior over its codes: N(0, I) unless it is `HasLogPrior`."""

    def sample_prior(self, n: int, seed: int) -> Tensor:
        """Draw codes (n, d) from the prior, the same for the same seed."""


@runtime_checkable
class HasDecoder(Protocol):
    """A model that maps codes to images."""

    def decode_logits(self, z: Tensor) -> Tensor:
        """Map codes (n, d) to logits (n, 784), whose sigmoids are the mean images."""


@runtime_checkable
class HasPosterior(Protocol):
    """A model that approximates p(z|x) by a Gaussian q(z|x) with diagonal covariance."""

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map images (n, 784) to the mean (n, d) and log-variance (n, d) of q(z|x)."""


@runtime_checkable
class HasDraws(Protocol):
    """A model that approximates p(z|x) by any q(z|x) of which it draws and knows the density: a flow, a sphere.

    Where a model has both, this goes before `HasPosterior`.
    """

    def draw(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Draw one code (n, d) from q(z|x) for each image, by the model's `noise`, with its ln q(z|x) (n,), in nats.

        A draw is what `decode_logits` takes and what `log_prior` has a density of, with respect to the same measure:
        volume for continuous codes, area on a sphere, counting for discrete parts. Of several latent layers it is the
        codes of all of them side by side.
        """


@runtime_checkable
class HasLogPrior(HasPrior, Protocol):
    """A model whose prior is not N(0, I); `sample_prior` draws from it."""

    def log_prior(self, z: Tensor) -> Tensor:
        """Compute ln p(z) of codes (n, d), (n,), in nats, normalised; differentiable where `annealable` says so."""


@runtime_checkable
class HasLogLikelihood(Protocol):
    """A model whose decoder is not Bernoulli; its `binary` is False where its images are grey."""

    def log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        """Compute ln p(x|z) of images (n, 784) and codes (n, d), (n,), in nats, with its normalising constant.

        Of grey images it is a density over [0, 1]^784 or over all reals, and may be above 0.
        """


@runtime_checkable
class HasLogDensity(Protocol):
    """A model that computes the likelihood of an image itself, without a code: an autoregressive one."""

    def log_density(self, x: Tensor) -> Tensor:
        """Compute ln p(x) of images (n, 784), (n,), in nats; of binary ones unless `binary` is False."""


@runtime_checkable
class HasSymbols(Protocol):
    """A model with a discrete code: each code is a sequence of symbols, from a vocabulary for each place.

    `decode_logits` takes the codes of symbols, and `encode` gives such codes, so that decoding them is a fixed point:
    ``from_symbols(symbols(z)) == z``. `sample_prior` stays out unless the model has learnt a prior.

    Attributes:
        vocabulary: how many symbols there are at each place, (s,).
    """

    vocabulary: tuple[int, ...]

    def symbols(self, z: Tensor) -> Tensor:
        """Map codes (n, d) to their symbols (n, s), integers from 0 to vocabulary - 1."""

    def from_symbols(self, symbols: Tensor) -> Tensor:
        """Map symbols (n, s) to their codes (n, d)."""


@runtime_checkable
class HasClusters(Protocol):
    """A model that sorts images into groups itself, so that they need no k-means."""

    def cluster(self, x: Tensor) -> Tensor:
        """Map images (n, 784) to the number of their group (n,), integers from 0."""


@runtime_checkable
class HasFeatures(Protocol):
    """A model whose code is not what latent scores should see: it holds a label, or the codes of two layers."""

    def features(self, x: Tensor) -> Tensor:
        """Map images (n, 784) to what latent scores look at (n, f)."""
