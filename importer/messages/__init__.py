"""Reports, changes and problems in words; masking; the fault log."""
