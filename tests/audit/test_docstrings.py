"""Docstrings as descriptions of scores."""

from aezoo.audit.docstrings import context, summary
from aezoo.metrics.samples import class_kl, one_nearest_neighbour, precision_recall_density_coverage


def test_each_score_is_described_by_its_own_bullet_or_the_first_paragraph():
    density = summary(precision_recall_density_coverage, "density")
    assert density.startswith("Mean number of real balls around a fake, divided by k; ")
    assert "Share of fakes" not in density
    assert summary(one_nearest_neighbour, "one_nearest_neighbour").startswith("The mean over all rows")
    assert summary(class_kl, "class_kl").startswith("Divergence of the classes")
    around = context(precision_recall_density_coverage, "density")
    assert "The ball of a point is open" in around
    assert "Args" not in around
    assert "share of fakes" not in around
    assert "`" not in density + around
