"""Problems of rows and cells: their codes, their places, and what to do about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from enum import StrEnum
from typing import NamedTuple, Self

from importer.base.texts import N_, Text
from importer.domain.record import Record


class DescribedCode(StrEnum):
    """A code that scripts read; `meaning` is an English template of what it means to people."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        """A member that is `value`."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class Severity(StrEnum):
    """An error refuses its row; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Code(DescribedCode):
    """Every problem code."""

    # One cell
    MISSING_VALUE = "missing-value", N_("A required cell is blank.")
    BAD_OTC = "bad-otc", N_("The cell does not hold an OTC of the form XXXXX-XXXXX-XXXXX-XXXXX.")
    BAD_EMAIL = "bad-email", N_("The cell does not hold an email address.")
    BAD_NUMBER = "bad-number", N_("The cell does not hold a whole number within the limits.")
    BAD_DATE = "bad-date", N_("The cell does not hold a date, or it can be read in two ways.")
    BAD_CHOICE = "bad-choice", N_("The cell does not hold one of the allowed words.")
    TOO_LONG = "too-long", N_("The text is too long.")
    BAD_CHARACTERS = "bad-characters", N_("The text contains line breaks or control characters.")
    MERGED_CELLS = "merged-cells", N_("The cell is merged with others, so its value is not clear.")
    FORMULA_WITHOUT_VALUE = "formula-without-value", N_(
        "The cell holds a formula whose result is not stored in the file.")  # fmt: skip
    CELL_ERROR = "cell-error", N_("The cell shows an error such as #N/A.")
    NOT_TEXT = "not-text", N_(
        "The cell holds a date, a time or a percentage where text is expected.")  # fmt: skip
    GARBLED_TEXT = "garbled-text", N_(
        "The letters of the text were garbled by a wrong encoding.")  # fmt: skip

    # A sheet
    UNKNOWN_SHEET = "unknown-sheet", N_(
        "The sheet looks like one of the template but has another name.")  # fmt: skip
    MISSING_COLUMN = "missing-column", N_("A required column is missing.")
    UNKNOWN_COLUMN = "unknown-column", N_("The column may be a misspelt column of this sheet.")
    DUPLICATE_COLUMN = "duplicate-column", N_("The column appears twice.")
    UNREADABLE_SHEET = "unreadable-sheet", N_("Not every cell of the sheet can be read.")

    # A row against the ledger and the rows above it
    DUPLICATE_ROW = "duplicate-row", N_("An earlier row of the workbook already added this.")
    ALREADY_EXISTS = "already-exists", N_("It already exists with other values.")
    UNKNOWN_OTC = "unknown-otc", N_("The OTC does not exist in the ledger.")
    UNKNOWN_CUSTOMER = "unknown-customer", N_("The customer does not exist in the ledger.")
    OVERALLOCATION = "overallocation", N_(
        "The row asks for more licences than the OTC has pending.")  # fmt: skip
    OTC_EXPIRED = "otc-expired", N_("The OTC's expiry date has passed.")
    OTC_DEDICATED = "otc-dedicated", N_("The OTC is dedicated to another customer.")
    DEDICATED_NEEDS_ALL = "dedicated-needs-all", N_(
        "A customer that manages itself needs whole OTCs that nobody else uses.")  # fmt: skip
    EMAIL_IN_USE = "email-in-use", N_("Another customer that manages itself has this email.")
    CUSTOMER_DISABLED = "customer-disabled", N_("A disabled customer gets no more licences.")
    SAME_OTC = "same-otc", N_("The current and the new OTC are the same.")
    NO_SUCH_SUBSCRIPTION = "no-such-subscription", N_("The customer has no such subscription.")
    WHICH_OTC = "which-otc", N_("The customer has several subscriptions; the row names none.")
    TOTAL_BELOW_USED = "total-below-used", N_("More licences are used than the new total.")

    # A row of a prefilled workbook, or an undo
    CHANGED_SINCE = "changed-since", N_(
        "A later batch changed what the row edits, or what the undo would restore.")  # fmt: skip

    # An undo
    STILL_HELD = "still-held", N_(
        "Licences or devices of later batches depend on what the undo would remove.")  # fmt: skip
    ALREADY_UNDONE = "already-undone", N_("The batch was already undone.")

    # Warnings
    FORMULA_VALUE_USED = "formula-value-used", N_("The cell holds a formula; its value was used.")
    NORMALISED = "normalised", N_("The value was tidied before it was used.")
    CONSOLE_LIMIT = "console-limit", N_("The console's own form would not accept this name.")
    SIMILAR_NAME = "similar-name", N_(
        "Another name differs only in accents, quotation marks or dashes.")  # fmt: skip
    MOVES_EVERYONE = "moves-everyone", N_("The row moves every customer of an OTC.")
    EXPIRES_SOON = "expires-soon", N_("The OTC expires within 30 days.")
    MORE_DEVICES_THAN_LICENSES = "more-devices-than-licenses", N_(
        "The customer has Avira installed on more devices than it has licences.")  # fmt: skip
    HIDDEN_ROWS = "hidden-rows", N_("Hidden rows, columns or sheets were read like any others.")
    IGNORED_SHEET = "ignored-sheet", N_("The sheet was not recognised and was ignored.")
    IGNORED_COLUMN = "ignored-column", N_("The column was not recognised and was ignored.")
    TITLE_ROWS = "title-rows", N_(
        "The header is below row 1; the rows above it were ignored.")  # fmt: skip
    APPLIED_BEFORE = "applied-before", N_("The same file was applied before.")

    # A whole file
    UNREADABLE_FILE = "unreadable-file", N_("The file cannot be read.")
    NOT_A_WORKBOOK = "not-a-workbook", N_("The file is not an onboarding workbook.")
    TOO_LARGE = "too-large", N_("The file is larger than the limit.")
    PASSWORD_PROTECTED = "password-protected", N_("The workbook is encrypted.")
    HOSTILE_FILE = "hostile-file", N_("The file is built to cause harm.")

    @property
    def severity(self) -> Severity:
        """Whether the problem refuses its row."""
        return Severity.WARNING if self in _WARNINGS else Severity.ERROR


CODES = {code.value: code for code in Code}
"""Each code by its name."""

_WARNINGS = frozenset({
    Code.FORMULA_VALUE_USED, Code.NORMALISED, Code.CONSOLE_LIMIT, Code.SIMILAR_NAME,
    Code.EXPIRES_SOON, Code.MORE_DEVICES_THAN_LICENSES, Code.HIDDEN_ROWS, Code.IGNORED_SHEET,
    Code.IGNORED_COLUMN, Code.TITLE_ROWS, Code.MOVES_EVERYONE, Code.APPLIED_BEFORE,
})  # fmt: skip


class ColumnPlace(NamedTuple):
    """A known column in a file: its letter, its header there, and its English name."""

    letter: str
    header: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class SheetPlace:
    """A sheet of a file: its name there, and the place of each field's column."""

    name: str
    columns: Mapping[str, ColumnPlace]


class Place(Record):
    """A row as a person sees it in the spreadsheet; row 1 is the header."""

    sheet: SheetPlace
    row: int

    def __str__(self) -> str:
        return f"{self.sheet.name}!{self.row}"


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """An error in, or a warning about, a row or cell that shows `value`.

    `column` is the English name of a known column, `header` its name in the file.
    """

    code: Code
    message: Text
    fix: Text
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    header: str | None = None
    cell: str | None = None
    value: str | None = None

    @property
    def severity(self) -> Severity:
        """Whether it refuses its row."""
        return self.code.severity

    @property
    def cause(self) -> Cause:
        """What it is counted by where there are too many."""
        return Cause(self.code, self.sheet, self.column, self.header)


class Cause(NamedTuple):
    """What problems have in common; `column` and `header` are as those of a problem."""

    code: Code
    sheet: str | None
    column: str | None
    header: str | None


MOST_IN_FULL = 1_000
"""Problems of each severity that are kept in full, and causes of which at least one is."""


@dataclass(slots=True)
class Problems:
    """The problems `in_full`, which iteration gives, and the number of `further` ones by cause."""

    in_full: list[Problem] = with_default(default_factory=list)
    further: Counter[Cause] = with_default(default_factory=Counter)
    _taken: Counter[Severity] = with_default(default_factory=Counter)
    _causes: set[Cause] = with_default(default_factory=set)

    def __len__(self) -> int:
        return len(self.in_full) + self.further.total()

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.in_full)

    def add(self, problems: Iterable[Problem]) -> None:
        """Add problems, in full if there is room."""
        self.in_full += (problem for problem in problems if self.has_room(problem.cause))

    def has_room(self, cause: Cause) -> bool:
        """Whether a problem is to be added in full; otherwise it is counted."""
        if self._taken[cause.code.severity] < MOST_IN_FULL:
            self._taken[cause.code.severity] += 1
            self._causes.add(cause)
            return True
        if cause not in self._causes:
            if len(self._causes) < MOST_IN_FULL:
                self._causes.add(cause)
                return True
            cause = Cause(cause.code, None, None, None)
        self.further[cause] += 1
        return False


def cause_in(sheet: SheetPlace, field: str, code: Code) -> Cause:
    """The cause of problems with cells of `field`, as `problem_at` states it."""
    column = sheet.columns.get(field)
    return Cause(code, sheet.name, column and column.name, column and column.header)


def problem_at(
    place: Place, field: str | None, code: Code, message: Text, fix: Text, value: object = None
) -> Problem:
    """A problem with the cell of `field` in the row at `place` (the whole row if None)."""
    column = place.sheet.columns.get(field) if field else None
    name = header = cell = None
    if column is not None:
        name, header, cell = column.name, column.header, f"{column.letter}{place.row}"
    stated = None if value is None else str(value)
    return Problem(code, message, fix, place.sheet.name, place.row, name, header, cell, stated)
