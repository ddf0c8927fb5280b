"""Files that are not workbooks: a clear reason for each, and no effect on other files."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from builders import otc, write_cells, write_workbook
from command_line import CommandLine
from hostile.archives import cut_to, with_compression, with_flags
from hostile.catalogue import HTML, containing, zeros
from hostile.originals import MB, XLSX, Hostile, changed, good_workbook, hostile
from hostile.xls import OLE2, PASSWORD
from importer.config.limits import DEFAULT_LIMITS
from systems import posix_only
from workbook_files import SHEET, pack


def doctype(content: bytes) -> bytes:
    """An XML part that declares a document type with an entity."""
    declaration, mark, rest = content.partition(b"?>")
    start = declaration + mark if mark else b""
    return start + b'<!DOCTYPE a [<!ENTITY b "c">]>' + (rest if mark else content)


def with_damaged_sheet(path: Path) -> None:
    """The archive's directory is sound, the compressed bytes of a sheet are not."""
    content = bytearray(good_workbook(path).read_bytes())
    with zipfile.ZipFile(path) as archive:
        sheet = archive.getinfo(SHEET)
    name, extra = struct.unpack_from("<HH", content, sheet.header_offset + 26)
    start = sheet.header_offset + 30 + name + extra
    content[start : start + sheet.compress_size] = b"\xff" * sheet.compress_size
    path.write_bytes(content)


def another_document(path: Path) -> None:
    """An archive like a .docx."""
    pack(path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})


BAD_FILES: dict[str, Hostile] = {
    **hostile("x.xlsx", "unreadable-file", {
        "missing": lambda path: None,
        "empty": containing(b""),
        "a folder": Path.mkdir,
        "Excel 97-2003 and nothing more": containing(OLE2 + bytes(3_000)),
        **{f"cut short at {share} %": cut_to(share / 100) for share in (1, 30, 60, 99)},
        "noise": containing(b"PK\x03\x04" + random.Random(7).randbytes(5_000)),
        "a damaged sheet": with_damaged_sheet,
        "an unknown compression": with_compression(77),
        "a patched archive": with_flags(0x20),
        "XML that ends early": changed(XLSX, "xl/workbook.xml", lambda content: content[:200]),
    }),
    **hostile("x.xlsx", "not-a-workbook", {
        "one byte": containing(b"P"),
        "a web page": containing(HTML),
        "a web page after a blank line": containing(b"\r\n" + HTML),
        "text": containing(b"Month;Sales\r\nMay;7\r\n"),
        "another document": another_document,
        "no known sheet": lambda path: write_cells(
            path, {"Sheet1": [("Month", "Sales"), ("May", 7)], "Sheet2": []}),
    }),
    **hostile("x.xlsx", "password-protected", {
        "a password": containing(PASSWORD),
        "encrypted parts": with_flags(0x01),
        "strongly encrypted parts": with_flags(0x41),
    }),
    **hostile("x.xlsx", "hostile-file", {
        "a document type": changed(XLSX, "xl/workbook.xml", doctype),
        "a document type in a sheet": changed(XLSX, SHEET, doctype),
    }),
    **hostile("x.xlsx", "too-large", {"too large": zeros(DEFAULT_LIMITS.file_mb * MB + 1)}),
}  # fmt: skip
ONE_OF_EACH_CODE = {bad.code: name for name, bad in BAD_FILES.items()}.values()

some_and_all = pytest.mark.parametrize("names", [
    pytest.param(ONE_OF_EACH_CODE, id="one of each code"),
    pytest.param(BAD_FILES, id="all", marks=pytest.mark.thorough),
])  # fmt: skip


def write_bad_files(folder: Path, names: Iterable[str]) -> dict[Path, str]:
    """Bad files, and the code that each must be given."""
    files = {}
    for number, name in enumerate(names):
        path = folder / f"upload{number}.xlsx"
        BAD_FILES[name].make(path)
        files[path] = BAD_FILES[name].code
    return files


def assert_unreadable(report: dict[str, Any], path: Path, code: str) -> None:
    """The report has every key, one problem with that code, and no figures."""
    [problem] = report["problems"]
    assert list(report) == [
        "file", "sha256", "status", "batch", "rows", "changes", "otcs", "problems", "corrections",
        "further_problems",
    ], path  # fmt: skip
    assert {**report, "sha256": None, "problems": problem["code"]} == {
        "file": str(path), "sha256": None, "status": "unreadable", "batch": None,
        "rows": {"read": 0, "applied": 0, "unchanged": 0, "rejected": 0},
        "changes": dict.fromkeys(report["changes"], 0), "otcs": [],
        "problems": code, "corrections": None, "further_problems": [],
    }  # fmt: skip
    assert path.name in problem["message"]
    assert problem["fix"]
    assert {problem[key] for key in ("sheet", "row", "cell")} == {None}


@pytest.mark.parametrize(
    ("verb", "names"),
    [
        pytest.param("check", BAD_FILES, marks=pytest.mark.thorough),
        ("apply", ONE_OF_EACH_CODE),
    ],
)
def test_every_bad_file_is_reported_with_its_reason(
    verb: str, names: Iterable[str], command: CommandLine, ledger: Path, tmp_path: Path
) -> None:
    """And no ledger is created."""
    files = write_bad_files(tmp_path, names)
    result = command(verb, *files, "--json")
    assert (result.exit_code, result.err) == (3, "")
    for report, (path, code) in zip(result.json, files.items(), strict=True):
        assert_unreadable(report, path, code)
    assert not ledger.exists()
    assert list(tmp_path.glob("*corrections*")) == []


@some_and_all
def test_good_files_are_applied_beside_bad_ones(
    names: Iterable[str], command: CommandLine, tmp_path: Path
) -> None:
    bad = write_bad_files(tmp_path, names)
    first = good_workbook(tmp_path / "first.xlsx")
    last = write_workbook(tmp_path / "last.xlsx", [("Add OTC", [otc()])])
    result = command("apply", first, *bad, last, "--json")
    assert (result.exit_code, result.err) == (3, "")
    of_first, *refused, of_last = result.json
    for report, (path, code) in zip(refused, bad.items(), strict=True):
        assert_unreadable(report, path, code)
    assert [(report["status"], report["batch"]) for report in (of_first, of_last)] == [
        ("applied", 1), ("applied", 2),
    ]  # fmt: skip
    assert len(command("show", "otcs", "--json").json) == 2


@some_and_all
def test_a_person_reads_the_file_the_code_and_what_to_do_in_their_language(
    names: Iterable[str], command: CommandLine, tmp_path: Path
) -> None:
    files = write_bad_files(tmp_path, names)
    outputs = set()
    for language in ("en", "es"):
        result = command("check", *files, "--lang", language)
        assert (result.exit_code, result.err) == (3, "")
        assert "Traceback" not in result.out
        for path, code in files.items():
            assert path.name in result.out
            assert code in result.out, path
        assert result.out.count("→") >= len(files)
        assert len(result.out.splitlines()) < 10 * len(files)
        outputs.add(result.out)
    assert len(outputs) == 2


@posix_only("Windows gives few accounts symbolic links")
@pytest.mark.parametrize("name", ["loop.xlsx", "good.xlsx/sheet.xlsx"])
def test_a_name_that_no_file_can_have_is_a_file_that_cannot_be_read(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    """A link to itself, a path through a file. A name that is too long is used wrongly."""
    good_workbook(tmp_path / "good.xlsx")
    (tmp_path / "loop.xlsx").symlink_to("loop.xlsx")
    result = command("check", tmp_path / name, "--json")
    assert (result.exit_code, result.err) == (3, "")
    assert_unreadable(result.json[0], tmp_path / name, "unreadable-file")
