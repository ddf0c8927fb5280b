"""The programs that write the two workbooks, and every format that each of them writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from office import convert
from producer_rows import BOOKS
from tiers import installed

FOLDER = Path(__file__).parent
FILES = FOLDER / "files"
JARS = ("jxl", "poi", "commons-collections4", "commons-math3")


class Refusal(NamedTuple):
    """The code of a refusal, and a word that its message must have."""

    code: str
    word: str


class Output(NamedTuple):
    """What a program of `tiers.TOOLS` writes: a file, or a folder of text files, one per sheet.

    `script` is in this folder, or names a Python library, or a filter of Gnumeric or LibreOffice.
    `letters` replaces what the format cannot store.
    """

    name: str
    tool: str
    script: str
    arguments: tuple[str, ...] = ()
    refusal: Refusal | None = None
    letters: tuple[str, str] = ("", "")
    time_zone: str = "UTC"

    @property
    def books(self) -> tuple[str, ...]:
        """The workbooks that it is tried with."""
        return ("good",) if self.refusal else tuple(BOOKS)

    @property
    def suffix(self) -> str:
        """The ending of its files."""
        return Path(self.name).suffix

    @property
    def is_text(self) -> bool:
        """Whether each sheet is a file of its own, in a folder."""
        return self.suffix in (".csv", ".tsv", ".txt", ".slk", ".dif")

    def paths(self, folder: Path, book: str) -> list[Path]:
        """The files of `book`, in the order in which they are applied."""
        path = folder / book / self.name
        if not self.is_text:
            return [path]
        return [path / f"{sheet}{self.suffix}" for sheet, _rows in BOOKS[book].sheets]


MADRID = "Europe/Madrid"
A_DAY_EARLY = Refusal("bad-date", "2026-01-14 or 2026-01-15")
LATIN = ("🚀 李", "? ?")


def other_format(word: str) -> Refusal:
    """The refusal of a file that is no workbook, with a word that says what it is."""
    return Refusal("not-a-workbook", word)


CSV_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"

KEPT = [
    *(Output(f"sheetjs.{suffix}", "node", "sheetjs.js")
      for suffix in ("xlsx", "xlsb", "xls", "ods", "csv", "txt")),
    Output("sheetjs.fods", "node", "sheetjs.js", (), other_format("flat OpenDocument")),
    Output("sheetjs.slk", "node", "sheetjs.js", (), other_format("SYLK")),
    Output("sheetjs.dif", "node", "sheetjs.js", (), other_format("DIF")),
    Output("sheetjs-html.xls", "node", "sheetjs.js", ("html",), other_format("a web page")),
    Output("sheetjs-2003.xls", "node", "sheetjs.js", ("xlml",), other_format("XML Spreadsheet")),
    Output("sheetjs-in-madrid.xlsx", "node", "sheetjs.js", (), A_DAY_EARLY, time_zone=MADRID),
    Output("exceljs-in-madrid.xlsx", "node", "exceljs.js", (), A_DAY_EARLY, time_zone=MADRID),
    Output("exceljs.xlsx", "node", "exceljs.js"),
    Output("exceljs.csv", "node", "exceljs.js"),
    Output("write-excel-file.xlsx", "node", "write_excel_file.js"),
    Output("spreadsheet-writeexcel.xls", "perl", "writeexcel.pl"),
    Output("excel-writer-xlsx.xlsx", "perl", "writer_xlsx.pl"),
    Output("jexcelapi.xls", "jdk", "JExcelApi.java"),
    Output("poi.xls", "jdk", "Poi.java"),
    Output("gnumeric.xlsx", "gnumeric", "Gnumeric_Excel:xlsx2"),
    Output("gnumeric.xls", "gnumeric", "Gnumeric_Excel:excel_biff8"),
    Output("gnumeric-95.xls", "gnumeric", "Gnumeric_Excel:excel_biff7", letters=LATIN),
    Output("gnumeric.ods", "gnumeric", "Gnumeric_OpenCalc:odf"),
    Output("gnumeric.csv", "gnumeric", "Gnumeric_stf:stf_csv"),
    Output("gnumeric.gnumeric", "gnumeric", "Gnumeric_XmlIO:sax", (), other_format("Gnumeric")),
    Output("libreoffice.xlsx", "libreoffice", "xlsx"),
    Output("libreoffice.xls", "libreoffice", "xls"),
    Output("libreoffice.ods", "libreoffice", "ods"),
    Output("libreoffice.csv", "libreoffice", CSV_FILTER),
    Output("openpyxl.xlsx", "writers", "openpyxl"),
    Output("xlsxwriter.xlsx", "writers", "xlsxwriter"),
    Output("pandas.csv", "writers", "pandas"),
    Output("pandas-odf.ods", "writers", "pandas", ("odf",)),
    Output("xlwt.xls", "writers", "xlwt"),
    Output("ezodf.ods", "writers", "ezodf"),
    Output("odfpy.ods", "writers", "odfpy"),
    Output("stream-write-ods.ods", "writers", "stream_write_ods"),
    Output("pyexcelerate.xlsx", "writers", "pyexcelerate"),
    Output("xlsxturbo.xlsx", "writers", "xlsxturbo"),
    Output("rustpy-xlsxwriter.xlsx", "writers", "rustpy_xlsxwriter"),
    Output("pyfastexcel.xlsx", "writers", "pyfastexcel"),
]  # fmt: skip
"""What each program writes in each of its formats; these files are kept in files/."""

VARIANTS = [
    Output("sheetjs.xlsm", "node", "sheetjs.js"),
    Output("sheetjs-strings.xlsx", "node", "sheetjs.js", ("xlsx", "bookSST")),
    Output("sheetjs-strings.xlsb", "node", "sheetjs.js", ("xlsb", "bookSST")),
    Output("exceljs-stream.xlsx", "node", "exceljs.js", ("stream",)),
    Output("excel-writer-xlsx-inline.xlsx", "perl", "writer_xlsx.pl", ("inline",)),
    Output("gnumeric-95-and-97.xls", "gnumeric", "Gnumeric_Excel:excel_dsf"),
    Output("gnumeric-strict.ods", "gnumeric", "Gnumeric_OpenCalc:openoffice"),
    Output("gnumeric-as-shown.csv", "gnumeric", "Gnumeric_stf:stf_assistant",
           ("-O", "separator=, format=preserve")),
    Output("libreoffice.fods", "libreoffice", "fods", (), other_format("flat OpenDocument")),
    Output("openpyxl-stream.xlsx", "writers", "openpyxl", ("stream",)),
    Output("xlsxwriter-inline.xlsx", "writers", "xlsxwriter", ("inline",)),
    Output("pandas-openpyxl.xlsx", "writers", "pandas", ("openpyxl",)),
    Output("pandas-xlsxwriter.xlsx", "writers", "pandas", ("xlsxwriter",)),
    Output("pandas.tsv", "writers", "pandas"),
    Output("pyexcel-ods3.ods", "writers", "pyexcel_ods3"),
]  # fmt: skip
"""Other forms of these formats, which the programs write and the second tier reads."""


def write(output: Output, folder: Path) -> None:
    """Have the program write the workbooks into `folder`, as `Output.paths` names them."""
    for book in output.books:
        (folder / book).mkdir(exist_ok=True)
    if output.tool == "libreoffice":
        _convert(output, folder)
        return
    for book in output.books:
        for command in _commands(output, folder, book):
            process = subprocess.run(
                command,
                cwd=folder,
                env={**os.environ, "TZ": output.time_zone},
                capture_output=True,
                text=True,
            )
            assert process.returncode == 0, process.stderr


def _commands(output: Output, folder: Path, book: str) -> Iterator[list[str | Path]]:
    """The commands that write a workbook; some convert what openpyxl wrote."""
    cells = BOOKS[book].write_cells(folder / f"{book}.cells")
    path = folder / book / output.name
    python: list[str | Path] = [sys.executable, FOLDER / "python_writers.py"]
    if output.tool == "writers":
        yield [*python, output.script, cells, path, *output.arguments]
    elif output.tool == "gnumeric":
        yield [*python, "openpyxl", cells, folder / f"{book}.xlsx"]
        options = [*output.arguments]
        if output.is_text:
            path.mkdir()
            path /= f"%s{path.suffix}"
            options.append("-S")
        yield [installed("gnumeric"), "-T", output.script, *options, folder / f"{book}.xlsx", path]
    else:
        jars = ":".join(f"/usr/share/java/{jar}.jar" for jar in JARS)
        program = ["java", "-cp", jars] if output.tool == "jdk" else [installed(output.tool)]
        yield [*program, FOLDER / output.script, cells, path, *output.arguments]


def _convert(output: Output, folder: Path) -> None:
    """Have LibreOffice convert what openpyxl wrote, with one start for all workbooks."""
    sources = []
    for book in output.books:
        source = Output(f"{output.name}.xlsx", "writers", "openpyxl")
        subprocess.run(next(_commands(source, folder, book)), check=True)
        sources.append((folder / book / source.name).rename(folder / f"{book}.xlsx"))
    converted = folder / "converted"
    convert(output.script, converted, *sources)
    for book in output.books:
        path = folder / book / output.name
        if output.is_text:
            path.mkdir()
            for file in converted.glob(f"{book}-*"):
                file.rename(path / file.name.removeprefix(f"{book}-"))
        else:
            (converted / f"{book}{path.suffix}").rename(path)
    shutil.rmtree(converted)
