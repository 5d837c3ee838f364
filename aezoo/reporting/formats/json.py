"""Documents as JSON: the results that they show, with all their fields."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass

from aezoo.reporting.document import Document
from aezoo.reporting.formats import FORMATS


@FORMATS.register("json", in_folders=False)
def render_json(document: Document) -> str:
    """Write the document's data, or its sections where it has none, indented by one space a level."""
    data = document.sections if document.data is None else document.data
    return json.dumps(data, indent=1, allow_nan=False, default=_fields) + "\n"


def _fields(value: object) -> object:
    """Give the fields of a dataclass by name, or what its own `to_dict` makes of them."""
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{type(value).__name__} is neither a dataclass nor a value of JSON")
    to_dict = getattr(value, "to_dict", None)
    return {each.name: getattr(value, each.name) for each in fields(value)} if to_dict is None else to_dict()
