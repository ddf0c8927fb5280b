"""Untidy workbooks, each described once and written in every format.

`BOOKS` describes them, with what the program must report of each; `FORMATS` are the formats, with
what each cannot carry. A problem that `needs` something which a format lacks turns into `otherwise`
there, and nothing else may differ.
"""
