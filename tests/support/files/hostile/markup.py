"""XML made to harm its parser, in the parts of workbooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hostile.originals import MB, ODS, XLSB, XLSX, Make, changed, hostile
from workbook_files import SHEET, pack

STRINGS = "xl/sharedStrings.xml"


def _after_declaration(content: bytes, inserted: bytes) -> bytes:
    declaration, mark, rest = content.partition(b"?>")
    return declaration + mark + inserted + rest if mark else inserted + content


_LAUGHS = b"<!DOCTYPE a [<!ENTITY e0 'ha'>" + b"".join(
    b"<!ENTITY e%d '%s'>" % (number, b"&e%d;" % (number - 1) * 10) for number in range(1, 12)
)


def laughing(content: bytes) -> bytes:
    """Entities of entities: 100 billion `ha`."""
    return _after_declaration(content, _LAUGHS + b"]>").replace(b"Add OTC", b"&e11;", 1)


def quadratic(content: bytes) -> bytes:
    """One long entity, used often."""
    entity = b"<!DOCTYPE a [<!ENTITY e '" + b"x" * 100_000 + b"'>]>"
    return _after_declaration(content, entity).replace(b"</", b"&e;" * 10_000 + b"</", 1)


def external(content: bytes) -> bytes:
    """An entity that stands for a file of the reader's."""
    entity = b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
    return _after_declaration(content, entity).replace(b"</", b"&e;</", 1)


def late_doctype(content: bytes) -> bytes:
    """A document type where one MB of the part ends and the next begins."""
    declaration = content.find(b"?>") + 2 if b"?>" in content else 0
    return _after_declaration(content, b" " * (MB - declaration - 5) + b"<!DOCTYPE a>")


def in_utf_16(content: bytes) -> bytes:
    """Entities of entities in an encoding where no byte looks as usual."""
    text = laughing(content).decode().replace("UTF-8", "UTF-16").replace("utf-8", "UTF-16")
    return text.encode("utf-16")


def nested(content: bytes) -> bytes:
    """A million tags within each other."""
    tags = b"<a>" * MB + b"</a>" * MB
    at = content.rindex(b"</")
    return content[:at] + tags + content[at:]


def nested_in_a_sheet(content: bytes) -> bytes:
    """The same on a sheet with a formula, so that its tags are looked at."""
    return nested(content.replace(b"</sheetData>", b"<f>1</f></sheetData>"))


def sheet_elsewhere(target: str, change: Callable[[bytes], bytes]) -> Make:
    """A workbook whose sheet is a part where nobody looks for sheets."""

    def make(path: Path) -> None:
        parts = dict(XLSX)
        rels = "xl/_rels/workbook.xml.rels"
        parts[rels] = parts[rels].replace(b"/" + SHEET.encode(), b"/" + target.encode())
        assert target.encode() in parts[rels]
        parts[target] = change(parts.pop(SHEET))
        pack(path, parts)

    return make


ENTITIES = "entities of entities"
_DOCTYPES = {
    ENTITIES: laughing,
    "one long entity": quadratic,
    "an external entity": external,
    "a document type far in": late_doctype,
}

MARKUP = {
    **hostile("x.xlsx", "hostile-file", {
        **{f"xlsx: {name} in {SHEET}": changed(XLSX, SHEET, trick)
           for name, trick in _DOCTYPES.items()},
        **{f"xlsx: {ENTITIES} in {part}": changed(XLSX, part, laughing)
           for part in ("xl/workbook.xml", STRINGS, "docProps/core.xml", "xl/styles.xml",
                        "[Content_Types].xml", "_rels/.rels", "xl/theme/theme1.xml")},
        "deep nesting in a sheet": changed(XLSX, SHEET, nested_in_a_sheet),
        "deep nesting in the workbook": changed(XLSX, "xl/workbook.xml", nested),
        "a sheet among the pictures": sheet_elsewhere("xl/media/image1.png", laughing),
    }),
    **hostile("x.xlsx", "unreadable-file", {
        "xlsx: UTF-16 with a document type": changed(XLSX, SHEET, in_utf_16),
        "a sheet in UTF-16 by another name": sheet_elsewhere("xl/worksheets/sheet1.dat", in_utf_16),
    }),
    **hostile("x.xlsx", "too-large", {
        "4 billion strings": changed(XLSX, STRINGS, lambda _: (
            b'<sst count="4294967295" uniqueCount="4294967295"></sst>')),
    }),
    **hostile("x.xlsb", "hostile-file", {
        f"xlsb: {ENTITIES}": changed(XLSB, "xl/_rels/workbook.bin.rels", laughing),
        "deep nesting in the links": changed(XLSB, "xl/_rels/workbook.bin.rels", nested),
    }),
    **hostile("x.ods", "hostile-file", {
        **{f"ods: {name}": changed(ODS, "content.xml", trick) for name, trick in _DOCTYPES.items()},
        f"ods: {ENTITIES} in the manifest": changed(ODS, "META-INF/manifest.xml", laughing),
        "deep nesting in an ods": changed(ODS, "content.xml", nested),
    }),
    **hostile("x.ods", "unreadable-file", {
        "ods: UTF-16 with a document type": changed(ODS, "content.xml", in_utf_16),
    }),
}  # fmt: skip
