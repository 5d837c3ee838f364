"""The latent explorer of the report: its part of the page, and the networks that it runs there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from aezoo.analysis.conventions import natural_key
from aezoo.analysis.frames import Record, canonical_text
from aezoo.analysis.sections import sections
from aezoo.errors import UnknownNameError
from aezoo.messages import WEIGHTS
from aezoo.reporting.figures.selection import GalleryOf
from aezoo.reporting.markup import environment
from aezoo.reporting.report.commands import run_commands
from aezoo.reporting.report.explorer_kept import PAYLOAD_FORMAT, Payload, kept_model, kept_payload
from aezoo.reporting.report.explorer_models import NO_WEIGHTS, OTHERS_ASKED, TOO_LARGE, DigitsOf, ExploredModels
from aezoo.reporting.report.explorer_nearest import LEVELS
from aezoo.reporting.text import image_words, section_names
from aezoo.spec import Suite
from aezoo.store import Store

SCRIPTS = ("explorer",)
STYLES = ("explorer.css",)

OPENS_WITH = "vae"
"""Model that the explorer opens with, where the page has it."""
FIRST = tuple(spec.label for spec in Suite.model_fields["models"].default)
"""Models of the default suite: the first two are given room first, the others after the leaders of the questions."""
FIRST_OF_ALL = 2
MAPPED = 2
"""Dimensions of the codes that the explorer draws a map of."""


@dataclass(frozen=True)
class ExplorerSection:
    """The explorer's part of the page.

    Attributes:
        html: what stands in its section, below the heading, escaped.
        payload: values of JSON, which the page holds as the element ``explorer-data``.
        one: word for an image to draw, with its article.
        scripts: names of its modules in `static`, without the suffix, to run after the page's own.
        styles: names of its style sheets in `static`.
    """

    html: Markup
    payload: dict[str, Any]
    one: str
    scripts: tuple[str, ...] = SCRIPTS
    styles: tuple[str, ...] = STYLES


def section(
    folder: Path,
    records: Sequence[Record],
    gallery: GalleryOf,
    digits: DigitsOf | None = None,
    leaders: Sequence[str] = (),
    asked: Sequence[str] = (),
    page: Path | None = None,
) -> ExplorerSection | None:
    """Make the explorer of a results folder; None where the folder has no finished model.

    It holds of each model of dense layers the first seed whose weights are in the folder, as many as there is
    room for, and says of every other why it is left out. Room is given to an autoencoder and a VAE, then to the leaders
    of the questions, then to the others; or to the models that are asked for, all of them and nobody else.

    Args:
        folder: the results folder.
        records: its records.
        gallery: the arrays kept for the figures of a record, by name; empty where there are none.
        digits: gives images of a record's data set; None where there are none to be had.
        leaders: labels of the models that lead a question.
        asked: labels of the models that it is to hold, however large; its own choice, unless there are any.
        page: an earlier page of the folder, whose networks are taken over where the folder has weights of none.

    Raises:
        UnknownNameError: a model that is asked for is not among the finished ones.
    """
    store = Store(folder)
    trained = [each for each in records if each["status"] == "done" and each["role"] == "model"]
    complete = all(_has_weights(each, store) for each in trained)  # then the earlier page, some MB, has nothing to add
    kept = None if page is None or complete else kept_payload(page)
    chosen = _first_seeds(trained, store, kept)
    _check_asked(asked, chosen)
    if not chosen:
        return None
    explored, names = ExploredModels(store, digits, limited=not asked), _names(chosen)
    order = list(dict.fromkeys([*FIRST[:FIRST_OF_ALL], *leaders, *FIRST]))
    for record in sorted(chosen, key=lambda each: _place(order, each["label"])):
        if asked and record["label"] not in asked:
            explored.leave_out(record, names[record["id"]])
        else:
            explored.add(record, names[record["id"]], gallery(record))
    explored.add_training_images()
    if not explored.models and kept:
        explored.take_over(kept, names)
    explored.models.sort(key=lambda model: list(names.values()).index(model["name"]))
    one, many = image_words(str(record["dataset"]["judge"]) for record in chosen)
    html = (
        environment()
        .get_template("explorer.html")
        .render(
            models=[model["name"] for model in explored.models],
            left_out=(left_out := _by_reason(explored.left_out)),
            can_be_asked=not left_out.keys().isdisjoint((OTHERS_ASKED, TOO_LARGE)),
            lacks_weights=NO_WEIGHTS in left_out,
            leaders=[each for each in dict.fromkeys(leaders) if each in {model["name"] for model in explored.models}],
            asked=bool(asked),
            has_map=any(len(model["centre"]) == MAPPED for model in explored.models),
            commands=list(run_commands(explored.without_weights, "NEW-FOLDER", sampled=False)),
            digits=list(explored.digits.values()),
            one=one,
            many=many,
            levels=LEVELS,
        )
    )
    payload = {
        "format": PAYLOAD_FORMAT,
        "models": explored.models,
        "opening": _opening([model["name"] for model in explored.models], names, chosen, [*asked, *order]),
        "judges": explored.judges,
        "digits": explored.digits,
    }
    return ExplorerSection(Markup(html), payload, one, *(() if explored.models else ((), STYLES)))


def _opening(
    shown: Sequence[str], names: Mapping[str, str], chosen: Sequence[Record], order: Sequence[str]
) -> list[int]:
    """Give the places of the models in the order in which a reader looks for them: the VAE, then those of `order`."""
    labels = {names[record["id"]]: record["label"] for record in chosen}
    wanted = [OPENS_WITH, *order]
    return sorted(range(len(shown)), key=lambda i: _place(wanted, labels[shown[i]]))


def _check_asked(asked: Sequence[str], chosen: Sequence[Record]) -> None:
    known = {record["label"] for record in chosen}
    for label in asked:
        if label not in known:
            raise UnknownNameError("finished model of this folder", label, known)


def _place(order: Sequence[str], label: str) -> int:
    return order.index(label) if label in order else len(order)


def _by_reason(left_out: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Gather the names of the models that are left out, by the reason."""
    found: dict[str, list[str]] = {}
    for name, reason in left_out:
        found.setdefault(reason, []).append(name)
    return found


def _has_weights(record: Record, store: Store) -> bool:
    return Path(store.trials, record["id"], WEIGHTS).exists()


def _first_seeds(records: Sequence[Record], store: Store, kept: Payload | None) -> list[Record]:
    """Select of each model under each protocol the first finished seed with weights, or of the earlier page, or at all.

    They are sorted by name.
    """

    def place(record: Record) -> tuple[bool, bool, int]:
        return not _has_weights(record, store), not (kept and kept_model(kept, record)), record["spec"]["seed"]

    first: dict[tuple[str, ...], Record] = {}
    for record in records:
        dataset = record["dataset"]
        key = (dataset["name"], dataset["fingerprint"], canonical_text(record["spec"]["protocol"]), record["label"])
        if key not in first or place(record) < place(first[key]):
            first[key] = record
    return [first[key] for key in sorted(first, key=lambda key: (*key[:3], natural_key(key[3])))]


def _names(chosen: Sequence[Record]) -> dict[str, str]:
    """Name models by label, with data set and protocol where there are several; by the id of the trial."""
    found = sections([{**record, "scores": ()} for record in chosen])
    names = section_names(found, with_protocol=False)
    of_trial = {trial: names[each] for each in found for trial in each.trials["trial"]}
    more = len(found) > 1
    return {each["id"]: each["label"] + (f" ({of_trial[each['id']]})" if more else "") for each in chosen}
