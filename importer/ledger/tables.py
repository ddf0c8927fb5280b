"""The ledger's tables.

`account_id` leads every key, which keeps accounts apart. Dates are ISO text and instants ISO text
in UTC: SQLite's STRICT tables have no dates, and text compares as dates do. Nothing derived is
stored but `otc.used`, so that a CHECK can refuse overallocation.

Importers of an account meet on its row in `account`, and only as they finish. `last_entry` and
`last_customer` are counters that can be advanced at any time; a batch gets its number and its place
in the chain of hashes just before its transaction ends. Journal blocks therefore refer to the
batch's `entry`, which is known early. No foreign key joins them to `batch`, which is
written last; `ledger verify` checks it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its code points on every engine, so that exports are the same."""


def _texts(*names: str, null: bool = False, key: bool = False) -> list[Column[str]]:
    return [Column(name, _TEXT, nullable=null, primary_key=key) for name in names]


def _integers(*names: str, null: bool = False, key: bool = False) -> list[Column[int]]:
    options: dict[str, Any] = {"nullable": null, "primary_key": key, "autoincrement": False}
    return [Column(name, Integer, **options) for name in names]


def _table(name: str, *parts: SchemaItem, **options: Any) -> Table:
    account_id = _texts("account_id", key=True)
    return Table(name, metadata, *account_id, *parts, sqlite_strict=True, **options)


def _account_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["account_id"], ["account.account_id"])


def _customer_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["account_id", "customer_id"], ["customer.account_id", "customer.customer_id"]
    )


account = _table(
    "account",
    *_integers("last_batch", "last_customer", "last_entry"),
    *_texts("head"),  # the hash of the last batch, empty before the first
)

otc = _table(
    "otc",
    *_texts("code", key=True),
    *_texts("email", "company"),
    *_texts("company_key"),  # without accents and case, to find similar names
    *_integers("total", "used"),
    *_texts("description", "purchase_date", "expiry_date", "product_id", null=True),
    *_integers("runtime", null=True),
    _account_key(),
    CheckConstraint("total >= 1 AND total <= 1000000", "total"),
    CheckConstraint("used >= 0 AND used <= total", "used"),
    Index("ix_otc_company_key", "account_id", "company_key"),
)

_has_accents = text("accentless_key IS NOT NULL")
_accented = Index(
    "ix_customer_accentless_key", "account_id", "accentless_key", sqlite_where=_has_accents
)
_manages_itself = text("managed_by = 'customer'")
_unique_email = Index(
    "uq_customer_email_key", "account_id", "email_key", unique=True, sqlite_where=_manages_itself
)

customer = _table(
    "customer",
    *_integers("customer_id", key=True),
    *_texts("name"),
    *_texts("name_key"),  # the form in which two spellings of one name are equal
    *_texts("accentless_key", null=True),  # the same without accents, if it differs
    *_texts("managed_by", "status"),
    *_texts("email", "email_key", "first_name", "last_name", "disabled_reason", null=True),
    _account_key(),
    UniqueConstraint("account_id", "name_key"),
    CheckConstraint("managed_by IN ('admin', 'customer')", "managed_by"),
    CheckConstraint("status IN ('active', 'disabled')", "status"),
    _accented,
    _unique_email,
    sqlite_with_rowid=False,
)

subscription = _table(
    "subscription",
    *_integers("customer_id", key=True),
    *_texts("otc", key=True),
    *_integers("licenses"),
    _customer_key(),
    ForeignKeyConstraint(["account_id", "otc"], ["otc.account_id", "otc.code"]),
    CheckConstraint("licenses >= 1", "licenses"),
    Index("ix_subscription_otc", "account_id", "otc", "licenses"),
    sqlite_with_rowid=False,
)

device = _table(
    "device",
    *_integers("customer_id", key=True),
    *_texts("device_key", key=True),  # the form in which two spellings of one id are equal
    *_texts("device_id"),
    *_texts("operating_system", "model", null=True),
    *_texts("avira_installed", "avira_uninstalled", "nh_installed", "nh_uninstalled", null=True),
    *_texts("avira_status", "product_name", null=True),
    _customer_key(),
    sqlite_with_rowid=False,
)

batch = _table(
    "batch",
    *_integers("batch", key=True),
    *_integers("entry"),
    *_texts("kind", "at", "actor", "file", "sha256"),
    *_integers("applied", "unchanged", "rejected"),
    *_integers("undoes", null=True),
    *_texts("lines_hash", "previous_hash", "hash"),
    _account_key(),
    UniqueConstraint("account_id", "entry"),
    CheckConstraint("kind IN ('apply', 'undo')", "kind"),
)

journal_block = _table(
    "journal_block",
    *_integers("entry", "first_line", key=True),
    *_texts("lines"),
    _account_key(),
    CheckConstraint("json_array_length(lines::json) > 0", "lines").ddl_if(dialect="postgresql"),
)
"""Some lines of the journal, as the JSON whose text is hashed: a list of lists, each the number of
the line, sheet, row, kind and key, and the images before and after (null while there is no such
entity). The view `journal` has a row for each line."""


def complete_for_server() -> None:
    """Add what only PostgreSQL needs: it loads that dialect, for which a file need not wait."""
    _accented.dialect_kwargs["postgresql_where"] = _has_accents
    _unique_email.dialect_kwargs["postgresql_where"] = _manages_itself
