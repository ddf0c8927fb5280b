"""Workbooks with any bytes changed: each is read or refused, soon and in little memory."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, Phase, example, given, settings

from changed_files import EDITS, FORMATS, PARTS, Edit, random_edits, write_edited, write_originals
from command_line import CommandLine
from importer.config.limits import Limits
from office import convert
from reading_processes import Reader, reader
from systems import posix_only
from tiers import examples, needs

pytestmark = posix_only("Windows limits no process")

LIMITS = Limits(seconds=60, memory_mb=1_000)
"""What no file of a few KB comes near, however it was changed."""


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with a sound file of each format, which all worker processes share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "originals"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            folder.mkdir()
            write_originals(folder)
    return folder


def check_changes(original: Path, path: Path) -> None:
    """Have hypothesis look for a change after which a file is neither read nor refused."""
    count = examples(60)

    @settings(
        max_examples=count, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(PARTS, EDITS)
    @example(0, [Edit("flip", 999_999, 0)])  # padding of an xls, of which chance may spare nothing
    def read_changed(part: int, edits: list[Edit]) -> None:
        files.read(write_edited(original, part, edits, path))

    with reader(LIMITS, small=True) as files:
        assert files.read(original) == "read", "the original is sound"
        read_changed()
    assert sum(files.outcomes.values()) > count * 2 // 3
    assert count < 60 or files.outcomes["read"] > 1


@pytest.mark.parametrize("suffix", FORMATS)
def test_any_changed_file_is_read_or_refused(suffix: str, originals: Path, tmp_path: Path) -> None:
    check_changes(originals / f"x.{suffix}", tmp_path / f"x.{suffix}")


@needs("libreoffice")
def test_any_changed_file_of_libreoffice_is_read_or_refused(
    originals: Path, tmp_path: Path
) -> None:
    for suffix in ("ods", "xls"):
        convert(suffix, tmp_path, originals / "x.xlsx")
        check_changes(tmp_path / f"x.{suffix}", tmp_path / f"changed.{suffix}")


@pytest.mark.parametrize("each", [1, pytest.param(6, marks=pytest.mark.thorough)])
def test_a_command_takes_changed_files(
    each: int, originals: Path, command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """A few of each format at once: a report on each, no traceback, no ledger."""
    chance = random.Random(5)
    paths = [
        write_edited(
            originals / f"x.{suffix}", *random_edits(chance), tmp_path / f"{number}.{suffix}"
        )
        for suffix in FORMATS
        for number in range(each)
    ]
    result = command("check", *paths, "--json")
    assert result.exit_code in (0, 1, 3)
    assert result.err == ""
    assert "Traceback" not in result.out
    assert [report["file"] for report in result.json] == list(map(str, paths))
    statuses = Counter(report["status"] for report in result.json)
    assert set(statuses) <= {"valid", "invalid", "unreadable"}
    assert statuses["unreadable"] >= each
    assert not ledger.exists()


def test_a_fault_that_a_change_reaches_would_be_found(originals: Path, tmp_path: Path) -> None:
    """A control: with an exception for every file that holds a certain byte, the search fails."""
    fault = "assert b'\\xff' not in content"
    chance = random.Random(7)

    def search(files: Reader) -> None:
        for _ in range(200):
            files.read(write_edited(originals / "x.csv", *random_edits(chance), tmp_path / "x.csv"))

    with (
        reader(LIMITS, first=fault) as files,
        pytest.raises(AssertionError, match="surprise: AssertionError"),
    ):
        search(files)


@pytest.mark.long
@pytest.mark.parametrize("suffix", FORMATS)
def test_thousands_of_changed_files_are_read_or_refused(
    suffix: str, originals: Path, tmp_path: Path
) -> None:
    """Flips, cuts, splices and what parsers choke on, at random, from a seed that a failure
    names."""
    count = int(os.environ.get("FUZZ_FILES", "5000"))
    seed = int(os.environ.get("FUZZ_SEED", "0")) or random.randrange(1, 1 << 32)
    original, path = originals / f"x.{suffix}", tmp_path / f"x.{suffix}"
    with reader(LIMITS, small=True) as files:
        for number in range(count):
            part, edits = random_edits(random.Random(f"{seed} {suffix} {number}"))
            try:
                files.read(write_edited(original, part, edits, path))
            except AssertionError as error:
                raise AssertionError(f"FUZZ_SEED={seed}, {number}: part {part}, {edits}") from error
    assert min(files.outcomes["read"], files.outcomes["unreadable-file"]) > count // 100


@pytest.mark.long
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_command_takes_hundreds_of_changed_files(
    suffix: str, originals: Path, command: CommandLine, tmp_path: Path
) -> None:
    """Exit 0, 1 or 3, and no traceback."""
    chance = random.Random(9)
    path = tmp_path / f"x.{suffix}"
    codes: Counter[int] = Counter()
    for _ in range(200):
        write_edited(originals / f"x.{suffix}", *random_edits(chance), path)
        result = command("check", path, "--json")
        assert "Traceback" not in result.out + result.err
        codes[result.exit_code] += 1
    assert set(codes) <= {0, 1, 3}
    assert len(codes) > 1
