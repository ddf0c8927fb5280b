"""What the program says, it says in Spanish too, and only to people: scripts read the same."""

from __future__ import annotations

import gettext
import os
import string
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from openpyxl import load_workbook

from builders import write_workbook
from command_line import CommandLine
from importer.cli.main import cli
from importer.cli.options import first_language
from scripts import load_script

update = load_script("importer/base/locale/update.py")
PO = update.po_path("es")

Forms = tuple[str, ...]
"""One form, or a singular and its plural."""

HELP = [(), *((name,) for name in cli.commands), ("show", "otcs")]

ONE = "AAAAA-AAAAA-AAAAA-AAAA1"
TWO = "BBBBB-BBBBB-BBBBB-BBBB2"
THREE = "CCCCC-CCCCC-CCCCC-CCCC3"
BAD_OTC = {
    "OTC": "AAAAA",
    "Email": "nobody",
    "Company Name": None,
    "Total Licenses": "5 pcs",
    "Purchase Date": "03/04/2026",
}
GOOD_OTC = {"OTC": ONE, "Email": "a@b.example", "Company Name": "Acme", "Total Licenses": 5}
TOO_MANY = {
    "Customer (Site) Name": "Uno",
    "Managed By": "Admin",
    "Avira OTC": ONE,
    "No of Licenses": 6,
}

# The same workbook in the two languages of its sheets, headers and choices; cells by column.
ROWS: dict[tuple[str, str], list[tuple[Any, ...]]] = {
    ("Add OTC", "Agregar OTC"): [
        (ONE, "a@b.example", "Acme", 10, "First", "2026-01-15"),
        (TWO, "a@b.example", "Acme", 5),
        (THREE, "a@b.example", "Acme", 4),
    ],
    ("Edit OTC", "Editar OTC"): [(THREE, None, None, 5)],
    ("Add Customer", "Agregar cliente"): [
        ("Uno", "ADMIN", ONE, 3),
        ("Dos", "ADMIN", ONE, 2),
        ("Sola", "CUSTOMER", TWO, None, "ana@sola.example", "Ana", "Ruiz"),
    ],
    ("Add Avira Subscription", "Agregar suscripción Avira"): [("Uno", THREE, 1)],
    ("Edit Customer", "Editar cliente"): [("Dos", "Tres", None, None, None, ONE, 4)],
    ("Update OTC", "Actualizar OTC"): [("Tres", ONE, THREE)],
    ("Disable Customer", "Deshabilitar cliente"): [("Uno", "YES", "Ended"), ("Tres", "NO")],
    ("Enable Customer", "Habilitar cliente"): [("Uno",)],
}
CHOICES = {
    "en": {"ADMIN": "Admin", "CUSTOMER": "Customer", "YES": "Yes", "NO": "No"},
    "es": {"ADMIN": "Administrador", "CUSTOMER": "Cliente", "YES": "Sí", "NO": "No"},
}


def kept() -> Catalog:
    """The Spanish catalogue as it stands in the repository."""
    with PO.open("rb") as stream:
        return read_po(stream)


def forms(said: str | Iterable[str] | None) -> Forms:
    """A message or translation as its forms."""
    return (said or "",) if said is None or isinstance(said, str) else tuple(said)


def translations(catalogue: Catalog) -> dict[Forms, Forms]:
    """Each message of `catalogue`, without its head, and its translation."""
    return {forms(one.id): forms(one.string) for one in catalogue if one.id}


def untranslated(messages: Iterable[str], known: Mapping[Forms, Forms]) -> list[str]:
    """The `messages` of which `known` has no translation, or an empty one."""
    return [one for one in messages if not all(known.get((one,), ("",)))]


def placeholders(said: str) -> list[tuple[str, str | None, str | None]]:
    """The fields of a format string, of either style, with their conversions."""
    if "%(" in said:
        return [(part.partition(")")[0], None, None) for part in sorted(said.split("%(")[1:])]
    fields = ((name, how, spec) for _, name, spec, how in string.Formatter().parse(said) if name)
    return sorted(fields, key=str)


def edges(said: str) -> str:
    """The white space before and after a text, around a bar."""
    return said.replace(said.strip(), "|", 1)


def in_english(said: str) -> list[str]:
    """The messages that stand in `said` though Spanish has other words for them.

    Sheets and columns are named as the file names them, which is no message of the program.
    """
    known = translations(kept())
    words = " ".join(said.split())
    return [
        one
        for one, context in update.messages()
        if context not in ("sheet", "column")
        and len(one) > 12
        and one in words
        and known.get((one,)) != (one,)
    ]


def test_every_message_of_the_program_has_a_spanish_translation() -> None:
    """None is missing and none is empty."""
    assert (
        untranslated([message for message, _context in update.messages()], translations(kept()))
        == []
    )


@pytest.mark.parametrize("translation", [None, ""])
def test_a_message_without_a_translation_is_noticed(translation: str | None) -> None:
    """One message more, unknown to the catalogue or with nothing for it, is named."""
    known = translations(kept())
    if translation is not None:
        known["Never said.",] = (translation,)
    assert untranslated(
        [*(message for message, _context in update.messages()), "Never said."], known
    ) == ["Never said."]


def test_a_translation_has_the_placeholders_of_its_original() -> None:
    """Names and conversions are equal, in the singular and in the plural."""
    for message, translation in translations(kept()).items():
        assert list(map(placeholders, translation)) == list(map(placeholders, message))


def test_a_translation_begins_and_ends_with_the_spaces_of_its_original() -> None:
    """What is put together from parts stays apart in Spanish."""
    for message, translation in translations(kept()).items():
        for original, said in zip(message, translation, strict=True):
            assert edges(said) == edges(original)


def test_the_placeholders_of_both_styles_are_told_apart() -> None:
    """A field that is renamed, lost or shown otherwise is another one."""
    assert placeholders("{one} {two!r}") == placeholders("{two!r} {one}")
    assert placeholders("{one!r}") != placeholders("{one}") != placeholders("{two}")
    assert placeholders("%(one)s, %(two)s") == placeholders("%(two)s: %(one)s")
    assert placeholders("%(one)s") != placeholders("one")


def test_the_catalogue_holds_no_message_that_is_no_longer_said() -> None:
    """Every entry is a message of the program, or came from click, whose versions differ."""
    own = {one.id for one in kept() if one.id and update.FROM_CLICK not in one.auto_comments}
    assert own - {message for message, _context in update.messages()} == set()


def test_the_compiled_catalogue_says_what_the_readable_one_says() -> None:
    """importer.mo was made from importer.po as it stands."""
    with PO.with_suffix(".mo").open("rb") as stream:
        assert translations(read_mo(stream)) == translations(kept())


@pytest.mark.parametrize("count", [0, 1, 2, 1_000_000])
def test_every_count_has_its_form(count: int) -> None:
    """As the program reads the catalogue: the first form for one, the second for any other."""
    with PO.with_suffix(".mo").open("rb") as stream:
        catalogue = gettext.GNUTranslations(stream)
    pairs = [(one, said) for one, said in translations(kept()).items() if len(one) > 1]
    assert pairs
    for (one, more), said in pairs:
        assert catalogue.ngettext(one, more, count) == said[count != 1]


def test_problems_are_told_in_spanish_and_named_as_ever(
    command: CommandLine, tmp_path: Path
) -> None:
    """--lang es changes each message and fix, and no code, column name, key or figure."""
    path = write_workbook(
        tmp_path / "bad.xlsx", [("Add OTC", [BAD_OTC, GOOD_OTC]), ("Add Customer", [TOO_MANY])]
    )
    english = command("check", path, "--json")
    spanish = command("check", path, "--json", "--lang", "es")
    assert english.exit_code == spanish.exit_code == 1
    (one,), (other,) = english.json, spanish.json
    assert len(one["problems"]) == len(other["problems"]) == 6
    for problem, in_spanish in zip(one["problems"], other["problems"], strict=True):
        for told in ("message", "fix"):
            assert problem.pop(told) != in_spanish[told]
            assert in_english(in_spanish.pop(told)) == []
    assert one == other
    assert {"bad-otc", "missing-value", "overallocation"} <= {p["code"] for p in other["problems"]}
    assert "Company Name" in {p["column"] for p in other["problems"]}


def test_a_person_reads_the_whole_check_in_spanish(command: CommandLine, tmp_path: Path) -> None:
    """Headline, counts, problems and what to do; the code stays what scripts know."""
    path = write_workbook(
        tmp_path / "bad.xlsx", [("Add OTC", [GOOD_OTC]), ("Add Customer", [TOO_MANY])]
    )
    said = command("check", path, "--lang", "es")
    assert in_english(said.out) == []
    assert "overallocation" in said.out
    assert "Esta fila pide 6" in said.out
    assert "hoja Editar OTC" in said.out


@pytest.mark.parametrize("words", HELP, ids=" ".join)
def test_help_is_spanish(words: tuple[str, ...], command: CommandLine) -> None:
    """Headings, commands and options of every command."""
    english = command(*words, "--help")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AVIRA_IMPORTER_LANG", "es")
        spanish = command(*words, "--help")
    assert "Usage:" in english.out
    assert "Uso:" in spanish.out
    assert in_english(english.out) != []
    assert in_english(spanish.out) == []


def test_lang_makes_help_spanish_wherever_it_stands(command: CommandLine) -> None:
    """Before --help and after it."""
    assert command("check", "--lang", "es", "--help").out.startswith("Uso:")
    assert command("check", "--help", "--lang=es").out.startswith("Uso:")


def test_misuse_is_told_in_spanish(command: CommandLine) -> None:
    """click's own words too, those of an option that it does not know among them."""
    said = command("check", "--lang", "es", "--nothing")
    assert said.exit_code == 2
    assert "Uso: avira-importer check" in said.err
    assert "No existe la opción '--nothing'" in said.err


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps its locale elsewhere")
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


def test_a_spanish_template_leads_to_the_ledger_that_the_english_one_leads_to(
    command: CommandLine, tmp_path: Path
) -> None:
    """Every sheet filled in, in Spanish names and choices or in English ones."""
    held: dict[str, list[Any]] = {}
    for number, language in enumerate(("en", "es")):
        path, ledger = tmp_path / f"{language}.xlsx", tmp_path / f"{language}.db"
        at = ("--ledger", ledger)
        command("template", "-o", path, "--lang", language, *at)
        book = load_workbook(path)
        for names, rows in ROWS.items():
            sheet = book[names[number]]
            for row, cells in enumerate(rows, start=2):
                for column, value in enumerate(cells, start=1):
                    sheet.cell(row, column, CHOICES[language].get(value, value))
        book.save(path)
        applied = command("apply", path, "--json", "--lang", language, *at)
        assert applied.exit_code == 0, applied.out
        assert applied.json[0]["rows"]["applied"] == sum(map(len, ROWS.values()))
        shown = (command("show", what, "--json", *at) for what in ("otcs", "customers"))
        held[language] = [one.json for one in shown]
    assert held["es"] == held["en"]
    assert {one["name"]: one["status"] for one in held["es"][1]} == {
        "Sola": "active", "Tres": "disabled", "Uno": "active",
    }  # fmt: skip
