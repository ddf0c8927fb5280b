"""Hashes of batches and their journal lines; each batch includes the hash of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from msgspec.json import encode

Facts = sa.RowMapping | Mapping[str, Any]

BATCH = (
    "account_id", "batch", "entry", "kind", "at", "actor", "file", "sha256", "applied",
    "unchanged", "rejected", "undoes", "lines_hash", "previous_hash",
)  # fmt: skip
"""The hashed columns of a batch: all but the hash itself."""


class LinesHash:
    """SHA-256 over the journal blocks of one batch in their order: their columns but the entry,
    which is hashed with the batch."""

    def __init__(self, account_id: str) -> None:
        self._digest = hashlib.sha256(encode(account_id))

    def add(self, first_line: int, lines: str) -> None:
        """Hash a block, its lines as they are stored."""
        self._digest.update(str(first_line).encode())
        self._digest.update(lines.encode())

    def hexdigest(self) -> str:
        """The hash of the lines so far."""
        return self._digest.hexdigest()


def hash_of_batch(batch: Facts) -> str:
    """SHA-256 over a batch, which includes the hashes of its lines and of the batch before."""
    facts = [batch[name] for name in BATCH]
    return hashlib.sha256(encode(facts)).hexdigest()
