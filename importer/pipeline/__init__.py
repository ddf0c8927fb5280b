"""The use cases: check, apply, undo, export, show and template."""
