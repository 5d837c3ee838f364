"""Dask engine: trials on the workers of a scheduler that exists."""
