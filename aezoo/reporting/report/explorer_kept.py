"""Networks of a page that is about to be replaced, for folders whose weights are gone.

Published folders leave weights out, so that their page could otherwise be made once only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aezoo.analysis.frames import Record
from aezoo.messages import WEIGHTS

PAYLOAD_FORMAT = 1
"""Number of the way in which networks, codes and images are packed; another one than this is not taken over."""

ELEMENT = re.compile(rb'<script type="application/json" id="explorer-data">(.*?)</script>', re.DOTALL)

Payload = Mapping[str, Any]


def kept_payload(page: Path) -> Payload | None:
    """Read the explorer's part of a page; None where there is no page, or none that this version has written."""
    if not page.is_file() or (found := ELEMENT.search(page.read_bytes())) is None:
        return None
    try:
        payload = json.loads(found[1])
    except ValueError:
        return None
    return payload if isinstance(payload, dict) and payload.get("format") == PAYLOAD_FORMAT else None


def origin(record: Record) -> dict[str, str]:
    """Name the training whose networks a page holds: the trial, and the digest of its weights."""
    weights = record["artifacts"].get(WEIGHTS) or {}
    return {"trial": record["id"], "weights": weights.get("sha256", "")}


def kept_model(payload: Payload, record: Record) -> dict[str, Any] | None:
    """Return what a page held of the training of a record; None where it did not hold it."""
    wanted = origin(record)
    if not wanted["weights"]:
        return None
    return next((model for model in payload["models"] if model.get("origin") == wanted), None)
