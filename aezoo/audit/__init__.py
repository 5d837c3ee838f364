"""Audit: every sample metric held against generators of known quality.

`aezoo.audit.run` measures, with TensorFlow; `aezoo.audit.report` makes tables and cards from the record, without.
"""
