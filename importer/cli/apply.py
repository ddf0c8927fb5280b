"""`avira-importer apply`."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from importer.base.errors import LedgerError
from importer.base.texts import N_
from importer.cli.check import print_reports, workbook_options
from importer.cli.export import print_export
from importer.cli.options import CommonOptions
from importer.cli.output import report_failure
from importer.cli.translated import command, flag, option

if TYPE_CHECKING:
    from importer.messages.report import Report
    from importer.pipeline.job import Job


@command(
    N_("Apply workbooks to the ledger. One refused row stops its whole workbook."),
    "apply onboarding.xlsx",
    "apply --partial january.xlsx february.xlsx",
    'apply onboarding.xlsx --export "Export Avira Details.xlsx"',
)
@flag("--partial", help=N_("Apply the good rows and write corrections for the others."))
@option(
    "--export", "export_to", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help=N_("Write “Export Avira Details” afterwards."),
)  # fmt: skip
@workbook_options
def apply(
    options: CommonOptions, files: tuple[Path, ...], job: Job, partial: bool, export_to: Path | None
) -> int:
    """Apply each workbook in its own transaction, then export."""
    from importer.config.formats import Format
    from importer.messages.report import Report, Result
    from importer.pipeline import apply as pipeline
    from importer.pipeline import export as exporting
    from importer.pipeline.job import check_output

    if export_to is not None:
        form = Format.of(export_to)
        check_output(export_to, job, form)

    def reports() -> Iterator[Report]:
        ledger_error: LedgerError | None = None
        for path, following in zip_longest(files, files[1:]):
            if ledger_error is not None:  # the others would fail likewise
                yield Report(str(path), Result.FAILED, fault=ledger_error)
                continue
            with options.progress() as shown:
                work = functools.partial(
                    pipeline.apply, path, replace(job, progress=shown), partial=partial,
                    following=following,
                )  # fmt: skip
                try:
                    report = pipeline.guarded(path, len(files) == 1, work)
                except LedgerError as error:
                    if not finished:
                        raise
                    ledger_error = error
                    report = Report(str(path), Result.FAILED, fault=error)
            finished.append(path)
            written.extend(filter(None, [report.corrections]))
            yield report

    written: list[str] = []
    finished: list[Path] = []
    exit_code = print_reports(options, reports())
    if export_to is not None and not job.ledger.is_missing:
        try:
            job = replace(job, inputs=(*job.inputs, *map(Path, written)))
            with options.progress() as shown:
                exported = exporting.export(export_to, replace(job, progress=shown), form=form)
        except (
            KeyboardInterrupt,
            Exception,
        ) as error:  # the reports are printed
            return max(exit_code, report_failure(error)[1])
        if not options.json:
            print_export(options, exported)
    return exit_code
