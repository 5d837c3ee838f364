"""Scores over the seeds of a model: filled into records when these are read, from the codes that each trial keeps."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.analysis.sections import OF_PAIRS, TOO_FEW_CODES
from aezoo.errors import ResultsError
from aezoo.messages import CODES
from aezoo.npz import from_npz
from aezoo.record import Record
from aezoo.spec import canonical_json
from aezoo.store import DamagedRecordWarning, Store

FAMILY = "unsupervised_disentanglement"

DATA_KEYS = ("name", "fingerprint", "judge")
"""Facts by which data sets, and what is compared on them, are told apart."""

Codes = NDArray[Any]


def read_results(store: Store) -> list[Record]:
    """Read every record of a results folder, with its scores over seeds."""
    return add_seed_scores(store, store.records())


def add_seed_scores(store: Store, records: Iterable[Record]) -> list[Record]:
    """Do as `with_seed_scores`, with the codes that a results folder holds."""
    return with_seed_scores(records, lambda record: _codes(store, record))


def with_seed_scores(records: Iterable[Record], codes: Callable[[Record], Codes | None]) -> list[Record]:
    """Fill in `unsupervised_disentanglement` of each seed, held against the other seeds of its model.

    Seeds are of one model if all else is the same: its parameters, the protocol, the data. A value carries the remark
    `OF_PAIRS`. Where fewer than two seeds have stored codes it stays n/a, and the reason says so. Records in which the
    metric was not asked for are returned as they are.

    Args:
        records: of any models.
        codes: gives the stored codes (n, d) of a record, None where there are none.
    """
    found = list(records)
    models: dict[str, list[int]] = {}
    for place, record in enumerate(found):
        if record["status"] == "done" and CODES in record["artifacts"] and _is_asked(record):
            models.setdefault(_model_key(record), []).append(place)
    for places in models.values():
        stored = {place: of for place in places if (of := codes(found[place])) is not None}
        values = _values(list(stored.values()))
        facts = {place: _facts(of, value) for (place, of), value in zip(stored.items(), values, strict=True)}
        for place in places:
            found[place] = _filled(found[place], facts.get(place, {"reason": TOO_FEW_CODES}))
    return found


def _model_key(record: Record) -> str:
    """Return what seeds of one model share; a note on how the data was found is no other data."""
    data = [record["dataset"].get(name) for name in DATA_KEYS]
    return canonical_json([{**record["spec"], "seed": 0}, data])


def _values(stored: Sequence[Codes]) -> list[float | None]:
    """Compute the score of each seed; None of fewer seeds than two."""
    from aezoo.metrics.disentanglement import udr_of_seeds

    return [float(value) for value in udr_of_seeds(stored)] if len(stored) > 1 else [None] * len(stored)


def _facts(codes: Codes, value: float | None) -> dict[str, Any]:
    """Say what is in a row instead of what the trial wrote."""
    if value is None:
        return {"reason": TOO_FEW_CODES}
    return {"state": "ok", "value": value, "n": len(codes), "reason": OF_PAIRS}


def _is_asked(record: Record) -> bool:
    return any(row.get("family") == FAMILY for row in record["scores"])


def _filled(record: Record, facts: dict[str, Any]) -> Record:
    return {**record, "scores": [{**row, **facts} if row.get("family") == FAMILY else row for row in record["scores"]]}


def _codes(store: Store, record: Record) -> Codes | None:
    """Read the stored codes of a record; one that is damaged is a warning, and None."""
    try:
        content = store.artifact(record, CODES)
        return None if content is None else from_npz(content)["codes"].astype(np.float64)
    except (ResultsError, ValueError, KeyError) as error:
        warnings.warn(
            f"the codes of trial {record['id'][:12]} are left out: {error}", DamagedRecordWarning, stacklevel=2
        )
        return None
