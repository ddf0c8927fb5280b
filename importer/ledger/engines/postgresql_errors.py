"""What the errors of a PostgreSQL server mean, and how they are told."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, OperationalError

from importer.base.errors import LedgerError, StrangeLedgerError
from importer.base.texts import N_, Text

_CAME_BETWEEN = frozenset({"40001", "40P01", "23505"})
"""Serialization failure, deadlock, and somebody else's row where ours should be."""

_WENT_AWAY = ("08", "57P")
"""How the states of lost connections, and of servers that stop or start, begin."""

NO_RIGHT = "42501"
OWNER = "owner"
"""The state of one who may not, and in its place, of one who may not because they are no owner."""


def state_of(error: DBAPIError) -> str:
    """The SQLSTATE of what went wrong; that of a lost connection where there was no answer."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None and (error.connection_invalidated or isinstance(error, OperationalError)):
        said = str(error.orig)  # of a connection that is refused there is no more than that
        refused = (state for state, words in _REFUSED.items() if any(one in said for one in words))
        return next(refused, "08006")
    return str(state or "")


def reason_of(error: DBAPIError) -> str:
    """What the server says, without its details: these hold rows, and so OTCs."""
    said = getattr(getattr(error.orig, "diag", None), "message_primary", None) or error.orig
    return " ".join(str(said).rpartition("FATAL:")[2].split())


def came_between(error: DBAPIError) -> bool:
    """Whether others have changed what the work was about, so that it may begin again."""
    return state_of(error) in _CAME_BETWEEN


def went_away(error: DBAPIError) -> bool:
    """Whether the connection was lost, or the server is stopping or starting."""
    return state_of(error).startswith(_WENT_AWAY)


def in_words(state: str, facts: Mapping[str, object]) -> LedgerError:
    """What went wrong, in words; the server's own where we know none better.

    `facts` are the `ledger`, the `role`, the `seconds` that it was waited for, and the `reason`.
    """
    for known, template in _SAID_BY_SERVER.items():
        if state.startswith(known):
            return LedgerError(Text(template, facts))
    return StrangeLedgerError(Text(_NO_WORDS, facts))


_REFUSED = {
    "57P03": ("the database system is ",),
    "28000": ("password", "authentication", "pg_hba", 'role "'),
    "3D000": ('database "',),
}
"""What tells why a server that was reached has not let anybody in."""

_NO_WORDS = N_("The ledger {ledger} cannot be used: {reason}")
_SAID_BY_SERVER = {
    "08": N_("The server of the ledger {ledger} cannot be reached: {reason}"),
    "57P": N_("The server of the ledger {ledger} is stopping or starting. Nothing was changed; try "
              "again later."),
    "55P03": N_("The ledger {ledger} is in use by another program, for more than {seconds} "
                "seconds. Nothing was changed; try again later, or wait longer with --wait."),
    "23505": N_("Others keep adding the same OTCs or customers to the ledger {ledger}. Nothing was "
                "changed; try again later."),
    "40": N_("Too many others are changing the same OTCs in the ledger {ledger}. Nothing was "
             "changed; try again later."),
    OWNER: N_("The role {role} may not make or change the tables of the ledger {ledger}: "
                "{reason}. Do it as their owner."),
    NO_RIGHT: N_("The role {role} has no right to do that in the ledger {ledger}: {reason}. Its "
                "owner gives it with: avira-importer ledger init --importer or --reader"),
    "28": N_("The server of the ledger {ledger} does not let this role in: {reason}. The password "
             "may stand in the environment variable PGPASSWORD, or in the file .pgpass."),
    "3D000": N_("There is no such database: {ledger}. Make it on the server, then run: "
                "avira-importer ledger init"),
    "25006": N_("The server of the ledger {ledger} cannot be written to now. Nothing was changed."),
    "53100": N_("The disk of the server of the ledger {ledger} is full. Nothing was changed; make "
                "room and try again."),
    "53": N_("The server of the ledger {ledger} has too much to do: {reason}. Try again later."),
}  # fmt: skip
