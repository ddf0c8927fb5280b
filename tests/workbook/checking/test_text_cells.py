"""Cells of text: what is read as a person sees it, and what is not text (rules 16 and 17)."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import A, otc, otcs_with, write_workbook
from command_line import CommandLine
from importer.workbook.checking.garbled import repaired
from reports import errors_in
from workbook_files import as_text

WORDS = ["Peluquería", "Núñez", "Ñandú", "Clínica", "São", "João", "Façade", "Müller", "Año",
         "Cigüeña", "Òptica", "Lluís", "Ágora", "CAMIÓN", "ÉLITE", "Straße", "Œuvre",
         "Łódź", "Nº", "L’Hospitalet", "București"]  # fmt: skip
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
FINE = [
    "São João Ãurea", "Ãngel", "CAFÉ®", "NESCAFÉ™", "“CAFÉ”", "“LOJA IRMÃ”", "ÑANDÚ’S", "L’Été",
    "Æther – Ø", "Vía Láctea…", "Ü®", "MONTAÑÉS®", "«PONÇÃO»", "Ç€", "李 Ñandú 🚀", "Ελλάδα",
    "Łódź", "Œuvre", "CAFÉ’S", "CAFÈ™", "«está»…", "LUNEDÌ”", "ESPAÑ”", "Türkçe İş",
    "ПРИВЕТ", "40 €", "½ ª º", "A\u00a0B", "☕ Café",
]  # fmt: skip
"""Names with real letters, some of which look garbled to a careless eye."""


def garble(name: str, encoding: str = "cp1252") -> str:
    """UTF-8 opened in another encoding, as a browser does where a byte means nothing."""
    return "".join(
        bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in name.encode()
    )  # fmt: skip


@given(NAMES, st.sampled_from(["cp1252", "mac_roman", "cp850", "cp437"]))
def test_garbled_names_are_repaired(name: str, encoding: str) -> None:
    assert repaired(garble(name, encoding)) == name
    assert repaired(garble(garble(name))) == name


@pytest.mark.parametrize(
    "name", ["Núñez", "Señor’s", "PELUQUERÍA", "Привет", "Ελλάδα", "Clinica\u00a0Norte"]
)
def test_accents_as_macs_write_them_and_other_letters_are_repaired(name: str) -> None:
    """Accents as characters of their own, other alphabets, and a hard space."""
    assert repaired(garble(unicodedata.normalize("NFD", name))) == name
    assert repaired(garble(name)) == name


@given(NAMES | st.sampled_from(FINE))
def test_real_letters_are_not_garbled(name: str) -> None:
    assert repaired(name) is None


def test_garbled_text_is_refused_with_the_repaired_reading(command: CommandLine) -> None:
    """In names, texts and addresses of email; the soft hyphen in it is shown by its number. What
    cannot be recovered must be typed again."""
    rows = [
        otc(company=garble("Peluquería Núñez")), otc(description=garble("Año")),
        otc(email=garble("josé@clinica.example")), otc(company="Peluquer\ufffda"),
        otc(company="Peluquería Núñez"),
    ]  # fmt: skip
    result = command.check(("Add OTC", rows))
    assert errors_in(result.report) == [(cell, "garbled-text") for cell in ("C2", "E3", "B4", "C5")]
    first, *_, last = result.errors
    assert "PeluquerÃ‹U+00AD›a" in first["message"]
    assert first["fix"] == "Did you mean Peluquería Núñez?"
    assert last["fix"] == "Type the text again."


def test_a_number_is_text_as_a_person_sees_it(command: CommandLine) -> None:
    """Up to 15 digits, without exponent and without the tail of a binary fraction."""
    shown: dict[Any, str] = {
        123: "123", 0.1 + 0.2: "0.3", 123456789012345: "123456789012345", -7: "-7", 1.50: "1.5",
        1e-7: "0.0000001", 21.0: "21", 0.21: "0.21", 1234567.891: "1234567.891",
        999999999999999: "999999999999999", -0.0: "0",
    }  # fmt: skip
    assert command.apply(("Add OTC", otcs_with("product_id", shown))).exit_code == 0
    otcs = command("show", "otcs", "--json").json
    assert [otc["product_id"] for otc in otcs] == list(shown.values())


def test_a_number_that_lost_digits_is_refused(command: CommandLine) -> None:
    """Excel keeps 15; typed as text, or in CSV, all of them count."""
    numbers: list[Any] = [8934071100276980483, 1234567890123456, 1e15, -1e20, 1e300]
    path = write_workbook(Path("x.xlsx"), [("Add OTC", otcs_with("product_id", numbers))])
    result = command("check", path, "--json")
    assert errors_in(result.report) == [(f"H{row}", "bad-number") for row in range(2, 7)]
    assert result.errors[0]["fix"].startswith("Type it as text")
    values = ["8934071100276981000", "1234567890123456", "1000000000000000"]
    assert [error["value"] for error in result.errors[:3]] == values
    as_typed = write_workbook(path, [("Add OTC", otcs_with("product_id", map(str, numbers)))])
    assert command("check", as_text(as_typed)).exit_code == 0


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (dt.date(2026, 2, 1), "2026-02-01"), (dt.datetime(2026, 2, 1, 9, 30), "2026-02-01 09:30"),
        (dt.time(9, 30), "09:30:00"), (dt.timedelta(hours=30), "30:00:00"),
    ],
)  # fmt: skip
def test_a_date_or_a_time_is_not_text(stored: Any, shown: str, command: CommandLine) -> None:
    """Excel makes dates of 1-2 and 9:30; the problem quotes what the cell holds."""
    for field, column in (("company", "C2"), ("product_id", "H2")):
        result = command.check(("Add OTC", [otc(A, **{field: stored})]))
        assert errors_in(result.report) == [(column, "not-text")]
        assert shown in result.errors[0]["message"]
        assert "as text" in result.errors[0]["fix"]
