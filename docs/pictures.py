"""Make the README's pictures from the real program: `python docs/pictures.py`.

Needs LibreOffice (`soffice`) and poppler (`pdftoppm`).
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

from rich.console import Console
from rich.text import Text

from importer.cli.output import rendered
from importer.ledger.engines.sqlite import FileLedger
from importer.messages.report_text import report_lines
from importer.pipeline import apply as pipeline
from importer.pipeline import export as exporting
from importer.pipeline.job import Job

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
TODAY = dt.date(2026, 11, 23)
WIDTH = 132
DOTS_PER_INCH = 110
_FIT = b'<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
_LANDSCAPE = b'<pageSetup orientation="landscape" fitToWidth="1" fitToHeight="1"/>'


def main() -> None:
    """Write docs/images/check.svg and docs/images/export.png."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("onboarding.xlsx", "overallocation.xlsx"):
            shutil.copy(ROOT / "samples" / name, folder)
        os.chdir(folder)
        job = Job(FileLedger(Path("demo.db")), "default", TODAY, "administrator")
        _picture_of_check(job)
        _picture_of_export(job)


def _picture_of_check(job: Job) -> None:
    console = Console(record=True, width=WIDTH, file=StringIO())
    console.print("[bold]$ avira-importer check overallocation.xlsx[/bold]")
    for report in pipeline.check([Path("overallocation.xlsx")], job):
        for line in report_lines(report):
            for shown in rendered(line, WIDTH):
                console.print(Text.from_ansi(shown))
    svg = console.export_svg(title="avira-importer", unique_id="check")
    (IMAGES / "check.svg").write_text(svg, "utf-8")


def _picture_of_export(job: Job) -> None:
    pipeline.apply(Path("onboarding.xlsx"), job)
    exporting.export(Path("export.xlsx"), job)
    _fit_summary_on_a_page(Path("export.xlsx"), Path("picture.xlsx"))
    _run("soffice", "--headless", "--convert-to", "pdf", "picture.xlsx")
    _run("pdftoppm", "-png", "-r", str(DOTS_PER_INCH), "-f", "1", "-l", "1", "-singlefile",
         "picture.pdf", str(IMAGES / "export"))  # fmt: skip


def _fit_summary_on_a_page(export: Path, copy: Path) -> None:
    """A copy whose first sheet prints on one page, which the writer of the export cannot say."""
    with ZipFile(export) as source, ZipFile(copy, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = re.sub(rb"(<worksheet[^>]*>)", rb"\1" + _FIT, content, count=1)
                content = re.sub(rb"(<pageMargins[^>]*>)", rb"\1" + _LANDSCAPE, content, count=1)
            target.writestr(name, content)


def _run(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        sys.exit(f"{program} is needed to make the pictures")
    subprocess.run([path, *arguments], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
