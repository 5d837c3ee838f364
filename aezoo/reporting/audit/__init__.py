"""What an audit found, from its record alone: verdicts, tables and a card for each metric. No TensorFlow."""

from aezoo.reporting.audit.findings import Findings, find
from aezoo.reporting.audit.record import Audit, read_audit, write_record
from aezoo.reporting.audit.writing import write_audit

__all__ = ["Audit", "Findings", "find", "read_audit", "write_audit", "write_record"]
