"""What SQLite, PostgreSQL and Citus do differently."""
