"""Benchmark of the program against what people would use instead."""
