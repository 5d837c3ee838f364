"""Controls that the first sample score takes for better than every model."""

from support.factories import record, sample_score, score
from support.zoos import panel_of

from aezoo.analysis.verdict import verdict
from aezoo.reporting.pages.verdict_sentences import short_verdict, verdict_sentences


def made(name, fd, copies, role="model", seeds=3):
    return [
        record(
            name,
            seed,
            [
                sample_score("fd_judge", fd),
                score("near_duplicates_judge", copies, "copying"),
                score("nll", fd),
            ],
            role=role,
        )
        for seed in range(seeds)
    ]


MODELS = [*made("a", 20.0, 0.01), *made("b", 30.0, 0.02)]


def test_controls_that_are_ahead_of_every_model_are_named_with_what_sees_them():
    controls = [*made("memoriser", 2.0, 0.9, "control", 1), *made("collapse", 10.0, 0.0, "control", 1)]
    worse = made("blur", 25.0, 0.9, "control", 1)
    found = verdict(panel_of([*MODELS, *controls, *worse])).fooled
    assert found is not None
    assert (found.metric, found.model, found.value) == ("fd_judge", "a", 20.0)
    assert [(each.name, each.value, each.seen_by) for each in found.controls] == [
        ("memoriser", 2.0, "near_duplicates_judge"),
        ("collapse", 10.0, ""),
    ]


def test_a_score_that_no_control_leads_is_not_fooled():
    assert verdict(panel_of([*MODELS, *made("blur", 25.0, 0.9, "control", 1)])).fooled is None
    assert verdict(panel_of([*MODELS, *made("pca", 2.0, 0.9, "floor", 1)])).fooled is None
    assert verdict(panel_of([*MODELS, *made("memoriser", 20.0, 0.9, "control", 1)])).fooled is None  # level


def test_the_answer_says_it_with_its_numbers():
    found = verdict(panel_of([*MODELS, *made("memoriser", 2.0, 0.9, "control", 1)]))
    (sentence,) = [each for each in short_verdict(found) if "memoriser" in each]
    for text in ("fd_judge", "memoriser (2, seen by near_duplicates_judge)", "a, has 20"):
        assert text in sentence
    assert sentence in verdict_sentences(found)


def test_bad_generators_come_first_where_no_question_has_a_sure_winner():
    controls = made("memoriser", 2.0, 0.9, "control", 1)
    unsure, sure = ([*made("a", 20.0, 0.01, seeds=n), *made("b", 30.0, 0.02, seeds=n)] for n in (3, 5))
    found = short_verdict(verdict(panel_of([*unsure, *controls])))
    begin = "By fd_judge a generator known to be bad is ahead of every model by its own sampler: memoriser (2"
    assert found[0].startswith(begin)
    assert found[1].startswith("No question has a sure winner: ")
    found = short_verdict(verdict(panel_of([*sure, *controls])))
    assert "memoriser" not in found[0]
    assert "memoriser" in found[1]


def test_models_that_share_more_seeds_have_a_verdict_of_their_own():
    """By the only seed of all, c is ahead of everybody; of the two with three seeds it is a."""
    found = verdict(panel_of([*MODELS, *made("c", 10.0, 0.0, seeds=1)]))
    samples = next(each for each in found.questions if each.question == "samples")
    assert (samples.winners, samples.seeds, samples.common) == (("c",), 1, (0,))
    assert found.with_most_seeds == ("a", "b")
    among = next(each for each in found.among_most_seeds if each.question == "samples")
    assert (among.winners, among.seeds_won, among.common) == (("a",), 3, (0, 1, 2))
    sentences = short_verdict(found)
    assert sum("seed 0 alone" in each for each in sentences) == 1
    assert not any("of 1 seeds" in each for each in verdict_sentences(found))
    assert any(each.startswith("Ahead among the 2 models with 3 seeds: a in reconstruction") for each in sentences)


def test_models_with_equal_seeds_have_one_verdict():
    found = verdict(panel_of(MODELS))
    assert (found.with_most_seeds, found.among_most_seeds) == ((), ())
    one_more = verdict(panel_of([*made("a", 20.0, 0.0), *made("b", 30.0, 0.0, seeds=1)]))
    assert one_more.with_most_seeds == ()
