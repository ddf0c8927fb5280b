"""Files that are no workbooks of ours: one clear reason each, and nothing else is disturbed."""

from __future__ import annotations

import os
import random
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import write_cells
from command_line import CommandLine, CommandResult
from hostile_files import CODE, HTML, OLE2, Make, containing, good_workbook
from importer.config.limits import DEFAULT_LIMITS, MB

KEYS = ["file", "sha256", "status", "batch", "rows", "changes", "otcs", "problems", "corrections"]


def with_part(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """A good workbook but for one part of its archive."""
    good_workbook(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts[part]
    parts[part] = change(before)
    assert parts[part] != before
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def cut_to(share: float) -> Make:
    """A workbook of which only the first part has arrived."""

    def make(path: Path) -> None:
        content = good_workbook(path).read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return make


def missing(path: Path) -> None:
    """No file at all."""
    assert not path.exists()


def another_kind_of_archive(path: Path) -> None:
    """A zip archive like a .docx: it has parts, but no xl/workbook.xml."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")


def somebody_elses(path: Path) -> None:
    """A sound workbook about something else."""
    write_cells(path, {"Sheet1": [("Month", "Sales"), ("May", 7)], "Sheet2": []})


def doctype(content: bytes) -> bytes:
    """An XML part that declares a document type with an entity."""
    declaration, mark, rest = content.partition(b"?>")
    start = declaration + mark if mark else b""
    return start + b'<!DOCTYPE a [<!ENTITY b "c">]>' + (rest if mark else content)


def with_doctype_in(part: str) -> Make:
    """A workbook that declares a document type in one of its parts."""
    return lambda path: with_part(path, part, doctype)


def random_after_the_signature(path: Path) -> None:
    """The signature of a zip archive, and noise."""
    path.write_bytes(b"PK\x03\x04" + random.Random(7).randbytes(5_000))


def with_damage_in_a_sheet(path: Path) -> None:
    """The archive's directory is sound, the compressed bytes of a sheet are not."""
    content = bytearray(good_workbook(path).read_bytes())
    with zipfile.ZipFile(path) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    name, extra = struct.unpack_from("<HH", content, sheet.header_offset + 26)
    start = sheet.header_offset + 30 + name + extra
    content[start : start + sheet.compress_size] = b"\xff" * sheet.compress_size
    path.write_bytes(content)


def with_general_flag(bits: int) -> Make:
    """An archive whose every part says so of itself (APPNOTE.TXT, 4.4.4)."""

    def make(path: Path) -> None:
        content = bytearray(good_workbook(path).read_bytes())
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            for found in re.finditer(re.escape(signature), bytes(content)):
                content[found.start() + offset] |= bits
        path.write_bytes(content)

    return make


def packed_by_an_unknown_method(path: Path) -> None:
    """An archive whose parts are compressed by a method that nobody has defined."""
    content = bytearray(good_workbook(path).read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        for found in re.finditer(re.escape(signature), bytes(content)):
            struct.pack_into("<H", content, found.start() + offset, 77)
    path.write_bytes(content)


def too_large(path: Path) -> None:
    """A file beyond the limit; its bytes take no room on the disk."""
    path.touch()
    os.truncate(path, DEFAULT_LIMITS.file_mb * MB + 1)


BAD_FILES: dict[str, tuple[str, Make]] = {
    "missing": ("unreadable-file", missing),
    "empty": ("unreadable-file", containing(b"")),
    "a folder": ("unreadable-file", Path.mkdir),
    "one byte": ("not-a-workbook", containing(b"P")),
    "a web page": ("not-a-workbook", containing(HTML)),
    "a web page after a blank line": ("not-a-workbook", containing(b"\r\n" + HTML)),
    "CSV": ("not-a-workbook", containing(b"OTC,Email\r\nABCDE-12345-FGHIJ-67890,a@b.example\r\n")),
    "Excel 97-2003 and nothing more": ("unreadable-file", containing(OLE2 + bytes(3_000))),
    "a password": (
        "password-protected",
        containing(OLE2 + bytes(1_000) + "EncryptedPackage".encode("utf-16-le") + bytes(1_000)),
    ),
    "cut short at 1 %": ("unreadable-file", cut_to(0.01)),
    "cut short at 30 %": ("unreadable-file", cut_to(0.3)),
    "cut short at 60 %": ("unreadable-file", cut_to(0.6)),
    "cut short at 99 %": ("unreadable-file", cut_to(0.99)),
    "noise": ("unreadable-file", random_after_the_signature),
    "a damaged sheet": ("unreadable-file", with_damage_in_a_sheet),
    "an unknown compression": ("unreadable-file", packed_by_an_unknown_method),
    "another archive": ("not-a-workbook", another_kind_of_archive),
    "none of our sheets": ("not-a-workbook", somebody_elses),
    "a document type": ("hostile-file", with_doctype_in("xl/workbook.xml")),
    "a document type in a sheet": ("hostile-file", with_doctype_in("xl/worksheets/sheet1.xml")),
    "XML that ends early": (
        "unreadable-file",
        lambda path: with_part(path, "xl/workbook.xml", lambda content: content[:200]),
    ),
    "too large": ("too-large", too_large),
}


@pytest.fixture(params=BAD_FILES)
def bad_file(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A file that is no workbook of ours, and the code that it must be given."""
    code, make = BAD_FILES[request.param]
    path = tmp_path / "upload.xlsx"
    make(path)
    return path, code


def assert_unreadable(reported: dict[str, Any], path: Path, code: str) -> None:
    """The object of `path` has all keys, one problem of that code, and no figures."""
    assert list(reported) == KEYS
    assert reported["file"] == str(path)
    assert (reported["status"], reported["batch"]) == ("unreadable", None)
    assert reported["rows"] == {"read": 0, "applied": 0, "unchanged": 0, "rejected": 0}
    assert reported["corrections"] is None
    [problem] = reported["problems"]
    assert (problem["code"], problem["severity"]) == (code, "error")
    assert path.name in problem["message"]
    assert problem["fix"]
    assert (problem["sheet"], problem["row"], problem["cell"]) == (None, None, None)


def assert_calm(said: CommandResult) -> None:
    """Whatever went wrong, nobody is shown the insides of the program."""
    assert "Traceback" not in said.out + said.err
    assert "panicked" not in said.out + said.err


@pytest.mark.parametrize("verb", ["check", "apply"])
def test_a_file_that_cannot_be_read_is_named_with_its_reason(
    verb: str, bad_file: tuple[Path, str], command: CommandLine, ledger: Path
) -> None:
    """Exit 3, status unreadable, one problem with its code and a fix, and no ledger comes to be."""
    path, code = bad_file
    said = command(verb, path, "--json")
    assert said.exit_code == 3
    assert_calm(said)
    [reported] = said.json
    assert_unreadable(reported, path, code)
    assert not ledger.exists()
    assert list(path.parent.glob("*corrections*")) == []


def test_a_person_reads_the_file_the_code_and_what_to_do(
    bad_file: tuple[Path, str], command: CommandLine
) -> None:
    """Without --json the same is said in a few lines, and in Spanish where that is asked for."""
    path, code = bad_file
    english, spanish = (command("check", path, "--lang", one) for one in ("en", "es"))
    for said in (english, spanish):
        assert said.exit_code == 3
        assert_calm(said)
        assert path.name in said.out
        assert code in said.out
        assert "→" in said.out
        assert len(said.out.splitlines()) < 10
    assert english.out != spanish.out


@pytest.mark.parametrize("first", ["bad", "good"])
def test_a_good_file_is_applied_whatever_stands_beside_it(
    first: str, bad_file: tuple[Path, str], command: CommandLine
) -> None:
    """One bad file in the command: exit 3 on the whole, and the good one is in the ledger."""
    path, code = bad_file
    good = good_workbook(path.with_name("good.xlsx"))
    files = [path, good] if first == "bad" else [good, path]
    said = command("apply", *files, "--json")
    assert said.exit_code == 3
    reports = {Path(one["file"]): one for one in said.json}
    assert list(reports) == files
    assert_unreadable(reports[path], path, code)
    assert (reports[good]["status"], reports[good]["batch"]) == ("applied", 1)
    assert command("show", "otcs", CODE).exit_code == 0


@pytest.mark.parametrize("name", ["x" * 300 + ".xlsx", "loop.xlsx", "good.xlsx/sheet.xlsx"])
def test_a_name_that_no_file_can_have_is_a_file_that_cannot_be_read(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    """Too many letters, a link to itself, a path through a file: exit 3, not a fault."""
    good_workbook(tmp_path / "good.xlsx")
    (tmp_path / "loop.xlsx").symlink_to("loop.xlsx")
    said = command("check", tmp_path / name, "--json")
    assert said.exit_code == 3
    assert_calm(said)
    [reported] = said.json
    assert_unreadable(reported, tmp_path / name, "unreadable-file")


@pytest.mark.parametrize("bits", [0x01, 0x20, 0x41], ids=["encrypted", "patched", "strong"])
def test_an_archive_that_cannot_be_unpacked_is_no_fault_of_the_program(
    bits: int, command: CommandLine, tmp_path: Path
) -> None:
    """Parts that are encrypted or patched as archives can be: one problem, exit 3."""
    path = tmp_path / "x.xlsx"
    with_general_flag(bits)(path)
    said = command("check", path, "--json")
    assert said.exit_code == 3
    [reported] = said.json
    [problem] = reported["problems"]
    assert problem["code"] in ("unreadable-file", "password-protected")
