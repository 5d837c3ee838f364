"""Report of an audit, made from its record alone: verdicts, tables and a card for each metric. No TensorFlow."""

from aezoo.audit.report.export import write_audit, write_page
from aezoo.audit.report.findings import AuditFindings, analyse
from aezoo.audit.report.record import AuditRecord, read_audit, write_record

__all__ = ["AuditFindings", "AuditRecord", "analyse", "read_audit", "write_audit", "write_page", "write_record"]
