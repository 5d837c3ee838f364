"""The audit: every sample metric against generators of known quality. It trains nothing.

The sets of images are planned (`plan.py`), each is scored by all metrics with one feature extraction (`scoring.py`),
and the raw values become one JSON object (`raw.py`). What the values mean is computed from that object alone, in
`aezoo.statistics` and `aezoo.reporting.audit`.
"""

from aezoo.audit.plan import AuditSpec, SampleSet, make_spec, planned_sets
from aezoo.audit.raw import raw_audit
from aezoo.audit.scoring import score_set

__all__ = ["AuditSpec", "SampleSet", "make_spec", "planned_sets", "raw_audit", "score_set"]
