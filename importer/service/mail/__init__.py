"""Compose mail, and keep it in an outbox until the server has taken it."""
