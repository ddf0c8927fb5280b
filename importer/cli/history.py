"""`avira-importer history`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importer.base.texts import N_, _
from importer.cli.options import BATCH, CommonOptions, common_options
from importer.cli.output import print_json, print_lines, table
from importer.cli.translated import argument, command

if TYPE_CHECKING:
    from importer.ledger.reading.blocks import JournalLine

_KINDS = {
    "otc": N_("OTC"),
    "customer": N_("customer"),
    "subscription": N_("subscription"),
    "device": N_("device"),
}


@command(N_("Show the batches applied, or every change of one batch."), "history", "history 7")
@argument("batch", required=False, type=BATCH)
@common_options
def history(options: CommonOptions, batch: int | None) -> None:
    """Print the batches of the account, or one of them with its lines."""
    from importer.ledger.reading.journal import load_batch, load_batches, load_lines
    from importer.pipeline.show import no_such_batch

    lines: list[dict[str, Any]] | None = None
    names: dict[str, str] = {}
    with options.open_ledger().reading() as connection:
        if batch is None:
            batches = load_batches(connection, options.account)
        else:
            entry = load_batch(connection, options.account, batch)
            if entry is None:
                raise no_such_batch(batch, options.account)
            stored, names = load_lines(connection, options.account, entry)
            batches, lines = [entry], list(map(_document, stored))
    options.note_if_empty(len(batches))
    if options.json:
        documents = [
            {key: fact for key, fact in entry._asdict().items() if key not in ("undoes", "entry")}
            for entry in batches
        ]
        print_json(documents if lines is None else documents[0] | {"lines": lines})
        return
    headers = [_(N_("Batch")), _(N_("At (UTC)")), _(N_("By")), _(N_("File")), _(N_("Applied")),
               _(N_("Refused")), _(N_("Undo of")), _(N_("Undone by"))]  # fmt: skip
    rows = [
        (entry.batch, entry.at, entry.actor, entry.file, entry.applied, entry.rejected,
         entry.undoes, entry.undone_by)
        for entry in batches
    ]  # fmt: skip
    print_lines(table(headers, rows))
    if lines is not None:
        print_lines(["", *(_line_text(line, names.get(line["key"], "")) for line in lines)])


def _document(line: JournalLine) -> dict[str, Any]:
    """The JSON keys that docs/json.md promises."""
    from msgspec import to_builtins

    before, after = map(to_builtins, line.entities())
    place = {"sheet": line.sheet, "row": line.row, "kind": line.kind, "key": line.key}
    return {**place, "before": before, "after": after}


def _line_text(line: dict[str, Any], owner: str) -> str:
    """The row that caused the change, what it changed, and how; `owner` is the customer, if any."""
    from importer.messages.change_text import fact_label, value_words

    before, after = line["before"] or {}, line["after"] or {}
    changed = ", ".join(
        f"{fact_label(fact)}: {value_words(fact, before.get(fact))} → "
        f"{value_words(fact, after.get(fact))}"
        for fact in {**before, **after}
        if before.get(fact) != after.get(fact) and fact not in ("id", "code", "customer", "otc")
    )
    name = line["key"].partition("/")[2] or line["key"]
    if line["kind"] == "device":
        name = (after or before)["id"]
    name = f"{owner} {name}" if line["kind"] in ("subscription", "device") else owner or name
    start = f"{line['sheet']} {line['row']}: {_(_KINDS[line['kind']])} {name.strip()}"
    return f"{start}: {changed}" if changed else start
