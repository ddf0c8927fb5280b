"""“Export Avira Details”: what the ledger holds, for people and for other spreadsheets."""
