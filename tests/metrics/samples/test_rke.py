"""Rényi kernel entropy: exact numbers of images, the definition by eigenvalues, its relation to the Vendi score."""

import numpy as np
import pytest

from aezoo.metrics.samples import rke, vendi_score


@pytest.mark.exact_metric("rke")
@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (np.full((7, 3), 2.5), 1),
        (np.diag(np.arange(1.0, 8)), 7),
        (np.repeat(np.eye(3)[:2], 50, axis=0), 2),
        (np.repeat(np.eye(4), 25, axis=0), 4),
        (np.repeat(np.eye(2), (3, 1), axis=0), 16 / 10),
        (np.array([[1.0, 0], [1, 1]]), 4 / 3),
    ],
)
def test_exact_numbers_of_images(features, expected):
    assert rke(features) == pytest.approx(expected, rel=1e-12)


@pytest.mark.independent("rke", by="NumPy's eigenvalues")
@pytest.mark.parametrize("shape", [(40, 6), (6, 40)])
def test_it_is_the_entropy_of_order_2_of_the_eigenvalues_of_the_kernel(shape):
    features = np.random.default_rng(0).normal(size=shape)
    rows = features / np.linalg.norm(features, axis=1, keepdims=True)
    shares = np.linalg.eigvalsh(rows @ rows.T / len(rows)).clip(min=0)
    assert rke(features) == pytest.approx(1 / np.square(shares).sum(), rel=1e-10)
    assert rke(features) <= vendi_score(features)


def test_repeats_and_lengths_do_not_matter():
    features = np.random.default_rng(0).normal(size=(30, 5))
    lengths = np.random.default_rng(1).uniform(0.1, 9, size=(30, 1))
    assert rke(np.repeat(features, 3, axis=0)) == pytest.approx(rke(features))
    assert rke(features * lengths) == pytest.approx(rke(features))


def test_a_row_of_zeros_has_no_direction():
    with pytest.raises(ValueError, match="rows of zeros"):
        rke(np.array([[0.0, 0], [1, 0]]))
