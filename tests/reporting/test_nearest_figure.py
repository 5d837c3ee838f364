"""Samples beside their nearest training images."""

import numpy as np
import pytest
from support.factories import record

from aezoo.reporting.figures import write_figures
from aezoo.reporting.figures.nearest import nearest_figures, pairs_of
from aezoo.reporting.figures.selection import figure_data

GREY = np.full((3, 28, 28), 51, np.uint8)
LONG = "a-model-whose-name-is-longer-than-two-lines-of-its-panel:beta=0.123456789:dimensions=64:symbols=512"


def gallery_of(each):
    """Samples that are 1, 2 or 3 shades of 51 from black, which is nearest to all."""
    shades = {"oracle": 2, "memoriser": 0}.get(each["label"], 1 if each["label"] == "m1" else 3)
    sampler = each["label"] if each["role"] != "model" else "prior"
    return {f"samples/{sampler}": GREY * shades, f"nearest/{sampler}": GREY * 0, "samples/other": GREY}


def scene_of(records):
    (scene,) = figure_data(records, gallery_of)
    return scene


def test_distances_are_medians_and_shares_of_that_of_real_digits():
    figure, controls = nearest_figures(
        scene_of([record("m1"), record("m2"), record("oracle", role="oracle"), record("memoriser", role="control")])
    )
    title, *texts = (text.get_text() for text in figure.texts)
    assert title.startswith("m1, prior is nearest to training images, 0.50 times the distance of real images (")
    assert texts == [
        *("real images, held out", "median distance 11.2"),
        *("m1, prior", "0.50 times the distance of real images"),
        *("m2, prior", "1.50 times the distance of real images"),
    ]
    assert [text.get_text() for text in controls.texts][3:] == ["memoriser", "0.00 times the distance of real images"]
    (subject,) = (subject for subject in scene_of([record("m1")]).subjects)
    assert pairs_of(subject).distance == pytest.approx(0.2 * 28)


def test_without_real_digits_distances_are_those_of_pixels():
    (figure,) = nearest_figures(scene_of([record("m1")]))
    assert figure.texts[-1].get_text() == "median distance 5.6"


def test_each_sample_stands_above_its_neighbour():
    (figure,) = nearest_figures(scene_of([record("m1")]))
    above, below = figure.axes
    assert above.images[0].get_array().max() == 255  # the lines between
    assert {51} == set(np.unique(above.images[0].get_array()[:, :28]))
    assert {0} == set(np.unique(below.images[0].get_array()[:, :28]))
    assert above.get_position().y0 >= below.get_position().y1


def test_pages_hold_twelve_panels_and_no_name_is_cut():
    records = [*(record(f"m{i}") for i in range(12)), record(LONG), record("oracle", role="oracle")]
    pages = nearest_figures(scene_of(records))
    assert [len(page.axes) for page in pages] == [2 * 12, 2 * 3]
    texts = [text for page in pages for text in page.texts]
    assert any(f"{LONG},prior" in "".join(text.get_text().split()) for text in texts)
    for page in pages:
        page.draw_without_rendering()
        boxes = [text.get_window_extent() for text in page.texts]
        pictures = [axes.get_window_extent() for axes in page.axes]
        for i, box in enumerate(boxes):
            assert page.bbox.x0 <= box.x0 < box.x1 <= page.bbox.x1
            assert not any(box.overlaps(other) for other in [*boxes[i + 1 :], *pictures])


def test_equal_input_gives_equal_bytes_and_nothing_gives_nothing(tmp_path):
    records = [record("<b>$\\frac{$"), record("oracle", role="oracle")]

    def only(each):
        return {name: images for name, images in gallery_of(each).items() if name != "samples/other"}

    first, second = (
        [path.read_bytes() for path in write_figures(records, only, tmp_path / name) if path.stem == "nearest"]
        for name in "ab"
    )
    assert len(first) == 2
    assert first == second
    assert nearest_figures(figure_data(records, lambda _: {"samples/prior": GREY})[0]) == []
