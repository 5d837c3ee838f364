"""Sections and their columns, whatever order the records come in."""

import numpy as np
import pytest
from support.factories import record, score
from support.zoos import panel_of

from aezoo.analysis.sections import sections


def column(records):
    (section,) = sections(records)
    (_, found), *more = section.columns.iterrows()
    assert not more
    return found


@pytest.mark.parametrize("back", [False, True])
def test_what_some_records_call_a_description_ranks_nothing(back):
    """Older records give the share of collapsed dimensions a better end."""
    records = [
        record(model, 0, [score("collapsed_dims", 0.5, "latent", better)])
        for model, better in (("old", "lower"), ("new", "neither"))
    ]
    records = records[::-1] if back else records
    assert column(records)["better"] == "neither"
    assert panel_of(records).scores[0].better == "neither"


@pytest.mark.parametrize("back", [False, True])
def test_a_column_is_described_by_its_newest_version(back):
    """What was n/a in an older version stays n/a, and says nothing of the ideal."""
    older = record("gan", 0, [score("auc", None, better="target", ideal=0.5, version=1)])
    newer = [record(name, 0, [score("auc", 0.75, better="target", version=2)]) for name in ("ae", "vae")]
    oracle = record("oracle", 0, [score("auc", 0.75, better="target", version=2)], role="oracle")
    records = [older, *newer, oracle]
    records = records[::-1] if back else records
    assert np.isnan(column(records)["ideal"])
    assert panel_of(records).scores[0].target == 0.75


def test_a_section_without_scores_has_no_columns():
    (section,) = sections([record("vae", 0, status="error")])
    assert section.columns.empty
    assert {"question", "metric", "better", "ideal", "images"} <= {*section.columns}
