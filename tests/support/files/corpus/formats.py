"""The formats in which books are written, and what each cannot carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.description import Book, Needs, Problem, Reported, Result, in_order
from corpus.texts import SPANISH, Text
from corpus.workbooks import write_as_xlsb, write_xlsm, write_xlsx

Write = Callable[[Book, Path], list[Path]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it cannot carry, and how a book is written in it.

    `target` is what LibreOffice makes of other files, for a format that it writes, and `guessed`
    how a text is spelt whose encoding has to be guessed.
    """

    name: str
    suffix: str
    write: Write | None = None
    lacks: frozenset[Needs] = frozenset()
    target: str = ""
    guessed: Text | None = None

    @property
    def is_text(self) -> bool:
        """Whether each sheet is a file of its own."""
        return Needs.SHEETS in self.lacks

    def carries(self, book: Book) -> bool:
        """Whether the encoding has all letters of the book."""
        try:
            if self.guessed is not None:
                for sheet in book.sheets:
                    self.guessed.of(sheet).encode(self.guessed.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def files_of(self, book: Book, folder: Path) -> list[Path]:
        """The files of a book in `folder`: one, or one a sheet."""
        if not self.is_text:
            return [folder / f"{book.name}{self.suffix}"]
        names = [sheet.name for sheet in book.sheets if sheet.meaning]
        return [
            next(path for dash in (" - ", "-")  # the second is LibreOffice's
                 if (path := folder / f"{book.name}{dash}{name}{self.suffix}").exists())
            for name in names
        ]  # fmt: skip

    def expected(self, book: Book) -> Result:
        """What the program must report of `book` in this format."""
        meanings = {sheet.name: sheet.meaning for sheet in book.sheets}
        problems: list[Reported] = []
        for declared in book.problems:
            problem: Problem | None = declared
            while problem is not None and problem.needs in self.lacks:
                problem = problem.otherwise
            if problem is not None:
                sheet = meanings[problem.sheet or ""] if self.is_text else problem.sheet
                problems.append(problem._replace(sheet=sheet)[:5])
        if self.guessed is not None:
            texts = [self.guessed.of(sheet) for sheet in book.sheets if sheet.meaning]
            guesses = sum(not text.isascii() for text in texts)
            problems += [("warning", "normalised", None, None, None)] * guesses
        rows = dict(zip(("read", "applied", "unchanged", "rejected"), book.rows, strict=True))
        return Result(rows, in_order(problems), list(book.otcs), list(book.customers))


def _one_file(write: Callable[[Book, Path], Path], suffix: str) -> Write:
    return lambda book, folder: [write(book, folder / f"{book.name}{suffix}")]


def _texts(text: Text, suffix: str) -> Write:
    return lambda book, folder: text.write(book, folder, suffix)


_TEXT = frozenset(Needs) - {Needs.TRUTH_RESULTS}
_ALWAYS_CALCULATED = frozenset({Needs.UNCALCULATED})
_ODS = _ALWAYS_CALCULATED | {Needs.TRUTH_RESULTS}
_XLS = _ALWAYS_CALCULATED | {Needs.TEXT_RESULTS}
CSV_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Commas, quotation marks, UTF-8, values as shown, every sheet in a file of its own."""
CONVERTED = {"xlsx": ["xlsx"], "ods": ["xlsx", "xlsb"], "xls": ["xlsx"], CSV_FILTER: ["xlsx"]}
"""What LibreOffice writes, and of files in which formats; each is one run of it."""

_FORMATS = (
    Format("xlsx", ".xlsx", _one_file(write_xlsx, ".xlsx")),
    Format("xlsm", ".xlsm", _one_file(write_xlsm, ".xlsm")),
    Format("xlsb", ".b.xlsb", _one_file(write_as_xlsb, ".b.xlsb"), _ALWAYS_CALCULATED),
    Format("csv", ".csv", _texts(Text(line_end="\n"), ".csv"), _TEXT),
    Format("tsv-utf-16", ".txt", _texts(Text("utf-16", "\t"), ".txt"), _TEXT),
    Format("csv-spanish", ".csv", _texts(SPANISH, ".csv"), _TEXT, guessed=SPANISH),
    Format("xlsx-resaved", ".xlsx", None, _ALWAYS_CALCULATED, "xlsx"),
    Format("ods", ".ods", None, _ODS, "ods"),
    Format("ods-of-xlsb", ".b.ods", None, _ODS, "ods"),
    Format("xls", ".xls", None, _XLS, "xls"),
    Format("csv-resaved", ".csv", None, _TEXT, CSV_FILTER),
)
FORMATS = {form.name: form for form in _FORMATS}
"""Every format by its name. What each lacks is declared here and nowhere else."""
