"""Errors of a PostgreSQL server: their kinds and messages."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, OperationalError

from importer.base.errors import LedgerError, StrangeLedgerError
from importer.base.texts import N_, Text
from importer.ledger.database import ConflictError

_CONFLICT = "40001"
_CONFLICTS = frozenset({_CONFLICT, "40P01", "23505"})
"""Serialization failure, deadlock, and a row that another importer has just added."""

_LOST = ("08", "57P")
"""How the states of lost connections, and of servers that stop or start, begin."""

NO_RIGHT = "42501"
NOT_OWNER = "not owner"
"""Stands for NO_RIGHT where only the owner of the tables has the right."""


def state_of(error: Exception) -> str:
    """The SQLSTATE of an error; that of a lost connection where the server gave no answer."""
    if not isinstance(error, DBAPIError):
        return _CONFLICT if isinstance(error, ConflictError) else ""
    state = getattr(error.orig, "sqlstate", None)
    if state is None and (error.connection_invalidated or isinstance(error, OperationalError)):
        reason = str(error.orig)  # a refused connection has no state
        refused = (state for state, parts in _REFUSED.items() if any(p in reason for p in parts))
        return next(refused, "08006")
    return str(state or "")


def reason_of(error: Exception) -> str:
    """The server's message without its details, which hold rows and so OTCs."""
    original = getattr(error, "orig", error)
    message = getattr(getattr(original, "diag", None), "message_primary", None) or original
    return " ".join(str(message).rpartition("FATAL:")[2].split())


def is_conflict(error: Exception) -> bool:
    """Whether others changed what the work depends on, so that it can be retried."""
    return state_of(error) in _CONFLICTS


def is_lost(error: Exception) -> bool:
    """Whether the connection was lost, or the server is stopping or starting."""
    return state_of(error).startswith(_LOST)


def ledger_error(state: str, facts: Mapping[str, object]) -> LedgerError:
    """The error to show for a state; it quotes the server if the state is not a common one.

    `facts` are the `ledger`, the `role`, the `seconds` waited, and the server's `reason`.
    """
    for known, template in _MESSAGES.items():
        if state.startswith(known):
            return LedgerError(Text(template, facts))
    return StrangeLedgerError(Text(N_("The ledger {ledger} cannot be used: {reason}"), facts))


_REFUSED = {
    "57P03": ("the database system is ",),
    "28000": ("password", "authentication", "pg_hba", 'role "'),
    "3D000": ('database "',),
}
"""By state, the words with which a server refuses a connection."""

_MESSAGES = {
    "08": N_("The server of the ledger {ledger} cannot be reached: {reason}"),
    "57P": N_("The server of the ledger {ledger} is stopping or starting. Nothing was changed; try "
              "again later."),
    "55P03": N_("The ledger {ledger} is in use by another program (waited {seconds} seconds). "
                "Nothing was changed; try again later, or wait longer with --wait."),
    "23505": N_("Other programs keep adding the same OTCs or customers to the ledger {ledger}. "
                "Nothing was changed; try again later."),
    "40": N_("Too many other programs are changing the same OTCs in the ledger {ledger}. Nothing "
             "was changed; try again later."),
    NOT_OWNER: N_("The role {role} may not create or change the tables of the ledger {ledger}: "
                  "{reason}. Run this as their owner."),
    NO_RIGHT: N_("The role {role} has no right to do that in the ledger {ledger}: {reason}. Its "
                 "owner grants it with: avira-importer ledger init --importer or --reader"),
    "28": N_("The server of the ledger {ledger} rejected the login: {reason}. The password can be "
             "given in the environment variable PGPASSWORD or in the file .pgpass."),
    "3D000": N_("The database {ledger} does not exist. Create it on the server, then run: "
                "avira-importer ledger init"),
    "25006": N_("The server of the ledger {ledger} is currently read-only. Nothing was changed."),
    "53100": N_("The disk of the server of the ledger {ledger} is full. Nothing was changed; make "
                "room and try again."),
    "53": N_("The server of the ledger {ledger} is overloaded: {reason}. Try again later."),
}  # fmt: skip
