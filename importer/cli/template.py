"""`avira-importer template`."""

from __future__ import annotations

from pathlib import Path

import click

from importer.base.errors import MisuseError
from importer.base.texts import N_, current_language, text
from importer.cli.options import CommonOptions, common_options, force_option
from importer.cli.translated import Command, option, with_examples


@click.command(
    cls=Command,
    help=with_examples(
        N_("Write the onboarding workbook to fill in."),
        "template -o onboarding.xlsx",
        "template --lang es",
        "template --prefill -o edit.xlsx",
    ),
)
@option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("onboarding.xlsx"),
    show_default=True, metavar="FILE", help=N_("File to write."),
)  # fmt: skip
@force_option
@option(
    "--prefill", is_flag=True,
    help=N_("Fill the sheets that edit OTCs and customers from the ledger."),
)  # fmt: skip
@common_options
def template(options: CommonOptions, output: Path, force: bool, prefill: bool) -> None:
    """Write the template, with drop-downs from the ledger."""
    from importer.pipeline.template import template as write_template

    if output.exists() and not force:
        raise MisuseError(
            text(N_("{path} already exists and may be filled in. Choose another name with -o, or "
                    "overwrite it with --force."), path=output)
        )  # fmt: skip
    with options.progress() as shown:
        write_template(output, current_language(), options.job(shown), prefill=prefill)
    next_step = (
        N_("Edit it, then run: avira-importer check {path}")
        if prefill
        else N_("Fill it in, then run: avira-importer check {path}")
    )
    options.print_result(
        {"file": str(output), "lang": current_language()},
        text(N_("Written: {path}"), path=output),
        text(next_step, path=output),
    )
