"""What an audit found, from its record alone: verdicts, tables and a card for each metric. No TensorFlow."""

from aezoo.audit.report.export import write_audit
from aezoo.audit.report.findings import Findings, find
from aezoo.audit.report.record import Audit, read_audit, write_record

__all__ = ["Audit", "Findings", "find", "read_audit", "write_audit", "write_record"]
