"""Queries for plans, exports, `show` and the history."""
