"""What PostgreSQL itself refuses: rewriting, other accounts' rows, licences beyond an OTC's.

Three kinds of role: the owner of the tables, who makes and upgrades them; importers, who may apply
and undo in the accounts that they were given; readers, who may look at those and nothing else. What
a role may see is a policy that names the role and the account, so that it holds whatever client is
used, and whatever that client says of itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa

from importer.base.errors import LedgerError
from importer.base.texts import N_, text
from importer.ledger.tables import metadata

_ALL = [table.name for table in metadata.sorted_tables]
_IMPORTER_MAY = {
    "account": "SELECT, INSERT, UPDATE",
    "otc": "SELECT, INSERT, UPDATE, DELETE",
    "customer": "SELECT, INSERT, UPDATE, DELETE",
    "subscription": "SELECT, INSERT, UPDATE, DELETE",
    "device": "SELECT, INSERT, UPDATE, DELETE",
    "batch": "SELECT, INSERT",
    "journal": "SELECT, INSERT",
}
"""Batches and journal can be added to, and nothing else."""


def guard(connection: sa.Connection, *, with_triggers: bool) -> None:
    """Shut every table to all but its owner, and let no sum of subscriptions exceed what is used.

    Safe to do again. Engines that spread tables over machines have no triggers; there the CHECK on
    `otc` and `ledger verify` remain.
    """
    for table in _ALL:
        connection.execute(sa.text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
        connection.execute(sa.text(f"REVOKE ALL ON {table} FROM PUBLIC"))
    if with_triggers:
        connection.exec_driver_sql(_FUNCTION.replace("%", "%%"))
        # Else temporary tables of the same names, which anybody may make, would be asked instead.
        _say(connection, "ALTER FUNCTION refuse_overallocation() SET search_path TO %I, pg_temp",
             _schema(connection))  # fmt: skip
        for name, (table, verb) in _TRIGGERS.items():
            connection.execute(
                sa.text(
                    f"CREATE OR REPLACE TRIGGER {name} AFTER {verb} ON {table} "
                    "REFERENCING NEW TABLE AS changed "
                    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_overallocation()"
                )
            )


def remove_triggers(connection: sa.Connection) -> None:
    """Take away the triggers that `guard` has put on the tables."""
    for name, (table, _verb) in _TRIGGERS.items():
        connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {name} ON {table}"))


_TRIGGERS = {
    "subscription_added_within_used": ("subscription", "INSERT"),
    "subscription_edited_within_used": ("subscription", "UPDATE"),
    # One statement may remove an OTC and add it again with less: its foreign keys allow that.
    "otc_added_covers_subscriptions": ("otc", "INSERT"),
    "otc_used_covers_subscriptions": ("otc", "UPDATE"),
}

# Whoever changes a subscription locks its OTC first, as importers do, so that two who come at the
# same time cannot both take the last licence; a transaction that goes on seeing what was there
# before it waited is refused. The message shows what logs may show of an OTC.
_FUNCTION = """
    CREATE OR REPLACE FUNCTION refuse_overallocation() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        overallocated text;
    BEGIN
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'OTCs and subscriptions are changed in READ COMMITTED transactions only'
                USING ERRCODE = 'invalid_transaction_state';
        END IF;
        IF TG_TABLE_NAME = 'subscription' THEN
            PERFORM 1 FROM otc WHERE (otc.account_id, otc.code) IN
                (SELECT changed.account_id, changed.otc FROM changed)
                ORDER BY otc.account_id, otc.code FOR NO KEY UPDATE;
            SELECT o.code INTO overallocated FROM otc o
                JOIN (SELECT DISTINCT changed.account_id, changed.otc FROM changed) AS c
                    ON c.account_id = o.account_id AND c.otc = o.code
                WHERE o.used < (SELECT sum(s.licenses) FROM subscription s
                    WHERE s.account_id = o.account_id AND s.otc = o.code) LIMIT 1;
        ELSE
            SELECT c.code INTO overallocated FROM changed AS c
                WHERE c.used < (SELECT sum(s.licenses) FROM subscription s
                    WHERE s.account_id = c.account_id AND s.otc = c.code) LIMIT 1;
        END IF;
        IF overallocated IS NOT NULL THEN
            RAISE EXCEPTION 'overallocation of the OTC …%', right(overallocated, 5)
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
"""


def let_in(
    connection: sa.Connection,
    account_id: str,
    importers: Iterable[str],
    readers: Iterable[str],
) -> None:
    """Give roles that are there already their rights to the account, in place of those they had.

    Raises LedgerError where there is no such role.
    """
    for role in importers:
        _let_in(connection, account_id, role, writing=True)
    for role in readers:
        _let_in(connection, account_id, role, writing=False)


def _let_in(connection: sa.Connection, account_id: str, role: str, *, writing: bool) -> None:
    _must_be_there(connection, role)
    _say(connection, "GRANT USAGE ON SCHEMA %I TO %I", _schema(connection), role)
    _say(connection, "GRANT SELECT ON alembic_version TO %I", role)
    policy = _policy(account_id, role)
    for table in _ALL:
        ours = f"ON {table} FOR {{}} TO %I USING (account_id = %L)"
        for name in (policy, f"{policy}_kept"):
            _say(connection, f"DROP POLICY IF EXISTS {name} ON {table}")
        what = "ALL" if writing else "SELECT"
        _say(connection, f"CREATE POLICY {policy} {ours.format(what)}", role, account_id)
        if not writing:  # one who imports elsewhere is told so, rather than finding no rows here
            kept = f"{ours.format('UPDATE')} WITH CHECK (false)"
            _say(connection, f"CREATE POLICY {policy}_kept {kept}", role, account_id)
    if not writing and not _imports_elsewhere(connection, role):
        for table in _ALL:
            _say(connection, f"REVOKE ALL ON {table} FROM %I", role)
    for table, rights in _IMPORTER_MAY.items():
        _say(connection, f"GRANT {rights if writing else 'SELECT'} ON {table} TO %I", role)


def let_into_new_tables(connection: sa.Connection) -> None:
    """Give roles that were let in before a table came to be the rights there that they have on
    others."""
    policies = connection.execute(
        sa.text("SELECT policyname, cmd, CAST(roles[1] AS text) AS role, qual, with_check "
                "FROM pg_policies WHERE schemaname = current_schema() AND tablename = 'account'")
    ).all()  # fmt: skip
    known = sa.text("SELECT policyname FROM pg_policies "
                    "WHERE schemaname = current_schema() AND tablename = :table")  # fmt: skip
    for table in _ALL:
        there = set(connection.scalars(known, {"table": table}))
        for one in policies:
            if one.policyname in there:
                continue
            check = f" WITH CHECK ({one.with_check})" if one.with_check else ""
            _say(connection, f"CREATE POLICY {one.policyname} ON {table} FOR {one.cmd} TO %I "
                 f"USING ({one.qual.replace('%', '%%')}){check}", one.role)  # fmt: skip
            rights = _IMPORTER_MAY[table] if one.cmd == "ALL" else "SELECT"
            _say(connection, f"GRANT {rights} ON {table} TO %I", one.role)


def _policy(account_id: str, role: str) -> str:
    """A name of ours: account and role may be longer than a policy's name."""
    return "ledger_" + hashlib.sha256(f"{account_id}\0{role}".encode()).hexdigest()[:16]


def may_use(connection: sa.Connection, account_id: str) -> bool:
    """Whether row-level security lets the connection's role see the account's rows."""
    if not connection.scalar(sa.text("SELECT row_security_active('account')")):
        return True  # an owner, or a superuser
    roles = connection.scalars(
        sa.text("SELECT rolname FROM pg_roles WHERE pg_has_role(oid, 'USAGE')")
    )
    policies = connection.scalars(
        sa.text("SELECT policyname FROM pg_policies "
                "WHERE schemaname = current_schema() AND tablename = 'account'")
    )  # fmt: skip
    return not {_policy(account_id, role) for role in roles}.isdisjoint(policies)


def _must_be_there(connection: sa.Connection, role: str) -> None:
    known = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    if connection.scalar(known, {"role": role}) is None:
        raise LedgerError(
            text(N_("The server has no role {role}. Whoever runs the server makes it first, in "
                    "SQL: CREATE ROLE \"{role}\" LOGIN PASSWORD '…'"), role=role)
        )  # fmt: skip


def _imports_elsewhere(connection: sa.Connection, role: str) -> bool:
    query = sa.text(
        "SELECT 1 FROM pg_policies WHERE schemaname = current_schema() AND cmd = 'ALL' "
        "AND CAST(:role AS name) = ANY (roles) LIMIT 1"
    )
    return connection.scalar(query, {"role": role}) is not None


def _schema(connection: sa.Connection) -> str:
    return str(connection.scalar(sa.text("SELECT current_schema()")))


def _say(connection: sa.Connection, template: str, *names: str) -> None:
    """Execute a statement in which the server itself has quoted `names`."""
    places = "".join(f", CAST(:n{number} AS text)" for number in range(len(names)))
    facts = {f"n{number}": name for number, name in enumerate(names)}
    said = connection.scalar(sa.text(f"SELECT format(CAST(:template AS text){places})"),
                             {"template": template, **facts})  # fmt: skip
    connection.exec_driver_sql(str(said).replace("%", "%%"))
