"""The record of metrics and controls that were registered elsewhere."""

import numpy as np
import pytest
from support.registries import forget_afterwards

from aezoo.audit.build_record import build_record
from aezoo.audit.measure import score_set
from aezoo.audit.plan import make_spec, plan_sets
from aezoo.audit.report import read_audit, write_audit, write_record
from aezoo.controls import CONTROLS
from aezoo.metrics import METRICS, Score


def verdicts(folder):
    from aezoo.audit.report import analyse

    return analyse(read_audit(folder))


@pytest.fixture
def plug_ins(monkeypatch):
    """A metric and two controls from another package; few draws of the oracle."""
    for name, few in (("BAND_DRAWS", 4), ("FRESH_DRAWS", 4), ("SIZE_DRAWS", 2)):
        monkeypatch.setattr(f"aezoo.audit.plan.{name}", few)
    forget_afterwards(monkeypatch, METRICS, CONTROLS)

    @METRICS.register(
        "brightness", question="samples", needs=("fake_images",), scores=(Score("brightness", "levels", "target"),)
    )
    def brightness(fake_images):
        """The mean | intensity of <all> pixels."""
        return float(fake_images.mean())

    @CONTROLS.register("black", draws_from="oracle")
    def black(images, labels, n, generator):
        """Nothing."""
        return np.zeros((n, 28, 28), np.float32)

    @CONTROLS.register("broken", draws_from="oracle")
    def broken(images, labels, n, generator):
        """Raises."""
        raise RuntimeError("no images | today")


def test_a_plug_in_appears_with_a_card_and_a_broken_control_costs_itself_alone(plug_ins, digits, tmp_path):
    spec = make_spec(digits, n=100, draws=2, metrics=["brightness", "fd"], controls=["black", "broken"])
    results = [score_set(spec, wanted) for wanted in plan_sets(spec)]
    write_record(build_record(spec, digits, results, {"wall": 0.0, "cpu": 0.0, "jobs": 1}), tmp_path)
    write_audit(read_audit(tmp_path), tmp_path)
    card = (tmp_path / "cards" / "brightness.md").read_text()
    assert "catches: black" in card
    assert "The mean \\| intensity of &lt;all&gt; pixels." in card
    assert "no images \\| today" in card
    findings = verdicts(tmp_path)
    assert findings.metric("brightness").responses[("broken", None)].verdict == "error"
    assert findings.metric("fd_judge").responses[("black", None)].verdict == "detects"
