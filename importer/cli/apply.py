"""`avira-importer apply`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.base.errors import ImporterError, MisuseError
from importer.base.texts import N_, text
from importer.cli.check import make_job, say_reports, workbook_options
from importer.cli.export import say_export
from importer.cli.options import Common, common_options
from importer.cli.output import progress
from importer.cli.translated import Command, Option

if TYPE_CHECKING:
    from importer.messages.report import Report


@click.command(
    cls=Command,
    help=N_("Apply workbooks to the ledger: each one wholly, or nothing of it.")
    + "\n\n\b\n  avira-importer apply onboarding.xlsx"
    + "\n  avira-importer apply --partial january.xlsx february.xlsx"
    + '\n  avira-importer apply onboarding.xlsx --export "Export Avira Details.xlsx"',
)
@click.option(
    "--partial",
    is_flag=True,
    cls=Option,
    help=N_("Apply the good rows and give the refused ones back."),
)
@click.option(
    "--export",
    "export_to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    cls=Option,
    help=N_("Write “Export Avira Details” afterwards."),
)
@workbook_options
@common_options
def apply(
    common: Common,
    files: tuple[Path, ...],
    partial: bool,
    export_to: Path | None,
    corrections: Path | None,
    actor: str | None,
    sheet: str | None,
) -> int:
    """Apply each workbook in its own transaction, then export."""
    job = make_job(common, files, corrections, actor, sheet)
    from importer.export.form import Format
    from importer.pipeline import apply as pipeline
    from importer.pipeline import export as exporting

    if export_to is not None:
        form = Format.of(export_to)
        exporting.writable(export_to, job, form)
        if export_to.resolve() in {path.resolve() for path in files}:
            raise MisuseError(
                text(N_("--export names a workbook to apply: {path}. Name another file."),
                     path=export_to)
            )  # fmt: skip

    def each() -> Iterator[Report]:
        for path, following in zip_longest(files, files[1:]):
            with progress(wanted=not common.quiet) as shown:
                report = pipeline.apply(
                    path, replace(job, progress=shown), partial=partial, following=following
                )
            yield report

    exit_code = say_reports(common, each())
    if export_to is not None and not job.ledger.is_missing:
        try:
            with progress(wanted=not common.quiet) as shown:
                exported = exporting.export(export_to, replace(job, progress=shown), form=form)
        except ImporterError as error:  # the reports are said already
            click.echo(str(error.message), err=True)
            return error.exit_code
        if not common.json:
            say_export(common, exported)
    return exit_code
