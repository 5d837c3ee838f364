"""Removal of a model from a results folder: its trials, and its name in the folder's suites."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from aezoo.errors import ResultsError, UnknownNameError
from aezoo.record import Record
from aezoo.spec import Suite, model_label
from aezoo.store.claims import Claims
from aezoo.store.packed import line_id, write_packed
from aezoo.store.store import RECORD, Store
from aezoo.store.suites import read_suites, replace_suites


def remove_model(folder: Path, model: str, dry_run: bool = False) -> list[Record]:
    """Remove every trial of a model, on any data set and under any protocol, from a results folder.

    The folder's suites no longer name the model, so that its trials are not missing either. Floors belong to every
    suite: the next run computes a floor that was removed. Tables and figures are not made again.

    Args:
        folder: the results folder.
        model: a label as tables show it, such as ``beta-vae:beta=10``; a name alone is the model without parameters.
        dry_run: change nothing.

    Returns:
        The records that were removed, or that would be.

    Raises:
        UnknownNameError: neither the records nor the suites of the folder know the model.
        ResultsError: another process computes one of the trials, or the folder cannot be read or written.
    """
    store = Store(folder)
    records = list(store.records())
    suites = list(read_suites(store))
    known = {record["label"] for record in records} | {spec.label for suite in suites for spec in suite.models}
    model = model_label(model)
    if model not in known:
        raise UnknownNameError("model of this folder", model, known)
    removed = [record for record in records if record["label"] == model]
    if not dry_run:
        ids = {record["id"] for record in removed}
        planned = (trial for suite in suites for trial in suite.trials(suite.dataset) if trial.subject.label == model)
        _reject_running(store, {*ids, *(trial.id for trial in planned)})
        is_packed = not ids.isdisjoint(store.packed.lines)
        lines = store.packed.lines_beside(ids) if is_packed else []
        with Claims(store) as claims:
            for trial_id in sorted(ids):
                _remove_trial(store, claims, trial_id)
        if is_packed:
            write_packed(folder, [line for line in lines if line_id(line) not in ids])
        replace_suites(store, [kept for suite in suites if (kept := _without(suite, model)) is not None])
    return removed


def _reject_running(store: Store, trial_ids: Iterable[str]) -> None:
    """Raise `ResultsError` where a process computes one of these trials, of which some have no record yet."""
    claims = Claims(store)
    for trial_id in sorted(trial_ids):
        if (holder := claims.holder_of(trial_id)) is not None:
            raise _computed_by(holder, trial_id, store)


def _computed_by(holder: str | None, trial_id: str, store: Store) -> ResultsError:
    return ResultsError(f"{holder} computes trial {trial_id[:12]} in {store.folder}; remove it afterwards")


def _without(suite: Suite, model: str) -> Suite | None:
    """Return the suite without the model; None if it has no other."""
    models = tuple(spec for spec in suite.models if spec.label != model)
    return suite.model_copy(update={"models": models}) if models else None


def _remove_trial(store: Store, claims: Claims, trial_id: str) -> None:
    """Remove the folder of a trial: the record first, so that no record stands without its files."""
    try:
        if not claims.take(trial_id):
            raise _computed_by(claims.holder_of(trial_id), trial_id, store)
        trial_folder = store.trial_folder(trial_id)
        (trial_folder / RECORD).unlink(missing_ok=True)
        claims.release(trial_id)
        shutil.rmtree(trial_folder)
    except OSError as error:
        raise ResultsError(f"trial {trial_id[:12]} of {store.folder} cannot be removed: {error.strerror}") from error
