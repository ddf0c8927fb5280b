"""Values with comments, CDATA sections or numbers of characters between their letters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import CommandLine
from hostile.originals import CODE, ODS_HEADER, XLSX, ods_cell, ods_content, ods_parts, ods_row
from workbook_files import SHEET, pack

TOTALS = [
    "<!-- licences -->120", "1<!-- <v>9</v> -->20", "1<![CDATA[20]]>", "1&#50;0", "1&#x32;0",
    "<![CDATA[1]]><!--<![CDATA[9]]>-->20",
]  # fmt: skip
COMPANIES = {
    "Pons <![CDATA[& <Hijos>]]>": "Pons & <Hijos>", "Po<!-- x -->ns": "Pons",
    "Pons &#38;amp; Hijos": "Pons &amp; Hijos", "Pe&#241;a": "Peña", "A<![CDATA[]]>B": "AB",
}  # fmt: skip


def xlsx(path: Path, company: str, total: str) -> Path:
    """A workbook whose company and total are written so."""
    sheet = XLSX[SHEET].replace(b"Acme", company.encode())
    return pack(path, {**XLSX, SHEET: sheet.replace(b"<v>50</v>", b"<v>%s</v>" % total.encode())})


def ods(path: Path, company: str, total: str) -> Path:
    """The same as an OpenDocument spreadsheet."""
    rows = ODS_HEADER + ods_row(*map(ods_cell, (CODE, "a@b.example", company, total)))
    return pack(path, ods_parts(ods_content(rows, "Add OTC")))


@pytest.mark.parametrize("write", [xlsx, ods])
@pytest.mark.parametrize(("company", "total"), [
    *((company, "120") for company in COMPANIES), *(("Pons", total) for total in TOTALS)
])  # fmt: skip
def test_no_part_of_a_value_is_lost(
    write: Callable[[Path, str, str], Path],
    company: str,
    total: str,
    command: CommandLine,
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "x", company, total)
    assert command("apply", path, "--json").report["status"] == "applied"
    [otc] = command("show", "otcs", "--json").json
    assert (otc["company"], otc["total"]) == (COMPANIES.get(company, company), 120)


def test_comments_may_stand_between_cells(command: CommandLine, tmp_path: Path) -> None:
    content = ods_content(
        ODS_HEADER + "<!-- a -->\n<!-- b -->"
        + ods_row(*(ods_cell(x) + "<!-- c -->" for x in (CODE, "a@b.example", "Pons", "120"))),
        "Add OTC",
    )  # fmt: skip
    path = pack(tmp_path / "x.ods", ods_parts(content))
    assert command("check", path, "--json").row_counts == (1, 1, 0, 0)
