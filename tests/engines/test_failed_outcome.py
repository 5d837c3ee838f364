"""Outcomes of trials that left nothing but a reason."""

from __future__ import annotations

import pytest

from aezoo.controls import CONTROLS
from aezoo.engines.base import failed_outcome
from aezoo.messages import Request
from aezoo.spec import FLOORS, Protocol, Trial

FLOOR_ROLES = {name: "oracle" if name == "oracle" else "floor" for name in FLOORS}
CONTROL_ROLES = {name: "control" for name in CONTROLS.names() if name not in FLOOR_ROLES}


@pytest.mark.parametrize(("model", "role"), [*FLOOR_ROLES.items(), *CONTROL_ROLES.items(), ("vae", "model")])
def test_a_trial_that_fails_keeps_its_role(model: str, role: str) -> None:
    trial = Trial(dataset="mnist-5k", model=model, protocol=Protocol(name="smoke"), seed=0)
    record = failed_outcome(Request(trial, ""), "killed", RuntimeError("interrupted")).record
    assert (record["role"], record["status"]) == (role, "killed")
