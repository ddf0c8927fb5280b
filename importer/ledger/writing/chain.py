"""Hashes of batches and their journal lines; each batch includes the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring as quoted
from typing import Any

import sqlalchemy as sa

Facts = sa.RowMapping | Mapping[str, Any]

LINE = ("line", "sheet", "row", "kind", "key", "before", "after")
"""The hashed columns of a journal line, after its account; its entry is hashed with the batch."""

BATCH = (
    "account_id", "batch", "entry", "kind", "at", "actor", "file", "sha256", "applied",
    "unchanged", "rejected", "undoes", "lines_hash", "previous_hash",
)  # fmt: skip
"""The hashed columns of a batch: all but the hash itself."""


class LinesHash:
    """SHA-256 over the journal lines of one batch, in their order."""

    def __init__(self, account_id: str) -> None:
        self._account = quoted(account_id)
        self._digest = hashlib.sha256()

    def add(
        self, line: int, sheet: str, row: int, kind: str, key: str, before: str | None,
        after: str | None,
    ) -> None:  # fmt: skip
        """Hash a line as a JSON list, which json.dumps would take three times as long to make."""
        self._digest.update(
            f"[{self._account}, {line}, {quoted(sheet)}, {row}, {quoted(kind)}, {quoted(key)}, "
            f"{'null' if before is None else quoted(before)}, "
            f"{'null' if after is None else quoted(after)}]\n".encode()
        )

    def hexdigest(self) -> str:
        """The hash of the lines so far."""
        return self._digest.hexdigest()


def hash_of_lines(account_id: str, lines: Iterable[Facts]) -> str:
    """The hash of lines read from a ledger, which may hold anything."""
    return _digest((account_id, *(line[name] for name in LINE)) for line in lines)


def hash_of_batch(batch: Facts) -> str:
    """SHA-256 over a batch, which includes the hashes of its lines and of the batch before."""
    return _digest([tuple(batch[name] for name in BATCH)])


def _digest(parts: Iterable[tuple[Any, ...]]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(_encode(part).encode())
        digest.update(b"\n")
    return digest.hexdigest()


_encode = json.JSONEncoder(ensure_ascii=False).encode
