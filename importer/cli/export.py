"""`avira-importer export`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from importer.base.texts import N_, text
from importer.cli.options import CommonOptions, as_of_option, common_options
from importer.cli.translated import command, flag, option
from importer.config.formats import MOST_MOVEMENTS, MOVEMENTS, Format

if TYPE_CHECKING:
    from importer.pipeline.export import Export

DEFAULT_NAME = "Export Avira Details"


def print_export(options: CommonOptions, export: Export) -> None:
    """Print which file was written."""
    document = {
        "file": str(export.file), "as_of": export.as_of.isoformat().replace("+00:00", "Z"),
        "sheets": export.sheets, "sha256": export.sha256, "batch": export.batch,
        "head": export.head,
    }  # fmt: skip
    options.print_result(document, text(N_("Written: {path}"), path=export.file))


class _NumberOrAll(click.IntRange):
    """A whole number, or `all` for None."""

    def convert(self, value: Any, *where: Any) -> Any:
        """The number, or None."""
        return None if value == "all" else super().convert(value, *where)


@command(
    N_("Write the workbook “Export Avira Details” from the ledger."),
    'export -o "Export Avira Details.xlsx"',
    "export --as-of 2026-06-30 -o june.xlsx",
    "export --format html -o licences.html",
    "export --format csv -o details",
    'export --customer "Clinica Norte" --lang es -o norte.xlsx',
)
@option(
    "-o", "--output", type=click.Path(path_type=Path), show_default=f"{DEFAULT_NAME}.xlsx",
    metavar="FILE", help=N_("File to write. For CSV, a folder."),
)  # fmt: skip
@option(
    "--format", "form", type=click.Choice([known.value for known in Format]),
    show_default=N_("that of FILE, else xlsx"),
    help=N_("Excel workbook, LibreOffice spreadsheet, folder with a CSV file for each sheet, JSON "
            "for programs, or web page."),
)  # fmt: skip
@option(
    "--customer", metavar="NAME",
    help=N_("Export one customer only, without anything about the others."),
)  # fmt: skip
@flag(
    "--translate-headers",
    help=N_("Translate the console's own headers too. Programs may expect the English ones."),
)
@option(
    "--movements", type=_NumberOrAll(1, MOST_MOVEMENTS), default=MOVEMENTS, show_default=True,
    metavar="NUMBER|all", help=N_("How many changes Movements lists, the newest first."),
)  # fmt: skip
@as_of_option
@common_options
def export(
    options: CommonOptions,
    output: Path | None,
    form: str | None,
    customer: str | None,
    translate_headers: bool,
    movements: int | None,
    as_of: dt.date | int | None,
) -> None:
    """Export the ledger as it is now, or as it was then."""
    from importer.pipeline import export as exporting

    if form is None:
        form = Format.XLSX if output is None else Format.of(output)
    with options.progress() as shown:
        exported = exporting.export(
            output or Path(DEFAULT_NAME + Format(form).ending), options.job(shown), as_of,
            customer=customer, form=Format(form), translate_headers=translate_headers,
            movements=movements,
        )  # fmt: skip
    options.note_if_empty(exported.batch, as_of)
    print_export(options, exported)
