"""Rights of roles on a PostgreSQL server, and triggers against overallocation.

There are three kinds of role: the owner creates and upgrades the tables; importers apply and undo
in their accounts; readers only look at theirs. A policy for each role and account decides which
rows a role sees, whatever client it uses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa

from importer.base.errors import LedgerError
from importer.base.texts import N_, text
from importer.ledger.tables import metadata

_ALL = [table.name for table in metadata.sorted_tables]
VIEW = "journal"
"""Its rows are those of `journal_block` that its reader may see."""
IMPORTER_MAY = dict.fromkeys(_ALL, "SELECT, INSERT, UPDATE, DELETE") | {
    "account": "SELECT, INSERT, UPDATE",
    "batch": "SELECT, INSERT",
    "journal_block": "SELECT, INSERT",
}
"""The journal is append-only."""


def guard(connection: sa.Connection, *, with_triggers: bool) -> None:
    """Close every table to all but its owner, and refuse subscriptions beyond an OTC's `used`.

    Can be repeated. Distributed tables have no triggers; there the CHECK on `otc` and `ledger
    verify` remain.
    """
    for table in _ALL:
        connection.execute(sa.text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    for table in (*_ALL, VIEW):
        connection.execute(sa.text(f"REVOKE ALL ON {table} FROM PUBLIC"))
    if with_triggers:
        connection.exec_driver_sql(FUNCTION.replace("%", "%%"))
        # Otherwise it would read temporary tables of these names, which anybody may create.
        search_path = "ALTER FUNCTION refuse_overallocation() SET search_path TO %I, pg_temp"
        _execute(connection, search_path, _schema(connection))
        for name in TRIGGERS:
            connection.exec_driver_sql(trigger(name))


def trigger(name: str) -> str:
    """The statement that creates one of TRIGGERS."""
    table, verb = TRIGGERS[name]
    return (
        f"CREATE OR REPLACE TRIGGER {name} AFTER {verb} ON {table} REFERENCING NEW TABLE "
        "AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_overallocation()"
    )


def remove_triggers(connection: sa.Connection) -> None:
    """Drop the triggers of `guard`."""
    for name, (table, _verb) in TRIGGERS.items():
        connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {name} ON {table}"))


TRIGGERS = {
    "subscription_added_within_used": ("subscription", "INSERT"),
    "subscription_edited_within_used": ("subscription", "UPDATE"),
    # One statement can remove an OTC and add it again with less: foreign keys allow that.
    "otc_added_covers_subscriptions": ("otc", "INSERT"),
    "otc_used_covers_subscriptions": ("otc", "UPDATE"),
}

# Like importers, this locks the OTC first, so that two at once cannot both take the last licence.
# It refuses transactions that still see the rows as they were before they waited. The message
# shows no more of an OTC than logs may.
FUNCTION = """
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


def grant(
    connection: sa.Connection, account_id: str, importers: Iterable[str], readers: Iterable[str]
) -> None:  # fmt: skip
    """Grant existing roles their rights to the account, in place of previous ones.

    Raises LedgerError where a role does not exist.
    """
    for role in importers:
        _grant(connection, account_id, role, writing=True)
    for role in readers:
        _grant(connection, account_id, role, writing=False)


def _grant(connection: sa.Connection, account_id: str, role: str, *, writing: bool) -> None:
    parameters = {"role": role}
    known = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    if connection.scalar(known, parameters) is None:
        raise LedgerError(
            text(N_("The server has no role {role}. Its administrator creates it in SQL: "
                    "CREATE ROLE \"{role}\" LOGIN PASSWORD '…'"), role=role)
        )  # fmt: skip
    _execute(connection, "GRANT USAGE ON SCHEMA %I TO %I", _schema(connection), role)
    _execute(connection, "GRANT SELECT ON alembic_version TO %I", role)
    policy = policy_name(account_id, role)
    for table in _ALL:
        terms = f"ON {table} FOR {{}} TO %I USING (account_id = %L)"
        for name in (policy, f"{policy}_kept"):
            _execute(connection, f"DROP POLICY IF EXISTS {name} ON {table}")
        command = "ALL" if writing else "SELECT"
        _execute(connection, f"CREATE POLICY {policy} {terms.format(command)}", role, account_id)
        if not writing:  # an importer of another account gets an error, not an update of no rows
            kept = f"{terms.format('UPDATE')} WITH CHECK (false)"
            _execute(connection, f"CREATE POLICY {policy}_kept {kept}", role, account_id)
    imports = sa.text("SELECT 1 FROM pg_policies WHERE schemaname = current_schema() "
                      "AND cmd = 'ALL' AND CAST(:role AS name) = ANY (roles) LIMIT 1")  # fmt: skip
    if not writing and connection.scalar(imports, parameters) is None:
        for table in (*_ALL, VIEW):
            _execute(connection, f"REVOKE ALL ON {table} FROM %I", role)
    for table, rights in IMPORTER_MAY.items():
        _execute(connection, f"GRANT {rights if writing else 'SELECT'} ON {table} TO %I", role)
    _execute(connection, f"GRANT SELECT ON {VIEW} TO %I", role)


def grant_on_new_tables(connection: sa.Connection) -> None:
    """Give roles the rights to tables of later versions that they have to the others."""
    known = {table: connection.execute(_POLICIES, {"table": table}).all() for table in _ALL}
    for table in _ALL:
        existing = {policy.policyname for policy in known[table]}
        for policy in known["account"]:
            if policy.policyname in existing:
                continue
            check = f" WITH CHECK ({policy.with_check})" if policy.with_check else ""
            terms = f"FOR {policy.cmd} TO %I USING ({policy.qual.replace('%', '%%')}){check}"
            create = f"CREATE POLICY {policy.policyname} ON {table} {terms}"
            _execute(connection, create, policy.role)
            rights = IMPORTER_MAY[table] if policy.cmd == "ALL" else "SELECT"
            _execute(connection, f"GRANT {rights} ON {table} TO %I", policy.role)


_POLICIES = sa.text(
    "SELECT policyname, cmd, CAST(roles[1] AS text) AS role, qual, with_check FROM pg_policies "
    "WHERE schemaname = current_schema() AND tablename = :table"
)


def policy_name(account_id: str, role: str) -> str:
    """The name of a policy; account and role themselves could be too long for one."""
    return "ledger_" + hashlib.sha256(f"{account_id}\0{role}".encode()).hexdigest()[:16]


def may_use(connection: sa.Connection, account_id: str) -> bool:
    """Whether row-level security lets the connection's role see the account's rows."""
    if not connection.scalar(sa.text("SELECT row_security_active('account')")):
        return True  # an owner, or a superuser
    roles = connection.scalars(
        sa.text("SELECT rolname FROM pg_roles WHERE pg_has_role(oid, 'USAGE')")
    )
    policies = connection.scalars(_POLICIES, {"table": "account"})
    return not {policy_name(account_id, role) for role in roles}.isdisjoint(policies)


def _schema(connection: sa.Connection) -> str:
    return str(connection.scalar(sa.text("SELECT current_schema()")))


def _execute(connection: sa.Connection, template: str, *names: str) -> None:
    """Execute a statement in which the server itself quotes `names`."""
    casts = "".join(f", CAST(:n{number} AS text)" for number in range(len(names)))
    parameters = {f"n{number}": name for number, name in enumerate(names)} | {"template": template}
    query = sa.text(f"SELECT format(CAST(:template AS text){casts})")
    statement = str(connection.scalar(query, parameters))
    connection.exec_driver_sql(statement.replace("%", "%%"))
