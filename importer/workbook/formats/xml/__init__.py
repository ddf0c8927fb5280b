"""Formats made of XML in an archive: xlsx and ods."""
