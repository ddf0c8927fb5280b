"""What holds for every destination of exports."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from destinations import NAME, Target, file_of, folder_of
from importer.base import clock
from importer.base.errors import OutputError
from importer.service.exports.folder import unfinished_name
from sftp_server import needs_sshd

pytest_plugins = ["destination_fixtures"]

LOCAL = pytest.param("local")
MEMORY = pytest.param("memory")
SFTP = pytest.param("sftp", marks=needs_sshd)


@pytest.mark.parametrize("target", [LOCAL, MEMORY, SFTP], indirect=True)
def test_a_file_arrives_under_its_name(target: Target, tmp_path: Path) -> None:
    """Byte for byte, with spaces, accents and brackets in its name, and nothing beside it."""
    content = os.urandom(3_000_000)
    target.deliver(file_of(tmp_path, content), NAME)
    assert target.files() == {NAME: content}
    assert target.names() == [NAME]


@pytest.mark.parametrize("target", [LOCAL, MEMORY, SFTP], indirect=True)
@pytest.mark.parametrize("content", [b"", b"longer than the former"])
def test_a_file_takes_the_place_of_a_former_one(
    target: Target, tmp_path: Path, content: bytes
) -> None:
    """Nothing of the former is left, were it longer or shorter."""
    target.deliver(file_of(tmp_path, b"former"), NAME)
    target.deliver(file_of(tmp_path, content), NAME)
    assert target.files() == {NAME: content}


@pytest.mark.parametrize("target", [LOCAL, MEMORY, SFTP], indirect=True)
def test_a_folder_of_files_takes_the_place_of_a_former_one(target: Target, tmp_path: Path) -> None:
    """A file that the former had and the new one has not is gone."""
    target.deliver(folder_of(tmp_path, otcs=b"1", devices=b"2"), "Export 1")
    assert target.files() == {"Export 1/otcs.csv": b"1", "Export 1/devices.csv": b"2"}
    target.deliver(folder_of(tmp_path, otcs=b"3"), "Export 1")
    assert target.files() == {"Export 1/otcs.csv": b"3"}
    assert target.names() == ["Export 1"]


@pytest.mark.parametrize("target", [LOCAL, SFTP], indirect=True)
def test_files_and_folders_take_each_others_place(target: Target, tmp_path: Path) -> None:
    """A format that was changed is no obstacle."""
    target.deliver(file_of(tmp_path), "Export 1")
    target.deliver(folder_of(tmp_path, otcs=b"1"), "Export 1")
    assert target.files() == {"Export 1/otcs.csv": b"1"}
    target.deliver(file_of(tmp_path), "Export 1")
    assert target.files() == {"Export 1": b"whole"}


@pytest.mark.parametrize("target", [LOCAL, MEMORY, SFTP], indirect=True)
def test_what_is_removed_is_that_alone(target: Target, tmp_path: Path) -> None:
    """Brackets are no pattern; a folder goes with its files; what is gone already is no fault."""
    for name in ("Export [12].xlsx", "Export 1.xlsx", "Export 2.xlsx"):
        target.deliver(file_of(tmp_path), name)
    target.deliver(folder_of(tmp_path, otcs=b"1", devices=b"2"), "Export 3")
    for name in ("Export [12].xlsx", "Export 3", "Export 4.xlsx"):
        target.remove(name)
    assert set(target.files()) == {"Export 1.xlsx", "Export 2.xlsx"}
    assert target.names() == ["Export 1.xlsx", "Export 2.xlsx"]


@pytest.mark.parametrize("target", [LOCAL, SFTP], indirect=True)
def test_a_folder_of_folders_is_none_of_ours(target: Target, tmp_path: Path) -> None:
    """It is not removed, and nobody loses a tree of files by a name."""
    inner = tmp_path / "the exports" / "Export 1" / "inner"
    inner.mkdir(parents=True)
    (inner / "kept").touch()
    with pytest.raises(OutputError):
        target.remove("Export 1")
    assert list(target.files()) == ["Export 1/inner/kept"]


@pytest.mark.parametrize("target", [LOCAL, MEMORY, SFTP], indirect=True)
def test_a_check_leaves_nothing(target: Target) -> None:
    """It really writes, so remote folders are there afterwards, and empty."""
    target.check()
    target.check()
    assert target.files() == {}
    assert target.names() == []


@pytest.mark.parametrize("target", [LOCAL, SFTP], indirect=True)
def test_what_a_killed_service_left_is_removed_a_day_later(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is younger may be another's work, and other hidden files stay."""
    now = clock.now()
    names = {}
    for hours in (23, 25):
        monkeypatch.setattr(clock, "now", lambda ago=hours: now - dt.timedelta(hours=ago))
        names[hours] = unfinished_name()
    monkeypatch.setattr(clock, "now", lambda: now)
    folder = tmp_path / "the exports"
    others = [names[23], ".avira-1-x.part", ".hidden", ".avira-1-00000000.part.xlsx"]
    for name in (*names.values(), *others):
        folder.mkdir(exist_ok=True)
        (folder / name).touch()
    old_folder = folder / ".avira-1000000000-0123abcd.part"
    old_folder.mkdir()
    (old_folder / "otcs.csv").touch()
    assert target.names() == []
    target.remove_left_over()
    assert set(target.files()) == set(others)
