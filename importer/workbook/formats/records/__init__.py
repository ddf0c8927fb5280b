"""Formats made of binary records: xls, and the sheets of xlsb."""
