import io
import subprocess
import sys
import warnings
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import image
from support.factories import curves, gallery, record, sample_score, score

from aezoo.errors import UnknownNameError
from aezoo.reporting.figures import write_figures
from aezoo.reporting.figures.agreement import agreement_figure
from aezoo.reporting.figures.canvas import add_image, drawable_text, new_figure, tile, to_png
from aezoo.reporting.figures.curves import curves_figures
from aezoo.reporting.figures.findings import finding, plain_number
from aezoo.reporting.figures.images import manifold_figures, reconstructions_figure, traversals_figure
from aezoo.reporting.figures.interpolations import interpolations_figures
from aezoo.reporting.figures.latent import project
from aezoo.reporting.figures.leaders import leading_models
from aezoo.reporting.figures.names import unique_stems
from aezoo.reporting.figures.ranks import ranks_figure
from aezoo.reporting.figures.rate_distortion import rate_distortion_figure
from aezoo.reporting.figures.rate_distortion_plane import rate_distortion_plane
from aezoo.reporting.figures.samples import overview_figure, samples_figures
from aezoo.reporting.figures.seconds import seconds_figure
from aezoo.reporting.figures.selection import MAX_MODELS, figure_data
from aezoo.reporting.figures.style import CLASS_COLOURS, digit_marker


def galleries(record):
    if record["role"] == "oracle":
        return {"samples/oracle": gallery(9)["samples/prior"]}
    return gallery(record["spec"]["seed"], ("gaussian-mixture", "prior"))


def example():
    models = [record(label, seed, curves=curves()) for label in ("ae", "vae") for seed in (1, 0)]
    return [*models, record("oracle", role="oracle")]


def test_every_figure_is_written(tmp_path):
    paths = write_figures(example(), galleries, tmp_path)
    names = {"reconstructions", "samples", "latent", "curves", "manifold-ae", "manifold-vae"}
    names |= {"interpolations", "traversals", "overview"}
    assert sorted(path.name for path in paths) == sorted(f"{name}.{end}" for name in names for end in ("png", "svg"))
    for path in paths:
        assert path.stat().st_size < 900_000
        if path.suffix == ".png":
            assert image.imread(path).std() > 0.01
        else:
            assert ElementTree.parse(path).getroot().tag.endswith("svg")


def scored_example():
    """Five seeds of three models and real digits, with scores of each question."""

    def scores(place, seed):
        shift = 3.0 * place + 0.01 * seed
        return [
            score("nll", 70 + shift),
            score("mse", 0.05 - 0.01 * place),
            score("rate", 20 - shift, "likelihood", "neither"),
            score("distortion", 80 + 2 * shift, "likelihood", "neither"),
            sample_score("fd_judge", 90 + 10 * shift),
            sample_score("coverage_judge", 0.9 - 0.1 * place, better="higher"),
        ]

    models = [
        record(label, seed, scores(place, seed), timing={"total": 9.0, "train": 10.0 * (place + 1)})
        for place, label in enumerate(("ae", "vae", "gan"))
        for seed in range(5)
    ]
    return [*models, record("oracle", scores=[sample_score("fd_judge", 0.7, "oracle")], role="oracle")]


def test_charts_of_scores_are_drawn_where_there_are_scores(tmp_path):
    names = {path.stem for path in write_figures(scored_example(), lambda _: {}, tmp_path)}
    assert names == {"ranks", "rate-distortion-plane", "seconds"}


def test_a_density_of_grey_images_stands_in_no_plane_with_bits_of_binary_ones(tmp_path):
    rows = {"rate": 20.0, "distortion": 80.0, "elbo_binary": -100.0}
    grey = {"rate": 30.0, "distortion": -1500.0}
    records = [
        record(name, scores=[score(metric, value, "likelihood", "neither") for metric, value in each.items()])
        for name, each in {"vae": rows, "iwae": rows, "cb-vae": grey}.items()
    ]
    (path,) = (
        path
        for path in write_figures(records, lambda _: {}, tmp_path)
        if path.name.startswith("rate") and path.suffix == ".svg"
    )
    text = "".join(ElementTree.parse(path).getroot().itertext())
    assert "cb-vae" not in path.read_text()
    assert "-1470" not in text


def test_titles_say_who_leads_and_who_only_seems_to():
    (scene,) = figure_data(scored_example(), lambda _: {})
    assert finding(scene, "reconstruction", "nll", "reconstructs", "nats") == "ae reconstructs best: 70.02 nats"
    values = {"a": (69.9, 71, 72, 73, 74), "b": (70, 72, 74, 71, 73)}
    noisy = [record(label, i, [score("nll", v)]) for label, of in values.items() for i, v in enumerate(of)]
    (scene,) = figure_data(noisy, lambda _: {})
    said = finding(scene, "reconstruction", "nll", "reconstructs", "nats")
    assert said == "Nobody surely reconstructs best by nll: a, 71.98 nats, is level with b"


def text_of(figure):
    return " ".join(" ".join(text.get_text() for text in figure.texts).split())


def test_titles_of_walks_and_curves_say_what_they_measured():
    """A grid of one grey level more for each row: only walks across rows change, by 1 / 255."""
    rows = np.arange(20, dtype=np.uint8)[:, None, None, None] * np.ones((20, 20, 28, 28), np.uint8)
    losses = {"train": {"loss": [9.0, 7.0]}, "held_out": {"loss": [9.5, 8.25]}}
    (scene,) = figure_data([record("vae", curves=losses)], lambda _: {"manifold": rows})
    # ten steps of a walk over twenty rows skip one row or two, 19 in all over 9 steps
    assert "vae, code 2 changes the image most: by 0.8% a pixel and step" in text_of(traversals_figure(scene))
    assert "changes the image most: by 0.8% a pixel and step" in text_of(interpolations_figures(scene)[0])
    assert "differs from the next by 0.2% a pixel" in text_of(manifold_figures(scene)["vae"])
    assert "The loss of vae (seed 0) ends 1.2 nats higher on held-out images" in text_of(curves_figures(scene)[0])
    level = {name: {"loss": [9.0, 7.0]} for name in losses}
    (scene,) = figure_data([record("vae", curves=level)], lambda _: {})
    assert "No loss ends higher on held-out images" in text_of(curves_figures(scene)[0])


def test_no_name_of_a_row_is_cut_and_none_covers_another():
    names = [f"a-model-whose-name-is-long:beta=0.123456789:dimensions=64:symbols=512:number={i}" for i in range(3)]
    (scene,) = figure_data([record(name) for name in names], galleries)
    figure = reconstructions_figure(scene)
    figure.draw_without_rendering()
    texts = [text for text in figure.texts if "seed" in text.get_text()]
    assert ["".join(text.get_text().split()) for text in texts] == [f"{name}(seed0)" for name in names]
    boxes = [text.get_window_extent() for text in texts]
    assert not any(one.overlaps(other) for one, other in pairwise(boxes))
    assert all(figure.bbox.x0 < box.x0 and box.x1 < figure.axes[0].bbox.x0 for box in boxes)


def line_of(*sizes):
    """A line of images that change by these steps, all pixels alike; two of them, of the shape of a gallery."""
    levels = np.cumsum([0, *sizes]).astype(np.uint8)
    return np.tile(levels[:, None, None], (2, 1, 28, 28))


def test_interpolations_are_of_codes_of_any_size_and_their_title_says_the_finding():
    """Without a score the title names who changes most evenly; with one, whose images the judge reads."""
    lines = {"jump": line_of(0, 80, 0, 0), "even": line_of(20, 20, 20, 20)}
    shown = {name: {"originals": gallery()["originals"], "interpolations": each} for name, each in lines.items()}
    (scene,) = figure_data([record(name) for name in shown], lambda each: shown[each["label"]])
    (page,) = interpolations_figures(scene)
    said = "even changes most evenly: the largest step of a line makes 25% of its change, on average"
    assert said in text_of(page)
    assert len(page.axes) == 1 + 2
    scored = [
        record(name, seed, [score("interpolation_confidence", value + seed / 1_000, "latent", "higher")])
        for name, value in (("jump", 0.9), ("even", 0.5))
        for seed in range(5)
    ]
    (scene,) = figure_data(scored, lambda each: shown[each["label"]])
    assert "jump keeps images between two digits readable best: 0.9" in text_of(interpolations_figures(scene)[0])
    many = [record(f"m{i}") for i in range(13)]
    (scene,) = figure_data(many, lambda _: shown["even"])
    assert [len(page.axes) for page in interpolations_figures(scene)] == [13, 2]


def test_of_lines_that_most_models_lack_none_is_called_the_most_even_and_the_others_are_counted():
    shown = {"originals": gallery()["originals"], "interpolations": line_of(20, 20, 20, 20)}
    records = [record(f"m{i}") for i in range(MAX_MODELS + 8)]
    (scene,) = figure_data(records, lambda each: shown if each["label"] in ("m0", "m1") else {})
    (page,) = interpolations_figures(scene)
    assert text_of(page).startswith("Lines between the codes of held-out images: mnist-5k, protocol chapter; 38 more")
    (scene,) = figure_data(records, lambda each: shown)
    pages = interpolations_figures(scene)
    assert "changes most evenly of those shown" in text_of(pages[0])
    assert "page 1 of 3; 8 more models on no page" in text_of(pages[0])
    (scene,) = figure_data(records[:3], lambda each: shown if each["label"] != "m2" else {})
    assert "m0 changes most evenly of those shown: the largest" in text_of(interpolations_figures(scene)[0])
    assert "1 more model not shown" in text_of(interpolations_figures(scene)[0])


def metrics_of_samples(rows):
    """Five models with a score by each metric, as `rows` has it."""
    return [
        record(f"m{i}", scores=[sample_score(name, of[i], better="higher") for name, of in rows.items()])
        for i in range(5)
    ]


def test_metrics_that_agree_stand_beside_each_other_and_a_minus_marks_those_that_do_not():
    rows = {
        f"{side}_{i}": [1.0, 2.0, 3.0, 4.0, 5.0][:: 1 if side == "up" else -1]
        for i in range(3)
        for side in ("up", "down")
    }
    (scene,) = figure_data(metrics_of_samples(rows), lambda _: {})
    figure = agreement_figure(scene)
    axes = figure.axes[0]
    names = [label.get_text().split("_")[0] for label in axes.get_yticklabels()]
    assert names in (["up"] * 3 + ["down"] * 3, ["down"] * 3 + ["up"] * 3)
    assert [label.get_text() for label in axes.get_xticklabels()] == [*"123456"]
    assert len([patch for patch in axes.patches if patch.get_width() == 3]) == 2
    assert sum(len(line.get_xdata()) for line in axes.lines) == 2 * 3 * 3
    assert "6 metrics of samples over 5 models" in text_of(figure)


def test_of_more_metrics_than_can_be_read_those_of_the_largest_question_are_drawn():
    random = np.random.default_rng(0)
    samples = {f"score_{i}": random.random(5) for i in range(46)}
    records = metrics_of_samples(samples)
    for each in records:
        each["scores"] = [*each["scores"], *(score(f"nll_{i}", random.random()) for i in range(30))]
    (scene,) = figure_data(records, lambda _: {})
    figure = agreement_figure(scene)
    assert len(figure.axes[0].get_yticklabels()) == 46
    assert "46 metrics of samples over 5 models" in text_of(figure)
    assert max(figure.bbox.width, figure.bbox.height) < 2400
    (scene,) = figure_data(records[:4], lambda _: {})
    assert agreement_figure(scene) is None


def test_seconds_are_hollow_where_the_load_is_unknown():
    (scene,) = figure_data(scored_example(), lambda _: {})
    (axes,) = seconds_figure(scene).axes
    assert {line.get_label(): line.get_xdata()[0] for line in axes.lines} == {"ae": 10.0, "vae": 20.0, "gan": 30.0}
    assert {line.get_markerfacecolor() for line in axes.lines} == {"white"}


def test_ranks_are_those_of_the_means():
    (scene,) = figure_data(scored_example(), lambda _: {})
    (axes,) = ranks_figure(scene).axes
    names = [label.get_text() for label in axes.get_xticklabels()]
    ranks = {line.get_label(): dict(zip(names, line.get_ydata(), strict=True)) for line in axes.lines}
    assert [ranks[model]["nll"] for model in ("ae", "vae", "gan")] == [1, 2, 3]
    assert [ranks[model]["mse"] for model in ("ae", "vae", "gan")] == [3, 2, 1]


def test_where_two_models_are_level_by_every_metric_none_is_called_first():
    scores = [score("nll", 1.0), score("ssim", 0.5, better="higher"), score("ari", 0.2, "latent", "higher")]
    scores_of_gan = [score("nll", 2.0), score("ssim", 0.4, better="higher"), score("ari", 0.1, "latent", "higher")]
    records = [*(record(name, scores=scores) for name in ("ae", "vae")), record("gan", scores=scores_of_gan)]
    (scene,) = figure_data(records, lambda _: {})
    assert "No model is first alone by any of these 3 metrics" in text_of(ranks_figure(scene))


def test_sample_sheets_hold_twelve_panels_and_whole_names():
    """Models before controls, whose names are longer than a panel is wide."""
    name = "a-control-with-a-name-that-is-longer-than-its-panel-is-wide-by-far"
    records = [record(f"m{i}") for i in range(13)] + [record(name, role="control"), record("oracle", role="oracle")]
    (scene,) = figure_data(records, lambda _: {"samples/prior": gallery()["samples/prior"]})
    pages = samples_figures(scene)
    assert [len(page.axes) for page in pages] == [12, 3, 2]
    assert any(name in text.get_text().replace("\n", "") for text in pages[2].texts)


def test_every_page_of_samples_has_a_title_that_says_what_is_on_it():
    """Thirteen models on two pages, two floors of which one alone has a score, and two controls; one seed of each."""
    values = {"model": range(300, 287, -1), "control": (9.0, 8.0), "floor": (500.0, None)}
    records = [
        record(f"{role}-{i}", scores=[sample_score("fd_judge", value)], role=role)
        for role, of_role in values.items()
        for i, value in enumerate(of_role)
    ]
    (scene,) = figure_data(
        [*records, record("oracle", role="oracle")], lambda _: {"samples/prior": gallery()["samples/prior"]}
    )
    titles = [" ".join(page.texts[0].get_text().split()) for page in samples_figures(scene)]
    assert [title.partition(" (mnist-5k")[0] for title in titles] == [
        "Here the mean fd_judge is between 290 (model-10 by prior) and 300 (model-0 by prior)",
        "Here the mean fd_judge is between 288 (model-12 by prior) and 289 (model-11 by prior)",
        "Samples, floors: mnist-5k, protocol chapter",
        "Here the mean fd_judge is between 8 (control-1 by prior) and 9 (control-0 by prior)",
    ]


def test_the_overview_names_the_score_of_each_panel():
    records = [
        record("ae", scores=[sample_score("fd_judge", 800.0, "standard-normal")]),
        record("vae", scores=[sample_score("fd_judge", 340.0, "prior")]),
        record("oracle", scores=[sample_score("fd_judge", 0.7, "oracle")], role="oracle"),
    ]
    names = {"ae": "standard-normal", "vae": "prior", "oracle": "oracle"}
    (scene,) = figure_data(records, lambda each: {f"samples/{names[each['label']]}": gallery()["samples/prior"]})
    figure = overview_figure(scene)
    texts = [text.get_text() for text in figure.texts]
    expected = ["real images", "fd_judge 0.7", "ae by standard-normal", "fd_judge 800", "vae by prior", "fd_judge 340"]
    assert texts[1:] == expected
    assert texts[0].startswith("Samples beside real images: mnist-5k")
    assert figure.bbox.width <= 1200


def test_the_overview_says_what_another_sampler_does():
    rows = {"ae": {"standard-normal": 1096.7, "gaussian-mixture": 94.3}, "vae": {"prior": 340.0}}
    records = [
        *(record(name, scores=[sample_score("fd_judge", v, k) for k, v in of.items()]) for name, of in rows.items()),
        record("oracle", role="oracle"),
    ]
    (scene,) = figure_data(
        records, lambda each: {f"samples/{k}": gallery()["samples/prior"] for k in rows.get(each["label"], ["oracle"])}
    )
    texts = [text.get_text() for text in overview_figure(scene).texts]
    assert " ".join(texts[0].split()).startswith("A better sampler takes the fd_judge of ae from 1,097 to 94.3 (")
    assert "fd_judge 1,097" in texts


@pytest.mark.parametrize(
    ("value", "text"), [(0.7412, "0.741"), (94.31, "94.3"), (339.3, "339"), (999.6, "1,000"), (12_345.6, "12,346")]
)
def test_numbers_have_no_exponent(value, text):
    assert plain_number(value) == text


def test_classes_are_told_apart_by_sign_and_by_colour():
    assert [digit_marker(digit) for digit in range(10)] == [f"${digit}$" for digit in range(10)]
    assert len(set(CLASS_COLOURS)) == 10
    assert digit_marker("数") == "o"


def test_floors_stretch_no_curve(tmp_path):
    """One inside the models' range is a level line, one outside is left out."""

    def floor(label, value):
        return record(label, curves={part: {"loss": [value]} for part in ("train", "held_out")}, role="floor")

    models = [record("vae", curves=curves())]
    (scene,) = figure_data([*models, floor("inside", 250.0), floor("outside", 45.0)], lambda _: {})
    (figure,) = curves_figures(scene)
    panel = figure.axes[0]
    assert panel.get_title() == "loss"
    assert panel.get_ylim()[0] > 200
    assert sum(list(line.get_ydata()) == [250.0, 250.0] for line in panel.lines) == 2
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["vae (seed 0)", "inside (seed 0)", "training", "held out"]
    (scene,) = figure_data([floor("alone", 45.0)], lambda _: {})
    assert [line.get_ydata()[0] for line in curves_figures(scene)[0].axes[0].lines] == [45.0, 45.0]


@pytest.mark.parametrize("count", [2, 10, 56])
def test_no_two_curves_of_a_panel_look_alike_in_grey(count):
    """Each model of a page has a marker of its own, hollow on held-out images; at most eleven stand on a page."""
    floors = [record("mean-image", curves={part: {"loss": [250.0]} for part in ("train", "held_out")}, role="floor")]
    (scene,) = figure_data([*(record(f"m{i}", curves=curves()) for i in range(count)), *floors], lambda _: {})
    pages = curves_figures(scene)
    labels = [label.get_text() for page in pages for label in page.legends[0].get_texts()]
    assert len([label for label in labels if label.startswith("m") and "mean" not in label]) == min(count, MAX_MODELS)
    for page in pages:
        for panel in page.axes:
            signs = [(line.get_marker(), line.get_linestyle()) for line in panel.lines]
            assert len(signs) == len(set(signs)) <= 2 * 11
            assert {line.get_markerfacecolor() == "white" for line in panel.lines} == {True, False}
    assert (f"page 1 of {len(pages)}; 24 more models on no page" in text_of(pages[0])) == (count == 56)


def test_losses_that_are_a_density_have_axes_of_their_own():
    """Their nats are fewer by any number; what both kinds have else, such as the rate, stands in one panel."""

    def training(nll):
        terms = {"loss": [nll + 20, nll + 10], "nll": [nll, nll - 10], "kl": [20.0, 20.0]}
        return {"train": terms, "held_out": terms}

    models = [record("vae", curves=training(100.0)), record("cb-vae", curves=training(-500.0))]
    (scene,) = figure_data(models, lambda _: {})
    (page,) = curves_figures(scene)
    titles = {panel.get_title(): len(panel.lines) for panel in page.axes}
    assert titles == {"loss": 2, "nll": 2, "kl": 4, "loss of cb-vae": 2, "nll of cb-vae": 2}


def test_a_widest_gap_is_of_nats_and_not_of_the_units_of_a_critic():
    def training(gap, *terms):
        return {part: {term: [1.0 + gap * (part == "held_out")] for term in terms} for part in ("train", "held_out")}

    models = [
        record("vae", curves=training(2.0, "loss", "nll")),
        record("wgan", curves=training(9.0, "loss", "critic")),
    ]
    (scene,) = figure_data(models, lambda _: {})
    assert "The loss of vae (seed 0) ends 2.0 nats higher" in text_of(curves_figures(scene)[0])


def test_terms_of_an_adversary_have_axes_of_their_own():
    """And floors are level lines among losses in nats per image only."""

    def training(*terms):
        return {part: {term: [3.0, 2.0] for term in terms} for part in ("train", "held_out")}

    floor = record("mean-image", curves={"train": {"loss": [2.5]}, "held_out": {"loss": [2.5]}}, role="floor")
    models = [
        record("gan", curves=training("loss", "discriminator")),
        record("vae", curves=training("loss", "nll", "kl")),
        record("wgan", curves=training("loss", "critic")),
        record("aae", curves=training("loss", "nll", "discriminator")),
    ]
    (scene,) = figure_data([*models, floor], lambda _: {})
    panels = {panel.get_title(): panel for panel in curves_figures(scene)[0].axes}
    assert {title: panel.get_ylabel() for title, panel in panels.items()} == {
        "loss": "nats per image",
        "nll": "nats per image",
        "kl": "nats per image",
        "discriminator of aae, gan": "nats per decision",
        "loss of gan": "nats per decision",
        "loss of wgan": "units of the critic",
        "critic of wgan": "units of the critic",
    }
    assert [len(panels[title].lines) for title in ("loss", "loss of gan")] == [2 * 3, 2]


def test_rate_distortion_curves_of_all_models_stand_in_one_panel():
    def scores(*points):
        parts = ("rate", "distortion")
        named = [(f"rd_{part}_{t}", value) for t, *point in points for part, value in zip(parts, point, strict=True)]
        return [score(name, value, "likelihood", "neither") for name, value in named]

    records = [
        record("vae", scores=scores(("1", 12.0, 20.0), ("0.1", 3.0, 35.0))),
        record("gan", scores=scores(("1", 15.0, 30.0), ("0.1", 4.0, 44.0))),
        record("ae", scores=[score("rd_rate_1", None, "likelihood", "neither")]),
    ]
    (scene,) = figure_data(records, lambda _: {})
    figure = rate_distortion_figure(scene)
    (panel,) = figure.axes
    said = "vae (seed 0) comes nearest of those shown to images, to a squared error of 20; gan (seed 0) stays at 30"
    assert said in text_of(figure)
    assert "1 more model not shown" in text_of(figure)
    drawn = {line.get_label().strip(): list(map(tuple, line.get_xydata())) for line in panel.lines}
    assert drawn == {
        "gan (seed 0)": [(30.0, 15.0), (44.0, 4.0)],
        "vae (seed 0)": [(20.0, 12.0), (35.0, 3.0)],
    }
    (scene,) = figure_data([record("vae")], lambda _: {})
    assert rate_distortion_figure(scene) is None


@pytest.mark.slow
def test_equal_input_gives_equal_bytes(tmp_path):
    records = [*scored_example(), *(record(f"drawn-{i}", curves=curves()) for i in range(2))]
    first = write_figures(records, galleries, tmp_path / "a")
    second = write_figures(reversed(records), galleries, tmp_path / "b")
    assert {"samples", "latent", "curves", "ranks", "seconds"} < {path.stem for path in first}
    assert [path.suffix for path in first].count(".svg") == len(first) / 2
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert not any(b"Software" in path.read_bytes() for path in first)


def test_chosen_figures_are_drawn_and_others_left_alone_and_some_as_svg(tmp_path):
    write_figures(scored_example(), lambda _: {}, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    drawn = write_figures(scored_example(), lambda _: {}, tmp_path, True, svg=["ranks"], only=["ranks", "seconds"])
    assert [path.name for path in drawn] == ["ranks.png", "ranks.svg", "seconds.png"]
    assert {path.name for path in tmp_path.iterdir()} == set(before) - {"seconds.svg"}
    assert (tmp_path / "ranks.svg").read_bytes() == before["ranks.svg"]
    assert b"\n " not in before["ranks.svg"]
    for wrong in ({"only": ["rank"]}, {"svg": ["rank"]}):
        with pytest.raises(UnknownNameError, match="unknown figure 'rank'; did you mean ranks"):
            write_figures(scored_example(), lambda _: {}, tmp_path, True, **wrong)


def test_nothing_to_show_writes_nothing(tmp_path):
    assert write_figures([], galleries, tmp_path) == []
    assert write_figures([record(status="diverged", curves=curves())], galleries, tmp_path) == []
    assert write_figures([record()], lambda _: {}, tmp_path) == []


def test_the_first_finished_seed_stands_for_its_model():
    records = [record("vae", 0, status="error"), record("vae", 2), record("vae", 1)]
    (scene,) = figure_data(records, lambda _: {})
    assert [subject.title for subject in scene.subjects] == ["vae (seed 1)"]


def test_protocols_get_a_folder_each(tmp_path):
    records = [record("vae", curves=curves()), record("vae", curves=curves(), protocol={"epochs": 2})]
    paths = write_figures(records, lambda _: {}, tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        f"mnist-5k-chapter-latent2-epochs{epochs}-012345/curves.{end}" for epochs in (2, 50) for end in ("png", "svg")
    ]


def test_protocols_that_differ_in_any_setting_get_a_folder_each(tmp_path):
    """The figures of one never replace those of another, and go with its records."""
    records = [record("vae", curves=curves(), protocol={"hidden_units": units}) for units in (64, 128)]
    paths = write_figures(records, lambda _: {}, tmp_path)
    assert len(paths) == len({*paths}) == 4
    assert all(path.is_file() for path in paths)
    assert write_figures([record(status="error")], lambda _: {}, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_titles_tell_protocols_of_one_name_apart():
    records = [record("vae", protocol={"latent_dim": size}) for size in (2, 16)]
    titles = [scene.title("Samples") for scene in figure_data(records, lambda _: {})]
    assert sorted(titles) == [f"Samples: mnist-5k, protocol chapter, latent dim {size}" for size in (16, 2)]
    (scene,) = figure_data(records[:1], lambda _: {})
    assert scene.title("Samples") == "Samples: mnist-5k, protocol chapter"


@pytest.mark.slow
def test_figures_of_an_earlier_run_are_removed_and_nothing_else(tmp_path):
    """Of two protocols one remains, and of two models: the folders and figures of the others go."""
    other = record("ae", curves=curves(), protocol={"epochs": 2})
    write_figures([*example(), other], galleries, tmp_path)
    before = {*tmp_path.rglob("*.png"), *tmp_path.rglob("*.svg")}
    assert len({path.parent for path in before}) == 2
    notes = ["notes.txt", "mine.png", "latent-map.png", "folder/samples.png", "mine-latent2/samples.png"]
    mine = [tmp_path / name for name in notes]
    mine.append(next(iter(before)).parent / "kept.txt")
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    drawn = write_figures([each for each in example() if each["label"] != "vae"], galleries, tmp_path)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {*drawn, *mine}
    assert not (tmp_path / "manifold-vae.png").exists()
    assert len([path for path in tmp_path.iterdir() if "epochs" in path.name]) == 1
    assert write_figures([record(status="error")], galleries, tmp_path) == []
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(mine)


def test_a_linked_folder_of_figures_is_left_alone(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "samples.png").write_text("mine")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "mnist-chapter-latent2-epochs2-012345").symlink_to(elsewhere)
    write_figures(example(), galleries, tmp_path / "figures")
    assert (elsewhere / "samples.png").exists()


def crowd(count=MAX_MODELS + 8):
    """Models of which the later ones reconstruct better and the earlier ones sample better, real digits, a control."""
    names = [f"m{i}" for i in range(count - 1)] + ["vae"]
    models = [
        record(name, scores=[score("nll", 200.0 - i), score("mse", 1.0), sample_score("fd_judge", 100.0 + i)])
        for i, name in enumerate(names)
    ]
    real = record("oracle", scores=[sample_score("fd_judge", 0.7, "oracle")], role="oracle")
    return [*models, real, record("memoriser", role="control")]


def crowd_gallery(each):
    sampler = each["label"] if each["role"] == "oracle" else "prior"
    return {f"samples/{sampler}": gallery()["samples/prior"]}


def test_too_many_models_are_left_out_and_counted():
    (scene,) = figure_data(crowd(), crowd_gallery)
    roles = [subject.role for subject in scene.subjects]
    assert (roles.count("model"), roles[-2:]) == (MAX_MODELS, ["control", "oracle"])
    assert "8 more models not shown" in scene.title("Samples")
    assert "8 more models not shown" in scene.finding("Found")
    assert "not shown" not in scene.finding("Found", left_out=0)
    (scene,) = figure_data([record(f"m{i}") for i in range(MAX_MODELS + 1)], lambda _: {})
    assert "1 more model not shown" in scene.title("Samples")


def test_of_too_many_models_those_that_lead_a_question_are_drawn_and_who_comes_next():
    (scene,) = figure_data(crowd(), crowd_gallery)
    assert leading_models(scene.array.only_models())[:5] == ["vae", "m0", "m38", "m1", "m37"]
    drawn = {subject.label for subject in scene.subjects if subject.role == "model"}
    assert {f"m{i}" for i in range(MAX_MODELS + 7)} - drawn == {f"m{i}" for i in range(16, 24)}


def test_models_without_scores_come_last_by_name():
    models = [
        record("m10", scores=[score("unheard_of", 1.0)]),
        record("m9", scores=[score("unheard_of", 2.0)]),
        record("b", scores=[score("nll", 2.0)]),
        record("c", scores=[score("nll", 1.0)]),
    ]
    (scene,) = figure_data(models, lambda _: {})
    assert leading_models(scene.array.only_models()) == ["c", "b", "m9", "m10"]


def test_who_leads_a_question_by_the_verdict_is_drawn_before_who_leads_its_first_metric():
    rows = {"first-only": (1.0, 9.0, 9.0), "all-round": (2.0, 1.0, 1.0), "last": (9.0, 8.0, 8.0)}
    metrics = ("nll", "mse", "brier")
    models = [record(name, scores=[*map(score, metrics, of)]) for name, of in rows.items()]
    (scene,) = figure_data(models, lambda _: {})
    assert leading_models(scene.array.only_models()) == ["all-round", "first-only", "last"]


def test_ranks_of_a_crowd_are_among_all_and_name_each_line_at_its_end():
    (scene,) = figure_data(crowd(), crowd_gallery)
    figure = ranks_figure(scene)
    (axes,) = figure.axes
    names = {text.get_text(): text for text in axes.texts}
    assert len(names) == len(axes.lines) == MAX_MODELS
    assert "8 more models not shown" in figure.texts[0].get_text()
    ranks = {line.get_label(): list(line.get_ydata()) for line in axes.lines}
    assert (ranks["vae"], ranks["m0"]) == ([1, 20.5, 40], [40, 20.5, 1])
    heights = sorted(text.xyann[1] for text in names.values())
    assert min(np.diff(heights)) > 0.85
    assert {name for name, text in names.items() if text.get_weight() == "bold"} == {"vae", "m0"}


def test_the_overview_of_a_crowd_adds_the_best_samples_and_counts_the_rest():
    (scene,) = figure_data(crowd(), crowd_gallery)
    texts = [text.get_text() for text in overview_figure(scene).texts]
    assert texts[1::2] == [
        *("real images", "vae by prior", "m0 by prior", "m1 by prior", "m2 by prior"),
        "36 more models not shown; those with the lowest fd_judge by their own samplers are",
    ]


def test_33_models_of_the_plane_are_told_apart_in_grey():
    rows = [("rate", 20.0), ("distortion", 80.0)]
    models = [
        record(f"m{i}", scores=[score(name, value + i, "likelihood", "neither") for name, value in rows])
        for i in range(33)
    ]
    (scene,) = figure_data(models, lambda _: {})
    lines = [line for line in rate_distortion_plane(scene).axes[0].lines if line.get_label().startswith("m")]
    assert len({(line.get_marker(), line.get_fillstyle()) for line in lines}) == 33


def test_a_legend_of_many_names_stands_in_columns_inside_the_figure():
    timed = [{**each, "timing": {"train": 10.0 + i}} for i, each in enumerate(crowd())]
    (scene,) = figure_data(timed, lambda _: {})
    figure = seconds_figure(scene)
    figure.draw_without_rendering()
    box, whole = figure.axes[0].get_legend().get_window_extent(), figure.bbox
    assert len(figure.axes[0].get_legend().get_texts()) == MAX_MODELS + 8
    assert whole.x0 < box.x0 < box.x1 < whole.x1
    assert whole.y0 < box.y0 < box.y1 < whole.y1


@pytest.mark.parametrize("label", ["../../x", r"\input{x}", "$\\frac{$", "_hidden", "数字", "a\nb", "<script>"])
def test_hostile_labels_stay_inside_the_folder(tmp_path, label):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = write_figures([record(label, curves=curves())], galleries, tmp_path / "figures")
    assert len(paths) == 2 * 7
    assert {path.parent for path in paths} == {tmp_path / "figures"}


@pytest.mark.slow
def test_tables_and_figures_import_no_tensorflow():
    """Nor pyplot, whose figures are global state."""
    forbidden = "tensorflow keras matplotlib.pyplot aezoo.metrics aezoo.models aezoo.datasets"
    code = f"import sys, aezoo.reporting.figures; print(*set({forbidden!r}.split()) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_file_names_are_safe_and_unique():
    assert unique_stems(["a:b=1", "a/b=1", "..", "x" * 200]) == ["a-b-1", "a-b-1-2", "unnamed", "x" * 80]


def test_tiles_keep_every_pixel():
    images = np.random.default_rng(0).integers(0, 255, (5, 28, 28), dtype=np.uint8)
    sheet = tile(images, 3)
    assert sheet.shape == (57, 86)
    np.testing.assert_array_equal(sheet[29:57, 29:57], images[4])
    assert (sheet[:, 28] == 255).all()
    assert (sheet[29:, 58:] == 255).all()


def test_a_pixel_of_a_digit_is_two_by_two_pixels_of_the_figure():
    digit = np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    figure = new_figure(100, 80)
    add_image(figure, 20, 10, digit)
    drawn = image.imread(io.BytesIO(to_png(figure)))
    assert drawn.shape[:2] == (80, 100)
    expected = np.kron(digit, np.ones((2, 2)))
    np.testing.assert_allclose(drawn[10:66, 20:76, 0] * 255, expected, atol=1.01)


def test_text_that_the_font_lacks_is_marked():
    assert drawable_text("β-数\n" + "x" * 100) == "β-? " + "x" * 35 + "…"


def test_codes_of_two_dimensions_are_shown_as_they_are():
    codes = np.random.default_rng(2).normal(size=(7, 2))
    across, up, names = project(codes, np.arange(7))
    np.testing.assert_array_equal(np.stack([across, up], axis=1), codes)
    assert names == ("code 1", "code 2")


def test_codes_of_more_dimensions_are_shown_by_principal_components():
    random = np.random.default_rng(3)
    rotation = np.linalg.qr(random.normal(size=(5, 5)))[0]
    codes = (random.normal(size=(4000, 5)) * [9, 4, 1, 0.1, 0.1]) @ rotation
    across, up, _ = project(codes, np.zeros(4000))
    eigenvalues = np.sort(np.linalg.eigvalsh(np.cov(codes.T)))[::-1]
    assert (across.var(ddof=1), up.var(ddof=1)) == pytest.approx(tuple(eigenvalues[:2]))
    assert np.corrcoef(across, up)[0, 1] == pytest.approx(0, abs=1e-9)
