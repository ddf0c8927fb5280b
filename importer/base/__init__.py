"""Ground floor: texts, errors, clock, files, progress, similarity."""
