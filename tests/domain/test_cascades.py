"""A row that needs an OTC or a customer of a refused row names that row."""

from __future__ import annotations

import pytest

from builders import (
    Row,
    Sheets,
    customer,
    device,
    disable,
    edit,
    edit_otc,
    move,
    otc,
    subscription,
)
from command_line import CommandLine, CommandResult

pytestmark = pytest.mark.usefixtures("no_corrections")

CODE = "ABCDE-12345-FGHIJ-67890"
SHORT = "ABCDE-12345-FGHIJ-6789"
"""CODE without its last character, so that it cannot be read."""
OTHER = "KLMNO-10100-PQRST-11011"
REFUSED = "which would have added it, was refused"
PROBABLY = "which was probably meant to add it, was refused"


def fixes(result: CommandResult, sheet: str) -> list[str]:
    """The fix of each error of a sheet."""
    return [error["fix"] for error in result.errors if error["sheet"] == sheet]


def sheets_of(there: Row, here: str) -> Sheets:
    """A good OTC, and `there` in row 3 of Add OTC; rows of every sheet that need the OTC `here`."""
    return [
        ("Add OTC", [otc(OTHER), there]),
        ("Edit OTC", [edit_otc(here, description="for Uno")]),
        ("Add Customer", [customer("Uno", code=here), customer("Dos", code=OTHER)]),
        ("Add Avira Subscription", [subscription("Dos", 1, here)]),
        ("Edit Customer", [edit("Dos", otc=here, licenses=2)]),
        ("Update OTC", [move(OTHER, here, "Dos"), move(here, OTHER, "Dos")]),
    ]


NEEDING = ["Edit OTC", "Add Customer", "Add Avira Subscription", "Edit Customer",
           "Update OTC", "Update OTC"]  # fmt: skip
"""The sheet of each row of `sheets_of` that needs the OTC."""


@pytest.mark.parametrize(
    ("there", "here", "words"),
    [
        (otc(CODE, "many"), CODE, REFUSED),  # another cell of its row is bad
        (otc(SHORT), SHORT, REFUSED),
        (otc(SHORT), f" {SHORT.lower()}", REFUSED),
        (otc(SHORT), CODE, PROBABLY),
        (otc("ABCDE-12345-FGHIJ-678900"), CODE, PROBABLY),
        (otc(SHORT), "ABCDE-12345-FGHIJ-679", PROBABLY),
        (otc("pending"), "pending", REFUSED),
        (otc("pending"), "pendig", None),
        (otc(SHORT), "ZZZZZ-99999-YYYYY-88888", None),
    ],
)
def test_a_row_that_needs_an_otc_names_the_refused_row_that_would_add_it(
    there: Row, here: str, words: str | None, command: CommandLine
) -> None:
    """On every sheet that names OTCs, whether or not the codes can be read, here and there."""
    errors = command.check(*sheets_of(there, here)).errors
    assert [error["sheet"] for error in errors] == ["Add OTC", *NEEDING]
    named = [f"Row 3 of Add OTC, {words}" in error["fix"] for error in errors[1:]]
    assert named == [words is not None] * len(NEEDING)


@pytest.mark.parametrize(("there", "here"), [
    (otc(CODE, "many"), CODE), (otc(SHORT), SHORT), (otc(SHORT), CODE),
    (otc(SHORT), "ABCDE-12345-FGHIJ-679"),
])  # fmt: skip
def test_in_spanish_the_row_is_named_without_a_gender(
    there: Row, here: str, command: CommandLine
) -> None:
    """OTC is feminine, a customer masculine."""
    needing = "Add Customer", [customer("Uno", code=here)]
    result = command.check(("Add OTC", [there]), needing, options=("--lang", "es"))
    assert "la fila 2 de Add OTC, con la que " in fixes(result, "Add Customer")[0]


def test_a_code_that_cannot_be_read_is_to_be_corrected_here_and_there(command: CommandLine) -> None:
    command.apply(("Add OTC", [otc(CODE)]))
    result = command.check(
        ("Add OTC", [otc(SHORT)]), ("Add Customer", [customer("Uno", code=SHORT)])
    )
    assert fixes(result, "Add Customer") == [
        f"Did you mean {CODE}? Row 2 of Add OTC, which would have added it, was refused as well."
    ]


def test_a_bad_code_with_a_suggestion_of_its_own_names_no_row_that_is_merely_similar(
    command: CommandLine,
) -> None:
    command.apply(("Add OTC", [otc(CODE)]))
    needing = "Add Customer", [customer("Uno", code="ABCDE-12345-FGHIJ-6789A")]
    result = command.check(("Add OTC", [otc(SHORT)]), needing)
    assert PROBABLY in fixes(result, "Add Customer")[0]  # it is a code, which is unknown
    needing = "Add Customer", [customer("Uno", code="ABCDE-12345-FGHIJ-678")]
    result = command.check(("Add OTC", [otc(SHORT)]), needing)
    assert fixes(result, "Add Customer") == [f"Did you mean {CODE}?"]


def test_no_row_further_down_or_right_is_named(command: CommandLine) -> None:
    """To fix it would not help."""
    refused = "Add OTC", [otc(CODE, "many")]
    needing = "Add Customer", [customer("Uno", code=CODE)]
    [fix] = fixes(command.check(needing, refused), "Add Customer")
    assert "must come before this one" in fix
    [fix] = fixes(command.check(refused, needing), "Add Customer")
    assert REFUSED in fix


LONG = "Una clinica de nombre largo " * 4
BREAK = "Clinica\nNorte"


@pytest.mark.parametrize(
    ("there", "here", "words"),
    [
        (customer("Clinica Norte", code=OTHER), "clinica norte", REFUSED),  # its OTC is unknown
        (customer("Clinica Norte", "many"), "Clinica  Norte", REFUSED),
        (customer("Clinica Norte", 51), "Clinica Norte", REFUSED),  # too many licences
        (customer(BREAK), "Clinica Norte", PROBABLY),
        (customer(LONG), LONG[:90], PROBABLY),
        (customer(BREAK), "Hospital", None),
    ],
)
def test_a_row_about_a_customer_names_the_refused_row_that_would_add_it(
    there: Row, here: str, words: str | None, command: CommandLine
) -> None:
    result = command.check(
        ("Add OTC", [otc()]), ("Add Customer", [there]),
        ("Add Avira Subscription", [subscription(here, 1)]),
        ("Edit Customer", [edit(here, email="it@norte.example")]),
        ("Disable Customer", [disable(here)]), ("Devices", [device(here, "PC-1")]),
    )  # fmt: skip
    errors = [error for error in result.errors if error["sheet"] != "Add Customer"]
    assert {error["code"] for error in errors} == {"unknown-customer"}
    named = [f"Row 2 of Add Customer, {words}" in error["fix"] for error in errors]
    assert named == [words is not None] * 4


def test_a_row_that_is_refused_for_a_refused_row_is_itself_named(command: CommandLine) -> None:
    """The OTC's row is named by the customer's, and that one by the device's."""
    result = command.check(
        ("Add OTC", [otc(SHORT)]), ("Add Customer", [customer("Uno", code=SHORT)]),
        ("Devices", [device("Uno", "PC-1")]),
    )  # fmt: skip
    assert "Row 2 of Add OTC" in fixes(result, "Add Customer")[0]
    assert "Row 2 of Add Customer" in fixes(result, "Devices")[0]
