"""The limits on files, as configured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from builders import otcs_with, write_workbook
from command_line import CommandLine
from hostile.archives import small_bomb
from hostile.originals import good_workbook
from hostile.sheets import ods, repeated_rows, with_rows
from importer.config.limits import Limits
from reports import refusal_of
from systems import posix_only

pytestmark = posix_only("Windows limits no process")


def text_rows(count: int) -> Callable[[Path], object]:
    """A workbook with so many rows of 100 letters."""
    return with_rows(*(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%d%s</t></is></c></row>'
        % (row, row, row, b"x" * 100)
        for row in range(3, count)
    ))  # fmt: skip


def padded(path: Path) -> None:
    """A workbook with 2 MB, most of it behind the end of its archive."""
    text_rows(30_000)(path)
    with path.open("ab") as file:
        file.truncate(2 << 20)


def twenty_rows(path: Path) -> None:
    """A workbook with 20 rows below the header."""
    write_workbook(path, [("Add OTC", otcs_with("runtime", range(1, 21)))])


class Beyond(NamedTuple):
    """A value of a limit, and a file that is just beyond it."""

    value: int
    make: Callable[[Path], object]


BEYOND = {
    "file_mb": Beyond(1, padded),
    "parts": Beyond(5, good_workbook),
    "inflated_mb": Beyond(1, text_rows(30_000)),
    "rows": Beyond(20, twenty_rows),
    "repetitions": Beyond(3, ods(repeated_rows(5, 4))),
    "columns": Beyond(8, good_workbook),
    "cells": Beyond(17, good_workbook),
    "memory_mb": Beyond(192, text_rows(400_000)),
}


@pytest.mark.parametrize("limit", [
    pytest.param(name, marks=pytest.mark.thorough if name == "memory_mb" else ())
    for name in BEYOND
])  # fmt: skip
def test_a_file_beyond_a_limit_is_too_large_and_the_limit_is_named(
    limit: str, command: CommandLine, tmp_path: Path
) -> None:
    path, config = tmp_path / "x.xlsx", tmp_path / "c.toml"
    value, make = BEYOND[limit]
    make(path)
    config.write_text(f"[limits]\n{limit} = {value}\n")
    problem = refusal_of(command("check", path, "--json", "--config", config))
    assert problem["code"] == "too-large"
    assert f"{limit} is {value}" in problem["message"]
    if limit in ("rows", "columns", "cells"):
        config.write_text(f"[limits]\n{limit} = {value + 1}\n")
        assert command("check", path, "--config", config).exit_code == 0


def test_a_part_that_grows_beyond_the_ratio_is_a_bomb_unless_small(
    command: CommandLine, tmp_path: Path
) -> None:
    """The ratio applies to parts of more than 16 MB."""
    path, config = tmp_path / "x.xlsx", tmp_path / "c.toml"
    small_bomb(path)
    codes = []
    for lines in ("ratio = 900", "ratio = 2_000\ninflated_mb = 16"):
        config.write_text(f"[limits]\n{lines}\n")
        codes.append(refusal_of(command("check", path, "--json", "--config", config))["code"])
    assert codes == ["hostile-file", "too-large"]


@pytest.mark.parametrize(
    "line", ["rowz = 5", "rows = 0", "rows = -1", "rows = 1.5", "rows = true", 'rows = "5"',
             "rows = 99999999999"],
)  # fmt: skip
def test_an_invalid_limit_is_wrong_use(line: str, command: CommandLine, tmp_path: Path) -> None:
    """One line with the limit's name; nothing is read."""
    config = tmp_path / "c.toml"
    config.write_text(f"[limits]\n{line}\n")
    result = command("check", good_workbook(tmp_path / "x.xlsx"), "--config", config)
    assert result.exit_code == 2
    assert f"limits.{line.split()[0]}" in result.err
    assert result.err.count("\n") == 1


def test_every_limit_is_tested() -> None:
    """`seconds` in test_sandbox.py."""
    assert set(Limits.__slots__) == {*BEYOND, "ratio", "seconds"}
