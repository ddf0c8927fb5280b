"""`avira-importer ledger`: what is done to the ledger as a whole."""

from __future__ import annotations

import re
from pathlib import Path

import click

from importer.base.errors import EXIT_DONE, EXIT_LEDGER, MisuseError
from importer.base.texts import N_, text
from importer.cli.job import ledger_of, note_nothing_applied
from importer.cli.options import Common, common_options
from importer.cli.output import progress, say, say_json
from importer.cli.translated import Command, Group, Option

_A_HASH = re.compile("[0-9a-f]{64}")


@click.group(
    cls=Group,
    help=N_("Make, upgrade, prove and copy the ledger.")
    + "\n\n\b\n  avira-importer ledger verify\n  avira-importer ledger backup licences-copy.db",
)
def ledger() -> None:
    """The group of what is done to the ledger as a whole."""


@ledger.command(
    cls=Command,
    help=N_("Make the ledger, and on a server let roles into the account.")
    + "\n\n\b\n  avira-importer ledger init --ledger licences.db"
    + "\n  avira-importer ledger init --ledger postgresql+psycopg://owner@db.example/licences "
    + "--importer importer --reader reader"
    + "\n  avira-importer ledger init --ledger postgresql+psycopg://owner@db.example/licences "
    + "--from licences.db",
)
@click.option(
    "--importer",
    "importers",
    multiple=True,
    metavar="ROLE",
    cls=Option,
    help=N_("A role of the server that may import into the account."),
)
@click.option(
    "--reader",
    "readers",
    multiple=True,
    metavar="ROLE",
    cls=Option,
    help=N_("A role of the server that may look at the account and export it."),
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    cls=Option,
    help=N_("A ledger's file whose accounts are all taken over."),
)
@click.option(
    "--distributed",
    is_flag=True,
    cls=Option,
    help=N_("Spread the tables over the machines of a server with the extension Citus."),
)
@common_options
def init(
    common: Common,
    importers: tuple[str, ...],
    readers: tuple[str, ...],
    source: Path | None,
    distributed: bool,
) -> None:
    """Make what is missing and give what is asked for; what is there already stays."""
    from importer.ledger.upkeep.setup import Beginnings
    from importer.ledger.upkeep.setup import init as begin

    both = sorted(set(importers) & set(readers))
    if both:
        raise MisuseError(
            text(N_("An importer may read as well; name {roles} with --importer alone."),
                 roles=both)
        )  # fmt: skip
    where = ledger_of(common)
    wanted = Beginnings(common.account, importers, readers, source, distributed)
    with progress(wanted=not common.quiet) as shown:
        shown.stage(text(N_("Making the ledger")))
        made = begin(where, wanted)
    if common.json:
        say_json({"ledger": where.name, "account": common.account, "made": made})
    elif not common.quiet:
        done = N_("Made: {ledger}") if made else N_("{ledger} was there already.")
        say([str(text(done, ledger=where.name))])
        let_in = {
            N_("May import into the account {account}: {roles}"): importers,
            N_("May read the account {account}: {roles}"): readers,
        }
        say(
            str(text(words, account=common.account, roles=roles))
            for words, roles in let_in.items()
            if roles
        )
        if source is not None:
            say([str(text(N_("Taken over: {path}"), path=source))])


@ledger.command(
    cls=Command,
    help=N_("Bring a ledger of an earlier version up to date.")
    + "\n\n\b\n  avira-importer ledger upgrade",
)
@common_options
def upgrade(common: Common) -> None:
    """Run the migrations that are missing, in one transaction."""
    from importer.ledger.upkeep.setup import upgrade as bring_up

    where = ledger_of(common)
    with progress(wanted=not common.quiet) as shown:
        shown.stage(text(N_("Upgrading the ledger")))
        before, after = bring_up(where)
    if common.json:
        say_json({"ledger": where.name, "from": before, "to": after})
    elif not common.quiet:
        done = (N_("{ledger} is up to date already.") if before == after
                else N_("{ledger} is up to date now."))  # fmt: skip
        say([str(text(done, ledger=where.name))])


@ledger.command(
    cls=Command,
    help=N_("Prove the ledger: derive everything again and compare.")
    + "\n\n\b\n  avira-importer ledger verify"
    + "\n  avira-importer ledger verify --expect-head HASH",
)
@click.option(
    "--expect-head",
    metavar="HASH",
    cls=Option,
    help=N_("The ledger hash that an export shows; its batch must be there still."),
)
@common_options
def verify(common: Common, expect_head: str | None) -> int:
    """Say whether all is well, or list what is not."""
    from importer.ledger.upkeep.verify import verify as prove

    expect_head = _hash(expect_head)
    where = ledger_of(common)
    with progress(wanted=not common.quiet) as shown, where.reading() as connection:
        proof = prove(connection, common.account, expect_head, shown)
    if proof.ok and proof.batches == 0:
        note_nothing_applied(common)
    if common.json:
        say_json(
            {
                "ok": proof.ok,
                "batches": proof.batches,
                "head": proof.head,
                "faults": [
                    {"code": one.code, "key": one.key, "message": str(one.message)}
                    for one in proof.faults
                ],
            }
        )
    elif proof.ok:
        if not common.quiet and proof.batches:
            well = text(
                N_("{ledger}, account {account}: all is well. Batches: {batches}, hash: {head}"),
                ledger=where.name, account=common.account, batches=proof.batches, head=proof.head,
            )  # fmt: skip
            say([str(well)])
    else:
        told = (
            N_("{ledger}, account {account}: what is there is well, but something is not there. Is "
               "it the right ledger and account?")
            if {one.code for one in proof.faults} == {"head-missing"}
            else N_("{ledger}, account {account}: not as it was written. Apply nothing to it; put "
                    "back a copy from before, and keep this one to find out why.")
        )  # fmt: skip
        broken = text(told, ledger=where.name, account=common.account)
        say([str(broken), *(f"  {one.code}: {one.message}" for one in proof.faults)])
    return EXIT_DONE if proof.ok else EXIT_LEDGER


def _hash(stated: str | None) -> str | None:
    """A hash as it was copied out of a spreadsheet or a mail."""
    tidy = None if stated is None else stated.strip().lower()
    if tidy and not _A_HASH.fullmatch(tidy):
        raise MisuseError(
            text(N_("{stated} is no ledger hash: it has 64 digits and letters from a to f. The "
                    "Summary of an export shows it."), stated=stated)
        )  # fmt: skip
    return tidy


@ledger.command(
    cls=Command,
    help=N_("Copy the ledger into a file, which then is a ledger too; imports may go on.")
    + "\n\n\b\n  avira-importer ledger backup licences-copy.db",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--force", is_flag=True, cls=Option, help=N_("Write over a file that is there already.")
)
@common_options
def backup(common: Common, file: Path, force: bool) -> None:
    """Copy the ledger as it is at one instant."""
    from importer.ledger.upkeep.copying import back_up

    where = ledger_of(common)
    if where.is_at(file):
        raise MisuseError(
            text(N_("{path} is the ledger; nothing else is written there. Name another file."),
                 path=file)
        )  # fmt: skip
    if file.exists() and not force:
        raise MisuseError(
            text(N_("{path} is there already. Name another file, or write over it with --force."),
                 path=file)
        )  # fmt: skip
    with progress(wanted=not common.quiet) as shown:
        shown.stage(text(N_("Copying the ledger")))
        back_up(where, file)
    if common.json:
        say_json({"file": str(file)})
    elif not common.quiet:
        say([str(text(N_("Written: {path}"), path=file))])
