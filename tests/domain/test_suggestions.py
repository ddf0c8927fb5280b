"""What a fix suggests for what was nearly right, and which other row it leads to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from builders import (
    Row,
    Sheets,
    customer,
    disable,
    edit,
    edit_otc,
    enable,
    otc,
    row,
    subscription,
)
from command_line import CommandLine, CommandResult

pytestmark = pytest.mark.usefixtures("no_corrections")

CODE = "ABCDE-12345-FGHIJ-67890"
OTHER_CODE = "KLMNO-10100-PQRST-11011"
SIMILAR_CODE = "ABCDE-12345-FGHIJ-67891"
FILLED: Sheets = [
    ("Add OTC", [otc(CODE), otc(OTHER_CODE)]),
    ("Add Customer", [customer("Clinica Norte", 5, CODE), customer("Puerto", 5, CODE)]),
]

NEAR_CODES = {
    "ABCDE-12345-FGHIJ-6789O": CODE,  # a letter for a digit
    "ABCDE-I2345-FGHIJ-67890": CODE,
    "ABCDE-l2345-FGHIJ-6789o": CODE,
    "ABCDE-12345-FGH1J-67890": CODE,  # a digit for a letter
    "KLMN0-1OIOO-PQRST-IIOII": OTHER_CODE,
    "ABCDE-12345-FGHIJ-67891": CODE,  # another character
    "XBCDE-12345-FGHIJ-67890": CODE,
    "ABCDE-12354-FGHIJ-67890": CODE,  # two exchanged
    "ABCDE-12345-FGHIJ-6789": CODE,  # one missing
    "ABCDE-12345-FGHIJ-678900": CODE,  # one too many
    "ABCDE-12345-FGHIJ-67890.": CODE,  # something that does not belong
    "ABCDE/12345/FGHIJ/67890": CODE,
    "ABCDE, 12345, FGHIJ, 67890": CODE,
}
FAR_CODES = ["ZZZZZ-99999-YYYYY-88888", "ABCDE-54321-JIHGF-09876", "ABCDE", "pending", "67890"]


def subscriptions(
    codes: Sequence[str], name: str = "Puerto"
) -> tuple[str, list[Row]]:  # fmt: skip
    """A sheet that requests a licence of each of `codes`."""
    return "Add Avira Subscription", [subscription(name, 1, code) for code in codes]


def suggestions(result: CommandResult) -> list[str | None]:
    """What the fix of each error suggests, if it does."""
    fixes = (re.search(r"Did you mean (.*?)\?", error["fix"]) for error in result.errors)
    return [fix and fix[1] for fix in fixes]


# OTCs and customers of the ledger


@pytest.mark.both_engines
def test_a_similar_otc_of_the_ledger_is_suggested_and_not_used(command: CommandLine) -> None:
    command.apply(*FILLED)
    before = command.contents()
    codes = [*NEAR_CODES, *FAR_CODES]
    result = command.apply(subscriptions(codes), options=["--partial"])
    assert result.exit_code == 1
    expected = NEAR_CODES | dict.fromkeys(FAR_CODES)
    assert dict(zip(codes, suggestions(result), strict=True)) == expected
    assert command.contents() == before
    assert command.check(subscriptions([OTHER_CODE])).exit_code == 0


@pytest.mark.both_engines
def test_a_similar_customer_of_the_ledger_is_suggested_and_not_used(command: CommandLine) -> None:
    command.apply(*FILLED)
    before = command.contents()
    similar = {"Clinica Nrote": "Clinica Norte", "clinica norte sl": "Clinica Norte",
               "ClinicaNorte": "Clinica Norte", "Clínica Nort": "Clinica Norte",
               "Puetro": "Puerto", "Hospital": None, "Clinica": None, "X": None}  # fmt: skip
    rows = [disable(name, release="Yes") for name in similar]
    result = command.apply(("Disable Customer", rows), options=["--partial"])
    assert {problem["code"] for problem in result.report["problems"]} == {"unknown-customer"}
    assert dict(zip(similar, suggestions(result), strict=True)) == similar
    assert command.contents() == before


@pytest.mark.both_engines
def test_nothing_of_another_account_is_ever_suggested(command: CommandLine) -> None:
    other = ("--account", "other")
    assert command.apply(*FILLED).exit_code == 0
    result = command.apply(("Add OTC", [otc("ZZZZZ-99999-YYYYY-88888", 5)]), options=other)
    assert result.exit_code == 0
    sheet = subscriptions(list(NEAR_CODES)[:3], "Puetro")
    assert set(suggestions(command.check(sheet))) == {CODE, "Puerto"}
    assert set(suggestions(command.check(sheet, options=other))) == {None}


def test_of_several_similar_otcs_the_most_similar_is_suggested(command: CommandLine) -> None:
    """Codes that were bought together differ little: a letter that looks like a digit counts less
    than another character."""
    codes = ["ABCDE-12345-FGHIJ-67890", "ABCDE-12345-FGHIJ-67891", "ABCDE-12345-FGHIJ-67899"]
    command.apply(("Add OTC", [otc(code) for code in codes]))
    typed = ["ABCDE-12345-FGHIJ-6789O", "ABCDE-12345-FGHIJ-6789I", "ABCDE-1234S-FGHIJ-67899"]
    edits = [edit_otc(code, email="new@msp.example") for code in typed]
    assert suggestions(command.check(("Edit OTC", edits))) == codes


def test_what_the_workbook_adds_is_suggested_too(command: CommandLine, ledger: Path) -> None:
    result = command.check(
        ("Add OTC", [otc(CODE)]),
        ("Add Customer", [customer("Clinica Norte", 5, CODE),
                          customer("Puerto", 5, "ABCDE-12345-FGHIJ-6789O")]),
        ("Enable Customer", [enable("Clinica Nrote")]),
    )  # fmt: skip
    assert suggestions(result) == [CODE, "Clinica Norte"]
    assert not ledger.exists()


def test_a_suggestion_is_in_the_language_of_the_user(command: CommandLine) -> None:
    command.apply(*FILLED)
    sheet = subscriptions(["ABCDE-12345-FGHIJ-6789O"])
    english, spanish = (
        command.check(sheet, options=["--lang", language]).errors[0]["fix"]
        for language in ("en", "es")
    )
    assert english == f"Did you mean {CODE}?"
    assert spanish.startswith("¿")
    assert CODE in spanish


def test_a_similar_choice_is_suggested(command: CommandLine) -> None:
    """In the language of the word that was typed."""
    managed = {"Admn": "Admin", "Administrator": "Administrador", "Custmer": "Customer",
               "Clinte": "Cliente", "Somebody": None, "A": None}  # fmt: skip
    release = {"Yess": "Yes", "Sii": "Sí", "Noo": "No", "perhaps": None, "1": None}
    result = command.check(
        ("Add Customer", [customer("Norte") | row("Add Customer", managed_by=word)
                          for word in managed]),
        ("Disable Customer", [disable("Norte", release=word) for word in release]),
    )  # fmt: skip
    assert {problem["code"] for problem in result.report["problems"]} == {"bad-choice"}
    assert dict(zip([*managed, *release], suggestions(result), strict=True)) == managed | release


# Rows that are refused because of another row


def fix_of_last(command: CommandLine, *sheets: tuple[str, Sequence[Row]]) -> str:
    """The fix of the last error in a workbook."""
    return str(command.check(*sheets).errors[-1]["fix"])


def test_rows_that_need_an_otc_whose_own_row_is_refused_lead_there(command: CommandLine) -> None:
    """And not to a known OTC that looks like it."""
    fix = fix_of_last(
        command,
        ("Add OTC", [otc(CODE), otc(SIMILAR_CODE, "many")]),
        ("Add Customer", [customer("Uno", code=SIMILAR_CODE)]),
    )
    assert "Row 3 of Add OTC" in fix
    assert CODE not in fix
    control = ("Add OTC", [otc(CODE)]), ("Add Customer", [customer("Uno", code=SIMILAR_CODE)])
    assert fix_of_last(command, *control) == f"Did you mean {CODE}?"


def test_the_old_name_of_a_customer_leads_to_its_new_one(command: CommandLine) -> None:
    fix = fix_of_last(
        command,
        ("Add OTC", [otc()]),
        ("Add Customer", [customer("Uno")]),
        ("Edit Customer", [edit("Uno", new_name="Eins")]),
        ("Disable Customer", [disable("Uno")]),
    )
    assert "Eins" in fix


def test_the_number_that_would_fit_is_what_the_cell_should_contain(command: CommandLine) -> None:
    """Edit Customer contains the new number, not the increase: 8 assigned and 2 pending."""
    fix = fix_of_last(
        command,
        ("Add OTC", [otc(total=10)]),
        ("Add Customer", [customer("Uno", 8)]),
        ("Edit Customer", [edit("Uno", licenses=20)]),
    )
    assert "10 or fewer" in fix
