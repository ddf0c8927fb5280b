"""Workbooks whose archives are packed differently from Excel's."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import CommandLine
from hostile.originals import CODE, ODS, XLSB, XLSX
from reports import refusal_of
from workbook_files import SHEET, Parts

_LINKS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "xl/_rels/workbook.xml.rels"


def with_backslashes(parts: Parts) -> Parts:
    """As some programs on Windows pack archives."""
    return {name.replace("/", "\\"): content for name, content in parts.items()}


def in_the_root(parts: Parts) -> Parts:
    """The parts are in no folder; only the relationships say where."""
    moved = {}
    for name, content in parts.items():
        if name in ("_rels/.rels", "[Content_Types].xml"):
            content = content.replace(b"/xl/", b"/").replace(b'"xl/', b'"')
        moved[name.removeprefix("xl/")] = content.replace(b"/xl/", b"/")
    return moved


def with_notes_of_other_programs(parts: Parts) -> Parts:
    """XML in UTF-16, with a document type even, where no sheet is."""
    note = '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16")
    return {**parts, "customXml/item1.xml": note, "xl/customProperty1.bin": note[2:]}


def with_sheet_in_custom_xml(parts: Parts) -> Parts:
    """Names and folders of parts mean nothing; what is linked counts."""
    target = "customXml/sheet.xml"
    rels = parts[RELS].replace(b"/" + SHEET.encode(), b"/" + target.encode())
    assert target.encode() in rels
    others = {name: content for name, content in parts.items() if name != SHEET}
    return {**others, target: parts[SHEET], RELS: rels}


def with_first_slashes(parts: Parts) -> Parts:
    """Names as they are written in relationships."""
    return {f"/{name}": content for name, content in parts.items()}


def with_names_of_folders(parts: Parts) -> Parts:
    """Folders as entries of their own, and names that begin in this folder."""
    return {"xl/": b"", "xl/worksheets/": b"", **{f"./{name}": parts[name] for name in parts}}


def with_data_model(parts: Parts) -> Parts:
    """Power Pivot's own files, an embedded mail and an embedded web page."""
    page = b"<!DOCTYPE html><html></html>"
    return {**parts, "xl/model/item.data": "BACKUP".encode("utf-16"), "xl/embeddings/a.html": page,
            "xl/embeddings/b.msg": b"\0<html>", "xl/embeddings/c.xml": page}  # fmt: skip


def with_embedded_page(parts: Parts) -> Parts:
    """A web page that the sheet links to, as Excel embeds it."""
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/package" Target="../embeddings/a.html"/></Relationships>'
    )
    return {**with_data_model(parts), "xl/worksheets/_rels/sheet1.xml.rels": rels}


def with_macro_sheet(parts: Parts) -> Parts:
    """A sheet of Excel 4.0 macros."""
    sheet = b'<sheet name="Macro1" sheetId="9" r:id="rId9"/></sheets>'
    link = (
        b'<Relationship Id="rId9" Target="macrosheets/sheet1.xml" Type="http://schemas.microsoft.com'
        b'/office/2006/relationships/xlMacrosheet"/></Relationships>'
    )
    workbook = parts["xl/workbook.xml"].replace(b"<sheets>", b'<sheets xmlns:r="' + _LINKS + b'">')
    macros = b'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"/>'
    return {
        **parts, "xl/macrosheets/sheet1.xml": macros,
        "xl/workbook.xml": workbook.replace(b"</sheets>", sheet),
        RELS: parts[RELS].replace(b"</Relationships>", link),
    }  # fmt: skip


def with_unreadable_parts(parts: Parts) -> Parts:
    """Parts without which every cell can be read."""
    kinds = ("calcChain", "connections", "queryTable", "revisionLog", "sheetMetadata", "sheet")
    names = [f"xl/other/{kind}.xml" for kind in kinds]
    types = "".join(
        f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.'
        f'spreadsheetml.{kind}+xml"/>'
        for name, kind in zip(names, kinds, strict=True)
    )
    names += ["docProps/app.xml", "docProps/core.xml", "xl/theme/theme1.xml"]
    content_types = parts["[Content_Types].xml"].replace(b"</Types>", types.encode() + b"</Types>")
    return {**parts, **dict.fromkeys(names, b"\0\xff"), "[Content_Types].xml": content_types}


def with_odd_names(parts: Parts) -> Parts:
    """Names of embedded files that would not be possible on Windows."""
    names = ("embeddings/Mail: hello.msg", "media/image1.png", "media/Image1.png")
    return {**parts, **{f"xl/{name}": b"\0" for name in names}}


def with_targets(before: str, after: str) -> Callable[[Parts], Parts]:
    """Relationships that name their targets in another way."""

    def change(parts: Parts) -> Parts:
        changed = {
            name: content.replace(before.encode(), after.encode())
            for name, content in parts.items()
            if name.endswith(".rels")
        }
        assert any(content != parts[name] for name, content in changed.items())
        return {**parts, **changed}

    return change


def with_two_workbooks(parts: Parts) -> Parts:
    """Programs would disagree on which of them is meant."""
    rels = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"xl/other.xml")
    return {**parts, "_rels/.rels": rels, "xl/other.xml": parts["xl/workbook.xml"]}


def pack_with_names_as_given(path: Path, parts: Parts) -> Path:
    """An archive whose names may have backslashes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name)
            entry.filename = name
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return path


Change = Callable[[Parts], Parts]


@pytest.mark.parametrize(
    "change",
    [
        with_backslashes,
        in_the_root,
        with_notes_of_other_programs,
        with_sheet_in_custom_xml,
        with_first_slashes,
        with_data_model,
        with_embedded_page,
        with_targets('"/xl/worksheets/', '"../xl/worksheets/'),
        with_targets('"/xl/worksheets/', '"./worksheets/'),
        with_targets('"/xl/worksheets/', '"worksheets/../worksheets/'),
        with_targets('"/xl/worksheets/', '"..\\xl\\worksheets\\'),
        with_targets('"/xl/worksheets/', '"xl/worksheets/'),
        with_targets('"/xl/worksheets/sheet1', '"worksheets/%73heet1'),
        with_targets('"xl/workbook.xml"', '"./xl/workbook.xml"'),
        with_targets('Target="/xl/worksheets/', 'Target = "../xl/worksheets/'),
        with_targets('"/xl/worksheets/sheet1', '"worksheets/sheet&#49;'),
        with_names_of_folders,
        with_macro_sheet,
        with_unreadable_parts,
        with_odd_names,
    ],
)
def test_a_workbook_that_excel_opens_is_read(
    change: Change, command: CommandLine, tmp_path: Path
) -> None:
    path = pack_with_names_as_given(tmp_path / "x.xlsx", change(XLSX))
    assert command("apply", path, "--json").report["status"] == "applied"
    assert [otc["otc"] for otc in command("show", "otcs", "--json").json] == [CODE]


@pytest.mark.parametrize("original", [XLSB, ODS])
@pytest.mark.parametrize("change", [with_backslashes, with_first_slashes, with_names_of_folders])
def test_names_of_parts_mean_the_same_in_xlsb_and_ods(
    change: Change, original: Parts, command: CommandLine, tmp_path: Path
) -> None:
    path = pack_with_names_as_given(tmp_path / "x", change(original))
    options = ("--sheet", "Add OTC")
    assert command("apply", path, *options, "--json").report["status"] == "applied"


def with_two_spellings(parts: Parts) -> Parts:
    """Programs would disagree on which sheet is meant."""
    return {**parts, SHEET.replace("sheet1", "Sheet1"): parts[SHEET]}


@pytest.mark.parametrize("change", [with_two_workbooks, with_two_spellings])
def test_a_workbook_that_hides_what_it_is_is_refused(
    change: Change, command: CommandLine, tmp_path: Path
) -> None:
    path = pack_with_names_as_given(tmp_path / "x.xlsx", change(XLSX))
    assert refusal_of(command("check", path, "--json"))["code"] == "hostile-file"
