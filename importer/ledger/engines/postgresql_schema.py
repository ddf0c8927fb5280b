"""The schema of a server's ledger: as it is, and as this program creates it.

Statements of the program and of the server's catalogue are compared without spaces and quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn, CreateIndex

from importer.ledger.creation import view_of_lines
from importer.ledger.engines import postgresql_access as access
from importer.ledger.engines.citus import is_distributed
from importer.ledger.tables import metadata

Parts = dict[str, str]
"""The definition of each part of a schema, by its kind and name."""


def server_schema(connection: sa.Connection) -> tuple[Parts, Parts]:
    """The parts as this program creates them, and as they are; policies and grants included.

    Which roles have access is up to the owner: the policies of the table `account` say so.
    """
    distributed = is_distributed(connection)
    names = {"names": [*metadata.tables, access.VIEW]}
    existing = {
        part: _plain(definition)
        for part, definition in connection.execute(sa.text(_EXISTING), names)
        if not (distributed and part.startswith(("trigger", "function")))  # the extension's own
    }
    created = _created(connection, with_triggers=not distributed)
    expected = {part: _plain(definition) for part, definition in created}
    policies = connection.execute(sa.text(_POLICIES), names).all()
    existing |= {f"policy {policy.on}.{policy.name}": policy.definition for policy in policies}
    expected |= _policies_and_grants([policy for policy in policies if policy.on == "account"])
    existing |= {row.part: row.rights for row in connection.execute(sa.text(_GRANTS), names)}
    return expected, existing


def _plain(statement: str) -> str:
    statement = re.sub(r" IN \((.*?)\)", r" = ANY (ARRAY[\1])", statement)
    return re.sub(r' USING btree|OR REPLACE |::text|\s|"', "", statement)


def _created(connection: sa.Connection, *, with_triggers: bool) -> Iterator[tuple[str, str]]:
    dialect = connection.dialect
    compiler = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type] # of no statement
    for table in metadata.sorted_tables:
        yield f"table {table}", "row level security"
        for column in table.c:
            yield f"column {column}", str(CreateColumn(column).compile(dialect=dialect))
        for constraint in table.constraints:
            yield f"constraint {table}.{constraint.name}", compiler.process(constraint)
        for index in table.indexes:
            yield f"index {index.name}", str(CreateIndex(index).compile(dialect=dialect))
    yield f"view {access.VIEW}", view_of_lines(in_file=False)
    if with_triggers:
        path = f"search_path={connection.scalar(sa.text('SELECT current_schema()'))}, pg_temp"
        yield "function refuse_overallocation", access.FUNCTION.split("$$")[1] + path
        for name, (table_name, _verb) in access.TRIGGERS.items():
            yield f"trigger {table_name}.{name}", access.trigger(name)


def _policies_and_grants(policies: Sequence[sa.Row[Any]]) -> Parts:
    """What roles must have, to judge by the policies of the table `account`."""
    parts: Parts = {}
    importers = {policy.role for policy in policies if policy.cmd == "ALL"}
    for policy in policies:
        name, role, cmd, terms = policy.name, policy.role, policy.cmd, policy.terms
        literal = re.fullmatch(r"\(account_id = (E?)'(.*)'::text\)", terms or "", re.DOTALL)
        if literal is None or role is None or cmd not in ("ALL", "SELECT"):
            continue
        account_id = literal[2].replace("''", "'")
        if literal[1]:
            account_id = account_id.replace("\\\\", "\\")
        if name != access.policy_name(account_id, role):  # which is a hash of both
            continue
        scope = f"PERMISSIVE {policy.roles}"
        for table, rights in access.IMPORTER_MAY.items():
            parts[f"policy {table}.{name}"] = f"{scope} {cmd} {terms}"
            if cmd == "SELECT":
                parts[f"policy {table}.{name}_kept"] = f"{scope} UPDATE {terms} false"
            parts[f"grant on {table} to {role}"] = (
                ", ".join(sorted(rights.split(", "))) if role in importers else "SELECT"
            )
        parts[f"grant on {access.VIEW} to {role}"] = "SELECT"
    return parts


_EXISTING = """
    WITH relation AS (
        SELECT * FROM pg_class WHERE relname = ANY (CAST(:names AS name[]))
        AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    )
    SELECT concat('table ', relname), concat_ws(', ',
        CASE WHEN relrowsecurity THEN 'row level security' END,
        CASE WHEN relforcerowsecurity THEN 'forced' END,
        CASE WHEN relpersistence <> 'p' THEN 'not permanent' END,
        CASE WHEN relowner <> (SELECT relowner FROM relation WHERE relname = 'account')
            THEN 'another owner' END)
        FROM relation WHERE relkind <> 'v'
    UNION ALL SELECT concat('view ', relname), concat('CREATE VIEW ', relname, ' WITH (',
        array_to_string(reloptions, ', '), ') AS ', rtrim(pg_get_viewdef(oid, true), ';'))
        FROM relation WHERE relkind = 'v'
    UNION ALL SELECT concat('column ', relname, '.', attname), concat(attname, ' ',
        upper(format_type(atttypid, atttypmod)), ' COLLATE ' || collname,
        CASE WHEN attnotnull THEN ' NOT NULL' END, ' DEFAULT ' || pg_get_expr(adbin, adrelid),
        attidentity)
        FROM relation JOIN pg_attribute ON attrelid = relation.oid
        LEFT JOIN pg_collation ON pg_collation.oid = attcollation
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relkind <> 'v' AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT concat('constraint ', relname, '.', conname),
        concat('CONSTRAINT ', conname, ' ', pg_get_constraintdef(pg_constraint.oid, true))
        FROM relation JOIN pg_constraint ON conrelid = relation.oid WHERE contype <> 'n'
    UNION ALL SELECT concat('index ', CAST(indexrelid AS regclass)),
        concat(pg_get_indexdef(indexrelid, 0, true), CASE WHEN NOT indisvalid THEN ' INVALID' END)
        FROM relation JOIN pg_index ON indrelid = relation.oid WHERE NOT EXISTS (
            SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
    UNION ALL SELECT concat('trigger ', relname, '.', tgname), concat(
        pg_get_triggerdef(pg_trigger.oid, true),
        CASE WHEN tgenabled <> 'O' THEN concat(' ENABLED ', tgenabled) END)
        FROM relation JOIN pg_trigger ON tgrelid = relation.oid
        WHERE NOT tgisinternal OR tgenabled <> 'O'
    UNION ALL SELECT concat('rule ', relname, '.', rulename), pg_get_ruledef(pg_rewrite.oid, true)
        FROM relation JOIN pg_rewrite ON ev_class = relation.oid WHERE rulename <> '_RETURN'
    UNION ALL SELECT concat('function ', proname), concat(prosrc, array_to_string(proconfig, ', '),
        CASE WHEN prosecdef THEN ' SECURITY DEFINER' END)
        FROM pg_proc WHERE proname = 'refuse_overallocation' AND pronargs = 0
        AND pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
"""
_POLICIES = """
    SELECT tablename AS on, policyname AS name,
        CASE WHEN array_length(roles, 1) = 1 THEN CAST(roles[1] AS text) END AS role,
        CAST(roles AS text) AS roles, cmd, qual AS terms,
        concat_ws(' ', permissive, CAST(roles AS text), cmd, qual, with_check) AS definition
    FROM pg_policies WHERE schemaname = current_schema()
    AND tablename = ANY (CAST(:names AS name[]))
"""
_GRANTS = """
    SELECT concat('grant on ', thing, ' to ', coalesce(CAST(rolname AS text), 'PUBLIC'))
        AS part, string_agg(DISTINCT concat(privilege_type COLLATE "C",
            CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END), ', ') AS rights
    FROM (
        SELECT CAST(relname AS text) AS thing, relowner, relacl AS acl FROM pg_class
            WHERE relname = ANY (CAST(:names AS name[]))
            AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        UNION ALL SELECT concat(relname, '.', attname), relowner, attacl
            FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
            WHERE relname = ANY (CAST(:names AS name[]))
            AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    ) AS things CROSS JOIN aclexplode(acl) LEFT JOIN pg_roles ON pg_roles.oid = grantee
    WHERE grantee <> relowner GROUP BY 1
"""
