"""Checks of what a run will use, made before anything runs: plug-ins that cannot be loaded, models that cannot be made.

Only what can be wrong is tried, because making a model imports TensorFlow: aezoo's own models with their presets are
known to be right.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterable

from aezoo.architectures import ARCHITECTURES
from aezoo.controls import CONTROLS
from aezoo.engines.local_names import names_unknown_to_workers
from aezoo.errors import UsageError
from aezoo.messages import Request
from aezoo.models import MODELS
from aezoo.optimizers import OPTIMIZERS
from aezoo.quiet_import import quieten_tensorflow
from aezoo.registry import PluginWarning
from aezoo.samplers import SAMPLERS
from aezoo.source import reachable
from aezoo.spec import ModelSpec, Protocol

CONTRACT = "aezoo.models.base"
"""The module that declares `unsuitable`, and suits every protocol."""
PICKY = re.compile(r"def unsuitable\(|own_draws\b.*= True")
"""Source of a model that some protocol does not suit."""


def check_requests(requests: Iterable[Request]) -> None:
    """Raise `UsageError` for plug-ins that cannot be loaded, and models that cannot be made or break their contract.

    Its message has a line for each of them.
    """
    trials = {(request.trial.subject, request.trial.protocol): request.metrics is None for request in requests}
    faults: dict[str, None] = {}
    for (subject, protocol), trained in trials.items():
        try:
            if subject.name in CONTROLS.names():
                CONTROLS.get(subject.name)
            elif trained and _may_be_wrong(subject, protocol):
                _try(subject, protocol)
        except UsageError as error:
            faults[str(error)] = None
    if faults:
        raise UsageError("\n".join(faults))


def check_samplers(requests: Iterable[Request], asked: Collection[str]) -> None:
    """Raise `UsageError` for a sampler that was asked for by name and cannot be loaded.

    Of others a `PluginWarning` says that they cost their own rows.
    """
    for name in sorted({name for request in requests for name in request.samplers or ()}):
        problem = SAMPLERS.problem(name)
        if problem and name in asked:
            raise UsageError(f"{problem}; mend the plug-in, or ask for another sampler")
        if problem:
            warnings.warn(f"{problem}; its rows will say error", PluginWarning, stacklevel=2)


def check_workers_know(requests: Iterable[Request], elsewhere: bool = False) -> None:
    """Raise `UsageError` if the trials, or their scores, use what worker processes cannot know.

    That is what a notebook, a prompt or a script without a guard registers itself; `elsewhere`, on other machines, it
    is all that no plug-in registers. Samplers and metrics are used by every trial.
    """
    names = {
        pair
        for request in requests
        for pair in (
            *(("model", request.trial.model), ("control", request.trial.model), ("dataset", request.trial.dataset)),
            ("architecture", request.trial.protocol.architecture),
            ("optimizer", request.trial.protocol.optimizer),
        )
    }
    unknown = [
        f"{kind} {name!r} (of {module})"
        for kind, name, module in names_unknown_to_workers(elsewhere)
        if names and (kind in ("sampler", "metric") or (kind, name) in names)
    ]
    if unknown:
        mend = "install a plug-in there" if elsewhere else "put it into a file of its own, mine.py, and import that"
        raise UsageError(f"worker processes cannot know {', '.join(unknown)}: {mend}")


def _may_be_wrong(subject: ModelSpec, protocol: Protocol) -> bool:
    names = ((MODELS, subject.name), (ARCHITECTURES, protocol.architecture), (OPTIMIZERS, protocol.optimizer))
    own = all(registry.is_builtin(name) for registry, name in names)
    return bool(subject.parameters) or not own or _may_be_unsuitable(subject.name)


def _may_be_unsuitable(name: str) -> bool:
    """Return whether the source of one of aezoo's own models names protocols that do not suit it; imports nothing."""
    declared = MODELS.declaration(name)
    sources = reachable(declared.module, MODELS.package, (CONTRACT,)) if declared else ()
    return any(PICKY.search(path.read_text(encoding="utf-8")) for _, path in sources)


def _try(subject: ModelSpec, protocol: Protocol) -> None:
    """Make the model, and show it a few images."""
    quieten_tensorflow()
    from aezoo.models.checks import check_model

    OPTIMIZERS.get(protocol.optimizer)
    check_model(MODELS.get(subject.name).create(protocol, 0, subject.parameters), subject.label)
