"""The default panel: a chapter model is scored on 5,000 samples within 60 processor seconds, one thread, no AVX-512."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

LIMIT = 60.0

WITHOUT_AVX512 = {
    "OPENBLAS_CORETYPE": "Haswell",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
}
"""Variables by which the libraries that multiply and compile do without AVX-512 where the processor has it."""


@pytest.mark.parametrize("protocol", ["chapter", "chapter-16"])
def test_a_chapter_model_is_scored_within_a_minute(protocol):
    """Ask for 5,000 samples, which only all of MNIST has: `AEZOO_MNIST` names it where it is not in a cache."""
    command = [sys.executable, str(Path(__file__).with_name("panel_time.py")), "vae", "--protocol", protocol]
    done = subprocess.run(
        [*command, "--dataset", "mnist"], capture_output=True, text=True, env={**os.environ, **WITHOUT_AVX512}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "5,000 samples of each sampler" in done.stdout
    (seconds,) = re.findall(r"^\| all \| ([\d.]+) \|$", done.stdout, re.MULTILINE)
    assert 0 < float(seconds) < LIMIT, done.stdout
