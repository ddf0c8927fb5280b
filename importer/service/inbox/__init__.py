"""Workbooks dropped into a folder: found, claimed, applied once, filed."""
