"""A comparative benchmark suite of autoencoders.

Importing this package imports no TensorFlow; a verb imports what it needs when it is called.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aezoo.controls import CONTROLS
    from aezoo.datasets import DATASETS, Dataset, load_dataset
    from aezoo.errors import AezooError
    from aezoo.messages import Outcome, Request
    from aezoo.metrics import METRICS, Metric, Score
    from aezoo.models import MODELS
    from aezoo.reporting.formats import FORMATS
    from aezoo.runner.results import Results, load_results
    from aezoo.runner.run import run
    from aezoo.runner.suite_run import RunEvent, RunWarning
    from aezoo.samplers import SAMPLERS
    from aezoo.scoring.result import ScoreResult
    from aezoo.scoring.score import score
    from aezoo.spec import PROTOCOLS, ModelSpec, Protocol, Suite, Trial
    from aezoo.store import Store
    from aezoo.trained.load import load_model
    from aezoo.trial import run_trial

_LAZY_EXPORTS = {
    "AezooError": "aezoo.errors",
    "CONTROLS": "aezoo.controls",
    "DATASETS": "aezoo.datasets",
    "Dataset": "aezoo.datasets",
    "FORMATS": "aezoo.reporting.formats",
    "METRICS": "aezoo.metrics",
    "MODELS": "aezoo.models",
    "Metric": "aezoo.metrics",
    "ModelSpec": "aezoo.spec",
    "Outcome": "aezoo.messages",
    "PROTOCOLS": "aezoo.spec",
    "Protocol": "aezoo.spec",
    "Request": "aezoo.messages",
    "Results": "aezoo.runner.results",
    "RunEvent": "aezoo.runner.suite_run",
    "RunWarning": "aezoo.runner.suite_run",
    "SAMPLERS": "aezoo.samplers",
    "Score": "aezoo.metrics",
    "ScoreResult": "aezoo.scoring.result",
    "Store": "aezoo.store",
    "Suite": "aezoo.spec",
    "Trial": "aezoo.spec",
    "load_dataset": "aezoo.datasets",
    "load_model": "aezoo.trained.load",
    "load_results": "aezoo.runner.results",
    "run": "aezoo.runner.run",
    "run_trial": "aezoo.trial",
    "score": "aezoo.scoring.score",
}

__all__ = [  # noqa: RUF022 - sorted as `sorted` does, which a test holds
    "AezooError",
    "CONTROLS",
    "DATASETS",
    "Dataset",
    "FORMATS",
    "METRICS",
    "MODELS",
    "Metric",
    "ModelSpec",
    "Outcome",
    "PROTOCOLS",
    "Protocol",
    "Request",
    "Results",
    "RunEvent",
    "RunWarning",
    "SAMPLERS",
    "Score",
    "ScoreResult",
    "Store",
    "Suite",
    "Trial",
    "load_dataset",
    "load_model",
    "load_results",
    "run",
    "run_trial",
    "score",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _LAZY_EXPORTS:
        raise AttributeError(f"module 'aezoo' has no attribute {name!r}")
    if name == "run_trial":  # the one verb whose module imports TensorFlow, which else would talk of drivers
        import_module("aezoo.threads").import_tensorflow()
    return getattr(import_module(_LAZY_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
