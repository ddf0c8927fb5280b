"""The first ledger: accounts, OTCs, customers, subscriptions, batches and the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_APPEND_ONLY = ("batch", "journal")


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(
        name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=null
    )


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=null, autoincrement=False)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(name))


def upgrade() -> None:
    """Make all tables, and let nothing be changed in what was journalled."""
    op.create_table(
        "account",
        _text("account_id"),
        _number("last_batch"),
        _number("last_customer"),
        _text("head"),
        sa.PrimaryKeyConstraint("account_id", name="pk_account"),
        sqlite_strict=True,
    )
    op.create_table(
        "otc",
        _text("account_id"),
        _text("code"),
        _text("email"),
        _text("company"),
        _text("company_key"),
        _number("total"),
        _number("used"),
        _text("description", null=True),
        _text("purchase_date", null=True),
        _text("expiry_date", null=True),
        _text("product_id", null=True),
        _number("runtime", null=True),
        sa.PrimaryKeyConstraint("account_id", "code", name="pk_otc"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_otc_account"),
        _check("ck_otc_total", "total >= 1 AND total <= 1000000"),
        _check("ck_otc_used", "used >= 0 AND used <= total"),
        sqlite_strict=True,
    )
    op.create_index("ix_otc_company_key", "otc", ["account_id", "company_key"])
    op.create_table(
        "customer",
        _text("account_id"),
        _number("customer_id"),
        _text("name"),
        _text("name_key"),
        _text("accentless_key"),
        _text("managed_by"),
        _text("status"),
        _text("email", null=True),
        _text("email_key", null=True),
        _text("first_name", null=True),
        _text("last_name", null=True),
        _text("disabled_reason", null=True),
        sa.PrimaryKeyConstraint("account_id", "customer_id", name="pk_customer"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_customer_account"),
        sa.UniqueConstraint("account_id", "name_key", name="uq_customer_account_id_name_key"),
        _check("ck_customer_managed_by", "managed_by IN ('admin', 'customer')"),
        _check("ck_customer_status", "status IN ('active', 'disabled')"),
        sqlite_strict=True,
    )
    op.create_index("ix_customer_accentless_key", "customer", ["account_id", "accentless_key"])
    op.create_index(
        "uq_customer_email_key",
        "customer",
        ["account_id", "email_key"],
        unique=True,
        sqlite_where=sa.text("managed_by = 'customer'"),
        postgresql_where=sa.text("managed_by = 'customer'"),
    )
    op.create_table(
        "subscription",
        _text("account_id"),
        _number("customer_id"),
        _text("otc"),
        _number("licenses"),
        sa.PrimaryKeyConstraint("account_id", "customer_id", "otc", name="pk_subscription"),
        sa.ForeignKeyConstraint(
            ["account_id", "customer_id"],
            ["customer.account_id", "customer.customer_id"],
            name="fk_subscription_customer",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "otc"], ["otc.account_id", "otc.code"], name="fk_subscription_otc"
        ),
        _check("ck_subscription_licenses", "licenses >= 1"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_subscription_otc", "subscription", ["account_id", "otc", "licenses"])
    op.create_table(
        "batch",
        _text("account_id"),
        _number("batch"),
        _text("kind"),
        _text("at"),
        _text("actor"),
        _text("file"),
        _text("sha256"),
        _number("applied"),
        _number("unchanged"),
        _number("rejected"),
        _number("undoes", null=True),
        _text("previous_hash"),
        _text("hash"),
        sa.PrimaryKeyConstraint("account_id", "batch", name="pk_batch"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_batch_account"),
        _check("ck_batch_kind", "kind IN ('apply', 'undo')"),
        sqlite_strict=True,
    )
    op.create_table(
        "journal",
        _text("account_id"),
        _number("batch"),
        _number("line"),
        _text("sheet"),
        _number("row"),
        _text("kind"),
        _text("key"),
        _text("before", null=True),
        _text("after", null=True),
        sa.PrimaryKeyConstraint("account_id", "batch", "line", name="pk_journal"),
        sa.ForeignKeyConstraint(
            ["account_id", "batch"], ["batch.account_id", "batch.batch"], name="fk_journal_batch"
        ),
        _check("ck_journal_kind", "kind IN ('otc', 'customer', 'subscription')"),
        _check("ck_journal_image", "before IS NOT NULL OR after IS NOT NULL"),
        sqlite_strict=True,
    )
    if op.get_context().dialect.name == "sqlite":
        _refuse_rewriting()


def _refuse_rewriting() -> None:
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    # INSERT OR REPLACE deletes without asking the triggers on DELETE.
    for table, key in (("batch", "batch"), ("journal", "line")):
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 "  # noqa: S608 - names of our own
            f"FROM {table} WHERE account_id = NEW.account_id AND batch = NEW.batch "
            f"AND {key} = NEW.{key}) BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
