"""The small record of an audit: its findings, and the files that are made from it."""

import pytest
from support.audit_records import audit_record

from aezoo.audit.report import AuditRecord, analyse, read_audit, write_audit, write_record


@pytest.fixture(scope="package")
def findings():
    return analyse(AuditRecord(audit_record()))


@pytest.fixture(scope="package")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    write_record(audit_record(), folder)
    write_audit(read_audit(folder), folder)
    return folder
