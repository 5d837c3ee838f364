"""The first screen: the finding, one table whose cells are those of the tables, how to read it, where the rest is."""

import json
from pathlib import Path

import pytest
from support.factories import record, sample_score, score

from aezoo.errors import UnknownNameError
from aezoo.reporting import render, tables
from aezoo.reporting.pages.overview import overview
from aezoo.reporting.pages.screen_rows import MAX_ROWS

FIRST = ("nll", "ari", "fd_judge", "auroc_reconstruction_flipped", "copying_auc_judge", "elbo_binary")
LEVELS = {"ae": (150.0, 0.26, 800.0), "beta-vae": (153.0, 0.30, 700.0), "vae": (151.0, 0.32, 600.0)}
OTHER = "gaussian-mixture"


def trial(model, seed, nll, ari, fd, sampler="prior", role="model", **fields):
    own = [score("nll", nll + seed, unit="nats"), score("ssim", 0.5 + seed / 100, better="higher")]
    own += [score("ari", ari + seed / 100, "latent", "higher", unit="index")]
    for name, factor in ((sampler, 1.0), (OTHER, 0.7 if model == "ae" else 1.1)):
        if role == "model" or name == sampler:
            own.append(sample_score("fd_judge", fd * factor + seed, name))
            auc = 0.5 + fd * factor / 2000
            own.append(score("copying_auc_judge", auc, "copying", "target", ideal=0.5, sampler=name, features="judge"))
    flipped = 0.88 - (nll - 150) / 100 + seed / 100
    own.append(score("auroc_reconstruction_flipped", flipped, "anomaly", "higher", unit="probability"))
    elbo = None if model == "ae" or role != "model" else -nll
    reason = "needs density" if elbo is None else ""
    own.append(score("elbo_binary", elbo, "likelihood", "higher", reason=reason))
    return record(model, seed, own, role=role, **fields)


def suite(seeds=5, **fields):
    """The default suite: three models with two samplers each, floors, the oracle."""
    return [
        *(trial(model, seed, *levels, **fields) for model, levels in LEVELS.items() for seed in range(seeds)),
        *(trial("pca", seed, 179.0, 0.25, 990.0, role="floor", **fields) for seed in range(seeds)),
        record("raw-pixels", 0, [score("nll", 45.0, unit="nats")], role="floor", **fields),
        record("oracle", 0, [sample_score("fd_judge", 0.7, "oracle")], role="oracle", **fields),
    ]


def only_table(document):
    (table,) = document.data["tables"]
    return table


def test_the_default_suite_fits_one_screen(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    lines = render(overview(suite(), Path("aezoo-results")), "text").splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100


def test_the_finding_comes_first_then_the_numbers_then_how_to_read_them_then_where_the_rest_is():
    text = render(overview(suite(), Path("somewhere")), "text")
    parts = [text.index(word) for word in ("Results on", "wins", "fd_judge ↓", "cells: mean", "somewhere  ")]
    assert parts == sorted(parts)
    assert "python -m aezoo.bench table somewhere --question samples" in text
    assert "python -m aezoo.bench compare somewhere --models ae,beta-vae" in text
    assert "python -m aezoo.bench verdict 'some where' " in render(overview(suite(), Path("some where")), "text")


def test_the_commands_that_compare_are_of_models_that_can_be_and_a_shell_takes_them_as_they_are():
    apart = [record(name, scores=[score("nll", 1.0)], protocol={"latent_dim": d}) for name, d in (("ae", 2), ("b", 16))]
    text = render(overview(apart, Path("somewhere")), "text")
    assert "bench table" in text
    assert not any(f"bench {command} " in text for command in ("verdict", "agreement", "compare"))
    more = [*apart, *(record(name, scores=[score("nll", 2.0)]) for name in ("vae", "v:to=a b"))]
    assert "compare somewhere --models 'ae,v:to=a b'" in render(overview(more, Path("somewhere")), "csv")


def test_columns_are_the_first_metrics_and_rows_models_samplers_and_yardsticks():
    table = only_table(overview(suite()))
    assert tuple(column.metric for column in table.columns) == FIRST
    assert [(row.model, row.sampler) for row in table.rows] == [
        *((model, sampler) for model in LEVELS for sampler in ("prior", OTHER)),
        *(("pca", ""), ("raw-pixels", ""), ("oracle", "")),
    ]


def test_cells_are_those_of_the_tables_with_their_marks():
    records = suite()
    known = {
        (row.model, row.sampler, column.metric): cell
        for table in tables(records)
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
    }
    table = only_table(overview(records))
    best = []
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell.state == "ok":
                samplers = [row.sampler or {"oracle": "oracle"}.get(row.model, "prior"), ""]
                assert cell in [known.get((row.model, sampler, column.metric)) for sampler in samplers]
                best += [(row.model, row.sampler, column.metric)] if cell.best else []
    assert best == [
        ("ae", "prior", "nll"),
        ("ae", "prior", "auroc_reconstruction_flipped"),
        ("ae", OTHER, "fd_judge"),
        ("ae", OTHER, "copying_auc_judge"),
        ("vae", "prior", "ari"),
        ("vae", "prior", "elbo_binary"),
    ]


def test_ties_with_the_best_are_marked_in_every_format():
    noise = [0.1, -0.1, 0.2, -0.2, 0.05]
    records = [
        record(model, seed, [score("nll", 100.0 + seed + gap + part * noise[seed], unit="nats")])
        for model, gap, part in (("a", 0.0, 0.0), ("b", 0.05, 1.0), ("c", 5.0, 1.0))
        for seed in range(5)
    ]
    document = overview(records)
    cells = {row.model: row.cells[0] for row in only_table(document).rows}
    assert [(cell.best, cell.tied) for cell in cells.values()] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert render(document, "text").count("≈") == render(document, "md").count("≈") == 2
    assert render(document, "latex").count(r"$\approx$") == 2
    assert "≈" not in render(overview([each for each in records if each["spec"]["seed"] < 4]), "text")


def test_what_depends_on_no_sampler_stands_in_the_first_row_of_a_model():
    table = only_table(overview(suite()))
    states = {(row.model, row.sampler): [cell.state for cell in row.cells] for row in table.rows}
    assert states["vae", "prior"] == ["ok"] * 6
    assert states["vae", OTHER] == ["other row", "other row", "ok", "other row", "ok", "other row"]
    assert states["ae", "prior"] == ["ok", "ok", "ok", "ok", "ok", "n/a"]
    assert states["raw-pixels", ""] == ["ok", "n/a", "n/a", "n/a", "n/a", "n/a"]
    assert f"\n  {OTHER}" in render(overview(suite()), "text")


def test_the_verdict_is_three_sentences_at_most():
    (page,) = overview(suite()).sections
    assert len(page.lines) == 3
    assert page.lines[1].endswith("depends on the sampler: with gaussian-mixture it is ae.")
    assert overview(suite()).data["verdicts"][0].models == ("ae", "beta-vae", "vae")


def test_a_question_in_which_nobody_is_ahead_is_named():
    """a and b each lead codes in two seeds of five and tie in one; only a has a likelihood."""
    ari = {"a": [3, 3, 1, 1, 2], "b": [1, 1, 4, 3, 2]}
    records = [
        record(
            model,
            seed,
            [
                score("nll", 1.0 + (model == "b") + seed / 100),
                score("ari", float(ari[model][seed]), "latent", "higher"),
                *([score("elbo_binary", float(seed), "likelihood")] if model == "a" else []),
            ],
        )
        for model in ari
        for seed in range(5)
    ]
    (page,) = overview(records).sections
    nobody = "In latent codes nobody is ahead in most seeds; in likelihood no two models can be compared."
    assert page.lines[1] == nobody


@pytest.mark.parametrize(("seeds", "is_said"), [(3, True), (5, False)])
def test_few_seeds_are_said_in_one_line(seeds, is_said):
    (page,) = overview(suite(seeds)).sections
    assert sum("fewer than 5 seeds" in line for line in page.legend) == is_said


def test_seeds_have_a_column_only_where_one_is_missing():
    assert "5/5" not in render(overview(suite()), "text")
    records = [each for each in suite() if (each["label"], each["spec"]["seed"]) != ("vae", 4)]
    text = render(overview([*records, record("vae", 4, status="diverged")]), "text")
    assert "4/5" in text
    assert "not finished: vae seed 4 (diverged)" in text


def test_one_model_alone_is_no_contest():
    (page,) = overview([trial("vae", seed, 1.0, 0.5, 2.0) for seed in range(5)]).sections
    assert page.lines == (
        "There is nothing to compare: a verdict needs two models with scores, and vae alone has them.",
    )


def test_failures_alone_still_make_a_page():
    (page,) = overview([record("vae", seed, status="error") for seed in range(2)]).sections
    assert "none has them" in page.lines[0]
    assert any("vae seed 0 (error), vae seed 1 (error)" in line for line in page.footer)


def test_nothing_is_said_to_be_nothing():
    assert render(overview([], Path("empty")), "text") == "No trials: there is nothing to compare yet.\n"


def test_a_first_metric_without_any_value_gives_way_to_the_next():
    records = [
        record(model, 0, [sample_score("fd_judge", None), sample_score("fd_pca", value, features="pca")])
        for model, value in (("a", 1.0), ("b", 2.0))
    ]
    assert [column.metric for column in only_table(overview(records)).columns] == ["fd_pca"]


def test_a_metric_that_ranks_nothing_is_a_column_only_where_there_is_no_other():
    """As the agreement of seeds, which is all that digits have of disentanglement."""
    agreement = score("unsupervised_disentanglement", 0.4, "disentanglement", "neither")
    records = [trial(model, 0, *levels) for model, levels in LEVELS.items()]
    for each in records:
        each["scores"].append(agreement)
    headings = [column.metric for column in only_table(overview(records)).columns]
    assert headings == list(FIRST)
    alone = [record(model, 0, [agreement]) for model in LEVELS]
    assert [column.metric for column in only_table(overview(alone)).columns] == ["unsupervised_disentanglement"]


def test_too_few_images_are_said_where_numbers_would_be():
    few = {"reason": "359 images; needs 1000", "n": 359}
    records = [record(model, 0, [sample_score("fd_judge", None, **few)]) for model in ("a", "b")]
    (page,) = overview(records).sections
    assert "n/a in every row, needs 1,000 images and there were 359: fd_judge" in page.footer


def test_a_control_without_any_score_stands_below_the_table_with_its_reason():
    lacking = [sample_score("fd_judge", None, "blur", reason="359 images; needs 1000")]
    records = [*suite(), record("blur", 0, lacking, role="control"), record("memoriser", 0, [], role="control")]
    footer = only_table(overview(records)).footer
    assert "blur (control) has no score and no row: needs 1,000 images and there were 359" in footer
    assert "memoriser (control) has no score and no row: no metric was computed" in footer
    assert not [line for line in only_table(overview(suite())).footer if "no row" in line]


def test_what_all_metrics_lack_is_one_sentence():
    def lacking(*needs):
        return [sample_score(f"a{i}", None, "blur", reason=f"needs {each}") for i, each in enumerate(needs)]

    for needs, words in {
        ("codes, factors", "codes, factors, categorical", "codes_by_seed"): "metrics need codes, and it gives none",
        ("x, p", "p, q"): "metrics need x, p and q, and it gives none",
    }.items():
        footer = only_table(overview([*suite(), record("blur", 0, lacking(*needs), role="control")])).footer
        assert f"blur (control) has no score and no row: {words}" in footer


def test_scores_that_failed_have_their_reason_below_the_table_once():
    def failed(metric):
        return {**sample_score(metric, None, "broken"), "state": "error", "reason": "sampler broken failed: no luck"}

    records = [*suite(), record("mine", 0, [failed("fd_judge"), failed("kd_judge")])]
    footer = only_table(overview(records)).footer
    assert [line for line in footer if "broken" in line] == [
        "error in 2 scores of mine: sampler broken failed: no luck"
    ]


def test_one_seed_has_no_interval_to_explain():
    assert "cells: values of one seed, which have no interval" in render(overview(suite(seeds=1)), "text")


def test_of_many_models_those_that_lead_a_column_are_shown():
    count = MAX_ROWS + 7
    records = [record(f"m{i}", 0, [score("nll", float(i)), score("ssim", float(i))]) for i in range(count)]
    records += [record("late", 0, [score("nll", 1000.0), score("ari", 0.9, "latent", "higher")])]
    records += [record("first", 0, [score("nll", 2000.0), score("ari", 0.1, "latent", "higher")])]
    document = overview(records)
    shown = [row.model for row in only_table(document).rows]
    assert len(shown) == MAX_ROWS
    assert {"late", "first", *(f"m{i}" for i in range(MAX_ROWS - 2))} == set(shown)
    assert f"rows: the {MAX_ROWS} of {count + 2} models that lead the columns; the tables have all" in (
        document.sections[0].footer
    )


def test_of_many_controls_the_best_three_and_those_that_beat_every_model_are_shown():
    def shown(best_model):
        values = {"a": 9.0, "b": 1.0, "c": 3.0, "d": 2.0, "e": 5.0}
        records = [record(name, 0, [sample_score("fd_judge", v, name)], role="control") for name, v in values.items()]
        records += [record("vae", 0, [score("nll", 1.0), sample_score("fd_judge", best_model)])]
        table = only_table(overview(records))
        said = [line for line in table.footer if line.startswith("controls")]
        return "".join(row.model for row in table.rows if row.role == "control"), said

    said = "controls: the {} of 5 that score best by fd_judge; the tables have all"
    assert shown(0.5) == ("bcd", [said.format(3)])
    assert shown(6.0) == ("bcde", [said.format(4)])
    assert shown(10.0) == ("abcde", [])


def many_samplers(models):
    """Each model with its prior and nine further samplers, of which s3 is the best."""
    return [
        record(
            f"m{i:02}",
            0,
            [
                score("nll", 100.0 + i),
                sample_score("fd_judge", 50.0 - i, "prior"),
                *(sample_score("fd_judge", 40.0 + abs(j - 3) - i, f"s{j}") for j in range(9)),
            ],
        )
        for i in range(models)
    ]


def test_of_many_samplers_the_own_and_the_best_further_one_are_shown():
    document = overview(many_samplers(4))
    rows = [(row.model, row.sampler) for row in only_table(document).rows]
    assert rows == [(f"m{i:02}", sampler) for i in range(4) for sampler in ("prior", "s3")]
    assert "rows: all 4 models, each with its own sampler and the best further one; the tables have all" in (
        document.sections[0].footer
    )


def test_many_models_with_many_samplers_fit_a_screen_from_both_ends():
    rows = [(row.model, row.sampler) for row in only_table(overview(many_samplers(40))).rows]
    assert len(rows) == MAX_ROWS
    assert ("m00", "prior") in rows  # the best by nll
    assert ("m39", "s3") in rows  # the best by fd_judge


def test_the_ceiling_of_all_samplers_is_shown_and_never_best():
    records = [
        record(
            name, seed, [sample_score("fd_judge", level + seed, "prior"), sample_score("fd_judge", 1.0, "posterior")]
        )
        for name, level in (("ae", 20.0), ("vae", 10.0))
        for seed in range(5)
    ]
    document = overview(records)
    best = [(row.model, row.sampler) for row in only_table(document).rows if row.cells[0].best]
    assert best == [("vae", "prior")]
    assert any(line.startswith("posterior decodes codes of training images") for line in document.sections[0].footer)
    assert not any("depends on the sampler" in line for line in document.sections[0].lines)


def test_samplers_with_which_the_same_model_is_ahead_are_named_together():
    records = [
        record(
            name,
            seed,
            [
                sample_score("fd_judge", own + seed, "prior"),
                *(sample_score("fd_judge", other + seed, sampler) for sampler in ("flow", "kde")),
            ],
        )
        for name, own, other in (("ae", 20.0, 5.0), ("vae", 10.0, 6.0))
        for seed in range(5)
    ]
    sentences = overview(records).sections[0].lines
    assert "Who is ahead in samples depends on the sampler: with flow and kde it is ae." in sentences


def test_two_latent_sizes_have_headings_of_their_own_and_stand_side_by_side():
    small, large = suite(protocol={"latent_dim": 2}), suite(protocol={"latent_dim": 16})
    document = overview([*large, *small], Path("both"))
    *pages, side, _ = document.sections
    names = {f"Results on mnist-5k, protocol chapter, latent dim {size}" for size in (2, 16)}
    assert {page.heading for page in pages} == names
    assert {*side.headers[2:]} == {"mnist-5k, latent dim 2", "mnist-5k, latent dim 16"}
    assert next(row for row in side.rows if row[:2] == ("nll ↓", "ae"))[2:] == ("152.0 ± 2.0 *",) * 2
    titles = {line for line in render_all([*large, *small]).splitlines() if line.startswith("## Latent")}
    assert titles == {f"## Latent on mnist-5k, protocol chapter, latent dim {size}" for size in (2, 16)}


def render_all(records):
    from aezoo.reporting import render_tables

    return render_tables(tables(records), "md")


@pytest.mark.parametrize("format", ["csv", "json", "latex", "md", "text"])
def test_every_format_has_every_model(format):
    text = render(overview(suite(), Path("x")), format)
    assert all(model in text for model in LEVELS)
    assert "Results on" in text or format == "json"


def test_json_holds_tables_and_verdicts():
    found = json.loads(render(overview(suite()), "json"))
    assert found["tables"][0]["columns"][0]["metric"] == "nll"
    assert [each["question"] for each in found["verdicts"][0]["questions"]]


def test_models_whose_images_hardly_differ_are_named_beside_who_is_ahead():
    records = suite(2)
    for each in records:
        if each["label"] == "beta-vae":
            each["warnings"] = [
                "constant reconstructions: they vary 0.79% as much as the images",
                "sampler x failed: y",
            ]
    lines = ["Look at images before you believe the scores of beta-vae (constant reconstructions; 2 of 2 seeds)."]
    assert list(overview(records).sections[0].lines[-1:]) == lines
    assert "believe" not in render(overview(suite(2)), "text")


def test_models_that_are_asked_for_stand_there_alone_with_all_their_samplers():
    table = only_table(overview(suite(), models=["vae"]))
    assert {row.model for row in table.rows if row.role == "model"} == {"vae"}
    with pytest.raises(UnknownNameError, match="model in these results 'zzz'"):
        overview(suite(), models=["zzz"])
