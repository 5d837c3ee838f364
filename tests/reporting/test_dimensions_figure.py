"""Traversals of codes of more than two dimensions."""

import numpy as np
from support.factories import record

from aezoo.reporting.figures import write_figures
from aezoo.reporting.figures.dimensions import dimensions_figures
from aezoo.reporting.figures.selection import figure_data

LONG = "a-model-whose-name-is-longer-than-a-line-of-its-panel:beta=0.123456789:dimensions=64:symbols=512"


def walked(d, active):
    """Traversals of a code of `d` dimensions of which so many change the image; the last is the most active."""
    activity = np.where(np.arange(d) < d - active, 0.001, 0.02 + 0.001 * np.arange(d)).astype(np.float32)
    rows = min(d, 16)
    images = np.random.default_rng(d).integers(0, 256, (rows, 9, 28, 28), dtype=np.uint8)
    return {"traversals": images, "traversed": np.argsort(-activity, kind="stable")[:rows], "activity": activity}


def scene_of(galleries):
    (scene,) = figure_data([record(label) for label in galleries], lambda each: galleries[each["label"]])
    return scene


def test_rows_name_their_dimension_and_captions_count():
    (page,) = dimensions_figures(scene_of({"vae": walked(20, 4), "ae": walked(3, 3)}))
    texts = [text.get_text() for text in page.texts]
    assert texts[0].startswith("ae uses 3 of 3 dimensions, vae 4")
    assert "3 of 3 change pixels by 2% or more" in texts
    assert "4 of 20 change pixels by 2% or more; the 16 most active shown" in texts
    named = [text for text in texts if text.startswith("code ")]
    assert named[:3] == ["code 3", "code 2", "code 1"]
    assert named[3:7] == ["code 20", "code 19", "code 18", "code 17"]
    assert len(named) == 3 + 16


def test_three_models_stand_on_a_page_and_no_name_is_cut():
    pages = dimensions_figures(scene_of({LONG: walked(5, 5), **{f"m{i}": walked(16, 2) for i in range(3)}}))
    assert [len(page.axes) for page in pages] == [3, 1]
    assert any(LONG in text.get_text().replace("\n", "") for text in pages[0].texts)
    for page in pages:
        page.draw_without_rendering()
        boxes = [text.get_window_extent() for text in page.texts]
        pictures = [axes.get_window_extent() for axes in page.axes]
        for i, box in enumerate(boxes):
            assert page.bbox.x0 <= box.x0 < box.x1 <= page.bbox.x1
            assert page.bbox.y0 <= box.y0 < box.y1 <= page.bbox.y1
            assert not any(box.overlaps(other) for other in [*boxes[i + 1 :], *pictures])


def test_equal_input_gives_equal_bytes_and_codes_of_a_plane_have_no_figure(tmp_path):
    records, found = [record("<b>$\\frac{$")], walked(4, 2)
    first, second = (
        [path.read_bytes() for path in write_figures(records, lambda _: found, tmp_path / n)] for n in "ab"
    )
    assert len(first) == 2
    assert first == second
    assert dimensions_figures(scene_of({"vae": {}})) == []
