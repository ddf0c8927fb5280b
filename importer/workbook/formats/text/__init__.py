"""Text files: CSV and its kin."""
