"""The few metrics that stand for all, on records whose orders are known."""

import numpy as np
import pytest
from scipy.stats import kendalltau, rankdata
from support.factories import record, score
from support.zoos import panel_of

from aezoo.analysis.stand_ins import stand_ins


def records_of(losses):
    names = [f"m{j}" for j in range(losses.shape[1])]
    return [
        record(f"model-{i}", 0, [score(name, value, "samples") for name, value in zip(names, row, strict=True)])
        for i, row in enumerate(losses)
    ]


def test_each_single_metric_is_held_against_the_ranks_by_all_others():
    losses = np.random.default_rng(0).normal(size=(9, 6)) + np.arange(9)[:, np.newaxis]
    found = stand_ins(panel_of(records_of(losses)))
    ranks = rankdata(losses, axis=0)
    taus = [kendalltau(ranks[:, j], np.delete(ranks, j, axis=1).sum(axis=1)).statistic for j in range(6)]
    assert [len(each.metrics) for each in found] == [1, 2, 3]
    assert found[0].metrics == (f"m{int(np.argmax(taus))}",)
    assert (found[0].tau, found[0].median, found[0].worst) == pytest.approx((max(taus), np.median(taus), min(taus)))
    assert all(each.models == 9 for each in found)


def test_two_opposed_groups_need_one_metric_of_each():
    """By m0 to m2 the models stand in one order, by m3 to m5 in another."""
    random = np.random.default_rng(1)
    one, other = random.permutation(12), random.permutation(12)
    losses = np.stack([one, one, one, other, other, other], axis=1).astype(float)
    pair = stand_ins(panel_of(records_of(losses)))[1]
    assert {name in ("m0", "m1", "m2") for name in pair.metrics} == {True, False}
    assert pair.tau == 1.0


def test_what_differs_by_rounding_has_one_rank():
    losses = np.random.default_rng(0).integers(0, 3, size=(9, 6)) * 0.1
    off = losses * np.random.default_rng(1).choice([1 - 2**-52, 1, 1 + 2**-52], losses.shape)
    assert (off != losses).any()
    assert stand_ins(panel_of(records_of(off))) == stand_ins(panel_of(records_of(losses)))


def test_few_models_or_few_metrics_give_none():
    losses = np.random.default_rng(0).normal(size=(9, 6))
    assert stand_ins(panel_of(records_of(losses[:4]))) == ()
    assert stand_ins(panel_of(records_of(losses[:, :3]))) == ()
