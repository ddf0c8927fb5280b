"""Books about values: numbers as text, and letters as word processors leave them."""

from __future__ import annotations

import datetime as dt

from corpus.description import Book, Sheet
from corpus.expected import (
    CUSTOMER_HEADER,
    EMAIL,
    OTC_HEADER,
    code,
    errors,
    normalised,
    otc_row,
    problems,
    shown_customer,
    shown_otc,
)
from xlsb_files import Error

NUMBERS = Book(
    "numbers",
    [
        Sheet("Add OTC", "Add OTC", [
            OTC_HEADER,
            otc_row(1, "Acme", 5),
            otc_row(2, "Acme", "5"),
            otc_row(3, "Acme", "5.0"),
            otc_row(4, "Acme", 5.0),
            otc_row(5, "Acme", "5,0"),
            otc_row(6, 123, 5, "00123", None, None, "007", 12),
            otc_row(7, "TRUE", 5, True, None, None, 25),
            otc_row(8, "Acme", 5, None, dt.date(2026, 1, 31), dt.datetime(2040, 2, 29, 13, 45)),
            otc_row(9, "Acme", 5, None, "2026-01-31", "2040-02-29 9:45"),
            otc_row(10, "Acme", "1,000"),
            otc_row(11, "Acme", "1.000"),
            otc_row(12, "Acme", True),
            otc_row(13, "Acme", 2.5),
            otc_row(14, "Acme", "5 pcs"),
            otc_row(15, "Acme", Error.NA, Error.REF),
            otc_row(16, "Acme", 5, None, "03/04/2026", "31/01/2026"),
            (),
            otc_row(17, "Acme", -1),
            otc_row(18, "Acme", True, True),
            otc_row(19, "Acme", Error.NA, Error.NA),
            otc_row(20, "Acme", 5, "Acme", None, None, 12, 12),
            otc_row(20, "Acme", 5, "Acme", None, None, 12, 12),
            otc_row(21, "Acme", Error.NA, Error.NA),
            otc_row(21, "Acme", Error.NA, Error.NA),
        ]),
    ],
    (23, 10, 0, 13),
    [
        *errors("bad-number", "Add OTC", "D11 D12 D13 D14 D15 D19 D20"),
        *errors("cell-error", "Add OTC", "D16 E16 D21 E21 D24 E24 D25 E25"),
        *errors("bad-date", "Add OTC", "F17"),
        *normalised("Add OTC", {"G17": "31/01/2026", "G9": "2040-02-29 13:45:00"}),
        *errors("duplicate-row", "Add OTC", "A23"),
    ],
    [
        *(shown_otc(number, total=5) for number in range(1, 6)),
        shown_otc(6, "123", 5, description="00123", product_id="007", runtime=12),
        shown_otc(7, "TRUE", 5, description="TRUE", product_id="25"),
        shown_otc(8, total=5, purchase_date="2026-01-31", expiry_date="2040-02-29"),
        shown_otc(9, total=5, purchase_date="2026-01-31", expiry_date="2040-02-29"),
        shown_otc(20, total=5, description="Acme", product_id="12", runtime=12),
    ],
)  # fmt: skip
"""Numbers as text, text as numbers, marks, booleans, dates, error values, a blank row, and
equal neighbours, some of which ods stores once."""

LETTERS = Book(
    "letters",
    [
        Sheet("Add OTC", "Add OTC", [
            OTC_HEADER,
            ("aaaaabbbbbccccc00001", EMAIL, "  Acme  Norte ", 50),
            ("AAAAA–BBBBB—CCCCC‑00002", EMAIL, "Acme\u00a0Norte", 50),
            ("\u00a0AAAAA-BBBBB-CCCCC-00003\u200b", EMAIL, "Ac\u00adme\u200b", "５"),
            (code(4), f" {EMAIL} ", "Ａｃｍｅ", 50),
            (code(5), EMAIL, "Nin\u0303o Cli\u0301nica", 50),
            (code(6), EMAIL, "Acme\r\nNorte", 50),
            (code(7), EMAIL, "Acme\nNorte", 50, "uno\ndos"),
            ("ＡAAAA/BBBBB/CCCCC/00008", EMAIL, "Acme", 50),
            (code(9), EMAIL, "李 Ñandú 🚀", 50, "\u200b"),
        ]),
        Sheet("Add Customer", "Add Customer", [
            CUSTOMER_HEADER,
            ("Clinica “Norte”", "Admin", code(1), 1),
            ("Clinica “Norte” – Sur", "“Admin”", code(1), 1),
            ("O’Hara", " ADMIN ", code(1), 1),
            ("Clinica", "Ａｄｍｉｎ", "aaaaa-bbbbb-ccccc-00002 ", 1),
            ("Clínica", "admin", code(2), 1),
        ]),
    ],
    (14, 10, 0, 4),
    [
        *normalised("Add OTC", {
            "A2": "aaaaabbbbbccccc00001", "C2": "  Acme  Norte ",
            "A3": "AAAAA–BBBBB—CCCCC‑00002", "C3": "Acme\u00a0Norte",
            "A4": "\u00a0AAAAA-BBBBB-CCCCC-00003\u200b", "C4": "Ac\u00adme\u200b", "D4": "５",
            "B5": f" {EMAIL} ", "C5": "Ａｃｍｅ", "C6": "Nin\u0303o Cli\u0301nica",
        }),
        *errors("bad-characters", "Add OTC", "C7 C8 E8"),
        *errors("bad-otc", "Add OTC", "A9"),
        *errors("bad-choice", "Add Customer", "B3"),
        *problems("warning", "console-limit", "Add OTC", "C6 C10"),
        *problems("warning", "console-limit", "Add Customer", "A2 A3 A4 A6"),
        *problems("warning", "similar-name", "Add Customer", "A6"),
        *normalised("Add Customer", {
            "B4": " ADMIN ", "B5": "Ａｄｍｉｎ", "C5": "aaaaa-bbbbb-ccccc-00002 ",
        }),
    ],
    [
        shown_otc(1, "Acme Norte", used=2),
        shown_otc(2, "Acme Norte", used=2),
        shown_otc(3, total=5),
        shown_otc(4),
        shown_otc(5, "Niño Clínica"),
        shown_otc(9, "李 Ñandú 🚀"),
    ],
    [shown_customer("Clinica", 2, 1), shown_customer("Clinica “Norte”", 1, 1),
     shown_customer("Clínica", 2, 1), shown_customer("O’Hara", 1, 1)],
)  # fmt: skip
"""Spaces, dashes, quotation marks and accents as word processors and web pages leave them."""
