"""XLA as the tests use it: programs that are compiled in half the time, and kept from one run of the tests to the next.

Half of the time of the tests would go into compiling small models that are trained for a moment. The settings of
`QUICK` halve it; the programs run at two thirds of the speed. They are of the process that runs the tests alone: a
command that a test starts compiles as a user's does.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version

import pytest

QUICK = (
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_backend_optimization_level=1",
    "--xla_cpu_parallel_codegen_split_count=1",
)


def keep_programs(config: pytest.Config) -> None:
    """Keep what XLA compiles in pytest's cache, which `--cache-clear` empties; a user's own flags have their way."""
    if hasattr(config, "cache") and "TF_XLA_FLAGS" not in os.environ:
        from aezoo.machine import machine

        place = "-".join([version("tensorflow"), *(machine()[name] for name in ("processor", "instructions"))])
        folder = config.cache.mkdir("xla-" + "".join(c if c.isalnum() or c in ".-" else "_" for c in place))
        os.environ["TF_XLA_FLAGS"] = f"--tf_xla_persistent_cache_directory={folder}"


def compile_quickly() -> None:
    """Have this process compile quickly, if it has imported TensorFlow and compiled nothing; its children do not."""
    if "tensorflow" not in sys.modules or "XLA_FLAGS" in os.environ:
        return
    import tensorflow as tf

    os.environ["XLA_FLAGS"] = " ".join(QUICK)
    tf.function(lambda: tf.zeros(()), jit_compile=True)()  # reads the flags, which are read once
    del os.environ["XLA_FLAGS"]
