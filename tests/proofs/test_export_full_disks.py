"""Exports to a disk that is full, which leave the old file."""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path

import pytest

from command_line import CommandResult
from export_ledgers import FORMATS, export, in_format, run
from old_and_new_exports import copy_export, format_of, versions, write_old_and_new
from small_disks import file_size_limit, fill, small_disk
from systems import posix_only

pytestmark = posix_only("mounts, limits and fsync of POSIX")

formats = pytest.mark.parametrize(
    "form",
    [form if form in ("xlsx", "csv") else pytest.param(form, marks=pytest.mark.thorough)
     for form in FORMATS],
)  # fmt: skip


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger, its old exports and its new ones."""
    return write_old_and_new(tmp_path_factory)


@pytest.fixture
def results(exports: Path, tmp_path: Path) -> Path:
    """A folder with only the old exports."""
    return Path(shutil.copytree(exports / "old", tmp_path / "results"))


def export_fails(exports: Path, path: Path) -> CommandResult:
    """An export that ends with exit code 3, nothing on standard output, and one line."""
    words = ("export", "--ledger", exports / "ledger.db", "-o", path, "--format", format_of(path))
    result = run(*words)
    assert (result.exit_code, result.out) == (3, "")
    assert len(result.err.splitlines()) == 1, result.err
    return result


FULL = re.compile(r"details(/[^.]+\.csv|\.\w+)? cannot be written: the disk is full\.")


@pytest.mark.parametrize("room", [pytest.param(0, marks=pytest.mark.thorough), 16_384])
@formats
def test_a_full_disk_leaves_the_old_file(
    form: str, room: int, exports: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A real one, without any room or with some to begin: nothing is left beside the old file or
    folder. With room again the export is made."""
    with small_disk(megabytes=8) as disk:
        path = in_format(disk, form)
        copy_export(exports / "old", path)
        filler = fill(disk, but=room)
        assert FULL.search(export_fails(exports, path).err)
        assert capfd.readouterr().err == "", "libraries in other languages write there"
        assert versions(path, exports) == {"old"}
        assert {file.name for file in disk.iterdir()} == {path.name, filler.name}
        filler.unlink()
        export(exports / "ledger.db", path)
        assert versions(path, exports) == {"new"}


@formats
def test_a_disk_that_turns_out_full_when_a_file_is_flushed_leaves_the_old_file(
    form: str, exports: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As network disks report it, only after everything is written."""

    def no_room(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = in_format(results, form)
    before = sorted(results.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_room)
        assert FULL.search(export_fails(exports, path).err)
    assert versions(path, exports) == {"old"}
    assert sorted(results.rglob("*")) == before


@formats
def test_a_limit_of_the_file_size_leaves_the_old_file(
    form: str, exports: Path, results: Path
) -> None:
    """Reached in the middle of writing."""
    path = in_format(results, form)
    before = sorted(results.rglob("*"))
    with file_size_limit(8_192):
        assert path.name in export_fails(exports, path).err
    assert versions(path, exports) == {"old"}
    assert sorted(results.rglob("*")) == before
