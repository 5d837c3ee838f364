"""Whether metrics agree about models: rank correlations, winners and rank reversals, from records."""

from __future__ import annotations

from dataclasses import dataclass

from aezoo.reporting.agreement.regimes import Regime, regime
from aezoo.reporting.agreement.reversals import QuestionReversals, Reversal, reversals
from aezoo.reporting.agreement.winners import Winner, winners_of
from aezoo.reporting.panel import Panel, informative

ROLES = {"floor": "floors", "control": "controls", "oracle": "the oracle"}


@dataclass(frozen=True)
class Agreement:
    """All of it for one data set and protocol.

    Attributes:
        least_seeds: the smallest number of seeds of a model.
        samplers: with what each was sampled.
        controls: how many controls there are.
        winners: of each metric.
        reversal_count: reversals by the means over seeds, each of two models by two metrics.
        sure_reversals: those that hold in at least 95 % of resampled seeds.
        reversals: the surest of each two models and two questions.
        question_reversals: how many between the metrics of two questions.
    """

    dataset: str
    fingerprint: str
    protocol: str
    least_seeds: int
    samplers: dict[str, str]
    controls: int
    regimes: tuple[Regime, ...]
    winners: tuple[Winner, ...]
    reversal_count: int
    sure_reversals: int
    reversals: tuple[Reversal, ...]
    question_reversals: tuple[QuestionReversals, ...]


def agreement(panel: Panel) -> Agreement:
    """The agreement of the metrics of `panel`: among its models, and with floors, controls and the oracle.

    Raises:
        UsageError: fewer than two models have scores.
    """
    panel.require_models()
    models = informative(panel.only_models())
    regimes = [regime("among the models", models)]
    if len(panel.models) > len(models.models):
        regimes.append(regime(f"with {_others(panel)}", informative(panel)))
    found = reversals(models)
    return Agreement(
        dataset=panel.dataset,
        fingerprint=panel.fingerprint,
        protocol=panel.protocol,
        least_seeds=panel.least_seeds,
        samplers={model: name for model, name in zip(panel.models, panel.samplers, strict=True) if name},
        controls=panel.roles.count("control"),
        regimes=tuple(regimes),
        winners=winners_of(models),
        reversal_count=found.count,
        sure_reversals=found.sure,
        reversals=found.surest,
        question_reversals=found.by_questions,
    )


def _others(panel: Panel) -> str:
    """``floors, controls and the oracle``, or which of them there are."""
    words = [ROLES.get(role, role) for role in dict.fromkeys([*ROLES, *panel.roles]) if role in panel.roles]
    *first, last = [word for word in words if word != "model"]
    return " and ".join([", ".join(first), last]) if first else last
