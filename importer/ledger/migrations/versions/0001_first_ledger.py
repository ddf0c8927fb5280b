"""The first ledger: accounts, OTCs, customers, subscriptions, devices, batches and the journal.

Spelled out rather than made from tables.py, which follows the newest revision.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_ACCOUNT = ("account", "account_id")
_CUSTOMER = ("customer", "account_id", "customer_id")


_INVOKER = "WITH (security_invoker = true) "


def _texts(*names: str, null: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, _TEXT, nullable=null) for name in names]


def _integers(*names: str, null: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=null, autoincrement=False) for name in names]


def _create(table: str, *parts: sa.schema.SchemaItem, key: list[str], **options: bool) -> None:
    primary_key = sa.PrimaryKeyConstraint("account_id", *key, name=f"pk_{table}")
    op.create_table(table, *parts, primary_key, sqlite_strict=True, **options)


def _foreign_key(table: str, target: tuple[str, ...]) -> sa.ForeignKeyConstraint:
    other, *columns = target
    return sa.ForeignKeyConstraint(
        columns, [f"{other}.{column}" for column in columns], name=f"fk_{table}_{other}"
    )


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(name))


def upgrade() -> None:
    """Make all tables. In a file, triggers keep the journal append-only; on a server, rights do."""
    _make_accounts()
    _make_entities()
    _make_journal()
    if op.get_context().dialect.name == "sqlite":
        _refuse_rewriting("batch", "batch = NEW.batch OR entry = NEW.entry")
        _refuse_rewriting("journal_block", "entry = NEW.entry AND first_line = NEW.first_line")
        # No CHECK: a careful connection trusts no JSON function in the schema but json_each.
        op.execute(
            "CREATE TRIGGER journal_block_lines BEFORE INSERT ON journal_block WHEN (SELECT "
            "min(type = 'array' AND typeof(key) = 'integer') FROM json_each(NEW.lines)) IS NOT 1 "
            "BEGIN SELECT RAISE(ABORT, 'journal_block has lists of lines'); END"
        )


def _make_accounts() -> None:
    _create(
        "account",
        *_texts("account_id"), *_integers("last_batch", "last_customer", "last_entry"),
        *_texts("head"),
        key=[],
    )  # fmt: skip


def _make_entities() -> None:
    _create(
        "otc",
        *_texts("account_id", "code", "email", "company", "company_key"),
        *_integers("total", "used"),
        *_texts("description", "purchase_date", "expiry_date", "product_id", null=True),
        *_integers("runtime", null=True),
        _foreign_key("otc", _ACCOUNT),
        _check("ck_otc_total", "total >= 1 AND total <= 1000000"),
        _check("ck_otc_used", "used >= 0 AND used <= total"),
        key=["code"],
    )
    op.create_index("ix_otc_company_key", "otc", ["account_id", "company_key"])
    _create(
        "customer",
        *_texts("account_id"), *_integers("customer_id"),
        *_texts("name", "name_key"), *_texts("accentless_key", null=True),
        *_texts("managed_by", "status"),
        *_texts("email", "email_key", "first_name", "last_name", "disabled_reason", null=True),
        _foreign_key("customer", _ACCOUNT),
        sa.UniqueConstraint("account_id", "name_key", name="uq_customer_account_id_name_key"),
        _check("ck_customer_managed_by", "managed_by IN ('admin', 'customer')"),
        _check("ck_customer_status", "status IN ('active', 'disabled')"),
        key=["customer_id"], sqlite_with_rowid=False,
    )  # fmt: skip
    has_accents = sa.text("accentless_key IS NOT NULL")
    op.create_index(
        "ix_customer_accentless_key", "customer", ["account_id", "accentless_key"],
        sqlite_where=has_accents, postgresql_where=has_accents,
    )  # fmt: skip
    manages_itself = sa.text("managed_by = 'customer'")
    op.create_index(
        "uq_customer_email_key", "customer", ["account_id", "email_key"], unique=True,
        sqlite_where=manages_itself, postgresql_where=manages_itself,
    )  # fmt: skip
    _create(
        "subscription",
        *_texts("account_id"), *_integers("customer_id"), *_texts("otc"), *_integers("licenses"),
        _foreign_key("subscription", _CUSTOMER),
        sa.ForeignKeyConstraint(
            ["account_id", "otc"], ["otc.account_id", "otc.code"], name="fk_subscription_otc"
        ),
        _check("ck_subscription_licenses", "licenses >= 1"),
        key=["customer_id", "otc"], sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_subscription_otc", "subscription", ["account_id", "otc", "licenses"])
    _create(
        "device",
        *_texts("account_id"), *_integers("customer_id"), *_texts("device_key", "device_id"),
        *_texts("operating_system", "model", null=True),
        *_texts("avira_installed", "avira_uninstalled", null=True),
        *_texts("nh_installed", "nh_uninstalled", "avira_status", "product_name", null=True),
        _foreign_key("device", _CUSTOMER),
        key=["customer_id", "device_key"], sqlite_with_rowid=False,
    )  # fmt: skip


def _make_journal() -> None:
    _create(
        "batch",
        *_texts("account_id"), *_integers("batch", "entry"),
        *_texts("kind", "at", "actor", "file", "sha256"),
        *_integers("applied", "unchanged", "rejected"), *_integers("undoes", null=True),
        *_texts("lines_hash", "previous_hash", "hash"),
        _foreign_key("batch", _ACCOUNT),
        sa.UniqueConstraint("account_id", "entry", name="uq_batch_account_id_entry"),
        _check("ck_batch_kind", "kind IN ('apply', 'undo')"),
        key=["batch"],
    )  # fmt: skip
    _create(
        "journal_block",
        *_texts("account_id"), *_integers("entry", "first_line"), *_texts("lines"),
        _foreign_key("journal_block", _ACCOUNT),
        _check("ck_journal_block_lines", "json_array_length(CAST(lines AS json)) > 0").ddl_if(
            dialect="postgresql"
        ),
        key=["entry", "first_line"],
    )  # fmt: skip
    _make_view_of_lines()


def _make_view_of_lines() -> None:
    """Let whoever looks with SQL see each line of the journal as a row."""
    if op.get_context().dialect.name == "sqlite":
        # Not by json_extract: in a view, a careful connection trusts json_each alone.
        each, options = "json_each(journal_block.lines) AS each", ""
        fact = "(SELECT fact.value FROM json_each(each.value) AS fact WHERE fact.key = {})"
    else:  # with the rights of who reads it
        each, options = "json_array_elements(CAST(lines AS json)) AS each (value)", _INVOKER
        fact = "each.value ->> {}"
    facts = ", ".join(
        f"CAST({fact.format(place)} AS integer) AS {name}" if name in ("line", "row")
        else f"{fact.format(place)} AS {name}"
        for place, name in enumerate(("line", "sheet", "row", "kind", "key", "before", "after"))
    )  # fmt: skip
    op.execute(
        f"CREATE VIEW journal {options}AS SELECT account_id, entry, {facts} "  # noqa: S608 - our own names
        f"FROM journal_block CROSS JOIN {each}"
    )


def _refuse_rewriting(table: str, same: str) -> None:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refusal}"
        )  # fmt: skip
    # INSERT OR REPLACE deletes without firing the triggers on DELETE.
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 "  # noqa: S608 - our own names
        f"FROM {table} WHERE account_id = NEW.account_id AND ({same})) {refusal}"
    )
