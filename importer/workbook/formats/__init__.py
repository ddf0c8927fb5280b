"""Each file format: its safety checks, and the markup that calamine leaves out."""
