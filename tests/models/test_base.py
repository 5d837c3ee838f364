"""What training makes of a model's hooks: steps, players with outputs of their own, labels."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from support.plain_training import no_xla  # noqa: F401 - a fixture
from support.toy_models import TINY, Labelled, Stepping, TwoScales, make

from aezoo.evaluation.model_inputs import rows
from aezoo.models import MODELS, Preset
from aezoo.models.base import Model
from aezoo.spec import Protocol
from aezoo.training import Trainer


def trainer_of(model, protocol=TINY):
    return Trainer(Preset(model.__name__.lower(), model, {}), protocol)


def test_each_step_is_told_its_images_and_the_progress(digits):
    trainer = trainer_of(Stepping)
    images = digits.train.images[:230]
    trainer.fit(images, images[:50], 0)
    steps = 2 * (230 // 50)
    assert float(trainer.model.steps) == steps
    assert float(trainer.model.last_progress) == pytest.approx((steps - 1) / steps)
    assert float(trainer.model.brightness) == pytest.approx(steps * images.mean() / 255, rel=0.05)
    trainer.fit(images, images[:50], 1)
    assert float(trainer.model.steps) == steps, "a new seed starts anew"


def test_held_out_images_are_no_step(digits):
    trainer = trainer_of(Stepping)
    flat = tf.constant(digits.train.images[:50].reshape(50, 784))
    trainer.held_out_means(flat, 0, 1)
    assert float(trainer.model.steps) == 0


def test_each_epoch_is_told_all_images_and_the_progress_before_its_steps(digits):
    class Counting(Stepping):
        def on_epoch(self, images, progress):
            told.append((images.shape, float(images.max()), progress, float(self.steps)))

    told = []
    trainer = trainer_of(Counting)
    trainer.fit(digits.train.images[:230], digits.train.images[:50], 0)
    assert told == [((230, 784), 1.0, 0.0, 0.0), ((230, 784), 1.0, 0.5, 4.0)]


def test_fit_refuses_a_model_with_steps_of_its_own(images):
    with pytest.raises(TypeError, match="steps of its own"):
        make(Stepping).compute_loss(images)


def test_a_players_term_is_averaged_over_its_own_outputs(monkeypatch):
    trainer = trainer_of(TwoScales)
    seen = {}
    for term, optimizer in trainer.optimizers.items():
        monkeypatch.setattr(optimizer, "apply", lambda gradients, variables, term=term: seen.update({term: gradients}))
    for term in trainer.optimizers:
        trainer._update(term, tf.zeros((4, 784)))
    assert float(seen["loss"][0]) == pytest.approx(1 / 784)
    assert float(seen["other"][0]) == 1


@pytest.mark.usefixtures("no_xla")
def test_a_model_of_labels_trains_on_rows(digits):
    trainer = trainer_of(Labelled)
    seen = rows(trainer.model, digits.train)[:500]
    curves = trainer.fit(seen, seen[:50], 0)
    assert curves.train["loss"][1] < curves.train["loss"][0]


def test_binarisation_leaves_labels_as_they_are(digits):
    trainer = trainer_of(Labelled, Protocol(name="tiny", hidden_units=8, epochs=1, binarisation="dynamic"))
    seen = rows(trainer.model, digits.train)[:200]
    shown = []
    trainer.train_epoch = lambda images, *_: shown.append(images.numpy()) or {"loss": 1.0}
    trainer.fit(seen, seen, 0)
    np.testing.assert_array_equal(shown[0][:, 784:], seen[:, 784:])
    assert set(np.unique(shown[0])) == {0, 255}


@pytest.mark.parametrize("name", MODELS.names())
def test_registered_models_inherit_from_abstract_ones_alone(name):
    """Variants share functions and abstract classes; none is another one's parent."""
    registered = {preset.model for _, preset in MODELS.items()}
    model = MODELS.get(name).model
    assert issubclass(model, Model)
    assert not registered & set(model.__mro__[1:])
