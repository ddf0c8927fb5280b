"""Books about sheets: their layout, what is hidden on them, and Spanish ones."""

from __future__ import annotations

import datetime as dt

from corpus.description import Book, Formula, Needs, Problem, Sheet
from corpus.expected import (
    CUSTOMER_HEADER,
    EMAIL,
    OTC_HEADER,
    code,
    errors,
    formulas_used,
    hidden,
    otc_row,
    problems,
    shown_customer,
    shown_otc,
)
from corpus.values import LETTERS, NUMBERS
from xlsb_files import Error

LAYOUT = Book(
    "layout",
    [
        Sheet("add otcs", "Add OTC", [
            ("Our OTCs",),
            (),
            ("Total Licenses *", None, "company name", "Our no.", "otc", "E mail", None, "Año"),
            (50, None, "Acme", 7, code(1), EMAIL, None, "x"),
            (),
            (50, None, "Acme", "x", code(2), EMAIL),
            ("many", None, "Acme", None, code(3), EMAIL),
        ], far=True),
        Sheet("Agregar  cliente", "Agregar cliente", [
            ("Nombre del cliente", "Administrado por", "OTC de Avira", "Número de licencias"),
            ("Norte", "Administrador", code(1), 10),
            ("Sur", "Nadie", code(1), 10),
        ]),
        Sheet("Edit OTC", "Edit OTC", [
            ("OTC", "Expiry Dat"),
            (code(2), dt.date(2040, 1, 1)),
        ]),
        Sheet("Notes", "", [("To do", "Who"), ("call back", "me")]),
    ],
    (6, 3, 0, 3),
    [
        Problem("warning", "normalised", "add otcs", None, "add otcs", Needs.SHEETS),
        Problem("warning", "title-rows", "add otcs", 3),
        Problem("warning", "ignored-column", "add otcs", "D3", "Our no."),
        Problem("warning", "ignored-column", "add otcs", "H3", "Año"),
        *errors("bad-number", "add otcs", "A7"),
        *errors("bad-choice", "Agregar  cliente", "B3"),
        *errors("unknown-column", "Edit OTC", "B1"),
        Problem("warning", "ignored-sheet", "Notes", None, None, Needs.SHEETS),
    ],
    [shown_otc(1, used=10), shown_otc(2)],
    [shown_customer("Norte", 1, 10)],
)  # fmt: skip
"""Titles, columns in another order and of the user's own, blank columns and rows, sheets renamed,
and a coloured cell in the last row of the grid."""

UNSEEN = Book(
    "unseen",
    [
        Sheet("Add OTC", "Add OTC", [
            OTC_HEADER,
            otc_row(1),
            otc_row(2),
            otc_row(3, "Acme", Formula("=40+10", 50), None, None,
                    Formula("=DATE(2040,2,29)", dt.date(2040, 2, 29)), Formula("=6+6", 12),
                    Formula("=6+6", 12)),
            otc_row(4, "Acme", Formula("=1/0", Error.DIV_0)),
            (code(5), "nobody", "Acme", Formula("=40+10", 50, stored=False)),
            (code(6), "nobody", Formula('="Ac"&"me"', "Acme"), Formula("=1=1", True)),
            otc_row(7, "Acme", Formula("=5/2", 2.5)),
            otc_row(8, "Acme", 50, Formula('=""', "")),
        ], hidden_rows=[3, 4], hidden_columns=["D", "I"]),
        Sheet("Add Customer", "Add Customer", [
            CUSTOMER_HEADER,
            ("Norte", "Admin", code(1), 10),
            (None, "Admin", code(1), 10),
            ("Sur", "Admin", code(2), 10),
        ], hidden=True, merged=["A2:A3"]),
    ],
    (11, 6, 0, 5),
    [
        hidden("Add OTC", "Hidden rows of Add OTC: 3-4."),
        hidden("Add OTC", "Hidden columns of Add OTC: D, I."),
        hidden("Add Customer", "The sheet Add Customer is hidden."),
        *formulas_used("D4 G4 H4 I4 D7 D8", of_text="C7"),
        *errors("cell-error", "Add OTC", "D5"),
        *errors("bad-email", "Add OTC", "B6 B7"),
        *errors("bad-number", "Add OTC", "D8"),
        Problem("error", "formula-without-value", "Add OTC", "D6", None, Needs.UNCALCULATED,
                *formulas_used("D6")),
        Problem("error", "bad-number", "Add OTC", "D7", None, Needs.TRUTH_RESULTS),
        Problem("error", "merged-cells", "Add Customer", "A3", "A2:A3", Needs.MERGING,
                *errors("missing-value", "Add Customer", "A3")),
    ],
    [
        shown_otc(1, used=10),
        shown_otc(2, used=10),
        shown_otc(3, expiry_date="2040-02-29", product_id="12", runtime=12),
        shown_otc(8),
    ],
    [shown_customer("Norte", 1, 10), shown_customer("Sur", 2, 10)],
)  # fmt: skip
"""Hidden rows, columns and sheets, merged cells over data, formulas with a value and without.

A row whose formula not every format can carry is refused for another reason, too, so that the
ledger is the same in all of them.
"""

SPANISH_BOOK = Book(
    "spanish",
    [
        Sheet("Agregar OTC", "Agregar OTC", [
            ("Código OTC", "Correo electrónico", "Nombre de la empresa", "Total de licencias",
             "Descripción", "Fecha de compra", "Fecha de vencimiento", "Duración"),
            (code(1), EMAIL, "Clínica Ñandú", "50,0", "Renovación", dt.date(2026, 1, 31),
             dt.date(2040, 2, 29), "12,00"),
            (code(2), EMAIL, "Clínica Ñandú", "50,5"),
        ]),
        Sheet("Agregar cliente", "Agregar cliente", [
            ("Nombre del cliente *", "Administrado por *", "OTC de Avira *", "Número de licencias"),
            ("Norte", "administrador", code(1), "10,0"),
            ("Sur", "Administrador", code(1), 10),
            ("Este", "Admin", code(1), 10),
            ("Oeste", "Admin", code(1), 10),
        ]),
        Sheet("Deshabilitar cliente", "Deshabilitar cliente", [
            ("Nombre del cliente", "Liberar licencias", "Motivo"),
            ("Norte", "Sí", "Fin de contrato"),
            ("Sur", "no", "Sin señal"),
            ("Este", "SI", None),
            ("Oeste", True, None),
            ("Norte", "Quizás", None),
        ]),
    ],
    (11, 9, 0, 2),
    [
        *problems("warning", "console-limit", "Agregar OTC", "C2 C3"),
        *errors("bad-number", "Agregar OTC", "D3"),
        *errors("bad-choice", "Deshabilitar cliente", "B6"),
    ],
    [shown_otc(1, "Clínica Ñandú", used=10, description="Renovación", purchase_date="2026-01-31",
               expiry_date="2040-02-29", runtime=12)],
    [shown_customer("Este", 1, 0, "disabled"), shown_customer("Norte", 1, 0, "disabled"),
     shown_customer("Oeste", 1, 0, "disabled"), shown_customer("Sur", 1, 10, "disabled")],
    from_1904=True,
)  # fmt: skip
"""Spanish sheets, headers, choices and decimal commas, in a workbook that counts from 1904."""

BOOKS = {book.name: book for book in (NUMBERS, LETTERS, LAYOUT, UNSEEN, SPANISH_BOOK)}
"""Every book by its name."""
