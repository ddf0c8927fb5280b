"""Create, copy, upgrade and verify a ledger."""
