"""The results of `serve --check`, and what it leaves in folders."""

from __future__ import annotations

import re
from pathlib import Path

from command_line import CommandResult

Contents = dict[str, bytes | None]


def contents(folder: Path) -> Contents:
    """Every file with its content, and every folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def files(folder: Path) -> Contents:
    """Every file with its content."""
    return {name: content for name, content in contents(folder).items() if content is not None}


def signs(result: CommandResult) -> dict[str, str]:
    """What was checked, each with its sign."""
    matches = re.findall(r"^([✓!✗]) ([^:]+): .+$", result.out, re.MULTILINE)
    assert len(matches) == len(result.out.splitlines())
    return {what: sign for sign, what in matches}


def failed(result: CommandResult) -> set[str]:
    """What was found wrong."""
    return {what for what, sign in signs(result).items() if sign == "✗"}
