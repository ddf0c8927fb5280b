"""The plan of a workbook or an undo: pure functions on a snapshot."""
