"""OTCs in cells."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from builders import A, edit_otc, otc, write_workbook
from command_line import CommandLine
from importer.base.texts import printable, visible
from reports import errors_in, problem_of

CODE = "ABCDE-12345-FGHIJ-67890"


def test_an_otc_is_normalised_with_a_warning(command: CommandLine) -> None:
    """Lower case, spaces of any kind, invisible characters, full-width letters, odd, other and
    missing dashes; the message has the OTC before and after."""
    typed = [
        "abcde-12345-fghij-67890", "  ABCDE-12345-FGHIJ-67890 ", "ABCDE12345FGHIJ67890",
        "ABCDE–12345–FGHIJ–67890", "ABCDE⁻12345➖FGHIJ˗67890",
        "ABCDE—12345-FGHIJ67890", "\u00a0ABCDE-12345-FGHIJ-67890",
        "ABCDE-\u00a012345-FGHIJ-67890", "ABCDE‑12345‑FGHIJ‑67890", "abcde12345-fghij−67890",
        "\ufeffABCDE-12345-\u200bFGHIJ-67890", "\u202aABCDE-12345-FGHIJ-67890\u202c",
        "ABCDE 12345 FGHIJ 67890", "ABCDE_12345_FGHIJ_67890", "ABCDE.12345.FGHIJ.67890",
        "ABCDE - 12345 - FGHIJ - 67890", "ABCDE-12345-\nFGHIJ-67890", "ＡBCDE-12345-FGHIJ-67890",
    ]  # fmt: skip
    command.apply(("Add OTC", [otc(CODE)]))
    rows = [edit_otc(code, runtime=number) for number, code in enumerate(typed, 1)]
    result = command.check(("Edit OTC", rows))
    assert result.errors == []
    problems = [p for p in result.report["problems"] if p["code"] == "normalised"]
    assert [(p["severity"], p["cell"], p["value"]) for p in problems] == [
        ("warning", f"A{row}", code) for row, code in enumerate(typed, 2)
    ]
    for code, problem in zip(typed, problems, strict=True):
        assert printable(visible(code)) in problem["message"], code
        assert CODE in problem["message"], code


def test_what_is_not_an_otc_is_refused(command: CommandLine) -> None:
    """No letter is folded into A-Z, and no character is left out or made up."""
    typed: list[Any] = [
        "ßBCDE-12345-FGHIJ-67890", "ABCDE-_12345-FGHIJ-67890", "ABCDE, 12345, FGHIJ, 67890",
        "ABCDE-12345-FGHIJ-67890.", "ABCDE-12345-FGHIJ-6789", "ABCDE-12345-FGHIJ-678901",
        "ÁBCDE-12345-FGHIJ-67890", "ABCDE-12345-FGHIJ-6789_", "-ABCDE-12345-FGHIJ-67890",
        "ABCDE--12345-FGHIJ-67890", "ABCD-E12345-FGHIJ-67890", "ABCDE-12345-FGHIJ-67890\nx",
        "ABCDE-12345-FGHIJ-6789٠", "ABCDE/12345/FGHIJ/67890", "ſBCDE-12345-FGHIJ-67890",
        True, 5, dt.date(2026, 1, 2), 12345678901234567890,
    ]  # fmt: skip
    rows = [otc(code) for code in typed]
    report = command.check(("Add OTC", rows)).report
    assert errors_in(report) == [(f"A{row}", "bad-otc") for row in range(2, len(typed) + 2)]


def test_an_otc_of_digits_must_be_typed_as_text(command: CommandLine) -> None:
    """As a number, Excel has dropped five of its digits."""
    digits = 12345678901234567890
    path = write_workbook(Path("x.xlsx"), [("Add OTC", [otc(A) | {"OTC": digits}])])
    assert "text" in problem_of(command("check", path, "--json"), "bad-otc")["fix"]
    write_workbook(path, [("Add OTC", [otc(str(digits))])])
    assert command("check", path).exit_code == 0


def test_an_otc_like_a_known_one_is_suggested_except_on_add_otc(command: CommandLine) -> None:
    """There the suggestion would lose the new OTC."""
    command.apply(("Add OTC", [otc(CODE)]))
    mistyped, slashes = CODE[:-1], "ABCDE/12345/FGHIJ/67891"
    add, edit, edit_slashes = command.check(
        ("Add OTC", [otc(mistyped)]),
        ("Edit OTC", [edit_otc(mistyped, runtime=1), edit_otc(slashes, runtime=1)]),
    ).report["problems"]
    assert CODE not in add["fix"]
    assert CODE in edit["fix"]
    # its own letters, not the nearest code that is known
    assert edit_slashes["fix"] == "Did you mean ABCDE-12345-FGHIJ-67891?"
