"""Words of ours that scripts read, each with what it means to people."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Explained(StrEnum):
    """A word that is its own value, and `explained`: an English template of what it means."""

    explained: str

    def __new__(cls, value: str, explained: str) -> Self:
        """A member that is `value`, with what it means."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.explained = explained
        return member
