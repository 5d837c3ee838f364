"""The public verbs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import aezoo


def test_all_is_sorted_and_everything_in_it_exists():
    assert aezoo.__all__ == sorted(aezoo.__all__)
    for name in aezoo.__all__:
        assert getattr(aezoo, name) is not None
    assert set(aezoo.__all__) <= set(dir(aezoo))


def test_an_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        aezoo.nothing  # noqa: B018


def test_the_version_is_the_distributions():
    from importlib.metadata import version

    assert version("aezoo") == aezoo.__version__


@pytest.mark.slow
def test_tensorflow_is_silent_behind_a_public_verb():
    loud = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    code = "import aezoo; aezoo.run_trial; import tensorflow"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=loud)
    assert (ended.stdout, ended.stderr) == ("", "")
