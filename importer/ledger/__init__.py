"""The ledger in a database; only this package uses SQLAlchemy."""
