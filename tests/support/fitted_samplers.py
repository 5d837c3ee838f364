"""Samplers that train networks: their checks run in one process with their own tests, to compile each loop once."""

FITTED = ("code-prior", "flow", "flow-matching", "resampled", "two-stage")
