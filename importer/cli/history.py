"""`avira-importer history`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from importer.cli.options import Common, common_options
from importer.cli.output import say, say_json, table
from importer.cli.translated import Command
from importer.errors import MisuseError
from importer.texts import N_, _, text

if TYPE_CHECKING:
    from importer.ledger.journal import Line


LAST_BATCH = 2**31 - 1


@click.command(
    cls=Command,
    help=N_("Show the batches applied, or every journal line of one.")
    + "\n\n\b\n  avira-importer history\n  avira-importer history 7",
)
@click.argument("batch", required=False, type=click.IntRange(1, LAST_BATCH))
@common_options
def history(common: Common, batch: int | None) -> None:
    """The batches of the account's ledger, or one of them with its lines."""
    from importer.ledger.database import open_ledger
    from importer.ledger.journal import load_batches, load_lines

    with open_ledger(common.ledger).reading() as connection:
        batches = load_batches(connection, common.account, batch)
        lines = [] if batch is None else load_lines(connection, common.account, batch)
    if batch is not None and not batches:
        raise MisuseError(text(N_("The ledger has no batch {batch}."), batch=batch))
    if common.json:
        found: list[dict[str, Any]] = [one._asdict() for one in batches]
        if batch is None:
            say_json(found)
        else:
            say_json(found[0] | {"lines": [_line_json(line) for line in lines]})
        return
    say(
        table(
            [_(N_("Batch")), _(N_("At (UTC)")), _(N_("By")), _(N_("File")), _(N_("Applied")),
             _(N_("Refused"))],
            [(one.batch, one.at, one.actor, one.file, one.applied, one.rejected)
             for one in batches],
        )
    )  # fmt: skip
    if batch is not None:
        say(["", *_told(lines)])


def _line_json(line: Line) -> dict[str, Any]:
    """The keys that CLI.md promises."""
    return {key: value for key, value in line._asdict().items() if key != "customer"}


def _told(lines: list[Line]) -> Iterator[str]:
    """Each line in words: the row that asked, what it concerns, and what changed in it."""
    from importer.words import fact_label, value_words

    for line in lines:
        before, after = line.before or {}, line.after or {}
        changed = ", ".join(
            f"{fact_label(fact)}: {value_words(fact, before.get(fact))} → "
            f"{value_words(fact, after.get(fact))}"
            for fact in {**before, **after}
            if before.get(fact) != after.get(fact) and fact not in ("id", "code", "customer", "otc")
        )
        about = line.key.partition("/")[2] or line.key
        named = f"{line.customer} " if line.customer else ""
        what = named + about if line.kind == "subscription" else named or about
        yield f"{line.sheet} {line.row}: {_kind(line.kind)} {what.strip()}: {changed}"


def _kind(kind: str) -> str:
    return _(
        {
            "otc": N_("OTC"),
            "customer": N_("customer"),
            "subscription": N_("subscription"),
        }[kind]
    )
