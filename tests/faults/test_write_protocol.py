"""Fault 3: a kill at every boundary of a commit leaves the record absent or whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.faults.conftest import ROOT


def test_a_kill_at_every_system_call_leaves_a_record_absent_or_whole(tmp_path: Path, known: str):
    environment = {**os.environ, "FAULTS_KNOWN": known}
    command = [sys.executable, "-m", "tests.faults.boundaries", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["first"]) == {"absent", "new"}
    assert set(found["again"]) == {"old", "absent", "new"}
    assert set(found["scored"]) == {"old", "new"}
    assert all(sum(counts.values()) >= 20 for counts in found.values())
