"""Queries: the snapshot of a plan, contents, history."""
