"""Results folders on disk, from the records of `factories`."""

import hashlib
import json

from aezoo.spec import canonical_json


def write_folder(folder, records):
    """Write whole records, as a run leaves them, and return the folder as text."""
    for each in records:
        whole = {
            **each,
            "id": hashlib.sha256(canonical_json(each["spec"]).encode()).hexdigest(),
            "scores": [{"family": score["metric"], **score} for score in each["scores"]],
            "metrics": {score["metric"]: score["version"] for score in each["scores"]},
            "samplers": [],
            "curves": {"train": {}, "held_out": {}},
        }
        place = folder / "trials" / whole["id"]
        place.mkdir(parents=True)
        (place / "record.json").write_text(json.dumps(whole))
    return str(folder)
