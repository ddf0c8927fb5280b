"""Journal lines stand under an entry, which is known before the batch has its number.

Batches made before keep the number they have as their entry, and their hashes as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OLD_BATCH = """
    INSERT INTO batch
    SELECT account_id, batch, batch, kind, at, actor, file, sha256, applied, unchanged, rejected,
           undoes, NULL, previous_hash, hash
    FROM batch_0001
"""
_OLD_JOURNAL = """
    INSERT INTO journal
    SELECT account_id, batch, line, sheet, "row", kind, "key", before, after FROM journal_0001
"""


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(
        name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=null
    )


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=null, autoincrement=False)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(name))


def upgrade() -> None:
    """Keep lines under entries; batches and lines that are there stay as they are."""
    op.add_column(
        "account", sa.Column("last_entry", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
    op.execute("UPDATE account SET last_entry = last_batch")
    if op.get_context().dialect.name == "sqlite":
        _make_anew()
        _refuse_rewriting()
    else:
        _alter()


def _alter() -> None:
    op.drop_constraint("fk_journal_batch", "journal", type_="foreignkey")
    op.alter_column("journal", "batch", new_column_name="entry")
    op.create_foreign_key(
        "fk_journal_account", "journal", "account", ["account_id"], ["account_id"]
    )
    op.add_column("batch", _number("entry", null=True))
    op.add_column("batch", _text("lines_hash", null=True))
    op.execute("UPDATE batch SET entry = batch")
    op.alter_column("batch", "entry", nullable=False)
    op.create_unique_constraint("uq_batch_account_id_entry", "batch", ["account_id", "entry"])


def _make_anew() -> None:
    """SQLite cannot drop a foreign key. The triggers go with the old tables."""
    op.rename_table("batch", "batch_0001")
    op.rename_table("journal", "journal_0001")
    op.create_table(
        "batch",
        _text("account_id"),
        _number("batch"),
        _number("entry"),
        _text("kind"),
        _text("at"),
        _text("actor"),
        _text("file"),
        _text("sha256"),
        _number("applied"),
        _number("unchanged"),
        _number("rejected"),
        _number("undoes", null=True),
        _text("lines_hash", null=True),
        _text("previous_hash"),
        _text("hash"),
        sa.PrimaryKeyConstraint("account_id", "batch", name="pk_batch"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_batch_account"),
        sa.UniqueConstraint("account_id", "entry", name="uq_batch_account_id_entry"),
        _check("ck_batch_kind", "kind IN ('apply', 'undo')"),
        sqlite_strict=True,
    )
    op.create_table(
        "journal",
        _text("account_id"),
        _number("entry"),
        _number("line"),
        _text("sheet"),
        _number("row"),
        _text("kind"),
        _text("key"),
        _text("before", null=True),
        _text("after", null=True),
        sa.PrimaryKeyConstraint("account_id", "entry", "line", name="pk_journal"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_journal_account"),
        _check("ck_journal_kind", "kind IN ('otc', 'customer', 'subscription')"),
        _check("ck_journal_image", "before IS NOT NULL OR after IS NOT NULL"),
        sqlite_strict=True,
    )
    op.execute(_OLD_BATCH)
    op.execute(_OLD_JOURNAL)
    op.drop_table("journal_0001")
    op.drop_table("batch_0001")


def _refuse_rewriting() -> None:
    taken = {
        "batch": "batch = NEW.batch OR entry = NEW.entry",
        "journal": "entry = NEW.entry AND line = NEW.line",
    }
    for table, same in taken.items():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        # INSERT OR REPLACE deletes without asking the triggers on DELETE.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 "  # noqa: S608 - names of our own
            f"FROM {table} WHERE account_id = NEW.account_id AND ({same})) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
