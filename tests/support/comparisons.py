"""Results folders of two states of one model, to be compared."""

from aezoo.analysis.comparison import compare_folders
from support.factories import record, score

MSE = (0.040, 0.041, 0.042, 0.043, 0.044)


def runs(label="vae", values=MSE, metric="mse", better="lower", ideal=None, **fields):
    """One record per value, seeds from 0."""
    return [
        record(label, seed, [score(metric, value, better=better, ideal=ideal)], **fields)
        for seed, value in enumerate(values)
    ]


def two_folders(before, after, models=()):
    return compare_folders(("before", before), ("after", after), models)


def on(dataset, **fields):
    return runs(dataset_name=dataset, fingerprint=dataset * 4, **fields)
