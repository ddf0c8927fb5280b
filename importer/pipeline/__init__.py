"""The use cases: check and apply, export, show, undo."""
