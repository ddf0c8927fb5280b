"""Apply the workbooks that are dropped into a folder."""
