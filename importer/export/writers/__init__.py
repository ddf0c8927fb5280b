"""A writer for each format of the export."""
