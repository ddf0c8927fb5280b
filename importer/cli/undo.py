"""`avira-importer undo`."""

from __future__ import annotations

import click

from importer.base.errors import EXIT_DONE, EXIT_UNDO
from importer.base.texts import N_
from importer.cli.job import BATCH, actor_option, job_of
from importer.cli.options import Common, common_options
from importer.cli.output import progress, say_json, say_report
from importer.cli.translated import Command, Option


@click.command(
    cls=Command,
    help=N_("Take a batch back, as a new batch: all that it changed is as it was before.")
    + "\n\n\b\n  avira-importer undo 7 --check\n  avira-importer undo 7",
)
@click.argument("batch", type=BATCH)
@click.option(
    "--check", "only_check", is_flag=True, cls=Option, help=N_("Only show what that would do.")
)
@actor_option
@common_options
def undo(common: Common, batch: int, only_check: bool, actor: str | None) -> int:
    """Undo a batch, or show what that would do, or why it cannot be done."""
    from importer.messages.report import undo_to_json
    from importer.messages.report_text import undo_lines
    from importer.pipeline import undo as undoing

    with progress(wanted=not common.quiet) as shown:
        job = job_of(common, shown, actor=actor)
        undone = (undoing.check_undo if only_check else undoing.undo)(batch, job)
    report = undone.report
    if common.json:
        say_json(undo_to_json(report, batch))
    elif report.problems or not common.quiet:
        say_report(undo_lines(report, batch, undone.of.undoes, everything=common.verbose))
    return EXIT_UNDO if report.problems else EXIT_DONE
