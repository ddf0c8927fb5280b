"""The program in Spanish: reports, help, errors and workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from builders import A, B, C, Sheets, customer, otc, write_workbook
from catalogue import in_english
from command_line import CommandLine
from importer.cli.main import cli
from importer.cli.options import first_language
from importer.domain.sheets import SHEETS
from systems import posix_only

HELP = [(), *((name,) for name in cli.commands), ("show", "otcs")]

BAD_OTC = otc("AAAAA", "5 pcs", email="nobody", company=None, purchase_date="soon")
TOO_MANY: Sheets = [("Add OTC", [otc(A, 5)]), ("Add Customer", [customer("Uno", 6)])]
BAD: Sheets = [("Add OTC", [BAD_OTC, otc(A, 5)]), *TOO_MANY[1:]]

# The same rows in the two languages of sheets, headers and choices; cells by column.
ROWS: list[list[tuple[Any, ...]]] = [
    [(A, "a@b.example", "Acme", 10, "First", "2026-01-15"), (B, "a@b.example", "Acme", 5),
     (C, "a@b.example", "Acme", 4)],
    [(C, None, None, 5)],
    [("Uno", "ADMIN", A, 3), ("Dos", "ADMIN", A, 2),
     ("Sola", "CUSTOMER", B, None, "ana@sola.example", "Ana", "Ruiz")],
    [("Uno", C, 1)],
    [("Dos", "Tres", None, None, None, A, 4)],
    [("Tres", A, C)],
    [("Uno", "YES", "Ended"), ("Tres", "NO")],
    [("Uno",)],
    [("Uno", "PC-1")],
]  # fmt: skip
CHOICES = {
    "en": {"ADMIN": "Admin", "CUSTOMER": "Customer", "YES": "Yes", "NO": "No"},
    "es": {"ADMIN": "Administrador", "CUSTOMER": "Cliente", "YES": "Sí", "NO": "No"},
}


@pytest.mark.usefixtures("no_corrections")
def test_problems_have_spanish_messages_and_the_same_codes(
    command: CommandLine, tmp_path: Path
) -> None:
    """--lang es changes each message and fix, and no code, column name, key or figure."""
    path = write_workbook(tmp_path / "bad.xlsx", BAD)
    english, spanish = (command("check", path, "--json", "--lang", lang) for lang in ("en", "es"))
    assert english.exit_code == spanish.exit_code == 1
    in_en, in_es = english.report, spanish.report
    assert len(in_en["problems"]) == len(in_es["problems"]) == 6
    for problem, other in zip(in_en["problems"], in_es["problems"], strict=True):
        for key in ("message", "fix"):
            assert problem.pop(key) != other[key]
            assert in_english(other.pop(key)) == []
    assert in_en == in_es
    assert {"bad-otc", "missing-value", "overallocation"} <= {p["code"] for p in in_es["problems"]}
    assert "Company Name" in {problem["column"] for problem in in_es["problems"]}


def test_a_report_is_spanish_except_for_the_codes(command: CommandLine, tmp_path: Path) -> None:
    result = command("check", write_workbook(tmp_path / "bad.xlsx", TOO_MANY), "--lang", "es")
    assert in_english(result.out) == []
    for words in ("overallocation", "Esta fila pide 6", "hoja Editar OTC"):
        assert words in result.out


@pytest.mark.parametrize("words", HELP, ids=" ".join)
def test_help_is_spanish(
    words: tuple[str, ...], command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = command(*words, "--help")
    monkeypatch.setenv("AVIRA_IMPORTER_LANG", "es")
    spanish = command(*words, "--help")
    assert "Usage:" in english.out
    assert "Uso:" in spanish.out
    assert in_english(english.out) != []
    assert in_english(spanish.out) == []


def test_lang_makes_help_spanish_before_and_after_it(command: CommandLine) -> None:
    assert command("check", "--lang", "es", "--help").out.startswith("Uso:")
    assert command("check", "--help", "--lang=es").out.startswith("Uso:")


def test_usage_errors_are_spanish(command: CommandLine) -> None:
    """Those of click too."""
    result = command("check", "--lang", "es", "--nothing")
    assert result.exit_code == 2
    assert "Uso: avira-importer check" in result.err
    assert "No existe la opción '--nothing'" in result.err


@posix_only("Windows keeps its locale elsewhere")
@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "et_EE.UTF-8"}, "en"),
        ({"LC_ALL": "es_ES.UTF-8", "LANG": "en_US.UTF-8"}, "es"),
        ({"LC_ALL": "C.UTF-8", "LANG": "es_ES.UTF-8"}, "en"),
        ({"LC_MESSAGES": "es_AR.UTF-8", "LANG": "en_US.UTF-8"}, "es"),
        ({"AVIRA_IMPORTER_LANG": "es", "LC_ALL": "en_GB.UTF-8"}, "es"),
        ({"AVIRA_IMPORTER_LANG": "en", "LC_ALL": "es_ES.UTF-8"}, "en"),
        ({"AVIRA_IMPORTER_LANG": "", "LC_ALL": "es_ES.UTF-8"}, "es"),
    ],
    ids=str,
)
def test_the_environment_chooses_the_language(
    environment: dict[str, str],
    language: str,
    command: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The program's own variable first, then the locale's; --lang goes before both."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert first_language(["check"], environment) == language
    assert command("check", "--help").out.startswith({"en": "Usage:", "es": "Uso:"}[language])
    for wanted in ("en", "es"):
        assert first_language(["check", "--lang", wanted], environment) == wanted


def test_the_same_rows_in_a_spanish_and_an_english_template_make_the_same_ledger(
    command: CommandLine, tmp_path: Path
) -> None:
    """Every sheet is filled in, with the names and choices of its language."""
    ledgers: dict[str, tuple[Any, Any]] = {}
    for language, choices in CHOICES.items():
        path, ledger = tmp_path / f"{language}.xlsx", tmp_path / f"{language}.db"
        command("template", "-o", path, "--lang", language, "--ledger", ledger)
        workbook = load_workbook(path)
        for declared, rows in zip(SHEETS, ROWS, strict=True):
            sheet = workbook[declared.title(language)]
            for number, cells in enumerate(rows, start=2):
                for column, value in enumerate(cells, start=1):
                    sheet.cell(number, column, choices.get(value, value))
        workbook.save(path)
        result = command("apply", path, "--json", "--lang", language, "--ledger", ledger)
        assert result.exit_code == 0, result.out
        assert result.report["rows"]["applied"] == sum(map(len, ROWS))
        ledgers[language] = command.contents("--ledger", ledger)
    assert ledgers["es"] == ledgers["en"]
    assert {site["name"]: site["status"] for site in ledgers["es"][1]} == {
        "Sola": "active", "Tres": "disabled", "Uno": "active",
    }  # fmt: skip
