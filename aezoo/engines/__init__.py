"""Engines: where trials run. An engine takes requests and yields outcomes as they finish."""
