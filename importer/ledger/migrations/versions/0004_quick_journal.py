"""The journal checks the kind of a line in a way that costs less.

SQLite builds a list of more than two values anew for every row that is checked against it, which
took as long as all else about a journal line.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_KINDS = "kind = 'otc' OR kind = 'customer' OR kind = 'subscription' OR kind = 'device'"
_OLD_JOURNAL = """
    INSERT INTO journal
    SELECT account_id, entry, line, sheet, "row", kind, "key", before, after FROM journal_0003
"""


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(name))


def upgrade() -> None:
    """Check lines in another way; those that are there stay as they are."""
    if op.get_context().dialect.name == "sqlite":
        _make_journal_anew()
        _refuse_rewriting()
    else:
        op.drop_constraint(op.f("ck_journal_kind"), "journal", type_="check")
        op.create_check_constraint(op.f("ck_journal_kind"), "journal", _KINDS)


def _make_journal_anew() -> None:
    """SQLite cannot change a check. The triggers go with the old table."""
    op.rename_table("journal", "journal_0003")
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
        _check("ck_journal_kind", _KINDS),
        _check("ck_journal_image", "before IS NOT NULL OR after IS NOT NULL"),
        sqlite_strict=True,
    )
    op.execute(_OLD_JOURNAL)
    op.drop_table("journal_0003")


def _refuse_rewriting() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER journal_no_{verb.lower()} BEFORE {verb} ON journal "
            f"BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"
        )
    # INSERT OR REPLACE deletes without asking the triggers on DELETE.
    op.execute(
        "CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 "
        "FROM journal WHERE account_id = NEW.account_id AND (entry = NEW.entry AND "
        "line = NEW.line)) BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"
    )
