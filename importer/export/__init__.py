"""The export of the ledger, “Export Avira Details”."""
