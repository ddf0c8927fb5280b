"""`avira-importer check`, and the options and output that `apply` shares."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from importer.base.errors import EXIT_DONE, MisuseError
from importer.base.texts import N_, current_language, text
from importer.cli.options import CommonOptions, actor_option, common_options
from importer.cli.output import print_json, print_lines, print_report, report_failure
from importer.cli.translated import argument, command, option
from importer.config.settings import DateOrder

if TYPE_CHECKING:
    from importer.messages.report import Report
    from importer.pipeline.job import Job

_COMMON_ENCODINGS = ("utf-8", "utf-16", "cp1252", "mac_roman", "cp850")


def _text_encoding(name: str) -> str:
    from importer.workbook.formats.text.encodings import text_encoding

    encoding = text_encoding(name)
    if encoding is None:
        reason = N_("There is no encoding {name}. Common ones: {known}.")
        raise click.BadParameter(str(text(reason, name=name, known=_COMMON_ENCODINGS)))
    return encoding


_OPTIONS = (
    argument(
        "files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False),
        metavar="FILE...",
    ),
    option(
        "--corrections", type=click.Path(path_type=Path), metavar="FILE|DIR",
        help=N_("Where to write corrections. Default: beside the workbook."),
    ),
    actor_option,
    option(
        "--sheet", metavar="NAME",
        help=N_("What the only sheet of a workbook or CSV file holds, if its name does not show "
                "it."),
    ),
    option(
        "--encoding", metavar="NAME", type=_text_encoding,
        help=N_("Encoding of CSV files, such as utf-8, cp1252, mac_roman or cp850. Default: "
                "detected. Other files ignore it."),
    ),
    option(
        "--dates", type=click.Choice(get_args(DateOrder)),
        help=N_("How dates such as 03/04/2026 are read: day or month first. Default: as other "
                "dates of the column show; day first in Spanish."),
    ),
)  # fmt: skip


def workbook_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give `command` the common options, and those of `check` and `apply` as files and a job."""

    @functools.wraps(command)
    def with_job(
        options: CommonOptions, files: tuple[Path, ...], corrections: Path | None,
        actor: str | None, sheet: str | None, encoding: str | None, dates: DateOrder | None,
        **own: Any,
    ) -> int:  # fmt: skip
        from importer.workbook.reading.sandbox import read_ahead

        read_ahead(files[0], options.settings.limits, encoding)
        from importer.pipeline.job import check_output

        if sheet is not None:
            _check_sheet(sheet)
        if corrections is not None and len(files) > 1 and not corrections.is_dir():
            message = N_("With several files, --corrections must be an existing folder.")
            raise MisuseError(text(message))
        job = options.job(actor=actor)
        job = replace(
            job, corrections=corrections, sheet=sheet, encoding=encoding, dates=dates or job.dates
        )
        if corrections is not None:
            check_output(corrections, job)
        job = replace(job, inputs=(*job.inputs, *files, *filter(None, [corrections])))
        return command(options, files, job, **own)

    with_options = common_options(with_job)
    for add_option in reversed(_OPTIONS):
        with_options = add_option(with_options)
    return with_options


def _check_sheet(sheet: str) -> None:
    from importer.domain.sheets import SHEETS
    from importer.workbook.labels import sheet_named

    if sheet_named(sheet) is None:
        titles = [known.title(current_language()) for known in SHEETS]
        message = N_("There is no sheet {sheet}. The sheets are {known}.")
        raise MisuseError(text(message, sheet=sheet, known=titles))


def print_reports(options: CommonOptions, reports: Iterable[Report]) -> int:
    """Print the report on each workbook as soon as there is one; return the exit code."""
    from importer.messages.report import to_json
    from importer.messages.report_text import report_lines

    printed: list[Report] = []
    exit_code, fault = EXIT_DONE, None
    try:
        for report in reports:
            printed.append(report)
            exit_code = max(exit_code, report.exit_code)
            if report.fault is not None and report.fault is not fault:
                click.echo(report.fault.message, err=True)
            fault = report.fault
            if report.corrections_fault is not None and options.json:
                click.echo(report.corrections_fault, err=True)
            if not (options.json or (options.quiet and report.exit_code == EXIT_DONE)):
                if len(printed) > 1:
                    print_lines([""])
                print_report(report_lines(report, everything=options.verbose))
    except (KeyboardInterrupt, Exception) as error:
        if not printed:
            raise
        exit_code = max(exit_code, report_failure(error)[1])
    if options.json:
        print_json([to_json(report) for report in printed])
    return exit_code


@command(
    N_("Show what applying workbooks would do, and every problem. Nothing is changed."),
    "check onboarding.xlsx",
    'check --sheet "Add OTC" may.csv',
    "check --encoding mac_roman clients.csv",
)
@workbook_options
def check(options: CommonOptions, files: tuple[Path, ...], job: Job) -> int:
    """Read, check and plan."""
    from importer.pipeline import apply as pipeline

    with options.progress() as shown:
        reports = pipeline.check(files, replace(job, progress=shown))
    return print_reports(options, reports)
