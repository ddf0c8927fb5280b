"""The blocks of a journal as they are stored: hashed, and with other lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from importer.ledger.writing.chain import LinesHash
from sound_ledger import StoredRow

StoredLines = list[Any]
"""The lines of a block, as JSON has them."""


def hash_of_blocks(account: str, blocks: Iterable[StoredRow]) -> str:
    """The hash of the blocks of a batch, as they are stored."""
    digest = LinesHash(account)
    for block in blocks:
        digest.add(block["first_line"], block["lines"])
    return digest.hexdigest()


def with_lines(block: StoredRow, change: Callable[[StoredLines], StoredLines]) -> StoredRow:
    """The block with other lines, written as the program writes them."""
    lines = change(json.loads(block["lines"]))
    texts = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    return block | {"lines": "[" + ",\n".join(texts) + "]"}
