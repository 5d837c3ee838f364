"""The page on both audits is what its script writes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "results" / "audit" / "fashion-mnist"


def test_the_page_on_both_audits_is_that_of_their_verdicts():
    spec = importlib.util.spec_from_file_location("audit_transfer", ROOT / "benchmarks" / "audit_transfer.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.page() == (FOLDER / "transfer.md").read_text()
    usual = script.both_audits().query("default")
    assert (len(usual), usual["same"].mean().round(2)) == (702, 0.88)
