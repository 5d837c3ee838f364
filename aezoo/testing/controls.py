"""The conformance suite of controls."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from aezoo.controls import CONTROLS, Control, Split
from aezoo.registry import Registry
from aezoo.testing.model_case import digits
from aezoo.testing.suite import ConformanceSuite, not_applicable, require

COUNT = 200


class ControlTests(ConformanceSuite):
    """Checks of a registered control on the 5,000 digits that need no download."""

    registry: ClassVar[Registry[Any]] = CONTROLS

    @property
    def control(self) -> Control:
        """The control itself."""
        control: Control = CONTROLS.get(self.name)
        return control

    def test_documents_itself(self) -> None:
        require((self.control.function.__doc__ or "").strip(), "its docstring is empty; say what its images are")

    def test_gives_images_between_0_and_1_at_every_dose(self) -> None:
        for dose in self._doses():
            images = self._generate(dose)
            require(images.shape == (COUNT, 28, 28), f"at dose {dose} its images have shape {images.shape}")
            require(images.dtype == np.float32, f"at dose {dose} its images are {images.dtype}; give float32")
            require(images.min() >= 0 and images.max() <= 1, f"at dose {dose} its images leave [0, 1]")

    def test_gives_the_same_images_for_the_same_seed(self) -> None:
        require(np.array_equal(self._generate(seed=1), self._generate(seed=1)), "a second draw is another")

    def test_gives_other_images_for_another_seed(self) -> None:
        differs = any(not np.array_equal(self._generate(d, seed=1), self._generate(d, seed=2)) for d in self._doses())
        require(differs, "its images depend on no seed at any dose")

    def test_leaves_its_source_alone(self) -> None:
        self._generate()  # the images are read-only: to write into them raises ValueError
        require(not digits().train.images.flags.writeable, "the digits of this check can be written to")

    def test_the_default_is_what_runs_without_a_dose(self) -> None:
        if not self.control.doses:
            not_applicable("the control has no dose")
        require(np.array_equal(self._generate(), self._generate(self.control.default)), "the default is another dose")

    def test_sees_nothing_but_the_splits_that_it_names(self) -> None:
        allowed = {name: getattr(digits(), name) for name in self.control.draws_from.split(" and ")}
        images = self.control.generate(SimpleNamespace(**allowed), COUNT, np.random.default_rng(0))
        require(np.array_equal(images, self._generate()), "with other splits gone its images are others")

    def test_works_on_other_images_than_digits(self) -> None:
        random = np.random.default_rng(0)
        images = random.integers(0, 256, (300, 28, 28), dtype=np.uint8)
        split = Split(images, np.repeat(np.array([3, 7, 11, 12, 13, 14], np.uint8), 50))
        drawn = self.control.generate(SimpleNamespace(train=split, oracle=split), 50, random, dose=self._doses()[0])
        require(drawn.shape == (50, 28, 28), f"its images of noise have shape {drawn.shape}")

    def _doses(self) -> tuple[float | None, ...]:
        return self.control.doses or (None,)

    def _generate(self, dose: float | None = None, seed: int = 0) -> NDArray[np.float32]:
        return self.control.generate(digits(), COUNT, np.random.default_rng(seed), dose=dose)
