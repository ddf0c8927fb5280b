"""The mail about an export: its figures, and the export itself."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import time
import zipfile
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from importer.base.errors import OutputError
from importer.base.texts import use_language
from importer.config.formats import Format
from importer.export.book import SummaryLine
from importer.service.mail import compose, letter
from importer.service.mail.compose import export_mail
from mail_pages import SMTP, TO, Export, Page, attached, body, rows_of_text
from systems import posix_only

pytest_plugins = ["mail_fixtures"]


def figure(shown: str) -> int | float | str:
    """A figure as a number: 1 234, 83.4% or 83,4 %; other words stay words."""
    bare = shown.replace("\u202f", "")
    if re.fullmatch(r"\d+", bare):
        return int(bare)
    if re.fullmatch(r"\d+[.,]\d%", bare):
        return float(bare[:-1].replace(",", "."))
    return shown


def expected_rows(document: dict[str, Any]) -> list[list[int | float | str]]:
    """What a mail must say of the summary of an export in JSON, row by row, but for labels."""
    rows: list[list[int | float | str]] = []
    for key in ("account", "as_of", "batch", "head"):
        value = document[key]
        rows.append([value.replace("T", " ").rstrip("Z") if key == "as_of" else value])
    for key, value in document["summary"].items():
        if isinstance(value, list):
            for record in value:
                label, *figures = record.values()
                rows.append([letter.safe(label), *figures])
        else:
            rows.append([round(value * 100, 1) if key == "in_use" else value])
    return rows


def figures_of(rows: list[list[str]]) -> list[list[int | float | str]]:
    """The rows of a mail without their labels, and without headers."""
    headers = {"Used", "Licences", "Usadas", "Licencias"}
    rows = [row for row in rows if not headers & set(row[1:])]
    labelled = 4 + 12  # origin and figures have labels that the document has not
    return [[figure(cell) for cell in (row[1:] if at < labelled else row)]
            for at, row in enumerate(rows)]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
def test_text_and_html_say_the_figures_of_the_export_that_is_attached(
    language: str, export: Export
) -> None:
    """Each row of the Summary, read from the attached file, is in both; a figure that is not
    the export's is found."""
    use_language(language)
    mailed = export(Format.JSON)
    [(kind, content)] = attached(mailed.message).values()
    assert kind == "application/json"
    expected = expected_rows(json.loads(content))
    assert 1234 in [cell for row in expected for cell in row]
    assert figures_of(Page(body(mailed.message, "html")).rows) == expected
    assert figures_of(rows_of_text(body(mailed.message, "plain"))) == expected
    wrong = replace(mailed.summary, figures=[
        SummaryLine(*line[:2], line.value + 1, line.format) if line.key == "used" else line  # type: ignore[operator]
        for line in mailed.summary.figures
    ])  # fmt: skip
    other = export_mail(SMTP, TO, "x", wrong, mailed.path, "y")
    assert figures_of(Page(body(other, "html")).rows) != expected
    assert figures_of(rows_of_text(body(other, "plain"))) != expected


HEADINGS = {
    "en": ["Avira licences", "Total licences", "The fullest OTCs", "Pending"],
    "es": ["Licencias de Avira", "Total de licencias", "Las OTC más llenas", "Pendientes"],
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_mail_is_in_the_language_of_the_service(language: str, export: Export) -> None:
    use_language(language)
    mailed = export()
    for kind in ("plain", "html"):
        words = body(mailed.message, kind)
        assert [heading for heading in HEADINGS[language] if heading not in words] == []
    assert f'<html lang="{language}"' in body(mailed.message, "html")


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (Format.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Format.ODS, "application/vnd.oasis.opendocument.spreadsheet"),
        (Format.JSON, "application/json"),
        (Format.HTML, "text/html"),
    ],
)
def test_the_file_is_attached_as_it_is(form: Format, kind: str, export: Export) -> None:
    mailed = export(form)
    assert attached(mailed.message) == {mailed.path.name: (kind, mailed.path.read_bytes())}
    for body_kind in ("plain", "html"):
        words = body(mailed.message, body_kind)
        assert mailed.path.name in words
        assert mailed.location in words


def test_a_folder_of_csv_files_is_attached_as_one_zip(export: Export) -> None:
    mailed = export(Format.CSV)
    (mailed.path / "notes.txt").write_text("mine")
    message = export_mail(SMTP, TO, "x", mailed.summary, mailed.path, "y")
    [(name, (kind, content))] = attached(message).items()
    assert (name, kind) == (f"{mailed.path.name}.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    files = sorted(mailed.path.glob("*.csv"))
    assert len(files) == 7
    assert contents == {f"{mailed.path.name}/{path.name}": path.read_bytes() for path in files}


@pytest.mark.parametrize("form", [Format.JSON, Format.CSV])
def test_what_is_too_large_is_not_attached_and_the_mail_says_where_it_is(
    form: Format, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very size that is the most is still attached."""
    mailed = export(form)
    again = partial(export_mail, SMTP, TO, "x", mailed.summary, mailed.path, mailed.location)
    [(_, content)] = attached(mailed.message).values()
    monkeypatch.setattr(compose, "MAX_ATTACHED", len(content))
    assert len(attached(again())) == 1
    monkeypatch.setattr(compose, "MAX_ATTACHED", len(content) - 1)
    message = again()
    assert attached(message) == {}
    assert message.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        assert mailed.location in body(message, kind)
        assert "too large" in body(message, kind)


def test_an_export_that_is_gone_cannot_be_mailed(export: Export) -> None:
    mailed = export()
    mailed.path.unlink()
    with pytest.raises(OutputError, match=r"Export Avira Details.*\.json cannot be read"):
        export_mail(SMTP, TO, "x", mailed.summary, mailed.path, "y")


@posix_only("Windows has no time zone of a process")
def test_the_subject_names_export_day_and_customer(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day where the computer stands: shortly after midnight in Madrid, UTC is behind."""
    monkeypatch.setattr(
        "importer.base.clock.now", lambda: dt.datetime(2026, 11, 25, 23, 30, tzinfo=dt.UTC)
    )
    monkeypatch.setenv("TZ", "Europe/Madrid")
    time.tzset()
    try:
        whole, own = export().message, export(customer="Uno").message
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert whole["Subject"] == "Export Avira Details, 2026-11-26"
    assert own["Subject"] == "Export Avira Details: Uno, 2026-11-26"
    assert body(own, "plain").startswith("Avira licences of Uno\n")
    assert "Peñón" not in body(own, "plain")
