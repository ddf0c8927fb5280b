"""A batch: its tables, its journal lines, its hash."""
