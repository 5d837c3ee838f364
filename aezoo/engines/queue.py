"""Queue of trials: a worker goes on with the model that it has compiled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from aezoo.engines.base import Admit
from aezoo.messages import Request
from aezoo.spec import ModelSpec


class TrialQueue:
    """Requests by model, so that a worker goes on with the model that it has compiled."""

    def __init__(self, requests: Sequence[Request], admit: Admit = lambda request: True) -> None:
        self._admit = admit
        self._waiting: defaultdict[ModelSpec, list[Request]] = defaultdict(list)
        for request in reversed(requests):
            self._waiting[request.trial.subject].append(request)

    @property
    def is_empty(self) -> bool:
        """Tell whether no request is left, admitted or not."""
        return not any(self._waiting.values())

    def next(self, compiled_model: ModelSpec | None) -> Request | None:
        """Return the next admitted request: of the compiled model, else of the one with most to do; None at the end."""
        while (request := self._pop(compiled_model)) is not None:
            if self._admit(request):
                return request
        return None

    def _pop(self, compiled_model: ModelSpec | None) -> Request | None:
        waiting = {model: requests for model, requests in self._waiting.items() if requests}
        if not waiting:
            return None
        chosen = (
            compiled_model
            if compiled_model in waiting
            else max(reversed(waiting), key=lambda model: len(waiting[model]))
        )
        return waiting[chosen].pop()
