"""What killed programs leave, and what becomes of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from command_line import CommandLine
from importer.base import files
from importer.base.files import temporary_folder, whole_file, whole_folder

DAY = 86_400


def test_only_what_a_killed_program_left_a_day_ago_is_removed(tmp_path: Path) -> None:
    """By the next program that writes there. What is younger, another's by its name, or somebody
    else's stays."""
    with whole_file(tmp_path / "x.xlsx") as file, temporary_folder(tmp_path) as folder:
        names = file.name, folder.name
    for name, age in ((names[0], DAY + 60), (names[0].replace(".xlsx", ".ods"), DAY - 60),
                      (".hidden.xlsx", 9 * DAY), (f"my{names[0]}", 9 * DAY)):  # fmt: skip
        Path(tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    if os.name != "nt" and os.geteuid() == 0:
        other = tmp_path / (names[0] + "x")
        other.touch()
        os.chown(other, 12_345, -1)
        os.utime(other, (0, 0))
    (tmp_path / names[1]).mkdir()
    (tmp_path / names[1] / "copy.db").touch()
    os.utime(tmp_path / names[1], (0, 0))
    before = {path.name for path in tmp_path.iterdir()}
    files._cleaned.clear()  # each folder is looked through once
    with whole_file(tmp_path / "y.xlsx"):
        pass
    assert before - {path.name for path in tmp_path.iterdir()} == set(names)


def test_a_folder_is_replaced_as_a_whole_unless_it_has_other_files(
    command: CommandLine, workbook: Path
) -> None:
    """Its permissions stay."""
    command("apply", workbook)
    words = ("export", "--format", "csv", "-o", "folder")
    command(*words)
    folder = Path("folder")
    folder.chmod(0o750)
    first = folder.stat()
    assert command(*words).exit_code == 0
    second = folder.stat()
    assert second.st_ino != first.st_ino
    assert second.st_mode == first.st_mode
    (folder / "notes.txt").write_text("mine")
    assert command(*words).exit_code == 0
    assert folder.stat().st_ino == second.st_ino
    assert (folder / "notes.txt").read_text() == "mine"
    os.chdir(folder)  # it is nobody's to move
    assert command(*words[:-1], ".").exit_code == 0
    os.chdir("..")
    assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []


def test_an_interrupted_replacement_leaves_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also between the two renames."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").write_text("old")
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if (path / "b.csv").exists():
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), whole_folder(folder, lambda _: True) as new:
        (new / "b.csv").write_text("new")
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "a.csv"]
