"""The rules of DOMAIN.md: what a request would do to a ledger, or why it may not."""
