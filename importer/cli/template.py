"""`avira-importer template`."""

from __future__ import annotations

from pathlib import Path

import click

from importer.base.errors import MisuseError
from importer.base.texts import N_, current_language, text
from importer.cli.job import job_of
from importer.cli.options import Common, common_options
from importer.cli.output import progress, say, say_json
from importer.cli.translated import Command, Option


@click.command(
    cls=Command,
    help=N_("Write the onboarding workbook to fill in.")
    + "\n\n\b\n  avira-importer template -o onboarding.xlsx\n  avira-importer template --lang es"
    + "\n  avira-importer template --prefill -o edit.xlsx",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("onboarding.xlsx"),
    show_default=True,
    metavar="FILE",
    cls=Option,
    help=N_("The file to write."),
)
@click.option(
    "--force", is_flag=True, cls=Option, help=N_("Write over a file that is there already.")
)
@click.option(
    "--prefill",
    is_flag=True,
    cls=Option,
    help=N_("Fill the sheets Edit OTC and Edit Customer with what the ledger holds, to edit it."),
)
@common_options
def template(common: Common, output: Path, force: bool, prefill: bool) -> None:
    """Write the template, its drop-downs offering what the ledger knows."""
    from importer.pipeline import export as exporting

    if output.exists() and not force:
        raise MisuseError(
            text(N_("{path} is there already, perhaps filled in. Choose another name with -o, or "
                    "write over it with --force."), path=output)
        )  # fmt: skip
    with progress(wanted=not common.quiet) as shown:
        exporting.template(output, current_language(), job_of(common, shown), prefill=prefill)
    if common.json:
        say_json({"file": str(output), "lang": current_language()})
    elif not common.quiet:
        told = N_("Fill it in, then: avira-importer check {path}")
        if prefill:
            told = N_("Edit it, then: avira-importer check {path}")
        say(
            [
                str(text(N_("Written: {path}"), path=output)),
                str(text(told, path=output)),
            ]
        )
