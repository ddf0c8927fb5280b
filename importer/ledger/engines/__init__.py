"""The database engines: SQLite, PostgreSQL and Citus."""
