"""The beginning of the suite of models: the trained model, its contract and its documentation."""

from __future__ import annotations

from typing import Any, ClassVar, get_args

from aezoo.models import MODELS
from aezoo.models.base import Family
from aezoo.models.checks import model_faults
from aezoo.registry import Registry
from aezoo.source import display_equation
from aezoo.spec import Protocol
from aezoo.testing.model_case import ModelCase, merged_faults, model_case
from aezoo.testing.suite import ConformanceSuite, not_applicable, not_made, require


class TrainedModelTests(ConformanceSuite):
    """Checks that begin the suite of models: without a model that keeps its contract no other one is made.

    Attributes:
        steps: of the training.
        protocol: None for the first small one that suits the model: 2 latent dimensions, or more where it needs them.
    """

    registry: ClassVar[Registry[Any]] = MODELS
    steps: ClassVar[int] = 500
    protocol: ClassVar[Protocol | None] = None

    @property
    def case(self) -> ModelCase:
        """The model with what its checks share; ends a check where there is none, since the first says why."""
        found = self._case_or_fault
        if isinstance(found, str):
            not_made("they need the model, which cannot be built")
        return found

    @property
    def _case_or_fault(self) -> ModelCase | str:
        return model_case(self.name, self.steps, self.protocol)

    def test_keeps_the_contract(self) -> None:
        if isinstance(fault := self._case_or_fault, str):
            require(False, fault)
        faults = model_faults(self.case.trained)
        require(not faults, "; ".join(merged_faults(faults)))

    def test_documents_itself(self) -> None:
        model = MODELS.get(self.name).model
        text = vars(model).get("__doc__") or ""
        require(text.strip(), "it has no docstring of its own; say in one what it minimises")
        require(model.family in get_args(Family), f"its family is {model.family!r}; give one of {get_args(Family)}")
        if model.role == "floor":
            not_applicable("the model is a floor, which has no objective of its own")
        count = sum(bool(line.strip()) for line in text.splitlines())
        require(count >= 3, f"its docstring has {count} lines of text; say in three or more what it minimises")
        require(
            display_equation(text), "its docstring has no equation; write it as a paragraph of its own, $$ LaTeX $$"
        )
        own = vars(model).get("paper")
        require(own, 'its class has no paper of its own; write who published it, or paper = "unpublished"')
