"""The page of results, as text: it asks for nothing, runs nothing that it did not bring, and is small."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
import shutil
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.command_line import run_command
from support.factories import gallery, record, score
from support.reports import HOSTILE, MODELS, make_page, records, trial

from aezoo import load_results
from aezoo.reporting.report.audit import audit_digest
from aezoo.reporting.report.build import make_parts
from aezoo.reporting.report.bundle import embed_json, link_modules
from aezoo.reporting.report.catalogue import metric_entries, model_entries
from aezoo.reporting.report.commands import list_commands, run_commands
from aezoo.reporting.report.data import shortened
from aezoo.reporting.text import format_mean
from aezoo.spec import ModelSpec, Protocol, Suite

ROOT = Path(__file__).parents[3]

SCRIPT = re.compile(r'<script type="module">(.*?)</script>', re.DOTALL)
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
DATA = re.compile(r'<script type="application/json" id="report-data">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return make_page(tmp_path_factory.mktemp("made-up"))


def data_of(page):
    return json.loads(DATA.search(page)[1])


def test_the_policy_allows_this_script_this_style_and_no_request(page):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    rules = {name: value for name, _, value in (rule.strip().partition(" ") for rule in policy.split(";"))}
    for name, pattern in (("script-src", SCRIPT), ("style-src", STYLE)):
        (content,) = pattern.findall(page)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules.pop(name) == f"'sha256-{digest}'"
    assert rules == {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}


def test_nothing_on_the_page_is_fetched(page):
    outside = STYLE.sub("", SCRIPT.sub("", DATA.sub("", page)))
    assert {url.split(",")[0] for url in re.findall(r'\bsrc="([^"]*)"', outside)} == {"data:image/png;base64"}
    assert all(href.startswith("#") for href in re.findall(r'\bhref="([^"]*)"', outside))
    assert not re.search(r"<(link|iframe|object|embed|base|form)\b|\bstyle=|\son[a-z]+=|@import|url\(", outside)
    assert not re.search(r"@import|url\(", STYLE.search(page)[1])
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", SCRIPT.search(page)[1])


def test_a_hostile_name_is_text(page):
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert HOSTILE in [subject["label"] for subject in data_of(page)["sections"][0]["subjects"]]


def test_equal_records_give_equal_bytes(page, tmp_path):
    other = tmp_path / "made-up"
    assert make_page(other, records()[::-1]).replace("made-up", "") == re.sub(r"made-up\d*", "", page)


def test_tables_stand_without_scripts(page):
    without = "".join(page.split('<div class="static">')[1:])
    assert without.count("<table>") >= 4
    for text in ("nll ↓", "fd_judge ↓", "beta-vae", "mean-image (floor)", "5/5"):
        assert text in without


def test_data_holds_what_the_tables_hold(page):
    (section,) = data_of(page)["sections"]
    question = next(each for each in section["questions"] if each["name"] == "reconstruction")
    nll = next(each for each in question["metrics"] if each["name"] == "nll")
    labels = [section["subjects"][row[0]]["label"] for row in question["rows"]]
    assert sorted(labels) == sorted([*MODELS, "mean-image"])
    assert nll["mean"][labels.index("ae")] == pytest.approx(149, abs=0.3)
    assert [labels[row] for row in nll["best"]] == ["ae"]
    assert (nll["arrow"], nll["card"], nll["first"]) == ("↓", "nll", True)
    ae = next(each for each in section["subjects"] if each["label"] == "ae")
    assert (ae["family"], ae["weights"], ae["sampler"]) == ("deterministic", 404_244, "prior")


@given(st.floats(-1e7, 1e7, allow_subnormal=False), st.one_of(st.none(), st.floats(1e-6, 1e3)))
@example(27.7, 1.84996)
@example(2096.4, 156.4996)
def test_a_mean_and_its_interval_are_stored_in_few_digits_that_are_shown_alike(mean, half):
    found, short = shortened(mean, half)
    shown = format_mean(mean, half)
    assert format_mean(found, short) == shown
    assert shown not in [format_mean(each, short) for each in with_fewer_digits(mean, found, 5)]
    assert short is None or shown not in [format_mean(mean, each) for each in with_fewer_digits(half, short, 4)]


def with_fewer_digits(value, stored, least):
    """The value rounded to fewer digits than are stored."""
    digits = len(Decimal(repr(stored)).normalize().as_tuple().digits)
    return [float(f"{value:.{fewer}g}") for fewer in range(least, min(digits, 10))]


def test_the_answers_first_words_are_the_headline_and_the_rest_follows(page):
    headline, reason = re.search(r"<h1>(.*?)</h1>\n<p class=\"lead\">(.*?)</p>", page).groups()
    assert f"{headline}: {reason[0].lower()}{reason[1:]}" in page.replace("<li>", "")
    assert len(headline) < 80


def test_the_page_says_how_often_each_model_was_trained():
    found = [trial("a", 150, 0), trial("a", 150, 1), trial("a", 150, 2), trial("b", 160, 0), trial("b", 160, 1)]
    (part,) = make_parts([*found, trial("mean-image", 205, 0, "floor")], lambda record: {})
    assert part.asked.startswith(
        "2 models, each trained 2 to 3 times (2 to 3 seeds), beside 1 simple baseline, on mnist-5k"
    )
    (part,) = make_parts(found[:2], lambda record: {})
    assert part.asked.startswith("1 model, each trained 2 times (2 seeds), on mnist-5k")


def test_a_seed_that_was_not_asked_of_a_model_is_not_missing():
    """A suite asks for two seeds of c: the table and the model's part say so, and nothing of a's three."""
    found = [trial("a", 150, 0), trial("a", 150, 1), trial("a", 150, 2), trial("b", 160, 0), trial("c", 155, 0)]
    protocol = Protocol.model_validate(found[0]["spec"]["protocol"])
    suite = Suite(models=(ModelSpec(name="c"),), seeds=(0, 1), dataset="mnist-5k", protocol=protocol)
    for each in found:
        each["spec"]["protocol"] = protocol.model_dump(mode="json")
    (part,) = make_parts(found, lambda record: {}, [suite])
    assert {(row.model, row.done, row.total) for row in part.tables[0].rows} == {("a", 3, 3), ("b", 1, 1), ("c", 1, 2)}
    facts = {model.label: dict(model.facts)["seeds"] for model in part.model_parts()}
    assert facts == {"a": "3 of 3 finished", "b": "1 of 1 finished", "c": "1 of 2 finished"}
    other = suite.model_copy(update={"protocol": Protocol(latent_dim=16)})
    (part,) = make_parts(found, lambda record: {}, [other])
    assert dict(part.model_parts()[2].facts)["seeds"] == "1 of 1 finished"


def test_the_page_says_once_that_no_ties_are_marked(page, tmp_path):
    assert "no ties are marked" not in page  # of five seeds
    few = make_page(tmp_path, [trial(label, nll, 0) for label, nll in MODELS.items()])
    assert few.partition("How to read the tables")[0].count("no ties are marked") == 1


def test_the_commands_make_the_results():
    """One for the models that share seeds, with the samplers of the records."""
    found = [trial("a", 150, 0), trial("a", 150, 1), trial("b:beta=2", 160, 0), trial("c", 160, 0)]
    found += [trial("memoriser", 99, 0, "control"), trial("mean-image", 205, 0, "floor")]
    for each in found:
        each["samplers"] = ["prior", "kde", "code-prior"]
    asked = [dict(pairwise(shlex.split(command))) for command in run_commands(found, "results")]
    assert [(each["--models"], each["--seeds"]) for each in asked] == [("a", "0,1"), ("b:beta=2,c,memoriser", "0")]
    assert {each["--samplers"] for each in asked} == {"kde"}  # the others come unasked
    assert {(each["--out"], each["--dataset"]) for each in asked} == {("results", "mnist-5k")}


def test_the_page_names_the_files_that_the_folder_has(tmp_path):
    found = [trial(label, nll, 0) for label, nll in MODELS.items()]
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "uncertainty.md").touch()
    packed = make_page(tmp_path, found)
    assert "first metrics to read are in tables/uncertainty.md" in packed
    assert "results.csv" not in packed
    (tmp_path / "results.csv").touch()
    assert "the value of each seed is in results.csv; the values" in make_page(tmp_path, found)


def test_many_samplers_stand_in_a_grid_with_their_own_prior_first(tmp_path):
    """A column for each sampler, and a row for each model."""
    found = [trial(f"model-{number}", 150 + number, 0) for number in range(31)]
    (part,) = make_parts(found, lambda record: gallery(0, ("kde", "prior")))
    assert part.wall.from_training_images == ["kde"]
    assert (part.wall.is_grid, part.wall.columns) == (True, ["prior, or N(0,\N{NO-BREAK SPACE}I)", "kde"])
    rows = list(part.wall.grid())
    assert len(rows) == 31
    assert [[strip.sampler for strip in cells] for _, cells in rows] == [["prior", "kde"]] * 31
    page = make_page(tmp_path, found)
    assert "wall grid" in page
    assert "begins at codes of the same training images" in page
    assert page.count('<details class="fold" open>') == 3  # samples, reconstructions, models
    assert page.count('data-label="model-7"') == 3  # samples, reconstructions, and the model's own part


def test_models_and_metrics_are_explained_from_their_source(page):
    assert "−E_q[ln p(x|z)] + beta KL(q(z|x) || N(0, I))" in page
    assert "Kingma and Welling 2014" in page
    card = page[page.index('id="metric-fd"') :]
    card = card[: card.index("</details>")]
    for text in ("Fréchet distance", "catches:", "fooled by:", "smallest sensible number of images: 1000"):
        assert text in card


def test_every_metric_says_what_it_catches_or_what_its_limits_are():
    audited = {each["family"] for each in audit_digest()["metrics"].values()}
    entries = metric_entries()
    assert {name for name, entry in entries.items() if not entry.limits} <= audited
    assert entries["mse"].limits.startswith("rewards blur")
    assert not any("Limits:" in str(paragraph) for entry in entries.values() for paragraph in entry.text)


def test_a_card_of_a_metric_that_is_not_audited_says_its_limits_and_that_any_number_will_do(page):
    card = page[page.index('id="metric-nll"') :].partition("</details>")[0]
    assert "limits, by its definition and not measured: rewards blur" in card
    assert "smallest sensible number of images: any number" in card


def test_the_images_of_a_grid_stand_below_real_ones_in_every_column(tmp_path):
    found = [trial(f"model-{number}", 150 + number, 0) for number in range(31)]
    found.append(trial("real", 0, 0, "oracle"))
    (part,) = make_parts(found, lambda record: gallery(0, ("kde", "prior")))
    assert "oracle" not in {strip.role for strip, _ in part.wall.grid()}
    page = make_page(tmp_path, found)
    head = page[page.index('class="wall grid"') :].partition("</thead>")[0]
    assert head.count("<img") == 2 * len(part.wall.real) == 2 * 2


def test_lists_of_a_docstring_are_lists():
    """Each score of k-means has an item, and the paragraph before them is prose."""
    prose, items = metric_entries()["kmeans"].text[1:3]
    assert isinstance(prose, str)
    assert [item.partition(":")[0] for item in items] == ["ari", "ami", "nmi", "cluster_accuracy", "purity"]
    assert not any(" - ari" in str(paragraph) for entry in metric_entries().values() for paragraph in entry.text)


def test_a_models_line_is_its_idea_and_what_its_preset_changes():
    entries = model_entries()
    assert (entries["ae"].summary, entries["wgan-gp"].summary) == (
        "Plain autoencoder",
        "Wasserstein GAN with gradient penalty",
    )
    assert (entries["vae"].summary, entries["beta-vae"].summary) == (
        "Variational autoencoder: beta = 1",
        "Variational autoencoder: beta = 4",
    )
    assert entries["pca"].summary.startswith("Principal component analysis: z = W")  # minimises nothing
    summaries = [entry.summary for entry in entries.values()]
    assert len(set(summaries)) == len(summaries)
    assert list(entries["iwae"].defaults) == ["k", "groups", "beta"]
    assert not any("Defaults:" in str(paragraph) for entry in entries.values() for paragraph in entry.text)


def test_the_commands_name_the_models_that_the_explorer_was_asked_for(tmp_path):
    parts = list(make_parts([trial("a", 150, 0), trial("b", 160, 0)], lambda record: {}))
    commands = [command for command, _ in list_commands(tmp_path / "zoo", parts, ["a", "b:beta=2"])]
    assert "python -m aezoo.bench report zoo --explore a,b:beta=2" in commands
    assert "python -m aezoo.bench report zoo" in [command for command, _ in list_commands(tmp_path / "zoo", parts)]


@pytest.mark.slow
def test_a_page_without_its_explorer_is_a_warning(tmp_path):
    """The folder has no weights, and the page that is replaced had networks to explore."""
    folder = tmp_path / "chapter"
    shutil.copytree(ROOT / "results" / "chapter", folder)
    (folder / "report.html").write_text('<div id="explorer-root">')
    ended = run_command("report", str(folder))
    (warning,) = [line for line in ended.stderr.splitlines() if "explorer" in line]
    assert warning.startswith("warning: ")
    assert "explorer" not in run_command("report", str(folder)).stderr


def test_what_was_asked_stands_before_the_answer(page):
    assert page.index("<b>Asked:</b>") < page.index("<h1>") < page.index('data-chart="ranks"')


def test_the_default_suite_fits_a_page(page):
    assert len(page.encode()) < 800_000


def test_a_page_of_nothing_and_of_failures(tmp_path):
    assert "No trials: there is nothing to compare yet." in make_page(tmp_path, [])
    failed = make_page(tmp_path, [record("vae", seed, status="diverged") for seed in range(2)])
    assert "A verdict needs two models with scores" in failed
    assert "vae seed 0 (diverged)" in failed


def test_several_sections_stand_one_below_the_other(tmp_path):
    found = [
        record(label, seed, [score("nll", nll + seed)], protocol={"latent_dim": size})
        for size in (2, 16)
        for seed in range(2)
        for label, nll in (("ae", 1.0), ("vae", 2.0))
    ]
    page = make_page(tmp_path, found)
    assert [section["name"] for section in data_of(page)["sections"]] == [
        "mnist-5k, protocol chapter, latent dim 16",
        "mnist-5k, protocol chapter, latent dim 2",
    ]
    assert {'id="q0-0"', 'id="q1-0"'} <= set(re.findall(r'id="q\d-\d"', page))


def test_the_heading_of_a_section_keeps_how_its_data_set_is_written(tmp_path):
    found = [record("ae", 0, [score("nll", 1.0)], dataset_name=name) for name in ("KMNIST", "mnist-5k")]
    headings = re.findall(r'<div class="sentences">\s*<h2>(.*?)</h2>', make_page(tmp_path, found))
    assert [heading.partition(",")[0] for heading in headings] == ["KMNIST", "Mnist-5k"]


def test_many_records_are_quick_and_small(tmp_path):
    """600 records take their part of a minute for 10,000, and start-up; `benchmarks/test_reading.py` has them all."""
    found = [trial(f"model-{model}", 150 + model / 7, seed) for model in range(120) for seed in range(5)]
    started = process_time()
    page = make_page(tmp_path, found)
    assert process_time() - started < 60 * 600 / 10_000 + 4
    assert len(page.encode()) < 2_500_000


def test_no_data_closes_its_element():
    assert json.loads(embed_json({"a": "</script><!--&"})) == {"a": "</script><!--&"}
    assert not set("<>&") & set(embed_json({"a": "</script><!--&"}))
    with pytest.raises(ValueError, match="not JSON compliant"):
        embed_json({"a": float("nan")})


def test_modules_are_linked_in_the_order_of_their_imports():
    script = link_modules(["page"])
    names = re.findall(r"^const module_(\w+) = ", script, re.MULTILINE)
    assert names[-1] == "page"
    assert len(names) == len(set(names)) > 8
    assert names.index("dom") < names.index("leaderboard")
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)


@pytest.mark.slow
def test_the_command_and_python_write_the_same_page(tmp_path):
    folder = tmp_path / "chapter"
    shutil.copytree(ROOT / "results" / "chapter", folder)
    written = load_results(folder).report()
    assert written == folder / "report.html"
    content = written.read_bytes()
    assert b"Kingma and Welling 2014" in content
    written.write_bytes(content + b"<!-- replaced -->")  # the networks that it holds are kept
    ended = run_command("report", str(folder))
    assert (ended.returncode, ended.stdout.strip()) == (0, str(written))
    assert written.read_bytes() == content


@pytest.mark.slow
def test_a_page_needs_no_tensorflow():
    code = "import sys, aezoo.reporting.report; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
