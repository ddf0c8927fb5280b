"""`avira-importer ledger`: init, upgrade, verify and backup."""

from __future__ import annotations

import re
from pathlib import Path

import click

from importer.base.errors import EXIT_DONE, EXIT_LEDGER, MisuseError
from importer.base.texts import N_, text
from importer.cli.options import CommonOptions, common_options, force_option
from importer.cli.output import print_lines
from importer.cli.translated import (
    Group,
    TextOrNothing,
    argument,
    command,
    flag,
    option,
    with_examples,
)

_HASH = re.compile("[0-9a-f]{64}")


@click.group(
    cls=Group,
    help=with_examples(
        N_("Create, upgrade, verify and back up the ledger."),
        "ledger verify",
        "ledger backup licences-copy.db",
    ),
)
def ledger() -> None:
    """The group of these commands."""


@command(
    N_("Create the ledger, and on a server give roles access to the account."),
    "ledger init --ledger licences.db",
    "ledger init --ledger postgresql+psycopg://owner@db.example/licences "
    "--importer importer --reader reader",
    "ledger init --ledger postgresql+psycopg://owner@db.example/licences --from licences.db",
    group=ledger,
)
@option(
    "--importer", "importers", multiple=True, metavar="ROLE",
    help=N_("Role of the server that may import into the account."),
)  # fmt: skip
@option(
    "--reader", "readers", multiple=True, metavar="ROLE",
    help=N_("Role of the server that may read and export the account."),
)  # fmt: skip
@option(
    "--from", "source", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help=N_("Ledger file whose accounts are all copied into the new ledger."),
)  # fmt: skip
@flag(
    "--distributed",
    help=N_("Spread the tables over the machines of a server with the Citus extension."),
)
@common_options
def init(
    options: CommonOptions,
    importers: tuple[str, ...],
    readers: tuple[str, ...],
    source: Path | None,
    distributed: bool,
) -> None:
    """Create what is missing and grant access; what exists stays."""
    from importer.ledger.upkeep.setup import SetupOptions
    from importer.ledger.upkeep.setup import init as init_ledger

    if both := sorted(set(importers) & set(readers)):
        raise MisuseError(
            text(N_("An importer may read as well. Name {roles} with --importer only."), roles=both)
        )
    target = options.open_ledger()
    with options.progress() as shown:
        shown.stage(text(N_("Creating the ledger")))
        is_new = init_ledger(
            target, SetupOptions(options.account, importers, readers, source, distributed)
        )
    created = N_("Created: {ledger}") if is_new else N_("{ledger} already exists.")
    lines = [text(created, ledger=target.name)]
    for template, roles in (
        (N_("May import into the account {account}: {roles}"), importers),
        (N_("May read the account {account}: {roles}"), readers),
    ):
        if roles:
            lines.append(text(template, account=options.account, roles=roles))
    if source is not None:
        lines.append(text(N_("Copied: {path}"), path=source))
    document = {"ledger": target.name, "account": options.account, "made": is_new}
    options.print_result(document, *lines)


@command(N_("Upgrade a ledger of an earlier version."), "ledger upgrade", group=ledger)
@common_options
def upgrade(options: CommonOptions) -> None:
    """Run the missing migrations in one transaction."""
    from importer.ledger.upkeep.setup import upgrade as upgrade_ledger

    target = options.open_ledger()
    with options.progress() as shown:
        shown.stage(text(N_("Upgrading the ledger")))
        before, after = upgrade_ledger(target)
    current, upgraded = N_("{ledger} is already up to date."), N_("{ledger} was upgraded.")
    message = text(current if before == after else upgraded, ledger=target.name)
    options.print_result({"ledger": target.name, "from": before, "to": after}, message)


@command(
    N_("Verify the ledger: derive everything again and compare."),
    "ledger verify",
    "ledger verify --expect-head HASH",
    'ledger verify --against "Export Avira Details.xlsx"',
    group=ledger,
)
@option(
    "--expect-head",
    metavar="HASH",
    type=TextOrNothing(),  # an export before the first batch has none
    help=N_("Ledger hash that an export shows. Its batch must still exist."),
)
@option(
    "--against", "exports", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help=N_("Export that somebody kept (xlsx, ods, json or html). The history must still contain "
            "it. Can be repeated."),
)  # fmt: skip
@common_options
def verify(options: CommonOptions, expect_head: str | None, exports: tuple[Path, ...]) -> int:
    """Print that the account is intact, or every fault."""
    from importer.export.kept import kept_hash
    from importer.ledger.upkeep.verify import verify as verify_account

    heads = {"--expect-head": _checked_hash(expect_head)} if expect_head else {}
    target = options.open_ledger()
    with options.progress() as shown:
        for path in exports:
            shown.stage(text(N_("Reading {path}"), path=path.name))
            heads[str(path)] = kept_hash(path, options.account, options.settings.limits)
        with target.reading() as connection:
            proof = verify_account(connection, options.account, heads, shown)
    faults = [
        {"code": fault.code, "key": fault.key, "message": str(fault.message)}
        for fault in proof.faults
    ]
    document = {"ok": proof.ok, "batches": proof.batches, "head": proof.head, "faults": faults}
    facts = {"ledger": target.name, "account": options.account}
    if proof.ok:
        options.note_if_empty(proof.batches)
        intact = N_("{ledger}, account {account}: verified. Batches: {batches}, hash: {head}")
        lines = [text(intact, **facts, batches=proof.batches, head=proof.head)][: proof.batches]
        lines += [text(N_("The history still contains {path}."), path=path) for path in exports]
        options.print_result(document, *lines)
        return EXIT_DONE
    match sorted({fault.code for fault in proof.faults}):
        case ["head-missing"]:
            broken = N_("{ledger}, account {account}: the existing batches are intact, but one is "
                        "missing. Is this the right ledger and account?")  # fmt: skip
        case ["schema-changed"]:
            broken = N_("{ledger}, account {account}: the data is intact, but somebody has changed "
                        "the tables or the rights to them.")  # fmt: skip
        case _:
            broken = N_("{ledger}, account {account}: damaged. Apply nothing to it. Restore an "
                        "earlier copy, and keep this one to find the cause.")  # fmt: skip
    options.print_result(document)
    if not options.json:  # with --quiet, too
        print_lines([text(broken, **facts), *(f"  {f.code}: {f.message}" for f in proof.faults)])
    return EXIT_LEDGER


def _checked_hash(typed: str) -> str:
    """A hash as copied from a spreadsheet or a mail."""
    head = typed.strip().lower()
    if head and not _HASH.fullmatch(head):
        raise MisuseError(text(
            N_("{typed} is not a ledger hash: it must have 64 digits and letters from a to f. "
               "The Summary of an export shows it."), typed=typed))  # fmt: skip
    return head


@command(
    N_("Copy the ledger into a file, which is a ledger too. Imports may continue meanwhile."),
    "ledger backup licences-copy.db",
    group=ledger,
)
@argument("file", type=click.Path(path_type=Path, dir_okay=False))
@force_option
@common_options
def backup(options: CommonOptions, file: Path, force: bool) -> None:
    """Copy the ledger as it is at one instant."""
    from importer.ledger.upkeep.copying import back_up
    from importer.pipeline.job import check_target

    job = options.job()
    check_target(file, job)
    if file.exists() and not force:
        message = N_("{path} already exists. Name another file, or overwrite it with --force.")
        raise MisuseError(text(message, path=file))
    with options.progress() as shown:
        shown.stage(text(N_("Copying the ledger")))
        back_up(job.ledger, file)
    options.print_result({"file": str(file)}, text(N_("Written: {path}"), path=file))
