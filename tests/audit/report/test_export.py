"""Files of an audit: tidy tables, made without TensorFlow."""

import csv
import subprocess
import sys

import pytest
from support.audit_records import audit_record


def test_the_tidy_tables_hold_every_value_and_no_infinity(written):
    lines = list(csv.DictReader((written / "audit.csv").open()))
    record = audit_record()
    assert len(lines) == len(record["sets"]) * len(record["scores"])
    assert {line["state"] for line in lines} == {"ok", "n/a", "error"}
    verdicts = list(csv.DictReader((written / "verdicts.csv").open()))
    assert len(verdicts) == (len(record["scores"]) - 1) * 4  # one ranks nothing
    seen = next(line for line in verdicts if (line["metric"], line["control"]) == ("sees_judge", "faker"))
    assert (seen["first_dose"], seen["monotone"]) == ("1.0", "rising")
    metrics = {line["name"]: line for line in csv.DictReader((written / "metrics.csv").open())}
    assert (metrics["sees_pca"]["needs_n"], metrics["sees_pca"]["mean_stable_from_n"]) == ("50.0", "25.0")
    assert float(metrics["copies"]["own_seconds"]) == 0.125
    assert float(metrics["copies"]["shared_seconds"]) == 6.0
    assert float(metrics["sees_pca"]["sd_at_100"]) == pytest.approx(0.02, rel=0.5)
    for path in written.rglob("*.csv"):
        assert "inf" not in path.read_text().replace("infinite", "")


def test_tables_are_made_without_tensorflow(written):
    code = (
        "import sys; from pathlib import Path; from aezoo.audit.report import read_audit, write_audit; "
        f"folder = Path({str(written)!r}); write_audit(read_audit(folder), folder); "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
