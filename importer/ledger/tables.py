"""The ledger's tables. `account_id` leads every key, so that accounts never meet.

Dates are ISO text and instants ISO text in UTC: SQLite's STRICT tables know no dates, and text
compares as dates do. What can be derived is not stored, but for `otc.used`: the database itself
refuses to hand out more than there is by the CHECK on it.

Importers of an account meet on its row in `account`, and only as they finish: `last_entry` and
`last_customer` are counters taken from at any time, while a batch gets its number and its place in
the chain of hashes just before its transaction ends. Journal lines are therefore kept under the
batch's `entry`, which is known early, and no foreign key joins them to `batch`: it would have to be
checked line by line while others wait. `ledger verify` checks it.
"""

from __future__ import annotations

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


def _text(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    return Column(name, _TEXT, nullable=null, primary_key=key)


def _number(name: str, *, null: bool = False, key: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=null, primary_key=key, autoincrement=False)


account = Table(
    "account",
    metadata,
    _text("account_id", key=True),
    _number("last_batch"),
    _number("last_customer"),
    _number("last_entry"),
    _text("head"),  # the hash of the last batch, empty before the first
    sqlite_strict=True,
)

otc = Table(
    "otc",
    metadata,
    _text("account_id", key=True),
    _text("code", key=True),
    _text("email"),
    _text("company"),
    _text("company_key"),  # without accents and case, to find names that are alike
    _number("total"),
    _number("used"),
    _text("description", null=True),
    _text("purchase_date", null=True),
    _text("expiry_date", null=True),
    _text("product_id", null=True),
    _number("runtime", null=True),
    ForeignKeyConstraint(["account_id"], ["account.account_id"]),
    CheckConstraint("total >= 1 AND total <= 1000000", "total"),
    CheckConstraint("used >= 0 AND used <= total", "used"),
    Index("ix_otc_company_key", "account_id", "company_key"),
    sqlite_strict=True,
)

_by_itself = text("managed_by = 'customer'")
_one_email = Index(
    "uq_customer_email_key", "account_id", "email_key", unique=True, sqlite_where=_by_itself
)

customer = Table(
    "customer",
    metadata,
    _text("account_id", key=True),
    _number("customer_id", key=True),
    _text("name"),
    _text("name_key"),  # the form in which two spellings of one name are equal
    _text("accentless_key"),
    _text("managed_by"),
    _text("status"),
    _text("email", null=True),
    _text("email_key", null=True),
    _text("first_name", null=True),
    _text("last_name", null=True),
    _text("disabled_reason", null=True),
    ForeignKeyConstraint(["account_id"], ["account.account_id"]),
    UniqueConstraint("account_id", "name_key"),
    CheckConstraint("managed_by IN ('admin', 'customer')", "managed_by"),
    CheckConstraint("status IN ('active', 'disabled')", "status"),
    Index("ix_customer_accentless_key", "account_id", "accentless_key"),
    _one_email,
    sqlite_strict=True,
)

subscription = Table(
    "subscription",
    metadata,
    _text("account_id", key=True),
    _number("customer_id", key=True),
    _text("otc", key=True),
    _number("licenses"),
    ForeignKeyConstraint(
        ["account_id", "customer_id"], ["customer.account_id", "customer.customer_id"]
    ),
    ForeignKeyConstraint(["account_id", "otc"], ["otc.account_id", "otc.code"]),
    CheckConstraint("licenses >= 1", "licenses"),
    Index("ix_subscription_otc", "account_id", "otc", "licenses"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

device = Table(
    "device",
    metadata,
    _text("account_id", key=True),
    _number("customer_id", key=True),
    _text("device_key", key=True),  # the form in which two spellings of one id are equal
    _text("device_id"),
    _text("operating_system", null=True),
    _text("model", null=True),
    _text("avira_installed", null=True),
    _text("avira_uninstalled", null=True),
    _text("nh_installed", null=True),
    _text("nh_uninstalled", null=True),
    _text("avira_status", null=True),
    _text("product_name", null=True),
    ForeignKeyConstraint(
        ["account_id", "customer_id"], ["customer.account_id", "customer.customer_id"]
    ),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

batch = Table(
    "batch",
    metadata,
    _text("account_id", key=True),
    _number("batch", key=True),
    _number("entry"),
    _text("kind"),  # apply or undo
    _text("at"),
    _text("actor"),
    _text("file"),
    _text("sha256"),
    _number("applied"),
    _number("unchanged"),
    _number("rejected"),
    _number("undoes", null=True),
    _text("lines_hash"),
    _text("previous_hash"),
    _text("hash"),
    ForeignKeyConstraint(["account_id"], ["account.account_id"]),
    UniqueConstraint("account_id", "entry"),
    CheckConstraint("kind IN ('apply', 'undo')", "kind"),
    sqlite_strict=True,
)

journal = Table(
    "journal",
    metadata,
    _text("account_id", key=True),
    _number("entry", key=True),
    _number("line", key=True),
    _text("sheet"),
    _number("row"),
    _text("kind"),  # otc, customer, subscription or device
    _text("key"),
    _text("before", null=True),  # the image as JSON; null before the entity was there
    _text("after", null=True),  # the same; null once it is gone
    ForeignKeyConstraint(["account_id"], ["account.account_id"]),
    CheckConstraint(  # no list: SQLite builds one of more than two values anew for each row
        "kind = 'otc' OR kind = 'customer' OR kind = 'subscription' OR kind = 'device'", "kind"
    ),
    CheckConstraint("before IS NOT NULL OR after IS NOT NULL", "image"),
    sqlite_strict=True,
)


def complete_for_server() -> None:
    """Add what PostgreSQL alone is told: it loads that dialect, for which no file need wait."""
    _one_email.dialect_kwargs["postgresql_where"] = _by_itself
