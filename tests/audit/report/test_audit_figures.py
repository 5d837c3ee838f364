"""Figures of an audit: the heat map, and dose responses beside the band of real data."""

from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image
from support.audit_records import SCORES, audit_record, described

from aezoo.audit.report import AuditRecord, analyse, write_audit, write_record
from aezoo.audit.report.calibration import ReferenceBand
from aezoo.audit.report.figures import dose_sheets, heat_map, write_audit_figures
from aezoo.audit.report.figures.dose_sheet import band_limits, first_scores
from aezoo.audit.report.figures.heat_map import BLIND, DETECTS, FILLS, FOOLED, NO_VALUE
from aezoo.audit.report.tables import main_finding
from aezoo.bench.app import run_app
from aezoo.errors import UsageError

FAKER = ("faker", 1.0)


def columns_of(axes):
    """The states of each column of a panel, from top to bottom, by its name."""
    names = [label.get_text().split()[0] for label in axes.get_xticklabels()]
    found = {
        tuple(map(int, cell.min(axis=0))): FILLS.index(to_hex(shape.get_facecolor()).upper())
        for shape in axes.patches
        for cell in shape.get_path().to_polygons()
    }
    rows = len(axes.get_yticklabels())
    assert len(found) == rows * len(names)
    return {name: [found[column, row] for row in range(rows)] for column, name in enumerate(names)}


def marks_of(axes):
    """The signs of a panel by column and row."""
    return {(x - 0.5, y - 0.5): line.get_marker() for line in axes.lines for x, y in line.get_xydata()}


def test_cells_are_the_verdicts_and_rows_and_columns_begin_with_what_is_noticed_most(findings):
    figure = heat_map(findings)
    judge, pca, plain = figure.axes
    assert [label.get_text() for label in judge.get_yticklabels()] == ["faker 1", "train-copier 1", "odd"]
    assert columns_of(judge)["sees"] == [DETECTS, BLIND, BLIND]
    assert columns_of(pca) == {"sees": [DETECTS, BLIND, BLIND]}
    states = columns_of(plain)
    assert states["fooled"] == [FOOLED, BLIND, BLIND]
    assert states["constant"] == [DETECTS, BLIND, BLIND]
    assert states["copies"] == [BLIND, DETECTS, BLIND]
    assert states["missing"] == [NO_VALUE] * 3
    assert states["breaks"] == [BLIND, BLIND, NO_VALUE]
    assert "twin" not in columns_of(judge)  # the same score on another scale
    detected = [column.count(DETECTS) for column in states.values()]
    assert detected == sorted(detected, reverse=True)


def test_signs_say_on_which_side_of_real_data_values_are(findings):
    judge, _, plain = heat_map(findings).axes
    names = list(columns_of(plain))
    marks = marks_of(plain)
    assert marks_of(judge)[list(columns_of(judge)).index("sees"), 0] == "^"
    assert marks[names.index("constant"), 0] == marks[names.index("copies"), 1] == "v"
    assert marks[names.index("fooled"), 0] == "x"
    assert marks[names.index("breaks"), 2] == "_"
    assert (names.index("breaks"), 0) not in marks


def test_the_title_counts_scores(findings):
    assert main_finding(findings) == (
        "faker is noticed by 3 of 9 scores, odd by 0; 1 takes a failure for better than real data "
        "(toy, n = 200, default doses)"
    )


def test_a_dose_response_has_the_mean_of_the_draws_its_interval_and_the_band(findings):
    (page,) = dose_sheets(findings, "faker", ["sees_judge"])
    (axes,) = page.axes
    record = findings.record
    draws = [record.values(record.control("faker", dose), "sees_judge") for dose in (0.1, 1.0)]
    curve = next(line for line in axes.lines if list(line.get_xdata()) == [0.1, 1.0])
    np.testing.assert_allclose(curve.get_ydata(), np.mean(draws, axis=1))
    severe = next(line for line in axes.lines if list(line.get_xdata()) == [1.0, 1.0])
    half = 2.7764451051977987 * draws[1].std(ddof=1) / np.sqrt(5)
    np.testing.assert_allclose(severe.get_ydata(), draws[1].mean() + np.array([-half, half]))
    band = findings.metric("sees_judge").band
    (shade,) = axes.patches
    assert shade.get_y() == pytest.approx(band.mean - band.threshold() * band.deviation)
    assert shade.get_height() == pytest.approx(2 * band.threshold() * band.deviation)
    assert axes.get_xscale() == "log"
    assert page.texts[0].get_text().startswith("faker is noticed by none of these 1 scores at 0.1, by 1 at 1")


@pytest.mark.parametrize(("better", "ideal"), [("lower", None), ("higher", None), ("target", None), ("target", 0.45)])
def test_the_band_ends_where_real_data_does(better, ideal):
    band = ReferenceBand.from_draws(np.random.default_rng(0).normal(0.5, 0.02, 20), better, ideal)
    for factor in (1.0, 1.5):
        low, high = band_limits(band, factor)
        worse = [low, high] if better == "target" else [high if better == "lower" else low]
        outward = np.sign(np.array(worse) - band.mean)
        limit = factor * band.threshold()
        assert (band.z(np.array(worse) - 1e-6 * outward) < limit).all()
        assert (band.z(np.array(worse) + 1e-6 * outward) > limit).all()


def test_severer_doses_stand_at_the_right_and_pages_hold_twelve():
    raw = audit_record()
    raw["controls"][0]["doses"] = [1.0, 0.1]
    many = [described(f"more-{i:02}") for i in range(14)]
    raw["scores"] = [*SCORES, *many]
    for drawn in raw["sets"]:
        drawn["values"] = [*drawn["values"], *([drawn["values"][0]] * len(many))]
    findings = analyse(AuditRecord(raw))
    pages = dose_sheets(findings, "faker", [each["name"] for each in many])
    assert [len(page.axes) for page in pages] == [12, 2]
    assert pages[0].axes[0].xaxis_inverted()


def test_a_sheet_has_the_first_feature_space_question_by_question(findings):
    names = [metric.name for metric in first_scores(findings)]
    assert {"sees_judge", "lapses_judge", "fooled"} < {*names}
    assert not {"sees_pca", "twin_judge", "describes"} & {*names}
    assert names[-1] == "copies"


def test_a_control_without_doses_and_a_score_without_values_are_drawn(findings):
    (page,) = dose_sheets(findings, "odd", ["breaks", "sees_judge"])
    missing, seen = page.axes
    assert [text.get_text() for text in missing.texts] == ["no value"]
    assert [label.get_text() for label in seen.get_xticklabels()] == ["–"]


@pytest.mark.parametrize(("control", "score"), [("nobody", "sees_judge"), ("faker", "describes"), ("faker", "nothing")])
def test_unknown_names_are_refused(findings, tmp_path, control, score):
    with pytest.raises(UsageError, match="nobody|describes|nothing"):
        write_audit_figures(findings, tmp_path, [control], [score])


@pytest.fixture(scope="module")
def hostile():
    """Findings whose names hold what must be escaped; a name is longer than its column is wide."""
    raw = audit_record(scores=[{**SCORES[0], "name": "$\\frac{$<b>_judge", "score": "$\\frac{$<b>"}, *SCORES[1:]])
    raw["controls"][1]["name"] = "../<i>_|"
    raw["controls"][2]["name"] = "a-failure-whose-name-is-long-and-goes-on"
    renamed = {"train-copier": "../<i>_|", "odd": "a-failure-whose-name-is-long-and-goes-on"}
    for drawn in raw["sets"]:
        drawn["control"] = renamed.get(drawn["control"], drawn["control"])
        problems = drawn["problems"].items()
        drawn["problems"] = {("$\\frac{$<b>_judge" if k == "sees_judge" else k): v for k, v in problems}
    return analyse(AuditRecord(raw))


def test_equal_findings_give_equal_files_with_safe_names(hostile, tmp_path):
    first = write_audit_figures(hostile, tmp_path / "a", ["../<i>_|"])
    second = write_audit_figures(hostile, tmp_path / "b", ["../<i>_|"])
    assert [path.name for path in first] == ["heat-map.png", "heat-map.svg", "doses-i-_.png", "doses-i-_.svg"]
    assert {path.parent for path in first} == {tmp_path / "a"}
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    for path in first:
        assert path.suffix == ".png" or ElementTree.parse(path).getroot().tag.endswith("svg")


def test_no_name_is_cut_and_everything_lies_on_the_page(hostile):
    figure = heat_map(hostile)
    figure.draw_without_rendering()
    names = [*figure.axes[0].get_yticklabels(), *(label for axes in figure.axes for label in axes.get_xticklabels())]
    assert any("goes-on" in name.get_text() for name in names)
    for part in (*names, *figure.texts, *figure.legends):
        box = part.get_window_extent()
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, part
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1, part


def test_the_command_writes_small_pictures_and_links_them_in_the_page(findings, tmp_path, capsys):
    write_record(audit_record(), tmp_path)
    assert run_app(["figures", str(tmp_path), "--png", "--controls", "faker", "--scores", "sees_judge"]) == 0
    printed = capsys.readouterr().out.split()
    pictures = [tmp_path / "figures" / f"{name}.png" for name in ("heat-map", "doses-faker")]
    assert printed == [*map(str, pictures), str(tmp_path / "README.md")]
    for path in pictures:
        with Image.open(path) as picture:
            assert picture.mode == "P"
            assert len(picture.getcolors()) > 10
    page = (tmp_path / "README.md").read_text()
    assert "![Heat map: faker is noticed by 3 of 9 scores" in page
    assert "[faker](figures/doses-faker.png)" in page
    write_audit(findings.record, tmp_path)
    assert (tmp_path / "README.md").read_text() == page
    pictures[0].unlink()
    write_audit(findings.record, tmp_path)
    assert "Heat map" not in (tmp_path / "README.md").read_text()


def test_the_command_writes_the_heat_map_as_svg_too_and_links_it(tmp_path, capsys):
    write_record(audit_record(), tmp_path)
    chosen = ["figures", str(tmp_path), "--png", "--controls", "faker", "--svg"]
    assert run_app([*chosen, "heat-map"]) == 0
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == [
        *("doses-faker.png", "heat-map.png", "heat-map.svg")
    ]
    assert "The heat map [as SVG](figures/heat-map.svg)." in (tmp_path / "README.md").read_text()
    assert run_app([*chosen, "heat"]) == 2
    assert "unknown figure 'heat'; did you mean heat-map" in capsys.readouterr().err
    assert run_app(["figures", str(tmp_path), "--only", "ranks"]) == 2
    assert "need no --data-file, no --models and no --only" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--controls", "blur"], ["--scores", "fd_judge"]])
def test_options_of_an_audit_are_refused_elsewhere(tmp_path, capsys, words):
    assert run_app(["figures", str(tmp_path), *words]) == 2
    assert "has no audit.json" in capsys.readouterr().err
