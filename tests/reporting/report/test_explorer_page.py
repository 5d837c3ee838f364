"""The explorer in a browser: its networks are Keras's, and a reader can draw, pick, move, slide and see."""

from __future__ import annotations

import base64
import shutil
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.browser import Visit, launched, serious_violations
from support.explorers import toy_trial

from aezoo.npz import from_npz
from aezoo.reporting.report.build import render_report
from aezoo.runner.report import write_page
from aezoo.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY = "#explorer-root:not([hidden])"
EXPLORER = "document.getElementById('explorer-root').explorer"
MODELS = ("ae", "beta-vae", "vae")
THREE = [(80, 80), (140, 50), (190, 80), (180, 120), (140, 140), (190, 160), (200, 200), (140, 240), (80, 220)]


@pytest.fixture(scope="module")
def page_file(smoke_run, tmp_path_factory) -> Path:
    """The page of the smoke suite."""
    folder = shutil.copytree(smoke_run.folder, tmp_path_factory.mktemp("explorer") / "smoke")
    return write_page(Store(folder))


@pytest.fixture(scope="module")
def toy_file(tmp_path_factory) -> Path:
    """A page of two models of noise with codes of 5 and 20 dimensions; one has a hostile name."""
    folder = tmp_path_factory.mktemp("toys")
    records = [toy_trial(folder, "vae", 5), toy_trial(folder, "<script>alert(1)</script>", 20)]
    gallery = {record["id"]: from_npz(Store(folder).artifact(record, "gallery.npz")) for record in records}
    file = folder / "report.html"
    file.write_text(render_report(records, lambda record: gallery[record["id"]], folder), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def browser():
    """Chromium, once for all tests of this file."""
    with launched() as found:
        yield found


@pytest.fixture
def open_page(browser):
    """Open pages; one that asks for something, or complains, fails its test in the end."""
    visits = []

    def open_file(file, **options):
        visits.append(Visit(browser, file, **options))
        visits[-1].page.set_default_timeout(60_000)
        return visits[-1].page

    yield open_file
    for visit in visits:
        visit.close()
    assert [visit.messages + visit.requests for visit in visits] == [[]] * len(visits)


@pytest.fixture
def explorer(open_page, page_file):
    """The page of the smoke suite, ready."""
    return ready(open_page(page_file))


def ready(page):
    page.wait_for_selector(READY)
    settle(page)
    return page


def settle(page):
    """Wait until what was asked for is painted."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def wait_until(page, condition):
    """Ask again and again, as the page's policy lets Playwright's own waiting ask only once."""
    for _ in range(600):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{condition} is not so within a minute")


def pixels(page, part, view=0):
    """The ink of a canvas, in 0..255."""
    canvas = page.locator(f'[data-part="{part}"]').nth(view)
    return canvas_ink(canvas)


def canvas_ink(canvas):
    return picture(canvas)[:, :, 3].ravel()


def picture(canvas):
    """The pixels of a canvas, red, green, blue, alpha."""
    png = base64.b64decode(canvas.evaluate("(c) => c.toDataURL()").partition(",")[2])
    return np.asarray(Image.open(BytesIO(png)).convert("RGBA"))


def seen_image(page):
    """The image that the models are given."""
    return np.array(page.evaluate(f"Array.from({EXPLORER}.views[0].shared.image)"))


def code_text(page, view=0):
    return page.locator('[data-part="code"]').nth(view).text_content()


def draw(page, points=THREE, scale=1.0, shift=(0, 0)):
    """Draw a stroke on the pad by mouse."""
    places = on_pad(page, [(scale * x + shift[0], scale * y + shift[1]) for x, y in points])
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()
    settle(page)


def draw_by_finger(page, points=THREE):
    """Draw a stroke on the pad by touch, in the steps of `draw`."""
    places = np.array(on_pad(page, points))
    steps = [a + share * (b - a) for a, b in pairwise(places) for share in (0.25, 0.5, 0.75, 1)]
    screen = page.context.new_cdp_session(page)
    for event, at in [("touchStart", [places[0]]), *(("touchMove", [step]) for step in steps), ("touchEnd", [])]:
        touched = [{"x": float(x), "y": float(y)} for x, y in at]
        screen.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": touched})
    settle(page)


def on_pad(page, points):
    """Scroll to the pad; return places of the page for points on its 280 x 280."""
    pad = page.locator("#explorer-pad")
    pad.scroll_into_view_if_needed()
    settle(page)  # what comes into view for the first time may get another height
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    unit = box["width"] / 280
    return [(box["x"] + unit * x, box["y"] + unit * y) for x, y in points]


def run_in_page(page, model, images, codes):
    """Encode, decode and judge by the networks of the page."""
    script = f"""async ([place, images, codes]) => {{
        const model = await {EXPLORER}.library.model(place);
        const decoded = codes.map((code) => model.decode(code));
        const encoded = images.map((image) => model.encode(Float32Array.from(image)));
        return {{
            mean: encoded.map(({{ mean }}) => Array.from(mean)),
            sd: encoded.map(({{ sd }}) => sd && Array.from(sd)),
            decoded: decoded.map((image) => Array.from(image)),
            passed: encoded.map(({{ mean }}) => Array.from(model.decode(mean))),
            judged: decoded.map((image) => model.judge(image)),
        }};
    }}"""
    return page.evaluate(script, [model, images.tolist(), codes.tolist()])


def test_one_model_has_no_second(open_page, tmp_path):
    record = toy_trial(tmp_path, "vae", 5)
    gallery = from_npz(Store(tmp_path).artifact(record, "gallery.npz"))
    file = tmp_path / "report.html"
    file.write_text(render_report([record], lambda _: gallery, tmp_path), encoding="utf-8")
    page = ready(open_page(file))
    assert page.locator("[data-view=First] > label").inner_text().startswith("Model")
    assert page.locator('[data-view="Second"]').is_hidden()
    assert page.get_by_text("moving in one model moves the other").is_hidden()
    assert page.get_by_text("In each model").is_hidden()  # nothing is left to choose, without a map
    assert page.get_by_text("Solid ellipse").count() == 0


def test_on_paper_the_views_have_the_whole_width(open_page, toy_file):
    """On a screen they stand beside the pad, which a print leaves out."""
    page = ready(open_page(toy_file))
    views = page.locator(".explorer-views")
    assert views.bounding_box()["width"] < 1100
    page.emulate_media(media="print")
    assert page.locator(".explorer-input").is_hidden()
    assert views.bounding_box()["width"] > 1300


@pytest.mark.parametrize("place", range(3), ids=MODELS)
def test_networks_of_the_page_are_those_of_keras(explorer, smoke_run, images, place):
    """To 1e-2 a pixel: images through encoder and decoder, and codes through the decoder, also of no image."""
    from aezoo.trained.load import load_model

    model = load_model(smoke_run.folder, MODELS[place], 0)
    codes = np.asarray(model.encode(images))
    spread = np.random.default_rng(0).normal(size=codes.shape) * codes.std(axis=0) * 1.5
    codes = np.concatenate([codes, codes.mean(axis=0) + spread]).astype(np.float32)
    found = run_in_page(explorer, place, images, codes)
    decoded = np.asarray(model.decode(codes))
    np.testing.assert_allclose(found["decoded"], decoded, atol=1e-2)
    np.testing.assert_allclose(found["passed"], decoded[: len(images)], atol=1e-2)
    np.testing.assert_allclose(found["mean"], codes[: len(images)], atol=2e-3 * np.abs(codes).max())
    if MODELS[place] == "ae":
        assert found["sd"] == [None] * len(images)
    else:
        log_variance = np.asarray(model.posterior(images)[1])
        np.testing.assert_allclose(found["sd"], np.exp(log_variance / 2), rtol=1e-2)


def test_the_judge_of_the_page_is_the_one_of_the_scores(explorer, digits, smoke_run):
    from aezoo.features.judge import load_judge

    real = digits.held_out.images[:40]
    script = f"""async (images) => {{
        const {{ judge }} = await {EXPLORER}.library.model(0);
        return images.map((image) => judge(Float32Array.from(image)));
    }}"""
    found = explorer.evaluate(script, (real.reshape(40, -1) / 255).tolist())
    wanted = load_judge("mnist").probabilities(real)
    assert [each["label"] for each in found] == wanted.argmax(axis=1).tolist()
    np.testing.assert_allclose([each["confidence"] for each in found], wanted.max(axis=1), atol=1e-2)


def test_a_digit_drawn_by_mouse_is_centred_scaled_and_encoded(explorer):
    before = pixels(explorer, "decoded")
    draw(explorer)
    image = seen_image(explorer)
    rows, columns = np.nonzero(image.reshape(28, 28) > 0.02)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20, 21)
    grid = np.arange(28) + 0.5
    centre = [(image.reshape(28, 28).sum(axis=axis) @ grid) / image.sum() for axis in (0, 1)]
    np.testing.assert_allclose(centre, [14, 14], atol=0.02)
    assert 0 < np.mean((image > 0.1) & (image < 0.9)) < 0.2  # edges are grey
    assert (pixels(explorer, "decoded") != before).any()
    assert code_text(explorer) in explorer.locator('[data-part="posterior"]').first.text_content()
    explorer.click("#explorer-clear")
    settle(explorer)
    assert explorer.evaluate(f"{EXPLORER}.views[0].shared.image") is None


def test_a_finger_draws_what_the_mouse_draws(open_page, page_file):
    page = ready(open_page(page_file, width=360, has_touch=True))
    draw_by_finger(page)
    by_finger = seen_image(page)
    page.click("#explorer-clear")
    draw(page)
    assert by_finger.sum() > 20
    np.testing.assert_allclose(by_finger, seen_image(page), atol=0.05)


def test_a_small_drawing_in_a_corner_is_the_same_digit(explorer):
    draw(explorer)
    large = seen_image(explorer)
    explorer.click("#explorer-clear")
    draw(explorer, scale=0.5, shift=(10, 120))
    assert np.abs(seen_image(explorer) - large).max() < 0.15
    assert np.abs(seen_image(explorer) - large).mean() < 0.01


def test_a_digit_is_drawn_by_keyboard(explorer):
    explorer.click("#explorer-clear")
    explorer.focus("#explorer-pad")
    for key in ["ArrowLeft"] * 4 + [" "] + ["ArrowDown"] * 12:
        explorer.keyboard.press(key)
    settle(explorer)
    image = seen_image(explorer).reshape(28, 28)
    assert explorer.text_content("#explorer-pen") == "pen down"
    assert image.sum(axis=0).argmax() in (13, 14)  # an upright stroke in the middle
    assert np.ptp(np.nonzero(image.max(axis=1) > 0.5)) > 15
    explorer.keyboard.press(" ")
    explorer.keyboard.press("ArrowRight")
    assert explorer.text_content("#explorer-pen") == "pen up"
    np.testing.assert_array_equal(seen_image(explorer).reshape(28, 28), image)
    explorer.keyboard.press("Delete")
    settle(explorer)
    assert explorer.evaluate(f"{EXPLORER}.views[0].shared.image") is None


def test_the_pen_of_the_keyboard_is_up_where_the_pad_is_wiped_or_the_mouse_draws(open_page, toy_file):
    """A mouse that goes on over a wiped pad draws nothing, and no line leads from its stroke to the keyboard's pen."""
    page = ready(open_page(toy_file))
    page.focus("#explorer-pad")
    page.keyboard.press(" ")
    assert page.text_content("#explorer-pen") == "pen down"
    page.keyboard.press("Delete")
    assert page.text_content("#explorer-pen") == "pen up"
    (start, end) = on_pad(page, [(60, 60), (120, 120)])
    page.mouse.move(*start)
    page.mouse.down()
    page.keyboard.press("Delete")
    page.mouse.move(*end, steps=3)
    page.mouse.up()
    settle(page)
    assert page.evaluate(f"{EXPLORER}.views[0].shared.image") is None
    page.keyboard.press(" ")
    draw(page)
    drawn = seen_image(page)
    assert page.text_content("#explorer-pen") == "pen up"
    page.keyboard.press("ArrowRight")
    settle(page)
    np.testing.assert_array_equal(seen_image(page), drawn)


def test_a_held_out_digit_is_picked(explorer, digits):
    explorer.locator("#explorer-picks button").nth(7).click()
    settle(explorer)
    held_out = digits.held_out
    wanted = held_out.images[np.flatnonzero(held_out.labels == 3)[1]].ravel() / 255
    np.testing.assert_allclose(seen_image(explorer), wanted, atol=1e-6)


def test_the_map_is_moved_over_by_mouse_and_by_keys_and_both_models_follow(explorer):
    area = explorer.locator('[data-part="map"]').first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    seen = [pixels(explorer, "decoded")]
    explorer.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    explorer.mouse.down()
    explorer.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=3)
    explorer.mouse.up()
    settle(explorer)
    seen.append(pixels(explorer, "decoded"))
    assert code_text(explorer, 0) == code_text(explorer, 1)
    explorer.keyboard.press("ArrowUp")
    settle(explorer)
    seen.append(pixels(explorer, "decoded"))
    assert all((one != other).any() for one, other in pairwise(seen))
    code = explorer.evaluate(f"Array.from({EXPLORER}.views[0].code)")
    wanted = explorer.evaluate(f"Array.from({EXPLORER}.views[0].model.decode({code}))")
    np.testing.assert_allclose(seen[-1], 255 * np.array(wanted), atol=0.51)
    explorer.uncheck("#explorer-linked")
    explorer.focus('[data-part="map"] >> nth=0')
    explorer.keyboard.press("ArrowLeft")
    settle(explorer)
    assert code_text(explorer, 0) != code_text(explorer, 1)


def test_the_map_answers_to_a_finger(open_page, page_file):
    page = ready(open_page(page_file, width=360, has_touch=True))
    before = code_text(page)
    area = page.locator('[data-part="map"]').first
    area.scroll_into_view_if_needed()
    area.tap(position={"x": 60, "y": 70})
    settle(page)
    assert code_text(page) != before


def test_a_line_between_two_points_is_decoded(explorer):
    explorer.check("#explorer-line")
    area = explorer.locator('[data-part="map"]').first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    explorer.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.8 * box["height"])
    explorer.mouse.down()
    explorer.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.2 * box["height"], steps=3)
    explorer.mouse.up()
    settle(explorer)
    strip = explorer.locator('[data-part="line"]').first.locator("canvas")
    assert strip.count() == 9
    ends = explorer.evaluate(f"[{EXPLORER}.views[0].pin, {EXPLORER}.views[0].code].map((code) => Array.from(code))")
    for share, place in ((0, 0), (0.5, 4), (1, 8)):
        code = (1 - share) * np.array(ends[0]) + share * np.array(ends[1])
        wanted = explorer.evaluate(f"Array.from({EXPLORER}.views[0].model.decode({code.tolist()}))")
        np.testing.assert_allclose(canvas_ink(strip.nth(place)), 255 * np.array(wanted), atol=0.51)
    area.press("Escape")
    settle(explorer)
    assert not strip.first.is_visible()
    area.press("Enter")
    settle(explorer)
    assert strip.first.is_visible()


def test_draws_are_from_the_posterior(explorer):
    """400 of them have its mean and standard deviation, to five standard errors; a click shows others."""
    draw(explorer)
    draws = explorer.evaluate(f"""Array.from({{ length: 50 }}, () => {{
        const view = {EXPLORER}.views[0];
        view.drawAgain();
        return view.draws.map((code) => Array.from(code));
    }}).flat()""")
    mean, sd = explorer.evaluate(
        f"[{EXPLORER}.views[0].posterior.mean, {EXPLORER}.views[0].posterior.sd].map((x) => Array.from(x))"
    )
    standard = (np.array(draws) - mean) / sd
    assert standard.shape == (400, 2)
    np.testing.assert_allclose(standard.mean(axis=0), 0, atol=5 / np.sqrt(400))
    np.testing.assert_allclose(standard.std(axis=0), 1, atol=5 / np.sqrt(800))
    first = explorer.locator('[data-part="draws"]').first.locator("canvas").first
    settle(explorer)
    before = canvas_ink(first)
    explorer.locator('[data-part="again"]').first.click()
    settle(explorer)
    assert (canvas_ink(first) != before).any()


def test_the_nearest_training_image_is_found(explorer, digits):
    """Of an image that the page keeps, itself; and at most codes the nearest of all 3,000, as the page says."""
    images = f"{EXPLORER}.views[0].model.images"
    count, total, found = explorer.evaluate(f"[{images}.count, {images}.total, {images}.found]")
    assert (total, len(digits.train)) == (3_000, 3_000)
    assert f"The page keeps {count:,} of 3,000 training images" in explorer.locator("#explorer").inner_text()
    script = f"""(given) => {{
        const {{ image, distance }} = {EXPLORER}.views[0].model.nearest(given);
        return [Array.from(image), distance];
    }}"""
    kept = np.array(explorer.evaluate(f"Array.from({images}.train.subarray(0, 784))")) / 255
    image, distance = explorer.evaluate(script, kept.tolist())
    np.testing.assert_allclose(image, kept, atol=1e-6)
    assert distance < 1e-4
    train = digits.train.images.reshape(3_000, -1).astype(np.float32) / 255
    assert np.abs(train - kept.astype(np.float32)).max(axis=1).min() <= 0.51 / 7
    model = f"{EXPLORER}.views[0].model"
    middle, radius = explorer.evaluate(f"[{model}.extent.centre, {model}.extent.radius]")
    codes = np.array(middle) + np.random.default_rng(1).uniform(-radius, radius, (40, 2))
    pairs = [
        (np.array(decoded), distance)
        for code in codes
        for decoded, distance in [
            explorer.evaluate(
                f"(code) => {{ const image = {model}.decode(code);"
                f" return [Array.from(image), {model}.nearest(image).distance]; }}",
                code.tolist(),
            )
        ]
    ]
    least = np.array([np.sqrt(((train - decoded) ** 2).sum(axis=1)).min() for decoded, _ in pairs])
    shares = np.array([distance for _, distance in pairs]) / least
    assert np.mean(shares < 1.03) > found - 0.25
    caption = explorer.locator('[data-part="distance"]').first
    assert "nearest training image found: distance" in caption.text_content()
    explorer.evaluate(f"{images}.found = 0.04; {EXPLORER}.views[0].render()")
    settle(explorer)
    assert f"of the {count} training images kept; the true nearest is usually another" in caption.text_content()


def test_the_explorer_opens_with_the_vae_beside_the_autoencoder(explorer):
    assert explorer.evaluate(f"{EXPLORER}.views.map((view) => view.model.name)") == ["vae", "ae"]


def test_the_map_of_the_page_is_the_one_that_training_images_are_chosen_for(explorer, smoke_run):
    from aezoo.reporting.report.explorer_models import MAX_CODES
    from aezoo.reporting.report.explorer_nearest import map_square

    (record,) = (
        each for each in Store(smoke_run.folder).records() if (each["label"], each["spec"]["seed"]) == ("vae", 0)
    )
    codes = from_npz(Store(smoke_run.folder).artifact(record, "gallery.npz"))["latent"][:MAX_CODES].astype(np.float32)
    middle, radius = map_square(codes, None, None)
    found = explorer.evaluate(f"{EXPLORER}.views[0].model.extent")
    np.testing.assert_allclose(found["centre"], middle, atol=1e-3)
    assert found["radius"] == pytest.approx(radius, rel=1e-3)


def layer(page, value, grid):
    """Choose a layer and wait for its grid; gives the codes of some cells with their values."""
    page.check(f'input[value="{value}"]')
    view = f"{EXPLORER}.views[0]"
    wait_until(page, f"{view}.model.grids['{grid}']?.done")
    cells = [(row, column) for row in range(0, 48, 12) for column in range(3, 48, 12)]
    script = f"""(cells) => cells.map(([row, column]) => {{
        const grid = {view}.model.grids['{grid}'];
        return [grid.code(row, column), grid.values.map((values) => values[row * 48 + column])];
    }})"""
    found = page.evaluate(script, cells)
    return np.array([code for code, _ in found]), np.array([values for _, values in found])


def test_layers_behind_the_map_are_those_of_the_trained_decoder(explorer, smoke_run):
    """Stretching against finite differences of Keras's decoder; class and confidence against the judge in Python."""
    from aezoo.features.judge import load_judge
    from aezoo.trained.load import load_model

    name = explorer.evaluate(f"{EXPLORER}.views[0].model.name")
    model = load_model(smoke_run.folder, name, 0)

    def decode(codes):
        return np.asarray(model.decode(codes.astype(np.float32)), np.float64)

    codes, stretched = layer(explorer, "stretching", "stretched")
    step = 0.02
    slopes = np.stack([(decode(codes + step * e) - decode(codes - step * e)) / (2 * step) for e in np.eye(2)], axis=-1)
    wanted = np.log10([np.linalg.svd(jacobian, compute_uv=False)[0] for jacobian in slopes])
    np.testing.assert_allclose(stretched[:, 0], wanted, atol=0.03)
    assert explorer.locator('[data-part="scale"]').first.is_visible()
    codes, judged = layer(explorer, "class", "judged")
    probabilities = load_judge("mnist").probabilities(decode(codes).reshape(-1, 28, 28))
    sure = np.sort(probabilities, axis=1)[:, -2:] @ [-1, 1] > 0.05
    assert sure.sum() >= 8
    np.testing.assert_array_equal(judged[sure, 0], probabilities.argmax(axis=1)[sure])
    np.testing.assert_allclose(judged[:, 1], probabilities.max(axis=1), atol=0.02)
    explorer.check('input[value="confidence"]')
    assert explorer.locator('[data-part="high"]').first.text_content() == "100 %"


def test_a_model_in_both_views_has_its_layer_whole_in_both(open_page, tmp_path):
    records = [toy_trial(tmp_path, label, 2) for label in ("ae", "vae")]
    gallery = {record["id"]: from_npz(Store(tmp_path).artifact(record, "gallery.npz")) for record in records}
    file = tmp_path / "report.html"
    file.write_text(render_report(records, lambda record: gallery[record["id"]], tmp_path), encoding="utf-8")
    page = ready(open_page(file))
    first, second = (page.locator('[data-part="choice"]').nth(i) for i in (0, 1))
    second.select_option(first.input_value())
    wait_until(page, f"{EXPLORER}.views[0].model === {EXPLORER}.views[1].model")
    page.click("#explorer-clear")  # draws from q(z|x) are random
    page.check('input[value="stretching"]')
    wait_until(page, f"{EXPLORER}.views[0].model.grid('stretched').done")
    settle(page)
    maps = [picture(page.locator('[data-part="map"]').nth(i)) for i in (0, 1)]
    np.testing.assert_array_equal(maps[0], maps[1])


def choose(page, label, dimensions):
    """Choose the model of this label in the first view."""
    names = page.evaluate(f"{EXPLORER}.library.names")
    (place,) = [i for i, name in enumerate(names) if name.startswith(f"{label} (")]
    page.locator('[data-part="choice"]').first.select_option(str(place))
    wait_until(page, f"{EXPLORER}.views[0].model.dimensions === {dimensions}")
    settle(page)


def test_codes_of_more_dimensions_have_sliders_and_traversals(open_page, toy_file):
    page = ready(open_page(toy_file))
    choose(page, "vae", 5)
    assert not page.locator('[data-part="map"]').first.is_visible()
    assert not page.locator("#explorer-layers").is_visible()
    sliders = page.locator('[data-part="sliders"]').first.locator("input")
    assert sliders.count() == 5
    before = pixels(page, "decoded")
    sliders.nth(1).press("ArrowRight")
    sliders.nth(1).press("ArrowRight")
    settle(page)
    assert (pixels(page, "decoded") != before).any()
    page.wait_for_timeout(200)
    row = page.locator('[data-part="sliders"]').first.locator(".explorer-slider").nth(1)
    ends = [canvas_ink(row.locator("canvas").nth(i)) for i in (0, 6)]
    assert (ends[0] != ends[1]).any()


def test_every_number_of_a_code_of_many_dimensions_is_shown(open_page, toy_file):
    """A bar and a line of text for each of 20 dimensions."""
    page = ready(open_page(toy_file, width=360))
    choose(page, "<script>alert(1)</script>", 20)
    page.evaluate(f"{EXPLORER}.show(new Float32Array(784).fill(0.5))")
    settle(page)
    numbers = page.locator('[data-part="numbers"]').first
    mean, sd = page.evaluate(
        f"[{EXPLORER}.views[0].posterior.mean, {EXPLORER}.views[0].posterior.sd].map((x) => Array.from(x))"
    )
    numbers.get_by_text("All 20 numbers").click()
    shown = [text.replace("−", "-").split() for text in numbers.locator("li").all_inner_texts()]
    wanted = [[f"z{i}", f"{m:.2f}", "±", f"{s:.2f}"] for i, (m, s) in enumerate(zip(mean, sd, strict=True), start=1)]
    assert [[name, sign] for name, _, sign, _ in shown] == [[name, sign] for name, _, sign, _ in wanted]
    for place in (1, 3):
        found, exact = ([float(each[place]) for each in rows] for rows in (shown, wanted))
        np.testing.assert_allclose(found, exact, atol=0.0101)
    dots = numbers.locator("circle").evaluate_all("all => all.map(each => Number(each.getAttribute('cy')))")
    assert np.argsort(dots).tolist() == np.argsort(-np.array(mean)).tolist()
    assert code_text(page) == "the 20 numbers of the sliders"
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert serious_violations(page) == []


def test_of_many_dimensions_those_that_vary_most_come_first(open_page, toy_file):
    page = ready(open_page(toy_file))
    choose(page, "<script>alert(1)</script>", 20)
    rows = page.locator('[data-part="sliders"]').first.locator(".explorer-slider")
    assert [rows.nth(i).is_visible() for i in (0, 15, 16)] == [True, True, False]
    page.get_by_role("button", name="Show all 20 dimensions").click()
    assert rows.nth(19).is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_everybody_can_use_it(open_page, page_file, width, scheme):
    """No serious violation by axe-core, nothing wider than the screen, in light and in dark."""
    page = ready(open_page(page_file, width=width, scheme=scheme))
    draw(page)
    root = page.locator("#explorer-root")
    assert root.evaluate("(e) => e.scrollWidth <= e.clientWidth && e.getBoundingClientRect().right <= innerWidth")
    assert serious_violations(page) == []


def test_a_page_that_turns_dark_is_painted_anew(explorer):
    canvas = explorer.locator('[data-part="decoded"]').first
    assert picture(canvas)[14, 14, 0] < 64
    explorer.emulate_media(color_scheme="dark")
    settle(explorer)
    assert picture(canvas)[14, 14, 0] > 192
