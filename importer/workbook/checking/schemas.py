"""The rules for the cells of each sheet, as a pandera schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from importer.base.texts import N_
from importer.domain.entities import ManagedBy
from importer.domain.otc_code import OTC_PATTERN
from importer.domain.problems import Code
from importer.domain.requests import AddCustomer, Request
from importer.domain.sheets import (
    CHOICES,
    LICENSES_LIMIT,
    MONTHS_LIMIT,
    SHEETS,
    Column,
    ColumnKind,
    Sheet,
)
from importer.workbook.checking.dates import FIRST_DATE

if TYPE_CHECKING:
    import pandera.pandas as pa

EMAIL_LIMIT = 254  # RFC 5321, 4.5.3.1, less the angle brackets
_PART = r"[^@\s\0-\x1f\x7f-\x9f<>,;:\"()\[\]\\%s]+"
_EMAIL = f"{_PART % ''}@{_PART % '.'}(\\.{_PART % '.'})+"
_ENTER = N_("Enter {expected}.")


@dataclass(frozen=True)
class Rule:
    """A check of `checks.py` with its figures, and the problem of a cell that does not pass it.

    `message` and `fix` are English templates.
    """

    code: Code
    check: str
    message: str
    fix: str = _ENTER
    figures: Mapping[str, Any] = field(default_factory=dict)


REQUIRED = Rule(Code.MISSING_VALUE, "not_nullable", N_("{column} is blank."))  # pandera's name
_GARBLED = Rule(
    Code.GARBLED_TEXT, "is_not_garbled",
    N_("The letters of “{value}” were garbled by a wrong encoding."), N_("Type the text again."),
)  # fmt: skip


def _whole_number(low: int, high: int) -> Rule:
    return Rule(Code.BAD_NUMBER, "is_whole_number",
                N_("“{value}” is not a valid number for {column}."),
                figures={"low": low, "high": high})  # fmt: skip


def _choice(kind: ColumnKind) -> Rule:
    return Rule(Code.BAD_CHOICE, "is_one_of", N_("“{value}” is not a valid choice for {column}."),
                figures={"allowed": [choice if isinstance(choice, bool) else str(choice)
                                     for choice in CHOICES[kind].values()]})  # fmt: skip


def _short(limit: int) -> Rule:
    return Rule(Code.TOO_LONG, "is_short",
                N_("{column} has {length} characters; the limit is {limit}."), N_("Shorten it."),
                {"limit": limit})  # fmt: skip


_TEXT = (
    Rule(Code.NOT_TEXT, "is_text", N_("{column} must be text, but the cell shows {value}, which is "
         "a date, a time or a percentage."),
         N_("Format the cell as text, and type it again.")),
    Rule(Code.BAD_NUMBER, "keeps_its_digits", N_("{value} is a number of more than 15 digits, of "
         "which the file has lost some."),
         N_("Type it as text: Excel keeps only 15 digits of a number.")),
    _GARBLED,
    Rule(Code.BAD_CHARACTERS, "is_on_one_line",
         N_("{column} contains a line break or another control character."),
         N_("Type it again on one line.")),
)  # fmt: skip
_RULES: dict[ColumnKind, tuple[Rule, ...]] = {
    ColumnKind.OTC: (
        Rule(Code.BAD_OTC, "matches", N_("“{value}” is not an OTC."),
             figures={"pattern": OTC_PATTERN}),
    ),
    ColumnKind.EMAIL: (
        Rule(Code.BAD_EMAIL, "matches", N_("“{value}” is not an email address."),
             figures={"pattern": _EMAIL}),
        _GARBLED, _short(EMAIL_LIMIT),
    ),
    ColumnKind.LICENSES: (_whole_number(1, LICENSES_LIMIT),),
    ColumnKind.LICENSES_OR_NONE: (_whole_number(0, LICENSES_LIMIT),),
    ColumnKind.MONTHS: (_whole_number(1, MONTHS_LIMIT),),
    ColumnKind.DATE: (
        Rule(Code.BAD_DATE, "is_date", N_("“{value}” is not a date in an accepted form."),
             figures={"first": FIRST_DATE.isoformat()}),
    ),
    ColumnKind.MANAGED_BY: (_choice(ColumnKind.MANAGED_BY),),
    ColumnKind.YES_NO: (_choice(ColumnKind.YES_NO),),
}  # fmt: skip


def rules_of(column: Column) -> tuple[Rule, ...]:
    """The rules for each filled cell of `column`, the first that it breaks first."""
    return _RULES.get(column.kind) or (*_TEXT, _short(column.limit))


def _required_if(managed_by: ManagedBy, *fields: str) -> Iterator[Rule]:
    message = {
        ManagedBy.ADMIN: N_("{column} is blank; it is required if you manage the devices."),
        ManagedBy.CUSTOMER: N_("{column} is blank; it is required if the customer manages its own "
                               "devices."),
    }[managed_by]  # fmt: skip
    for name in fields:
        yield Rule(Code.MISSING_VALUE, "is_stated", message, figures={
            "column": name, "where": "managed_by", "is_value": str(managed_by)})  # fmt: skip


RULES_BETWEEN: dict[type[Request], tuple[Rule, ...]] = {
    AddCustomer: (
        *_required_if(ManagedBy.ADMIN, "licenses"),
        *_required_if(ManagedBy.CUSTOMER, "email", "first_name", "last_name"),
    )
}
"""The rules between the cells of a row (rule 10)."""


def broken_rules(
    sheet: Sheet, values: Mapping[str, Sequence[object]]
) -> dict[str, list[Rule | None]]:  # fmt: skip
    """The broken rule of each bad value, None for good ones, by field; only those with bad ones.

    `values` are what the readers returned, by field. Nothing is coerced: that would turn 2.5 into
    2, and one bad cell would hide the others.
    """
    import pandas as pd
    from pandera.errors import SchemaErrors

    # A blank optional column cannot be bad, and pandera takes a while for each column.
    checkable = {
        field: cells
        for field, cells in values.items()
        if sheet.column(field).required or any(cell is not None for cell in cells)
    }
    broken: dict[str, list[Rule | None]] = {}
    frame = pd.DataFrame(checkable, dtype=object)
    try:
        schema(sheet, tuple(checkable)).validate(frame, lazy=True, inplace=True)
    except SchemaErrors as errors:
        for error in errors.schema_errors:  # of a cell, the first rule that it breaks comes first
            name, rule = error.schema.name, REQUIRED
            if name == sheet.name:
                rule = RULES_BETWEEN[sheet.request][error.check_index]
                name = rule.figures["column"]
            elif error.check_index is not None:
                rule = rules_of(sheet.column(name))[error.check_index]
            passed = frame[name].notna() if rule is REQUIRED else error.check_output
            rules = broken.setdefault(name, [None] * len(frame))
            for index, has_passed in enumerate(passed.tolist()):
                if not has_passed:
                    rules[index] = rules[index] or rule
    return {column.field: broken[column.field] for column in sheet.columns
            if column.field in broken}  # fmt: skip


@cache
def schema(sheet: Sheet, fields: tuple[str, ...]) -> pa.DataFrameSchema:
    """The schema of the columns `fields` of `sheet`."""
    import pandera.pandas as pa

    columns = {}
    for name in fields:
        column = sheet.column(name)
        columns[name] = pa.Column(
            object, [_check(rule) for rule in rules_of(column)], nullable=not column.required,
            title=column.header, description=column.help,
        )  # fmt: skip
    between = [_check(rule) for rule in RULES_BETWEEN.get(sheet.request, ())]
    return pa.DataFrameSchema(
        columns, between, name=sheet.name, description=sheet.help, coerce=False, strict=True
    )


def documents() -> list[dict[str, Any]]:
    """The schema of every sheet with all its columns, as pandera writes it."""
    from pandera.io.pandas_io import serialize_schema

    return [
        serialize_schema(schema(sheet, tuple(column.field for column in sheet.columns)))
        for sheet in SHEETS
    ]


def _check(rule: Rule) -> pa.Check:
    import pandera.pandas as pa

    from importer.workbook.checking import checks

    function = getattr(checks, rule.check)
    return pa.Check(  # what it returns says of every value whether it is good
        function, name=rule.code.value, error=rule.message, ignore_na=False, n_failure_cases=1,
        **rule.figures,
    )  # fmt: skip
