"""Measures the program against what people would use instead: `python -m bench`."""
