"""The pandera schemas are the rules: each check is needed, and they can be printed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from pandera.errors import SchemaErrors
from pandera.io.pandas_io import from_yaml

from builders import write_workbook
from command_line import CommandLine
from importer.domain.problems import Severity
from importer.domain.sheets import SHEETS, Column, ColumnKind, Sheet
from importer.workbook.checking import schemas
from importer.workbook.checking.check import check_workbook
from importer.workbook.checking.schemas import RULES_BETWEEN, Rule, rules_of
from importer.workbook.reading.sandbox import read_workbook

LONG_EMAIL = f"{'a' * 250}@b.example"
BAD: dict[str, Any] = {
    "bad-otc": "AAAAA-11111", "bad-email": "nobody", "bad-date": "soon", "bad-choice": "Boss",
    "bad-number": "5 pcs", "garbled-text": "PeluquerÃ\u00ada", "bad-characters": "a\nb",
    "not-text": dt.date(2026, 2, 1), "missing-value": None,
}  # fmt: skip
"""A cell that only the check with this code refuses; the others depend on the column."""
Broken = tuple[str, str, str]
"""Sheet, field and code of a cell that breaks a rule."""


def bad_cell(column: Column, rule: Rule) -> Any:
    """A value that breaks only `rule` of `column`."""
    if rule.code == "too-long":
        limit = rule.figures["limit"]
        return LONG_EMAIL if column.kind is ColumnKind.EMAIL else "L" * (limit + 1)
    if rule.check == "keeps_its_digits":
        return 1234567890123456789
    if rule.code == "garbled-text" and column.kind is ColumnKind.EMAIL:
        return "josÃ©@b.example"
    return BAD[rule.code]


def broken_rules(sheet: Sheet) -> Iterator[tuple[dict[str, Any], Broken]]:
    """A row for each rule of a sheet, with the cell that breaks it."""
    for column in sheet.columns:
        good = {other.header: other.example for other in sheet.columns}
        is_blank_row = len(sheet.columns) == 1  # and so no row
        required = [schemas.REQUIRED] if column.required and not is_blank_row else []
        for rule in (*required, *rules_of(column)):
            broken = sheet.name, column.field, rule.code.value
            yield good | {column.header: bad_cell(column, rule)}, broken
    for rule in RULES_BETWEEN.get(sheet.request, ()):
        column, where = (sheet.column(rule.figures[name]) for name in ("column", "where"))
        row = good | {where.header: rule.figures["is_value"], column.header: None}
        yield row, (sheet.name, column.field, rule.code.value)


def broken_file(sheets: Sequence[Sheet], folder: Path) -> tuple[Path, list[Broken]]:
    """A workbook in which each row breaks one rule, and what breaks it."""
    rows = [(sheet.name, [row for row, _ in broken_rules(sheet)]) for sheet in sheets]
    broken = [broken for sheet in sheets for _, broken in broken_rules(sheet)]
    return write_workbook(folder / "broken.xlsx", rows), broken


def errors_of(path: Path) -> list[Broken]:
    """The bad cells that checking finds, one in each row."""
    schemas.schema.cache_clear()
    errors = [
        p for p in check_workbook(path, read_workbook(path)).problems
        if p.severity is Severity.ERROR
    ]  # fmt: skip
    field_of = {(sheet.name, c.header): c.field for sheet in SHEETS for c in sheet.columns}
    assert len({(error.sheet, error.row) for error in errors}) == len(errors)
    return [(str(e.sheet), field_of[str(e.sheet), str(e.column)], e.code.value) for e in errors]


def test_each_rule_finds_the_cell_that_breaks_it(tmp_path: Path) -> None:
    path, broken = broken_file(SHEETS, tmp_path)
    assert len(broken) > 130
    assert errors_of(path) == broken


SHEETS_OF_ALL_KINDS = ("Add OTC", "Add Customer", "Disable Customer")
CHECKS = sorted({rule.check for s in SHEETS for c in s.columns for rule in rules_of(c)})


@pytest.mark.parametrize("removed", [*CHECKS, "is_stated", "not_nullable"])
def test_without_a_check_the_cells_that_it_refuses_are_taken(
    removed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So no check repeats another, and none is without effect."""

    def is_lost(broken: Broken, sheet: Sheet) -> bool:
        column = sheet.column(broken[1])
        if broken[2] == "missing-value":
            return removed == ("not_nullable" if column.required else "is_stated")
        return next(r.check for r in rules_of(column) if r.code == broken[2]) == removed

    sheets = {s.name: s for s in SHEETS if s.name in SHEETS_OF_ALL_KINDS}
    path, broken = broken_file([*sheets.values()], tmp_path)
    left = [one for one in broken if not is_lost(one, sheets[one[0]])]
    original, schema = schemas.rules_of, schemas.schema.__wrapped__

    def without(sheet: Sheet, fields: tuple[str, ...]) -> Any:
        made = schema(sheet, fields)
        if removed == "not_nullable":
            for column in made.columns.values():
                column.nullable = True
        return made

    monkeypatch.setattr(
        schemas, "rules_of", lambda column: [r for r in original(column) if r.check != removed]
    )
    if removed == "is_stated":
        monkeypatch.setattr(schemas, "RULES_BETWEEN", {})
    without.cache_clear = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setattr(schemas, "schema", without)
    assert errors_of(path) == left
    assert left != broken


def test_the_schemas_are_printed_as_pandera_reads_them(command: CommandLine) -> None:
    """What is printed refuses the same cells as the program, with its codes."""
    result = command("template", "--schema")
    documents = list(yaml.safe_load_all(result.out))
    assert [document["name"] for document in documents] == [sheet.name for sheet in SHEETS]
    assert command("template", "--schema", "--json").json == json.loads(json.dumps(documents))
    printed = from_yaml(yaml.safe_dump(documents[0]))  # type: ignore[no-untyped-call]
    row = {"otc": "AAAAA", "email": "a@b.example", "company": "Acme", "total": 0}
    row |= dict.fromkeys(column.field for column in SHEETS[0].columns if not column.required)
    with pytest.raises(SchemaErrors) as refused:
        printed.validate(pd.DataFrame([row], dtype=object), lazy=True)
    assert [error.check.name for error in refused.value.schema_errors] == ["bad-otc", "bad-number"]


@pytest.mark.parametrize("options", [("-o", "x.yaml"), ("-o", "onboarding.xlsx"), ("--prefill",)])
def test_a_workbook_and_the_schemas_cannot_be_asked_for_at_once(
    options: Sequence[str], command: CommandLine
) -> None:
    result = command("template", "--schema", *options)
    assert result.exit_code == 2
    assert "template --schema > FILE" in result.err
    assert not list(Path().glob("*.yaml")) + list(Path().glob("*.xlsx"))
