"""The template, prefilled workbooks and corrections."""
