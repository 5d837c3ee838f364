"""Helpers of the tests: records, folders, models and clusters that are made up."""
