"""Traces: runs recorded step by step in a file, by any tool, to be looked at anywhere."""
