"""Write a workbook with a Python library: python_writers.py LIBRARY CELLS OUTPUT [VARIANT]."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from string import ascii_uppercase
from typing import Any

Rows = list[list[Any]]
"""All rows of a sheet are of the same length; a blank cell is None."""

VALUES: dict[str, Callable[[str], Any]] = {
    "text": str, "number": int, "boolean": "true".__eq__, "date": dt.date.fromisoformat,
}  # fmt: skip
DATES = "yyyy-mm-dd"


def read_sheets(path: Path) -> dict[str, Rows]:
    """The rows of each sheet, as `producer_rows.py` describes them."""
    cells: dict[str, dict[tuple[int, int], Any]] = {}
    for line in path.read_text("utf-8").splitlines():
        sheet, row, column, kind, text = line.split("\t")
        cells.setdefault(sheet, {})[int(row), int(column)] = VALUES[kind](text)
    return {
        sheet: [
            [values.get((row, column)) for column in range(1, max(c for _, c in values) + 1)]
            for row in range(1, max(r for r, _ in values) + 1)
        ]
        for sheet, values in cells.items()
    }


def write_openpyxl(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    """A stream ("stream") writes no `<dimension>`, and strings in the cells."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=variant == "stream")
    if variant != "stream":
        workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(output)


def write_xlsxwriter(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    """With little memory ("inline"), strings stand in the cells."""
    from xlsxwriter import Workbook

    workbook = Workbook(output, {"constant_memory": variant == "inline"})
    dates = workbook.add_format({"num_format": DATES})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value, *([dates] if _is_date(value) else []))
    workbook.close()


def write_pandas(sheets: dict[str, Rows], output: Path, variant: Any) -> None:
    """Each sheet is a frame; `variant` is the engine, or a folder of CSV is written."""
    import pandas

    frames = {
        name: pandas.DataFrame(rows[1:], columns=rows[0], dtype=object)
        for name, rows in sheets.items()
    }
    if output.suffix in (".csv", ".tsv"):
        output.mkdir()
        for name, frame in frames.items():
            separator = "," if output.suffix == ".csv" else "\t"
            frame.to_csv(output / f"{name}{output.suffix}", sep=separator, index=False)
        return
    with pandas.ExcelWriter(output, engine=variant, date_format=DATES) as writer:
        for name, frame in frames.items():
            frame.to_excel(writer, sheet_name=name, index=False)


def write_xlwt(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    import xlwt

    workbook = xlwt.Workbook()
    dates = xlwt.easyxf(num_format_str=DATES)
    for name, rows in sheets.items():
        sheet = workbook.add_sheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value, *([dates] if _is_date(value) else []))
    workbook.save(str(output))


def write_pyexcel_ods3(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    from pyexcel_ods3 import save_data

    blank = {name: [["" if v is None else v for v in row] for row in rows]
             for name, rows in sheets.items()}  # fmt: skip
    save_data(str(output), blank)


def write_odfpy(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    """A flat file if `output` ends in .fods."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        document.spreadsheet.addElement(table)
        for row in rows:
            line = TableRow()
            table.addElement(line)
            for value in row:
                cell = TableCell(**_odf_value(value))
                line.addElement(cell)
                if value is not None:
                    cell.addElement(P(text=str(value)))
    document.save(str(output))


def _odf_value(value: Any) -> dict[str, str]:
    match value:
        case None:
            return {}
        case bool():
            return {"valuetype": "boolean", "booleanvalue": str(value).lower()}
        case int():
            return {"valuetype": "float", "value": str(value)}
        case dt.date():
            return {"valuetype": "date", "datevalue": value.isoformat()}
        case _:
            return {"valuetype": "string"}


def write_ezodf(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    import ezodf

    document = ezodf.newdoc("ods", str(output))
    for name, rows in sheets.items():
        sheet = ezodf.Sheet(name, size=(len(rows), len(rows[0])))
        document.sheets.append(sheet)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if _is_date(value):
                    sheet[number, column].set_value(value.isoformat(), "date")
                elif value is not None:
                    sheet[number, column].set_value(value)
    document.save()


def write_stream_write_ods(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    from stream_write_ods import stream_write_ods

    parts = stream_write_ods((name, rows[0], rows[1:]) for name, rows in sheets.items())
    output.write_bytes(b"".join(parts))


def write_pyexcelerate(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    from pyexcelerate import Format, Style, Workbook

    workbook = Workbook()
    dates = Style(format=Format(DATES))
    for name, rows in sheets.items():
        sheet = workbook.new_sheet(name, data=rows)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if _is_date(value):
                    sheet.set_cell_style(number, column, dates)
    workbook.save(str(output))


def write_xlsxturbo(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    import pandas
    import xlsxturbo

    frames = [(pandas.DataFrame(rows[1:], columns=rows[0], dtype=object), name)
              for name, rows in sheets.items()]  # fmt: skip
    xlsxturbo.dfs_to_xlsx(frames, str(output))


def write_rustpy_xlsxwriter(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    from rustpy_xlsxwriter import FastExcel

    workbook = FastExcel(output)
    for name, rows in sheets.items():
        workbook.sheet(name, [dict(zip(rows[0], row, strict=True)) for row in rows[1:]])
    workbook.save()


def write_pyfastexcel(sheets: dict[str, Rows], output: Path, variant: str) -> None:
    from pyfastexcel import Workbook

    workbook = Workbook()
    for name, rows in sheets.items():
        workbook.create_sheet(name)
        sheet = workbook[name]
        for number, row in enumerate(rows, 1):
            for letter, value in zip(ascii_uppercase, row, strict=False):
                if value is not None:
                    sheet[f"{letter}{number}"] = value
    workbook.remove_sheet("Sheet1")
    workbook.save(str(output))


def _is_date(value: object) -> bool:
    return isinstance(value, dt.date)


if __name__ == "__main__":
    library, cells, path, *rest = sys.argv[1:]
    globals()[f"write_{library}"](read_sheets(Path(cells)), Path(path), "".join(rest))
