"""Errors in one line name the line of a user's code that raised them."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import FunctionType

import numpy as np
import pytest

import aezoo
from aezoo.errors import UsageError, one_line
from aezoo.models import MODELS


def raise_by_numpy():
    np.reshape(np.zeros(3), (2, 2))


def caught(call):
    with pytest.raises(Exception) as error:  # noqa: PT011 - any
        call()
    return error.value


def test_the_last_call_of_the_users_own_code_is_named_though_a_library_raises():
    line = inspect.getsourcelines(raise_by_numpy)[1] + 1
    text = one_line(caught(raise_by_numpy))
    assert text.startswith("ValueError: cannot reshape")
    assert text.endswith(f" (test_errors.py:{line})")


@pytest.mark.parametrize("error", [UsageError("give another"), AssertionError("give another")])
def test_a_message_that_is_made_to_be_read_has_no_line(error):
    def fail():
        raise error

    assert one_line(caught(fail)) == f"{type(error).__name__}: give another"


def test_what_nobody_raised_has_no_line():
    assert one_line(ValueError("so")) == "ValueError: so"
    assert one_line(ValueError()) == "ValueError"


def test_code_beside_aezoo_whose_folder_begins_alike_is_the_users():
    file = Path(aezoo.__file__).parent.with_name("aezoo_mine") / "mine.py"
    error = caught(FunctionType(compile("1 / 0", str(file), "exec"), {}))
    assert one_line(error) == "ZeroDivisionError: division by zero (mine.py:1)"


def test_code_of_aezoo_is_not_named():
    error = caught(lambda: MODELS.get("vae").create("no protocol", 0))
    error.__traceback__ = error.__traceback__.tb_next.tb_next  # without the lines of this file
    assert "(" not in one_line(error).rpartition(" ")[2]
