"""Training and coding by codebooks, which vector-quantised autoencoders share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from keras import ops

from aezoo.models import losses
from aezoo.models.base import Tensor, Terms
from aezoo.models.codebook import Codebook, rotated, straight_through
from aezoo.models.parameters import check_non_negative, check_share, check_whole
from aezoo.models.quantised import QuantisedModel
from aezoo.spec import Protocol

ESTIMATORS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"straight-through": straight_through, "rotation": rotated}


class VectorQuantisedModel(QuantisedModel, ABC):
    """A model whose code is a vector of a codebook at each of several places, abstract like `Model`.

    It minimises ``-ln p(x|e) + commitment |z - sg e|^2 + |sg z - e|^2`` summed over places, z what is rounded at a
    place, e the nearest vector, sg a constant of the gradient. Its code is all vectors side by side.

    Args:
        protocol: of its networks.
        places: how many vectors make a code.
        width: numbers of a vector.
        codes: vectors of a place.
        commitment: in nats for each unit of squared distance.
        decay: of the counts of uses, and of the averages that vectors follow.
        restart: the share of the mean use below which a vector starts anew at a part of the batch; see `Codebook`.
        codebook: how vectors are learnt: "ema", for which the last term has no use, "gradient" or "simvq".
        estimator: of the gradient that passes the rounding: "straight-through" or "rotation".
    """

    def __init__(
        self,
        protocol: Protocol,
        *,
        places: int,
        width: int,
        codes: int,
        commitment: float,
        decay: float,
        restart: float,
        codebook: str,
        estimator: str,
    ) -> None:
        super().__init__(protocol)
        if estimator not in ESTIMATORS:
            raise ValueError(f"estimator is {estimator!r}; it must be one of {', '.join(ESTIMATORS)}")
        if not 0 <= decay < 1:
            raise ValueError(f"decay is {decay!r}; it must be a number of at least 0 and below 1")
        self.commitment, self.decay = check_non_negative("commitment", commitment), decay
        self.restart = check_share("restart", restart)
        self.pass_on = ESTIMATORS[estimator]
        self.vocabulary = (check_whole("codes", codes, least=2),) * places
        self.codebook = Codebook(places, codes, width, codebook, name="codebook")

    @abstractmethod
    def assign(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Map points (n, latent_dim) to what is rounded at each place (n, places, width) and its symbol (n, places)."""

    @abstractmethod
    def combine(self, vectors: Tensor) -> Tensor:
        """Map the vectors of a code (n, places, width) to their point, in parts (n, parts, latent_dim / parts)."""

    def objective(self, x: Tensor) -> Terms:
        z = self.encoder(x)
        parts, symbols = self.assign(z)
        vectors = self.codebook.look_up(symbols)
        code = self.combine(vectors)
        passed = self.pass_on(ops.reshape(z, ops.shape(code)), code)
        nll = losses.bernoulli_nll(x, self.decoder(ops.reshape(passed, ops.shape(z))))
        distance = _squared_distance(parts, ops.stop_gradient(vectors))
        loss = nll + self.commitment * distance
        if self.codebook.learning != "ema":
            loss += _squared_distance(ops.stop_gradient(parts), vectors)
        return {"loss": loss, "nll": nll, "distance": distance}

    def on_step(self, x: Tensor, progress: Tensor) -> None:
        if self.codebook.learning != "simvq":  # whose vectors move together
            parts, symbols = self.assign(self.encoder(x))
            self.codebook.follow(parts, symbols, self.decay)
            self.codebook.restart(parts, self.restart, self.noise)

    def encode(self, x: Tensor) -> Tensor:
        return self.from_symbols(self.assign(self.encoder(x))[1])

    def symbols(self, z: Tensor) -> Tensor:
        return self.codebook.nearest(self._by_place(z))

    def from_symbols(self, symbols: Tensor) -> Tensor:
        places, _, width = self.codebook.shape
        vectors = self.codebook.look_up(symbols)
        return ops.reshape(vectors, (-1, places * width))

    def decode_logits(self, z: Tensor) -> Tensor:
        point = self.combine(self._by_place(self.nearest_code(z)))
        return self.decoder(ops.reshape(point, (-1, self.protocol.latent_dim)))

    def _by_place(self, z: Tensor) -> Tensor:
        places = len(self.vocabulary)
        return ops.reshape(z, (-1, places, z.shape[-1] // places))  # a traced batch has no length, which -1 leaves open


def _squared_distance(a: Tensor, b: Tensor) -> Tensor:
    """Compute the squared distance of points by place, (n, places, width), summed over places: (n,)."""
    return ops.sum(ops.square(a - b), axis=(1, 2))
