"""What a workbook or an undo would do to the ledger, as pure functions on a snapshot."""
