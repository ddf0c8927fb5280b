"""Workbooks, read and written: the only home of openpyxl, pandas, pandera, calamine, xlsxturbo."""
