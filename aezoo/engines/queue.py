"""The order of trials: a worker goes on with the model that it has compiled."""

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

    def take(self, compiled: ModelSpec | None) -> Request | None:
        """The next request that is admitted: of the model that is compiled, else of the one with most to do."""
        while (request := self._next(compiled)) is not None:
            if self._admit(request):
                return request
        return None

    def _next(self, compiled: ModelSpec | None) -> Request | None:
        waiting = {subject: requests for subject, requests in self._waiting.items() if requests}
        if not waiting:
            return None
        chosen = compiled if compiled in waiting else max(reversed(waiting), key=lambda subject: len(waiting[subject]))
        return waiting[chosen].pop()
