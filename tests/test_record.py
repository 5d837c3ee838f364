"""Records of trials that left nothing but a reason."""

from __future__ import annotations

import pytest

from aezoo.record import failed_record
from aezoo.spec import FLOORS, Protocol, Trial

ROLES = {name: "oracle" if name == "oracle" else "floor" for name in FLOORS}


@pytest.mark.parametrize(("model", "role"), [*ROLES.items(), ("vae", "model")])
def test_a_floor_that_fails_is_no_model(model: str, role: str) -> None:
    trial = Trial(dataset="mnist-5k", model=model, protocol=Protocol(name="smoke"), seed=0)
    record = failed_record(trial, "killed", RuntimeError("interrupted"))
    assert record["role"] == role
