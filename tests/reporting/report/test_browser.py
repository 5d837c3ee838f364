"""The page of results in a real browser, without a network."""

from __future__ import annotations

import json
import re
from itertools import combinations, groupby, pairwise
from pathlib import Path

import pytest
from support.browser import Visit, launched, serious_violations
from support.factories import record, sample_score, score
from support.reports import HOSTILE, MODELS, make_page, trial

from aezoo.reporting import tables
from aezoo.reporting.report.bundle import link_modules
from aezoo.reporting.report.data import shortened
from aezoo.reporting.text import format_mean
from aezoo.store import Store

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[3]

NUMBERS = (
    *((170.314, 0.4189), (170.314, None), (0.0995, 0.0123), (-1e-5, 0.00213)),
    *((5.4e-7, 1.2e-8), (2.5e9, None), (0.0, 0.0)),
    *((2096.4, 156.5), (2096.4, 157.5), (-1234.5, 20.0), (-0.5, 20.0), (0.125, 0.0625), (2.5, None), (27.65, 1.85)),
)

KINDS = "abcdefghijkl"
"""Letters for scores of long names."""

CUT_OFF = """[...document.querySelectorAll("main *")]
    .filter((each) => each.getClientRects().length && each.getBoundingClientRect().right > innerWidth + 0.5)
    .map((each) => `${each.tagName} ${each.textContent.slice(0, 40)}`)"""

BOXES = "all => all.map(each => each.getBoundingClientRect().toJSON())"
"""Where elements lie in the window."""


@pytest.fixture(scope="module")
def browser():
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made-up")
    path = folder / "report.html"
    path.write_text(make_page(folder), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shared(browser, file):
    """One visit for the tests that leave the page as it was."""
    found = Visit(browser, file)
    found.fill()
    yield found
    found.close()


@pytest.fixture
def visit(browser, file):
    found = Visit(browser, file)
    found.fill()
    yield found
    found.close()


def question(page, name):
    return page.locator(f'section.question[data-question="{name}"]')


def column(page, name, index):
    """The texts of a column of the models in a leaderboard."""
    cells = question(page, name).locator(f"tbody.model tr > :nth-child({index})")
    return [text.split(" ±")[0].strip() for text in cells.all_inner_texts()]


def names(page, question_name):
    """The models of a leaderboard, row by row."""
    return question(page, question_name).locator("tbody.model button.name").all_inner_texts()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_a_visit_asks_for_nothing_says_nothing_and_fits(browser, file, width, scheme):
    visit = Visit(browser, file, width, scheme)
    visit.fill()
    visit.page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    visit.page.wait_for_timeout(50)
    assert visit.requests == []
    assert visit.messages == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") == width
    assert serious_violations(visit.page) == []
    visit.close()


@pytest.mark.slow
def test_a_hostile_name_is_shown_as_text(shared):
    page = shared.page
    assert page.get_by_role("button", name=HOSTILE, exact=True).count() >= 4
    assert page.evaluate("document.querySelectorAll('main script').length") == 0


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_the_order(visit):
    heading = question(visit.page, "reconstruction").get_by_role("button", name="nll ↓")
    heading.click()
    values = list(map(float, column(visit.page, "reconstruction", 3)))
    assert len(values) == 4
    assert all(one <= other for one, other in pairwise(values))
    heading.press("Enter")  # it keeps the focus
    assert list(map(float, column(visit.page, "reconstruction", 3))) == values[::-1]
    assert question(visit.page, "reconstruction").locator("th[aria-sort=descending]").inner_text().startswith("nll")


def test_the_order_of_a_column_is_named_as_its_values_stand(browser, tmp_path):
    """The best stand on top: the highest where higher is better, and the nearest to a target, on either side of it."""
    found = [trial(name, 150 + n, 0) for n, name in enumerate(("ae", "vae", "beta-vae"))]
    for each, value in zip(found, (1.5, 0.9, 1.2), strict=True):
        each["scores"].append(score("density", value, better="target", ideal=1.0))
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, found), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    board = question(visit.page, "reconstruction")
    board.get_by_text("Columns (").click()
    board.get_by_role("checkbox", name="density").check()
    for heading, orders in (
        ("nll", ("ascending", "descending")),
        ("ssim", ("descending", "ascending")),
        ("density", ("other", "other")),
        ("model", ("ascending", "descending")),
    ):
        for order in orders:
            board.locator("button.sort", has_text=heading).click()
            assert board.locator(f"th[aria-sort={order}]").inner_text().startswith(heading)
            assert board.locator("th[aria-sort]").count() == 1
        assert board.locator("th.turned").count() == 1
    visit.close()


def test_by_name_the_own_sampler_of_a_model_stands_first_and_for_it(visit):
    samples = question(visit.page, "samples")
    for _ in range(2):  # either way round
        samples.locator("button.sort", has_text="model").click()
        assert column(visit.page, "samples", 2) == ["prior", "kde"] * 4
    samples.get_by_label("rows").select_option("best")
    assert column(visit.page, "samples", 2) == ["prior"] * 4


def drawn(page, name, part):
    """The models whose points or lines a chart of a question has."""
    return set(question(page, name).locator(f"{part} > title").all_text_contents())


def test_chips_filter_table_and_charts_by_family_and_by_sampler(visit):
    samples = question(visit.page, "samples")
    assert samples.locator("tbody.model tr").count() == 8
    assert samples.locator(".scatter .point").count() == 8
    samples.get_by_role("button", name="kde", exact=True).click()
    assert samples.locator("tbody.model tr").count() == 4
    assert drawn(visit.page, "samples", ".scatter .point") == {f"{name}, prior" for name in MODELS}
    samples.get_by_role("button", name="variational", exact=True).click()
    left = {"ae", HOSTILE}
    assert set(names(visit.page, "samples")) == left
    assert drawn(visit.page, "samples", ".scatter .point") == {f"{name}, prior" for name in left}
    assert drawn(visit.page, "samples", ".bump .line") == left
    assert samples.get_by_text("among these").count() == 1
    assert set(names(visit.page, "reconstruction")) == set(MODELS)
    samples.get_by_role("button", name="prior", exact=True).click()
    assert samples.locator(".scatter .point, .bump .line").count() == 0
    assert samples.get_by_text("No ranks: fewer than two models").is_visible()
    for name in ("prior", "variational", "kde"):
        samples.get_by_role("button", name=name, exact=True).click()
    assert drawn(visit.page, "samples", ".bump .line") == set(MODELS)
    assert samples.locator(".scatter .point").count() == 8


def test_a_search_filters_table_and_charts(browser, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, [trial(f"model-{n}", 150 + n, 0) for n in range(14)]), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    question(visit.page, "reconstruction").get_by_role("searchbox", name="Find a model").fill("-1")
    left = {f"model-{n}" for n in (1, 10, 11, 12, 13)}
    assert set(names(visit.page, "reconstruction")) == left
    assert drawn(visit.page, "reconstruction", ".scatter .point") == left
    assert drawn(visit.page, "reconstruction", ".bump .line") == left
    visit.close()


@pytest.mark.parametrize("width", [360, 1400])
def test_chips_filter_the_images_by_family(browser, file, width):
    visit = Visit(browser, file, width)
    images = visit.page.locator("#images")
    assert images.locator("tr.model:visible").count() == 3 * 4
    images.get_by_role("button", name="variational", exact=True).click()
    shown = images.locator("tr.model:visible").evaluate_all("all => all.map(each => each.dataset.label)")
    assert set(shown) == {"ae", HOSTILE}
    assert images.locator("tr:not(.model):visible").count() > 0
    visit.close()


def test_columns_are_chosen(visit):
    board = question(visit.page, "reconstruction")
    board.get_by_text("Columns (").click()
    board.get_by_role("checkbox", name="ssim ↑").uncheck()
    headings = board.locator(".leaderboard thead th").all_inner_texts()
    assert [heading.split()[0] for heading in headings] == ["model", "mean", "nll", "seeds"]


def test_axes_are_chosen_and_the_chart_follows(visit):
    scatter = question(visit.page, "likelihood").locator(".scatter")
    assert scatter.locator("svg").first.get_attribute("aria-label") == "distortion against rate"
    scatter.get_by_label("y axis").select_option("fd_judge")
    chart = scatter.locator("svg").first
    assert chart.get_attribute("aria-label") == "fd_judge ↓ against rate"
    assert chart.locator(".point").count() == 8
    scatter.get_by_label("x axis").select_option("seconds")
    assert "training, s" in chart.get_attribute("aria-label")


def test_a_chart_shows_the_numbers_of_its_table(shared):
    """The place of each point on the vertical axis is that of the number in the table."""
    chart = question(shared.page, "reconstruction").locator(".scatter svg").first
    points = chart.locator(".point.model").evaluate_all(
        "all => all.map(each => [each.querySelector('title').textContent, each.querySelector('.family').getBBox().y])"
    )
    labels = names(shared.page, "reconstruction")
    numbers = dict(zip(labels, map(float, column(shared.page, "reconstruction", 3)), strict=True))
    by_place = sorted(points, key=lambda point: -point[1])
    assert [name for name, _ in by_place] == sorted(numbers, key=numbers.get)


def written_by(page, numbers):
    """Means with half widths as the page writes them."""
    source = page.locator("script[type=module]").text_content()
    body = re.search(r"const module_data = \(\(\) => \{.*?\n\}\)\(\);", source, re.DOTALL)[0]
    call = f"numbers => {{ {body} return numbers.map(([m, h]) => module_data.formatMean(m, h)); }}"
    return page.evaluate(call, [list(each) for each in numbers])


def test_numbers_are_written_as_python_writes_them(shared):
    assert written_by(shared.page, NUMBERS) == [format_mean(mean, half) for mean, half in NUMBERS]


@pytest.mark.parametrize("name", ["chapter", "fashion", "sprites"])
def test_every_published_number_is_written_as_in_the_tables(shared, name):
    rows = [row for table in tables(Store(ROOT / "results" / name).records()) for row in table.rows]
    numbers = [(cell.mean, cell.half_width) for row in rows for cell in row.cells if cell.mean is not None]
    assert len(numbers) > 200
    assert any(half is not None for _, half in numbers)
    written = written_by(shared.page, [shortened(*each) for each in numbers])
    assert written == [format_mean(*each) for each in numbers]


def test_a_chart_is_saved_as_svg(visit, tmp_path):
    figure = question(visit.page, "reconstruction").locator(".scatter")
    with visit.page.expect_download() as download:
        figure.get_by_role("button", name="Save as SVG").click()
    path = tmp_path / "chart.svg"
    download.value.save_as(path)
    text = path.read_text(encoding="utf-8")
    assert download.value.suggested_filename == "reconstruction-seconds-nll.svg"
    assert "<text" in text
    assert "beta-vae" in text
    assert "var(--" not in text
    assert "&lt;script&gt;" in text
    figure.get_by_label("x axis").select_option("ssim")
    with visit.page.expect_download() as download:
        figure.get_by_role("button", name="Save as SVG").click()
    assert download.value.suggested_filename == "reconstruction-ssim-nll.svg"


def test_a_model_stands_out_everywhere_by_keyboard(visit):
    page = visit.page
    board = question(page, "reconstruction")
    board.get_by_role("button", name="vae", exact=True).focus()
    page.keyboard.press("Enter")
    assert page.locator('button[data-choose][aria-pressed="true"]').count() >= 4
    assert board.locator("tr.on").count() == 1
    assert board.locator(".point.on").count() == 1
    count = page.locator('button[data-choose][aria-pressed="true"]').count()
    board.get_by_role("button", name="nll ↓").click()
    page.mouse.move(0, 0)
    assert board.locator("tr.on").count() == 1
    assert page.locator('button[data-choose][aria-pressed="true"]').count() == count
    page.keyboard.press("Escape")
    assert page.locator('button[data-choose][aria-pressed="true"]').count() == 0


def test_a_metric_explains_itself_on_hover_and_on_focus(visit):
    board = question(visit.page, "samples")
    link = board.get_by_role("link", name="About fd_judge")
    link.hover()
    assert "Fréchet distance" in visit.page.get_by_role("tooltip").inner_text()
    assert "catches" in visit.page.get_by_role("tooltip").inner_text()
    visit.page.mouse.move(0, 0)
    assert visit.page.get_by_role("tooltip").count() == 0
    link.focus()
    assert visit.page.get_by_role("tooltip").count() == 1
    visit.page.keyboard.press("Escape")
    assert visit.page.get_by_role("tooltip").count() == 0


def test_a_metric_is_fooled(visit):
    fool = visit.page.locator("#fool")
    fool.get_by_label("control").select_option(label="blur")
    fool.get_by_role("button", name="2", exact=True).click()
    fooled = fool.locator(".reply").first.inner_text()
    assert "are fooled" in fooled
    assert "precision_judge" in fooled
    assert fool.get_by_text("z is how much worse than real data").is_visible()
    z = fool.locator(".reply").first.locator("li small").first.inner_text()
    assert re.fullmatch(r"-\d+(\.\d+)? / 2\.93", z.strip())
    assert fool.locator("img.strip").evaluate("image => image.naturalWidth") == 8 * 28


def test_the_names_of_who_notices_stand_below_their_heading_folded_where_they_are_many(visit):
    fool = visit.page.locator("#fool")
    fool.get_by_label("control").select_option(label="pixel-noise")
    fool.get_by_role("button", name="0.5", exact=True).click()
    replies = fool.locator(".reply")
    notice = replies.last
    count = int(re.search(r"\d+", notice.locator("h4").inner_text())[0])
    assert count > 16
    names = notice.locator("li")
    assert (names.count(), names.first.is_visible()) == (count, False)
    notice.locator("summary").click()
    assert names.first.is_visible()
    across = {round(box["left"]) for box in names.evaluate_all(BOXES)}
    assert len(across) > 2
    for reply in replies.all():
        (heading,) = reply.locator("h4").evaluate_all(BOXES)
        assert all(box["top"] >= heading["bottom"] for box in reply.locator("li").evaluate_all(BOXES) if box["width"])
    fool.get_by_label("control").select_option(label="blur")
    assert fool.locator(".reply details[open]").count() == fool.locator(".reply:last-child details").count()


def test_what_is_sticky_in_a_table_stays_below_the_navigation(visit):
    """The heading of a table is scrolled to where the navigation stands, which stays on top."""
    board = question(visit.page, "samples").locator(".leaderboard .scroll")
    board.evaluate("each => scrollBy(0, each.getBoundingClientRect().top - 10)")
    (heading,) = board.locator("thead th").evaluate_all(f"all => ({BOXES})(all.slice(0, 1))")
    on_top = visit.page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('nav, .board')?.tagName",
        [heading["left"] + 5, heading["top"] + 8],
    )
    assert (heading["top"] < 40, on_top) == (True, "NAV")


def test_digits_stand_beside_the_answer(shared):
    """Samples of the leading models by their own sampler, copied from the images below."""
    figures = shared.page.locator("#answer .glimpse figure")
    ranked = names(shared.page, "samples")
    leading = list(dict.fromkeys(ranked))[:3]
    assert figures.locator("figcaption").all_inner_texts() == leading
    for figure, label in zip(figures.all(), leading, strict=True):
        image = figure.locator("img")
        row = shared.page.locator("#images tr.model", has=shared.page.get_by_text(label, exact=True))
        assert image.get_attribute("src") in row.locator('img[data-sampler="prior"]').evaluate_all(
            "all => all.map(each => each.src)"
        )
        assert image.evaluate("each => each.naturalWidth") > 0
    links = shared.page.locator("#answer .jumps a")
    assert links.all_inner_texts() == ["See the samples"]  # no weights, no explorer


def test_a_model_opens_with_its_curves_images_and_scores(visit):
    part = visit.page.locator("details.model", has=visit.page.get_by_text("vae", exact=True)).first
    part.locator("summary").first.click()
    visit.page.wait_for_timeout(50)
    assert part.locator(".panels svg").count() == 3
    assert part.locator(".gallery img").count() == 3
    part.get_by_text("All scores").click()
    assert part.get_by_role("rowheader", name="nll ↓").is_visible()


@pytest.fixture(scope="module")
def long_names(browser, tmp_path_factory):
    """A page of twenty models with sample scores of long names."""
    folder = tmp_path_factory.mktemp("long")
    found = [trial(f"a-long-name-{n}", 150 + n / 3, seed) for n in range(20) for seed in range(2)]
    for n, each in enumerate(found):
        each["scores"] += [
            sample_score(f"one_nearest_neighbour_{kind}_judge", n * i, "prior") for i, kind in enumerate(KINDS, 1)
        ]
    path = folder / "report.html"
    path.write_text(make_page(folder, found), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    yield visit.page
    visit.close()


@pytest.mark.slow
def test_the_headings_of_ranks_do_not_overlap(long_names):
    chart = question(long_names, "samples").locator("svg.bump")
    headings = chart.locator(".column").evaluate_all(BOXES)
    assert len(headings) > 12
    assert not any(meet(one, other) for one, other in combinations(headings, 2))
    (frame,) = chart.evaluate_all(BOXES)
    labels = chart.locator(".line:not(.rest) .label").evaluate_all(BOXES)
    assert all(frame["left"] <= box["left"] and box["right"] <= frame["right"] for box in [*headings, *labels])


def test_the_metrics_of_ranks_are_chosen(long_names):
    ranks = question(long_names, "samples").locator(".ranks")
    options = ranks.locator("option").all_inner_texts()
    assert [text.split(":")[0] for text in options] == ["1 to 7", "8 to 14"]
    titles = ranks.locator("svg.bump g > title")
    before = titles.all_text_contents()[:7]
    ranks.locator("select").select_option(label=options[1])
    after = titles.all_text_contents()[:7]
    assert not {*before} & {*after}
    assert {*before, *after} == {
        "fd_judge",
        "coverage_judge",
        *(f"one_nearest_neighbour_{kind}_judge" for kind in KINDS),
    }


def test_labels_of_a_scatter_do_not_touch(long_names):
    for name in ("reconstruction", "samples"):
        plot = question(long_names, name).locator(".scatter svg")
        labels = [box for box in plot.locator(".label").evaluate_all(BOXES) if box["width"]]
        points = plot.locator(".point > .family").evaluate_all(BOXES)
        assert len(labels) > 4
        assert not any(meet(one, other) for one, other in combinations(labels, 2))
        assert not any(meet(label, point) for label in labels for point in points)


def meet(one, other):
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    return across > 0 and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 2.5


def test_agreement_is_a_matrix(shared):
    (section,) = json.loads(shared.page.locator("#report-data").text_content())["sections"]
    assert section["agreement"]["among"] == 4
    assert shared.page.locator(".agreement svg.matrix rect").count() > 5
    opacity = shared.page.locator(".agreement svg.matrix rect").evaluate_all(
        "all => all.map(each => +each.getAttribute('fill-opacity'))"
    )
    assert max(opacity) <= 0.35
    assert "All are pale: fewer than 5 models" in shared.page.locator(".agreement figcaption").inner_text()


def test_a_pair_of_metrics_is_told_on_a_tap_and_by_keys(visit):
    figure = visit.page.locator("figure.chart", has=visit.page.locator("svg.matrix"))
    figure.locator(".tile").nth(1).click()
    told = figure.get_by_role("status")
    tapped = told.inner_text()
    assert re.fullmatch(r"\S+ and \S+: −?[01]\.\d\d, over 4 models", tapped)
    figure.locator("svg.matrix").focus()
    visit.page.keyboard.press("ArrowDown")
    assert told.inner_text() not in (tapped, "")
    visit.page.keyboard.press("ArrowUp")
    assert told.inner_text() == tapped
    assert figure.locator(".tile.at").count() == 1
    box = figure.locator("svg.matrix").bounding_box()
    names = figure.locator(".label").evaluate_all("all => all.map(each => each.getBoundingClientRect().toJSON())")
    assert all(name["left"] >= box["x"] and name["right"] <= box["x"] + box["width"] for name in names)
    tiles = figure.locator(".tile rect").evaluate_all("all => all.map(each => each.getBoundingClientRect().toJSON())")
    assert not any(overlap(tile, name) for tile in tiles for name in names)


def overlap(one, other):
    return one["top"] < other["bottom"] - 2 and other["top"] < one["bottom"] - 2 and one["right"] > other["left"]


def test_a_card_holds_the_lines_of_its_own_score_alone(browser, tmp_path):
    """One metric gives brier and brier_reliability; the first is not told what the second is."""
    found = [trial(f"model-{n}", 150 + n, 0) for n in range(2)]
    for n, each in enumerate(found):
        each["scores"] += [score(name, n / 10, family="brier") for name in ("brier", "brier_reliability")]
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, found), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    board = question(visit.page, "reconstruction")
    board.get_by_text("Columns (").click()
    board.get_by_role("checkbox", name="brier ↓").check()
    link = board.get_by_role("link", name="About brier", exact=True)
    link.focus()
    tip = visit.page.get_by_role("tooltip")
    assert "brier: lower" in tip.inner_text()
    assert "brier_reliability" not in tip.inner_text()
    assert link.get_attribute("aria-describedby") == tip.get_attribute("id")
    visit.page.keyboard.press("Escape")
    assert link.get_attribute("aria-describedby") is None
    visit.close()


@pytest.mark.parametrize(("width", "is_open"), [(360, False), (1400, True)])
def test_images_and_models_are_folded_away_on_a_phone_where_they_are_many(browser, tmp_path, width, is_open):
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, [trial(f"model-{n}", 150 + n, 0) for n in range(31)]), encoding="utf-8")
    visit = Visit(browser, path, width=width)
    page = visit.page
    folds = page.locator("details.fold")
    visit.begin_print()
    assert folds.evaluate_all("all => all.map(each => each.open)") == [True] * 3
    visit.end_print()
    assert folds.evaluate_all("all => all.map(each => each.open)") == [is_open] * 3
    summaries = folds.locator("> summary").evaluate_all("all => all.map(each => each.checkVisibility())")
    assert summaries == [not is_open] * 3
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_question_without_values_has_no_charts(browser, tmp_path):
    """Where nothing has finished, tables say which seeds are missing, and there is nothing to draw."""
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, [record("vae", seed, status="diverged") for seed in range(2)]))
    visit = Visit(browser, path)
    visit.fill()
    assert question(visit.page, "reconstruction").locator("tbody.model tr").count() == 1
    assert visit.page.locator(".charts figure").count() == 0
    assert visit.messages == []
    visit.close()


def test_a_scatter_begins_with_scores_that_have_values(browser, tmp_path):
    """Of rate and distortion nobody has a score here."""
    found = [trial(name, 150 + n, 0) for n, name in enumerate(("ae", "vae"))]
    for each in found:
        lacking = [one for one in each["scores"] if one["metric"] in ("rate", "distortion")]
        for one in lacking:
            one |= {"value": None, "state": "n/a", "reason": "needs elbo"}
        each["scores"].append(score("parzen", 200.0 + each["timing"]["train"], "likelihood", "higher"))
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, found), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    likelihood = question(visit.page, "likelihood")
    axes = [likelihood.get_by_label(f"{axis} axis").input_value() for axis in "xy"]
    assert axes == ["seconds", "parzen"]
    assert likelihood.locator(".scatter .point").count() == 2
    visit.close()


@pytest.mark.slow
def test_the_head_of_a_long_table_stays_where_its_rows_go(browser, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, [trial(f"model-{n}", 150 + n, 0) for n in range(31)]), encoding="utf-8")
    page = Visit(browser, path, width=1400).page
    question(page, "samples").scroll_into_view_if_needed()  # what is far below is drawn when it comes near
    table = question(page, "samples").locator(".leaderboard .scroll")
    table.scroll_into_view_if_needed()
    before = table.locator("thead th").first.bounding_box()["y"] - table.bounding_box()["y"]
    moved = table.evaluate("each => { each.scrollTop = 200; return each.scrollTop; }")
    after = table.locator("thead th").first.bounding_box()["y"] - table.bounding_box()["y"]
    assert moved == 200
    assert after == pytest.approx(before, abs=1)


def test_on_a_phone_names_stand_above_a_strip(browser, file):
    visit = Visit(browser, file, 360)
    row = visit.page.locator("#images .wall tr.model").first
    row.scroll_into_view_if_needed()
    assert row.locator("td").last.bounding_box()["y"] > row.locator("th").bounding_box()["y"] + 10
    assert row.locator("img").bounding_box()["x"] < 30
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 360
    visit.close()


def test_no_more_rows_are_offered_where_a_filter_lets_none_through(browser, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, [trial(f"model-{n}", 150 + n, 0) for n in range(31)]), encoding="utf-8")
    visit = Visit(browser, path)
    board = question(visit.page, "reconstruction")
    board.scroll_into_view_if_needed()
    more, search = board.get_by_role("button", name="more rows"), board.get_by_role("searchbox", name="Find a model")
    assert more.inner_text() == "Show 6 more rows"
    search.fill("nobody")
    assert (board.locator("tbody.model tr").count(), more.count()) == (0, 0)
    search.fill("")
    assert more.inner_text() == "Show 6 more rows"
    visit.close()


@pytest.mark.slow
def test_many_rows_begin_with_one_of_each_model_the_best_first(browser, tmp_path):
    """62 rows of two samplers: kde, which is worse, is shown where it is asked for."""
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, [trial(f"model-{n}", 150 + n, 0) for n in range(31)]), encoding="utf-8")
    visit = Visit(browser, path, width=360)
    visit.fill()
    samples = question(visit.page, "samples")
    assert names(visit.page, "samples") == [f"model-{n}" for n in range(25)]
    samples.get_by_role("button", name="Show 6 more rows").click()
    assert set(column(visit.page, "samples", 2)) == {"prior"}
    samples.get_by_label("rows").select_option(label="every sampler")
    assert samples.locator("tbody.model tr").count() == 62
    samples.get_by_label("rows").select_option("best")
    samples.get_by_role("button", name="prior", exact=True).click()
    assert column(visit.page, "samples", 2) == ["kde"] * 31
    assert samples.locator(".scatter .point").count() == 31
    samples.get_by_role("button", name="prior", exact=True).click()
    assert samples.locator(".scatter .point").count() == 31
    samples.get_by_role("checkbox", name="every sampler").check()
    assert samples.locator(".scatter .point").count() == 62
    shown = visit.page.locator(".scatter .point:not(.crowded) .label")
    assert shown.evaluate_all("all => Math.min(...all.map(each => each.getBBox().x))") > 49  # the axis stands at 50
    assert samples.locator("svg.bump.many .label").count() == 62  # at both ends of 31 lines
    assert samples.locator("svg.bump .line:visible").count() == 12
    samples.get_by_role("button", name="model-30", exact=True).hover()
    assert samples.locator("svg.bump .line:visible").count() == 13
    visit.page.mouse.move(0, 0)
    samples.get_by_role("button", name="Show all 31 models").click()
    assert samples.locator("svg.bump .line:visible").count() == 31
    samples.get_by_role("button", name="Show the 12 leaders alone").click()
    assert samples.locator("svg.bump .line:visible").count() == 12
    assert visit.messages == []
    assert serious_violations(visit.page) == []
    visit.close()


def test_a_metric_in_which_all_are_level_has_no_winner(browser, tmp_path):
    """Of 30 models one is first by nll, three are level by ssim, and all by a third metric: four lines stand out."""
    found = [trial(f"model-{n}", 150 + n, 0) for n in range(30)]
    for n, each in enumerate(found):
        scores = {one["metric"]: one for one in each["scores"]}
        scores["ssim"]["value"] = 0.9 if 1 <= n <= 3 else 0.5
        each["scores"].append(score("level", 1.0, better="higher"))
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, found), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    chart = question(visit.page, "reconstruction").locator("svg.bump")
    assert chart.locator(".column").all_text_contents() == ["nll", "ssim", "level"]
    assert sorted(chart.locator(".line.wins > title").all_text_contents()) == [f"model-{n}" for n in range(4)]
    assert chart.locator("circle.first").count() == 4
    visit.close()


@pytest.mark.slow
def test_a_print_shows_all_rows_whole_and_folds_them_again(browser, tmp_path):
    """31 models on paper of 703 pixels, which is A4 without the margins: on a screen the table has 25 rows."""
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, [trial(f"model-{n}", 150 + n, 0) for n in range(31)]), encoding="utf-8")
    visit = Visit(browser, path, width=703)
    page = visit.page
    page.emulate_media(media="print")
    rest = question(page, "samples").get_by_role("button", name="Show 6 more rows")
    page.locator(".board").first.wait_for()
    visit.begin_print()
    assert page.locator(".board tbody.model").evaluate_all("all => all.map(each => each.rows.length)") == [31] * 4
    assert page.evaluate(CUT_OFF) == []
    assert page.locator(".bar").first.is_hidden()
    assert page.locator("#fool b").get_by_text("blur, sigma in pixels 1:").is_visible()
    model = page.locator('details.model[data-label="model-30"]')
    assert model.locator(".panels svg").first.is_visible()
    assert page.get_by_text("ahead in seeds").first.is_visible()
    visit.end_print()
    assert rest.is_visible()  # on paper too, where a browser does not say that it prints
    assert model.locator(".panels svg").first.is_hidden()
    assert page.locator("details[open]:not(.fold)").count() == 0
    visit.close()


def test_nats_of_two_kinds_are_not_drawn_together(browser, tmp_path):
    """A model of the density of grey images has no bound on binary ones, and a distortion far below all others."""
    found = [trial(name, 150 + n, 0) for n, name in enumerate(("vae", "beta-vae", "sigma-vae"))]
    for each in found[:2]:
        each["scores"].append(score("elbo_binary", 100.0, "likelihood"))
    next(one for one in found[2]["scores"] if one["metric"] == "distortion")["value"] = -1200.0
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, found), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    board = question(visit.page, "likelihood").locator(".leaderboard")
    assert board.get_by_text("Last by rate and distortion: sigma-vae.").is_visible()
    for _ in range(2):
        board.get_by_role("button", name=re.compile("^distortion")).click()
        assert names(visit.page, "likelihood")[-1] == "sigma-vae"
    assert board.locator("tbody.model tr").last.locator("td.number:has-text('-1200') .bar").count() == 0
    bars = board.locator("tbody.model td:last-of-type").locator("xpath=preceding-sibling::td[1]").locator(".bar .mean")
    places = bars.evaluate_all("all => all.map(each => Number(each.getAttribute('cx')))")
    assert max(places) - min(places) > 60  # of 72: the span of the two that can be compared
    scatter = question(visit.page, "likelihood").locator(".scatter")
    assert set(scatter.locator(".point > title").all_text_contents()) == {"vae", "beta-vae"}
    assert scatter.get_by_text("Not drawn: sigma-vae.").is_visible()
    scatter.get_by_label("x axis").select_option("seconds")
    assert scatter.locator(".point").count() == 2
    scatter.get_by_label("y axis").select_option("nll")
    assert scatter.locator(".point").count() == 3
    assert scatter.get_by_text("Not drawn").count() == 0
    visit.close()


@pytest.mark.parametrize("models", [4, 14])
def test_leaderboards_go_by_the_mean_rank_of_the_verdict(browser, tmp_path, models):
    """The one with the best nll is the worst by ssim."""
    found = [trial(f"model-{n}", 150 + n, 0) for n in range(models)]
    scores = {one["metric"]: one for one in found[0]["scores"]}
    scores["ssim"]["value"] = 0.0
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, found), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    board = question(visit.page, "reconstruction")
    assert board.locator("th[aria-sort=ascending]").inner_text().split() == ["mean", "rank"]
    (section,) = json.loads(visit.page.locator("#report-data").text_content())["sections"]
    ranks = next(each["ranks"] for each in section["verdict"] if each["question"] == "reconstruction")
    shown = dict(zip(names(visit.page, "reconstruction"), column(visit.page, "reconstruction", 2), strict=True))
    assert shown == {name: f"{rank:.2f}" for name, rank in ranks.items()}
    assert next(iter(shown)) == "model-1"
    assert [float(rank) for rank in shown.values()] == sorted(ranks.values())
    visit.close()


def test_models_of_five_seeds_have_letters_beside_one_of_three(browser, tmp_path):
    five = [trial(name, nll, seed) for name, nll in (("ae", 150), ("vae", 150.1), ("gan", 170)) for seed in range(5)]
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, [*five, *(trial("dae", 160, seed) for seed in range(3))]), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    board = question(visit.page, "samples").locator(".leaderboard")
    rows = board.locator("tbody.model tr", has=visit.page.get_by_text("prior", exact=True))
    shown = dict(zip(rows.locator(".name").all_inner_texts(), rows.locator("th").all_inner_texts(), strict=True))
    assert {name: text.split()[1:2] for name, text in shown.items()} == {
        "ae": ["a"],
        "vae": ["a"],
        "gan": ["b"],
        "dae": [],
    }
    assert board.get_by_text("Only the 3 models of the question with 5 seeds or more have letters").is_visible()
    visit.close()


def test_the_samplers_of_a_model_stand_below_each_other_its_own_first(shared):
    (section,) = json.loads(shared.page.locator("#report-data").text_content())["sections"]
    ranks = next(each["ranks"] for each in section["verdict"] if each["question"] == "samples")
    own = {each["label"]: each["sampler"] for each in section["subjects"] if each["role"] == "model"}
    rows = list(zip(names(shared.page, "samples"), column(shared.page, "samples", 2), strict=True))
    runs = [(name, [sampler for _, sampler in group]) for name, group in groupby(rows, key=lambda row: row[0])]
    assert [name for name, _ in runs] == sorted(ranks, key=ranks.get)
    assert any(len(drawn_by) > 1 for _, drawn_by in runs)
    assert all(drawn_by[0] == own[name] for name, drawn_by in runs)


def test_a_model_far_off_does_not_press_the_bars_of_many_together(browser, tmp_path):
    found = [trial(f"model-{n}", 150 + n, 0) for n in range(24)] + [trial("far", 900, 0)]
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, found), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    bars = question(visit.page, "reconstruction").locator("tbody.model tr td:nth-child(3) .bar circle")
    places = bars.evaluate_all("all => all.map(each => [each.getAttribute('class'), Number(each.getAttribute('cx'))])")
    near = [place for kind, place in places if kind == "mean"]
    assert max(near) - min(near) > 50
    assert [kind for kind, _ in places].count("outside") == 1
    visit.close()


def test_what_lies_outside_of_a_scatter_is_named_at_its_edge(shared):
    scatter = question(shared.page, "reconstruction").locator(".scatter")
    assert scatter.get_by_text("Outside of the plot, at arrows at its edge: mean-image").is_visible()
    arrow = scatter.locator(".point.floor .yardstick").evaluate("each => each.getBBox().y")
    assert arrow == pytest.approx(34, abs=1)  # the top of the plot
    assert scatter.locator(".point.floor .label").text_content() == "mean-image"


HOLLOW = (
    "all => all.filter(each => getComputedStyle(each).fill === getComputedStyle(document.body).backgroundColor).length"
)
"""How many of some marks have the colour of the paper."""


def test_seconds_of_a_shared_machine_are_hollow_and_on_no_axis_at_first(browser, tmp_path):
    """One of three models, and the floor, were trained while the machine had other work."""
    found = [trial("ae", 150, 0), trial("vae", 151, 0, load=9.0), trial("gan", 152, 0)]
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, [*found, trial("pca", 160, 0, "floor", load=9.0)]), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    for axis in visit.page.get_by_label("x axis").all():
        assert axis.input_value() != "seconds"
    scatter = question(visit.page, "reconstruction").locator(".scatter")
    assert scatter.get_by_label("x axis").input_value() == "fd_judge"
    assert (scatter.locator(".point .family").evaluate_all(HOLLOW), scatter.get_by_text("Hollow").count()) == (0, 0)
    scatter.get_by_label("x axis").select_option("seconds")
    assert scatter.locator(".point .family").evaluate_all(HOLLOW) == 1
    hollow = scatter.locator(".point", has=visit.page.locator(".hollow"))
    assert hollow.locator("title").all_text_contents() == ["vae"]
    assert scatter.get_by_text("Hollow, and pca: a seed was trained while the machine had more work").is_visible()
    assert scatter.locator("svg > g .title").first.text_content() == "training, s (hollow: shared machine)"
    visit.close()


def test_families_are_told_apart_by_shape_and_colour(shared):
    scatter = question(shared.page, "reconstruction").locator(".scatter")
    marks = scatter.locator(".legend .family").evaluate_all(
        "all => all.map(each => [each.getAttribute('d').replace(/[0-9.-]+/g, ''), getComputedStyle(each).fill])"
    )
    texts = scatter.locator(".legend text").all_text_contents()
    assert texts == ["variational", "deterministic", "other models", "floor"]
    assert len({shape for shape, _ in marks}) == len({fill for _, fill in marks}) == 3


def test_a_logarithmic_axis_of_one_decade_has_ticks_at_1_2_and_5(browser, tmp_path):
    """Trainings of 3 to 43 seconds."""
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, [trial(f"model-{n}", 150 + n, 0) for n in (0, 100, 400)]), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    axis = question(visit.page, "reconstruction").locator(".scatter svg > g").first
    assert axis.locator(".tick").all_text_contents() == ["5", "10", "20", "50"]
    visit.close()


def test_names_stand_at_both_ends_of_lines_also_without_a_last_rank(browser, tmp_path):
    """Of four models one has no score of the last question: its name stands below the others, at the end."""
    found = [trial(name, 150 + n, 0) for n, name in enumerate(("ae", "vae", "beta-vae", "gan"))]
    found[3]["scores"] = [one for one in found[3]["scores"] if one["metric"] in ("nll", "ssim")]
    path = tmp_path / "report.html"
    path.write_text(make_page(tmp_path, found), encoding="utf-8")
    visit = Visit(browser, path)
    visit.fill()
    chart = visit.page.locator("#answer svg.bump")
    labels = chart.locator(".line .label").evaluate_all("all => all.map(each => Number(each.getAttribute('x')))")
    assert len(labels) == 8
    assert len(set(labels)) == 2
    assert chart.get_by_text("no rank here:").is_visible()
    visit.close()


def test_a_digit_is_read_right_where_every_model_keeps_its_class(browser):
    """The judge reads a number as its class; one model gives back what it gets, the other never more than 5."""
    script = f"""() => {{ {link_modules(("explorer-model",))}
        const known = {{ hasEncoder: true, judge: (label) => ({{ label }}), encode: (mean) => ({{ mean }}) }};
        const model = (decode) => ({{ ...known, decode }});
        const models = [model((code) => code), model((code) => Math.min(code, 5)), null];
        return [[4, 4], [4, 3], [6, 6]].map(([image, label]) =>
            [models, models.slice(0, 1)].map((each) => module_explorer_model.isReadRight({{ image, label }}, each)));
    }}"""
    page = browser.new_page()
    assert page.evaluate(script) == [[True, True], [False, False], [False, True]]
    page.close()


def test_without_scripts_the_tables_stand(browser, file):
    visit = Visit(browser, file, java_script_enabled=False)
    assert question(visit.page, "reconstruction").locator(".static table").count() == 1
    assert question(visit.page, "reconstruction").get_by_text("nll ↓", exact=True).is_visible()
    assert visit.messages == []
    visit.close()


@pytest.mark.slow
def test_without_scripts_every_row_of_many_can_be_read(browser, tmp_path):
    """62 rows, on a screen and on paper, with the numbers that the table of few rows has."""
    path = tmp_path / "report.html"
    found = [trial(f"model-{n}", 150 + n, 0) for n in range(31)]
    found[7]["label"] = HOSTILE
    path.write_text(make_page(tmp_path, [*found, trial("mean-image", 205.0, 0, "floor")]), encoding="utf-8")
    visit = Visit(browser, path, java_script_enabled=False)
    samples, reconstruction = (question(visit.page, name) for name in ("samples", "reconstruction"))
    for media in ("screen", "print"):
        visit.page.emulate_media(media=media)
        assert samples.locator("tbody tr:visible").count() == 62
        for name in (HOSTILE, "model-30"):
            assert samples.get_by_role("rowheader", name=name, exact=True).count() == 2
            assert samples.get_by_role("rowheader", name=name, exact=True).last.is_visible()
    assert samples.get_by_role("columnheader").all_inner_texts()[:2] == ["model", "sampler"]
    nll = found[30]["scores"][0]["value"]
    row = reconstruction.locator("tr", has_text="model-30")
    assert row.locator("td").first.inner_text() == format_mean(nll, None)
    assert reconstruction.get_by_role("rowheader", name="mean-image (floor)").is_visible()
    assert visit.messages == []
    visit.close()
