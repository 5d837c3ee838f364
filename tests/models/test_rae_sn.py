"""The spectrally normalised autoencoder: norms of 1 at most, and the failure that the catalogue names."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.models import MODELS
from aezoo.models.rae_sn import SpectralNorm
from aezoo.runner.selection import expand_models
from aezoo.spec import PROTOCOLS, Protocol
from aezoo.training import Trainer


@pytest.mark.slow
@pytest.mark.exact("rae-sn")
def test_matrices_of_the_decoder_have_a_spectral_norm_of_one_at_most(digits):
    trainer = Trainer(MODELS.get("rae-sn"), Protocol(epochs=3, batch_size=50, hidden_units=32, latent_dim=6))
    trainer.fit(digits.train.images[:1_000], digits.held_out.images[:100], 0)
    matrices = [w.numpy() for w in trainer.model.decoder.trainable_variables if len(w.shape) > 1]
    norms = [np.linalg.norm(matrix, 2) for matrix in matrices]
    assert len(norms) == 2
    np.testing.assert_allclose(norms, 1, atol=0.01)


def test_a_matrix_of_a_smaller_norm_stays_and_a_larger_one_is_scaled():
    random = np.random.default_rng(0)
    matrix = random.normal(size=(20, 7)).astype(np.float32)
    norm = np.linalg.norm(matrix, 2)
    scaled = np.asarray(SpectralNorm()(matrix))
    np.testing.assert_allclose(scaled, matrix / norm, rtol=1e-3)
    np.testing.assert_array_equal(SpectralNorm()(scaled / 2), scaled / 2)


def test_all_leaves_it_out_and_says_why_and_its_name_alone_runs_it():
    told: list[str] = []
    found = list(expand_models(["all"], PROTOCOLS["chapter-16"], told.append))
    assert "rae-sn" not in found
    assert "rae-l2" in found
    assert [line for line in told if line.startswith("model rae-sn is left out: its decoder cannot reach")]
    assert list(expand_models(["rae-sn"], PROTOCOLS["chapter-16"], told.append)) == ["rae-sn"]
