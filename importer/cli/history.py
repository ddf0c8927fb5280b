"""`avira-importer history`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from importer.base.texts import N_, _
from importer.cli.job import BATCH, ledger_of, note_nothing_applied
from importer.cli.options import Common, common_options
from importer.cli.output import say, say_json, table
from importer.cli.translated import Command

if TYPE_CHECKING:
    from importer.ledger.reading.journal import Batch, Line


@click.command(
    cls=Command,
    help=N_("Show the batches applied, or every journal line of one.")
    + "\n\n\b\n  avira-importer history\n  avira-importer history 7",
)
@click.argument("batch", required=False, type=BATCH)
@common_options
def history(common: Common, batch: int | None) -> None:
    """The batches of the account's ledger, or one of them with its lines."""
    from importer.ledger.reading.journal import load_batch, load_batches, load_lines
    from importer.pipeline.export import no_such_batch

    with ledger_of(common).reading() as connection:
        if batch is None:
            batches = load_batches(connection, common.account)
        else:
            one = load_batch(connection, common.account, batch)
            if one is None:
                raise no_such_batch(batch, common.account)
            batches, lines = [one], load_lines(connection, common.account, one)
    if not batches:
        note_nothing_applied(common)
    if common.json:
        found = [_batch_json(one) for one in batches]
        told = found if batch is None else found[0] | {"lines": [_line_json(one) for one in lines]}
        say_json(told)
        return
    say(
        table(
            [_(N_("Batch")), _(N_("At (UTC)")), _(N_("By")), _(N_("File")), _(N_("Applied")),
             _(N_("Refused")), _(N_("Undo of")), _(N_("Undone by"))],
            [(one.batch, one.at, one.actor, one.file, one.applied, one.rejected, one.undoes,
              one.undone_by) for one in batches],
        )
    )  # fmt: skip
    if batch is not None:
        say(["", *_told(lines)])


def _batch_json(batch: Batch) -> dict[str, Any]:
    """The keys that CLI.md promises."""
    own = ("undoes", "entry")
    return {key: value for key, value in batch._asdict().items() if key not in own}


def _line_json(line: Line) -> dict[str, Any]:
    """The keys that CLI.md promises."""
    return {key: value for key, value in line._asdict().items() if key != "customer"}


def _told(lines: list[Line]) -> Iterator[str]:
    """Each line in words: the row that asked, what it concerns, and what changed in it."""
    from importer.messages.change_text import fact_label, value_words

    for line in lines:
        before, after = line.before or {}, line.after or {}
        changed = ", ".join(
            f"{fact_label(fact)}: {value_words(fact, before.get(fact))} → "
            f"{value_words(fact, after.get(fact))}"
            for fact in {**before, **after}
            if before.get(fact) != after.get(fact) and fact not in ("id", "code", "customer", "otc")
        )
        about = line.key.partition("/")[2] or line.key
        if line.kind == "device":
            about = (after or before)["id"]
        named = f"{line.customer} " if line.customer else ""
        what = named + about if line.kind in ("subscription", "device") else named or about
        told = f"{line.sheet} {line.row}: {_kind(line.kind)} {what.strip()}"
        yield f"{told}: {changed}" if changed else told


def _kind(kind: str) -> str:
    return _(
        {
            "otc": N_("OTC"),
            "customer": N_("customer"),
            "subscription": N_("subscription"),
            "device": N_("device"),
        }[kind]
    )
