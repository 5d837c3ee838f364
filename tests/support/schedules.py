"""Learning rates that a protocol's schedule means, written out."""

from aezoo.spec import SCHEDULES, Protocol


def rate_at(protocol: Protocol, progress: float) -> float:
    """Return the learning rate when this share of the training, from 0 to 1, is done."""
    stages = SCHEDULES[protocol.schedule]
    return protocol.learning_rate * next((factor for end, factor in stages if progress < end), stages[-1][1])
