import random

import pytest
from support.factories import record, sample_score, score

from aezoo.reporting import render_tables, tables
from aezoo.reporting.selection import Selection
from aezoo.statistics import mean_interval


def only(records, question="reconstruction"):
    (table,) = [table for table in tables(records) if table.question == question]
    return table


def best_rows(table, column=0):
    return [row.model for row in table.rows if row.cells[column].best]


def one_metric(values, roles=None, **fields):
    roles = roles or {}
    return [
        record(label, scores=[sample_score("m", value, **fields)], role=roles.get(label, "model"))
        for label, value in values.items()
    ]


def test_cells_are_student_intervals_over_seeds():
    values = [170.1, 171.7, 169.9, 172.2]
    cell = only([record("vae", seed, [score("nll", v)]) for seed, v in enumerate(values)]).rows[0].cells[0]
    expected = mean_interval(values)
    assert (cell.mean, cell.n, cell.state) == (pytest.approx(expected.mean), 4, "ok")
    assert cell.mean + cell.half_width == pytest.approx(expected.high)


def test_one_seed_has_no_interval_and_says_so():
    records = [record("vae", 0, [score("nll", 170.25)])]
    assert only(records).rows[0].cells[0].half_width is None
    text = render_tables(tables(records), "md")
    assert "| vae     |   170.2 |     1/1 |" in text
    assert "without ± there is one seed and no interval" in text


def test_equal_values_have_zero_width():
    cell = only([record("vae", seed, [score("nll", 0.1)]) for seed in range(3)]).rows[0].cells[0]
    assert (cell.mean, cell.half_width) == (0.1, 0.0)


@pytest.mark.parametrize(("better", "winner"), [("lower", "a"), ("higher", "c")])
def test_best_follows_the_direction(better, winner):
    table = only(one_metric({"a": 1.0, "b": 2.0, "c": 3.0}, better=better), "samples")
    assert best_rows(table) == [winner]


def test_target_is_closest_to_its_ideal_on_either_side():
    table = only(one_metric({"a": 0.5, "b": 1.2, "c": 9.0}, better="target", ideal=1.0), "samples")
    assert best_rows(table) == ["b"]


def test_target_without_ideal_is_closest_to_the_oracle():
    values = {"a": 1.0, "b": 6.5, "real": 7.0}
    assert best_rows(only(one_metric(values, {"real": "oracle"}, better="target"), "samples")) == ["b"]
    assert best_rows(only(one_metric(values, {"real": "floor"}, better="target"), "samples")) == []


def test_ties_are_all_best_and_missing_values_never():
    assert best_rows(only(one_metric({"a": 1.0, "b": 1.0, "c": None, "d": 2.0}), "samples")) == ["a", "b"]
    assert best_rows(only(one_metric({"a": None, "b": None}), "samples")) == []


def test_where_a_model_is_alone_or_all_are_equal_none_is_best():
    assert best_rows(only(one_metric({"a": 1.0, "b": 1.0, "c": None}), "samples")) == []
    assert best_rows(only(one_metric({"a": 0.5, "b": 1.5}, better="target", ideal=1.0), "samples")) == []
    assert best_rows(only(one_metric({"a": 1.0, "b": 1.0, "z": 2.0}, {"z": "floor"}), "samples")) == []
    assert best_rows(only(one_metric({"a": 1.0, "b": None}), "samples")) == []
    assert "**" not in render_tables(tables(one_metric({"a": 1.0, "b": 1.0})), "md")


def test_what_to_read_first_stands_first_and_the_unknown_last_by_name():
    names = ["zeta", "psnr", "alpha", "mse", "nll"]
    table = only([record("vae", 0, [score(name, 1.0) for name in names])])
    assert [column.metric for column in table.columns] == ["nll", "mse", "psnr", "alpha", "zeta"]
    names = ["vendi", "kd", "fd", "coverage", "mine"]
    scores = [sample_score(f"{name}_{space}", 1.0, features=space) for space in ("pca", "judge") for name in names]
    judge, pca = tables([record("vae", 0, scores)])
    wanted = ["fd", "coverage", "kd", "mine", "vendi"]
    assert [column.metric for column in judge.columns] == [f"{name}_judge" for name in wanted]
    assert [column.metric for column in pca.columns] == [f"{name}_pca" for name in wanted]


def test_floors_and_oracle_are_last_and_never_best():
    values = {"floor": 0.1, "model": 1.0, "other": 2.0, "real": 0.0}
    table = only(one_metric(values, {"floor": "floor", "real": "oracle"}), "samples")
    assert [row.model for row in table.rows] == ["model", "other", "floor", "real"]
    assert best_rows(table) == ["model"]


def test_failed_seeds_are_counted_and_named():
    records = [record("vae", seed, [score("nll", 170.0 + seed)]) for seed in range(4)]
    records.append(record("vae", 4, status="diverged"))
    table = only(records)
    assert (table.rows[0].done, table.rows[0].total) == (4, 5)
    assert "not finished: vae seed 4 (diverged)" in table.footer


def test_a_model_is_expected_to_have_the_seeds_of_the_others():
    records = [record("ae", seed, [score("nll", 1.0)]) for seed in range(5)]
    records.append(record("vae", 0, [score("nll", 1.0)]))
    records.append(record("pca", 0, [score("nll", 1.0)], role="floor"))
    assert [(row.done, row.total) for row in only(records).rows] == [(5, 5), (1, 5), (1, 1)]


def test_a_cell_with_fewer_seeds_than_its_row_says_so():
    broken = score("b", None, state="error", reason="singular")
    records = [record("vae", seed, [score("a", 1.0), score("b", 2.0) if seed else broken]) for seed in range(3)]
    assert "2.000 ± 0 (2 of 3)" in render_tables(tables(records), "md")


def test_missing_values_are_words():
    scores = [score("a", 1.0), score("b", None), score("c", None, state="error", reason="singular")]
    records = [record("vae", 0, scores), record("gan", 0, status="timeout")]
    rows = {row.model: [cell.state for cell in row.cells] for row in only(records).rows}
    assert rows == {"vae": ["ok", "n/a", "error"], "gan": ["missing"] * 3}
    lines = [" ".join(line.split()) for line in render_tables(tables(records), "md").splitlines()]
    assert "| gan | – | – | – | 0/1 |" in lines
    assert "| vae | 1.000 | n/a | error | 1/1 |" in lines


def test_floors_without_an_answer_are_left_out_of_the_question():
    records = [
        record("ae", 0, [score("nll", 1.0), score("ari", 0.5, "latent")]),
        record("mean-image", 0, [score("nll", 2.0), score("ari", None, "latent")], role="floor"),
    ]
    assert [row.model for row in only(records, "latent").rows] == ["ae"]
    assert [row.model for row in only(records).rows] == ["ae", "mean-image"]


@pytest.mark.parametrize(
    "difference", [{"dataset_name": "mnist"}, {"fingerprint": "f" * 64}, {"protocol": {"epochs": 2}}]
)
def test_data_sets_and_protocols_never_mix(difference):
    found = tables([record("vae", 0, [score("nll", 1.0)]), record("vae", 0, [score("nll", 3.0)], **difference)])
    assert sorted(table.rows[0].cells[0].mean for table in found) == [1.0, 3.0]
    assert [(table.rows[0].done, table.rows[0].total) for table in found] == [(1, 1)] * 2


def test_a_trial_that_never_read_its_data_joins_its_section():
    lost = record("vae", 1, status="killed", fingerprint="")
    table = only([record("vae", 0, [score("nll", 1.0)], note="stand-in for mnist"), lost])
    assert (table.rows[0].done, table.rows[0].total) == (1, 2)
    assert "stand-in for mnist" in table.footer[0]
    assert "no judge" not in table.footer[0]


def test_rounding_is_no_spread():
    cell = only([record("pca", seed, [score("nll", 179.419 + 1e-5 * seed)]) for seed in range(3)]).rows[0].cells[0]
    assert (cell.mean, cell.half_width) == (179.419, 0.0)


def test_what_is_not_applicable_is_so_in_any_version():
    old = record("gan", 0, [score("rate", None, "likelihood", "target", version=1, reason="needs posterior_mean")])
    new = record("vae", 0, [score("rate", 5.0, "likelihood", "neither", version=2)])
    table = only([old, new], "likelihood")
    assert {row.model: row.cells[0].state for row in table.rows} == {"gan": "n/a", "vae": "ok"}
    assert table.columns[0].better == "neither"


def test_what_ranks_nothing_has_no_arrow_and_no_best():
    records = [record(name, 0, [score("rate", value, better="neither")]) for name, value in (("a", 1.0), ("b", 2.0))]
    table = only(records)
    assert best_rows(table) == []
    assert "| model   |   rate |" in render_tables([table], "md")


def test_only_the_newest_version_of_a_metric_counts():
    records = [record("vae", 0, [score("nll", 1.0, version=1)]), record("vae", 1, [score("nll", 5.0, version=2)])]
    row = only(records).rows[0]
    assert (row.cells[0].mean, row.done, row.total) == (5.0, 1, 2)


def test_sample_metrics_are_split_by_feature_space_and_width():
    names = [f"m{i}" for i in range(8)]
    scores = [sample_score(f"{name}_{space}", 1.0, features=space) for space in ("pca", "judge") for name in names]
    found = tables([record("vae", 0, [*scores, sample_score("class_kl", 1.0, features=None)])])
    assert [(table.part, len(table.columns)) for table in found] == [
        ("judge features, part 1 of 2", 4),
        ("judge features, part 2 of 2", 4),
        ("pca features, part 1 of 2", 4),
        ("pca features, part 2 of 2", 4),
        ("judged labels", 1),
    ]


def test_order_of_records_does_not_matter():
    scores = [score("nll", 1.0), score("mse", 2.0)]
    records = [record(f"m:beta={beta}", seed, scores) for beta in (10, 4) for seed in range(3)]
    records.append(record("broken", 0, status="error"))
    assert tables(records) == tables(random.Random(1).sample(records, len(records)))
    assert [row.model for row in only(records).rows] == ["broken", "m:beta=4", "m:beta=10"]


def test_footer_names_data_protocol_and_versions():
    table = only([record("vae", 0, [score("nll", 1.0, unit="nats per image")], judge=None)])
    assert table.footer == (
        "data: mnist-5k, fingerprint 0123456789ab; it has no judge, so scores that need one are n/a",
        "protocol: chapter (batch size 100, epochs 50, latent dim 2)",
        "versions: aezoo 0.1.0, tensorflow 2.21.0, keras 3.15.1",
        "seeds: 1 for some model, and with fewer than 5 no test is meaningful; the value of each seed is in "
        "results.csv, and those of the first metrics to read in tables/uncertainty.md",
    )
    assert table.note == "unit: nats per image; n: 1,000 images; metric version: 1"


def test_no_records_give_no_tables():
    assert tables([]) == []


def test_all_failed_still_says_which():
    found = tables([record("vae", seed, status="error") for seed in range(12)])
    assert [table.question for table in found] == ["reconstruction", "latent", "samples"]
    assert {(row.done, row.total) for table in found for row in table.rows} == {(0, 12)}
    assert found[0].footer[-1].endswith("vae seed 7 (error), and 4 more")


@pytest.mark.parametrize("format", ["md", "csv", "latex", "json"])
def test_every_table_of_mnist_5k_says_that_the_judge_has_seen_its_digits(digits, format):
    assert "the judge has seen them" in digits.note
    scores = [score("nll", 1.0), score("ari", 1.0, "latent"), sample_score("fd_judge", 1.0)]
    for table in tables([record("vae", 0, scores, note=digits.note, dataset_name=digits.name)]):
        assert "the judge has seen them" in render_tables([table], format)


def test_why_a_metric_has_no_value_anywhere_is_said_once():
    """Too few images are the reason, not the judge, of what is n/a in every row; what models lack is no news."""
    small = {"reason": "359 images; needs 1000", "n": 359}
    records = [
        record(
            model,
            seed,
            [
                score("nll", 1.0),
                score("ais", None if model == "ae" else 2.0, reason="needs density"),
                sample_score("fd_pca", None, features="pca", **small),
                sample_score("kd_pca", None, features="pca", **small),
                sample_score("vendi_pca", None, features="pca", reason="needs x"),
                sample_score("prd_pca", None, features="pca", state="error", reason="singular"),
            ],
            judge=None,
        )
        for model in ("ae", "vae")
        for seed in range(2)
    ]
    lines = [line for line in only(records, "samples").footer if "in every row" in line]
    assert lines == [
        "n/a in every row, needs 1,000 images and there were 359: fd_pca, kd_pca",
        "error in every row, singular: prd_pca",
    ]
    assert not any("in every row" in line for line in only(records).footer)


def test_why_cells_say_error_is_said_once_for_what_is_shown():
    """A broken sampler costs its own rows; its reason stands below the table that shows them, and below no other."""
    reason = "sampler mine failed: ValueError: no"
    scores = [
        score("nll", 1.0),
        *(sample_score(name, 1.0) for name in ("fd_judge", "kd_judge")),
        *(sample_score(name, None, "mine", state="error", reason=reason) for name in ("fd_judge", "kd_judge")),
    ]
    records = [record(model, seed, scores) for model in ("ae", "vae") for seed in range(2)]
    assert f"error in 2 scores of ae, vae: {reason}" in only(records, "samples").footer
    assert f"- error in 2 scores of ae, vae: {reason}" in render_tables(tables(records), "md")
    assert not any(reason in line for line in only(records).footer)
    (some,) = tables(records, Selection(metrics=("fd_judge",), models=("vae",)))
    assert f"error in 1 score of vae: {reason}" in some.footer
    (sound,) = tables(records, Selection(metrics=("fd_judge",), samplers=("prior",)))
    assert not any(reason in line for line in sound.footer)


def test_a_question_that_the_data_set_cannot_ask_has_no_table_unless_it_is_selected():
    absent = {"reason": "the data set has no known factors of variation"}
    moot = [score(name, None, "disentanglement", **absent) for name in ("mig", "sap")]
    records = [record("vae", 0, [score("mse", 1.0), *moot]), record("gan", 0, [score("mse", 2.0), *moot])]
    assert [table.question for table in tables(records)] == ["reconstruction"]
    assert [table.question for table in tables(records, Selection(questions=("disentanglement",)))] == [
        "disentanglement"
    ]
    lacking = [score("mig", None, "disentanglement", reason="needs codes")]
    assert [table.question for table in tables([record("gan", 0, lacking)])] == ["disentanglement"]
