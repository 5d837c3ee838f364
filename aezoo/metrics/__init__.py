"""Metrics: pure functions of arrays to floats, one file per metric, one folder per question.

A metric file imports this package's `METRICS`, `Score`, and registers each function:

    @METRICS.register(
        "mse", question="reconstruction", needs=("x", "p"), scores=(Score("mse", "squared intensity", "lower", 0.0),)
    )
    def mse(x: Images, p: Images) -> float: ...

`needs` are names of the function's parameters; the evaluation supplies arrays of these names (see `NEEDS`, declared in
`aezoo.metrics.inputs`). Parameters that are not needs have defaults. A metric with several scores returns a dict with
their names. A metric may also declare how its standard error is estimated (see `aezoo.metrics.standard_errors`), which
of its scores are to be read first (`headline`) and which say the same as another (`redundant_with`); both are written
out where it is registered, because reports read them from the source. They read there too the paragraph ``Limits:`` of
its docstring: what fools it or what it does not see, where the audit does not measure that.
"""

from aezoo.metrics.base import METRICS, Better, Floats, Metric, Score, StandardErrors, Variance
from aezoo.metrics.inputs import FEATURE_QUESTIONS, INPUTS, NEEDS, Absent, Input, Question
from aezoo.metrics.validation import check_array

__all__ = [
    "FEATURE_QUESTIONS",
    "INPUTS",
    "METRICS",
    "NEEDS",
    "Absent",
    "Better",
    "Floats",
    "Input",
    "Metric",
    "Question",
    "Score",
    "StandardErrors",
    "Variance",
    "check_array",
]
