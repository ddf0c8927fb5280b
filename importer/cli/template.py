"""`avira-importer template`."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from importer.base.errors import MisuseError
from importer.base.texts import N_, current_language, text
from importer.cli.options import CommonOptions, common_options, force_option
from importer.cli.output import print_json
from importer.cli.translated import command, flag, option


@command(
    N_("Write the onboarding workbook to fill in."),
    "template -o onboarding.xlsx",
    "template --lang es",
    "template --prefill -o edit.xlsx",
    "template --schema > sheets.yaml",
)
@option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("onboarding.xlsx"),
    show_default=True, metavar="FILE", help=N_("File to write."),
)  # fmt: skip
@force_option
@flag("--prefill", help=N_("Fill the sheets that edit OTCs and customers from the ledger."))
@flag("--schema", help=N_("Print the rules for each sheet as pandera schemas in YAML."))
@common_options
def template(
    options: CommonOptions, output: Path, force: bool, prefill: bool, schema: bool
) -> None:  # fmt: skip
    """Write the template, with drop-downs from the ledger."""
    if schema:
        source = click.get_current_context().get_parameter_source("output")
        if prefill or source is not ParameterSource.DEFAULT:
            raise MisuseError(
                text(N_("--schema prints the rules and writes no workbook: leave out -o and "
                        "--prefill. To keep them: avira-importer template --schema > FILE"))
            )  # fmt: skip
        _print_schemas(options)
        return
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


def _print_schemas(options: CommonOptions) -> None:
    from importer.workbook.checking.schemas import documents

    if options.json:
        print_json(documents())
        return
    import yaml

    click.echo(
        yaml.safe_dump_all(documents(), sort_keys=False, allow_unicode=True, width=100), nl=False
    )
