"""Customers have devices, and the journal keeps what was done to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_KINDS = "kind IN ('otc', 'customer', 'subscription', 'device')"
_OLD_JOURNAL = """
    INSERT INTO journal
    SELECT account_id, entry, line, sheet, "row", kind, "key", before, after FROM journal_0002
"""


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(
        name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=null
    )


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(name))


def upgrade() -> None:
    """Make the table of devices; batches and lines that are there stay as they are."""
    op.create_table(
        "device",
        _text("account_id"),
        _number("customer_id"),
        _text("device_key"),
        _text("device_id"),
        _text("operating_system", null=True),
        _text("model", null=True),
        _text("avira_installed", null=True),
        _text("avira_uninstalled", null=True),
        _text("nh_installed", null=True),
        _text("nh_uninstalled", null=True),
        _text("avira_status", null=True),
        _text("product_name", null=True),
        sa.PrimaryKeyConstraint("account_id", "customer_id", "device_key", name="pk_device"),
        *_keys(),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    if op.get_context().dialect.name == "sqlite":
        _make_journal_anew()
        _refuse_rewriting()
    else:
        op.drop_constraint(op.f("ck_journal_kind"), "journal", type_="check")
        op.create_check_constraint(op.f("ck_journal_kind"), "journal", _KINDS)


def _keys() -> list[sa.ForeignKeyConstraint]:
    """Tables that are distributed take a foreign key only of one that is distributed too, which
    importer/ledger/engines/citus.py sees to."""
    if op.get_context().dialect.name != "sqlite":
        distributed = sa.text("SELECT to_regclass('pg_dist_partition') IS NOT NULL")
        if op.get_bind().scalar(distributed):
            return []
    return [
        sa.ForeignKeyConstraint(
            ["account_id", "customer_id"],
            ["customer.account_id", "customer.customer_id"],
            name="fk_device_customer",
        )
    ]


def _make_journal_anew() -> None:
    """SQLite cannot change a check. The triggers go with the old table."""
    op.rename_table("journal", "journal_0002")
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
    op.drop_table("journal_0002")


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
