"""`avira-importer undo`."""

from __future__ import annotations

from importer.base.errors import EXIT_DONE, EXIT_UNDO
from importer.base.texts import N_
from importer.cli.options import BATCH, CommonOptions, actor_option, common_options
from importer.cli.output import print_json, print_report
from importer.cli.translated import argument, command, flag


@command(
    N_("Undo a batch: a new batch restores everything that it changed."),
    "undo 7 --check",
    "undo 7",
)
@argument("batch", type=BATCH)
@flag("--check", "only_check", help=N_("Only show what undoing would do."))
@actor_option
@common_options
def undo(options: CommonOptions, batch: int, only_check: bool, actor: str | None) -> int:
    """Undo a batch, or show what that would do, or why it cannot be done."""
    from importer.messages.report import undo_to_json
    from importer.messages.report_text import undo_lines
    from importer.pipeline import undo as undoing

    with options.progress() as shown:
        job = options.job(shown, actor=actor)
        undone = (undoing.check_undo if only_check else undoing.undo)(batch, job)
    report = undone.report
    if options.json:
        print_json(undo_to_json(report, batch))
    elif report.problems or not options.quiet:
        print_report(undo_lines(report, batch, undone.of.undoes, everything=options.verbose))
    return EXIT_UNDO if report.problems else EXIT_DONE
