"""Small records of samples and what stands beside them, in one headline score."""

from __future__ import annotations

from aezoo.scoring.standing import standings
from support import factories


def fd(value, **fields):
    of = {"features": "judge", "family": "fd", "sampler": None}
    return factories.score("fd_judge", value, "samples", **{**of, **fields})


def rows(samples=10.0, **fields):
    """Samples, real images, two controls, a floor, and a model with two samplers."""
    of_model = [fd(12.0, sampler="prior"), fd(40.0, sampler="gaussian-mixture")]
    known = {
        "oracle": ("oracle", 1.0),
        "memoriser": ("control", 2.0),
        "blur": ("control", 90.0),
        "pca": ("floor", 30.0),
    }
    return [
        factories.record("mine", role="samples", scores=[fd(samples, **fields)]),
        *(factories.record(name, role=role, scores=[fd(value)]) for name, (role, value) in known.items()),
        factories.record("vae", scores=of_model),
    ]


def only(records, **bands):
    (found,) = standings(records, bands)
    return found
