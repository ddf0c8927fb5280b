"""Fill a workbook of OTCs and customers; check it, apply it to a ledger, export the details.

A workbook is read into rows that remember their cells, checked by pandera into requests, planned
against a snapshot of the ledger by pure functions, applied in one transaction, and exported as a
workbook again.
"""

__version__ = "0.7.0"
