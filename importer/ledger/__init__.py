"""The ledger, kept in a database: the only home of SQLAlchemy."""
