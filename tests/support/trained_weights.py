"""Weights of small models after a short training, to be compared bit by bit."""

from __future__ import annotations

import numpy as np

from aezoo.models import MODELS
from aezoo.spec import Protocol
from aezoo.training import Trainer


def trained_weights(protocol: Protocol, name: str, images: np.ndarray, **parameters: object) -> list[np.ndarray]:
    """Weights after two epochs of ten steps with seed 3."""
    trainer = Trainer(MODELS.get(name), protocol.model_copy(update={"epochs": 2, "batch_size": 50}), parameters)
    trainer.fit(images[:500], images[:50], 3)
    return trainer.model.get_weights()
