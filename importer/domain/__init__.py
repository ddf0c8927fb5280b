"""Licences, customers and their rules: standard library only, no files, no clock."""
