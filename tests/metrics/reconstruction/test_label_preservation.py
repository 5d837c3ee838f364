"""Label preservation: a share of images."""

import pytest

from aezoo.metrics.reconstruction import label_preservation


@pytest.mark.exact_metric("label_preservation")
def test_label_preservation_is_a_share():
    assert label_preservation([1, 2, 3, 4], [1, 2, 3, 5]) == 0.75


@pytest.mark.parametrize(("labels", "judged"), [([1, 2], [1]), ([], []), ([[1]], [[1]])])
def test_labels_must_pair_up(labels, judged):
    with pytest.raises(ValueError, match="one for each of the"):
        label_preservation(labels, judged)
