"""`avira-importer export`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.base.texts import N_, text
from importer.cli.job import as_of_option, job_of, note_nothing_applied
from importer.cli.options import Common, common_options
from importer.cli.output import as_utc, progress, say, say_json
from importer.cli.translated import Command, Option
from importer.export.form import Format

if TYPE_CHECKING:
    from importer.pipeline.export import Export

DEFAULT_NAME = "Export Avira Details"


def say_export(common: Common, written: Export) -> None:
    """Say what was written where."""
    if common.json:
        say_json(
            {
                "file": str(written.file),
                "as_of": as_utc(written.as_of),
                "sheets": written.sheets,
                "sha256": written.sha256,
                "batch": written.batch,
                "head": written.head,
            }
        )
    elif not common.quiet:
        say([str(text(N_("Written: {path}"), path=written.file))])


@click.command(
    cls=Command,
    help=N_("Write the workbook “Export Avira Details” from the ledger.")
    + '\n\n\b\n  avira-importer export -o "Export Avira Details.xlsx"'
    + "\n  avira-importer export --as-of 2026-06-30 -o june.xlsx"
    + "\n  avira-importer export --format html -o licences.html"
    + "\n  avira-importer export --format csv -o details"
    + '\n  avira-importer export --customer "Clinica Norte" --lang es -o norte.xlsx',
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    show_default=f"{DEFAULT_NAME}.xlsx",
    metavar="FILE",
    cls=Option,
    help=N_("The file to write; for CSV, the folder."),
)
@click.option(
    "--format",
    "form",
    type=click.Choice([one.value for one in Format]),
    show_default=N_("that of FILE, else xlsx"),
    cls=Option,
    help=N_(
        "An Excel workbook, a LibreOffice spreadsheet, a folder with a CSV file for each "
        "sheet, JSON for programs, or a web page."
    ),
)
@click.option(
    "--customer",
    metavar="NAME",
    cls=Option,
    help=N_("One customer's own export, which says nothing of others."),
)
@click.option(
    "--translate-headers",
    is_flag=True,
    cls=Option,
    help=N_("Translate the console's own headers too; programs may look for the English ones."),
)
@as_of_option
@common_options
def export(
    common: Common,
    output: Path | None,
    form: str | None,
    customer: str | None,
    translate_headers: bool,
    as_of: dt.date | int | None,
) -> None:
    """Export what the ledger holds now, or held then."""
    from importer.pipeline import export as exporting

    if form is None:
        form = Format.XLSX if output is None else Format.of(output)
    with progress(wanted=not common.quiet) as shown:
        name = output or Path(DEFAULT_NAME if form == "csv" else f"{DEFAULT_NAME}.{form}")
        written = exporting.export(
            name,
            job_of(common, shown),
            as_of,
            customer=customer,
            form=Format(form),
            translate_headers=translate_headers,
        )
    if written.batch == 0:
        note_nothing_applied(common, as_of)
    say_export(common, written)
