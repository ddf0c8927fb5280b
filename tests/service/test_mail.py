"""Mail shows the figures of an export, in text and HTML, and contains nothing harmful."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from builders import write_workbook
from importer.base.errors import MisuseError, OutputError
from importer.base.texts import N_, text, use_language
from importer.cli import main as program
from importer.config.formats import Format
from importer.config.service import SmtpSettings
from importer.export.book import CellFormat, Summary, SummaryLine
from importer.ledger.opening import open_ledger
from importer.pipeline import export as exporting
from importer.pipeline.job import Job
from importer.service.mail import compose, letter
from importer.service.mail.compose import alert_mail, export_mail, refusal_mail

SMTP = SmtpSettings(
    "relay.msp.example", 25, "licences@msp.example", None, None, None,
    ("ops@msp.example", "boss@msp.example"),
)  # fmt: skip
TO = ["one@x.example", "two@x.example"]
CODE = "LEAK1-LEAK2-LEAK3-00001"
OTHER = "LEAK1-LEAK2-LEAK3-00002"
HOSTILE = (
    "a\r\nBcc: evil@x.example", "a\nBcc: evil@x.example\n\n<p>", "x" * 300, "🦊" * 300,
    "<script>alert(1)</script>", "=?utf-8?q?a=0ABcc=3A_evil=40x=2Eexample?=", "a\x85\u2028b",
    "\u202egnp.exe", "name\udc80.xlsx", '"; filename="evil.exe', "Ñandú “Peñón”, S.L.", "{name}",
    "\x1b[31mred", "%s %(x)s {{ 7*7 }}", "", "\t", "ñ, <a@b.example>; (c)",
)  # fmt: skip


# A ledger, and its exports


@dataclass(frozen=True, slots=True)
class Made:
    """An export, and the mail about it."""

    path: Path
    summary: Summary
    message: EmailMessage

    @property
    def place(self) -> str:
        """Where the mail says that it lies."""
        return f"/srv/exports/{self.path.name}"


@pytest.fixture(scope="module")
def ledger_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three OTCs and three customers, one with the name of an OTC and one with a script."""
    folder = tmp_path_factory.mktemp("ledger")
    workbook = write_workbook(folder / "in.xlsx", [
        ("Add OTC", [
            {"OTC": code, "Email": "a@x.example", "Company Name": "Acme", "Total Licenses": total,
             "Expiry Date": dt.date(2099, 1, 1)}
            for code, total in ((CODE, 1500), (OTHER, 20), ("LEAK1-LEAK2-LEAK3-00003", 7))
        ]),
        ("Add Customer", [
            {"Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": code,
             "No of Licenses": count}
            for name, code, count in (
                ("Peñón <script>alert(1)</script> & Hijos", CODE, 1234),
                (f"Old {OTHER}", OTHER, 20), ("Uno", CODE, 5),
            )
        ]),
    ])  # fmt: skip
    with redirect_stdout(io.StringIO()), pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        assert program.run(["apply", str(workbook), "--ledger", str(folder / "ledger.db")]) == 0
    return str(folder / "ledger.db")


Export = Callable[..., Made]


@pytest.fixture
def export(ledger_url: str, tmp_path: Path) -> Export:
    """Makes an export as the service does, and the mail about it."""

    def made(form: Format = Format.JSON, customer: str | None = None) -> Made:
        ending = form.ending
        path = tmp_path / f"Export Avira Details 20261126T060000Z{ending}"
        job = Job(open_ledger(ledger_url, 5, "default"), "default", dt.date(2026, 11, 26))
        written = exporting.export(path, job, customer=customer, form=form)
        message = export_mail(
            SMTP, TO, "Export Avira Details", written.summary, path, f"/srv/exports/{path.name}"
        )
        return Made(path, written.summary, message)

    return made


# As it arrives


def arrived(message: EmailMessage) -> EmailMessage:
    """The mail as whoever gets it reads it."""
    found = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def body(message: EmailMessage, kind: str) -> str:
    """Its body, `plain` or `html`."""
    part = arrived(message).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def attached(message: EmailMessage) -> dict[str, tuple[str, bytes]]:
    """The type and the content of what is attached, by name."""
    found = {}
    for one in arrived(message).iter_attachments():
        content = one.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(one.get_filename())] = one.get_content_type(), content
    return found


class Page(HTMLParser):
    """The rows of a page's tables, its elements and their attributes, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.blocks: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
        if tag in ("h1", "h2", "p", "div", "title"):
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if self.elements[-1:] and self.elements[-1] in ("th", "td"):
            self.rows[-1][-1] += data.strip("\n")
        elif self.blocks:
            self.blocks[-1] += data.strip("\n")


def rows_of_text(plain: str) -> list[list[str]]:
    """The rows of a text's tables: cells stand apart by two spaces or more."""
    return [re.split(r" {2,}", line.strip()) for line in plain.splitlines() if "  " in line]


def number(shown: str) -> int | float | str:
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


def said_rows(rows: list[list[str]]) -> list[list[int | float | str]]:
    """The rows of a mail without their labels, and without headers."""
    headers = {"Used", "Licences", "Usadas", "Licencias"}
    told = [row for row in rows if not headers & set(row[1:])]
    first_ones = 4 + 12  # origin and figures have labels that the document has not
    return [[number(cell) for cell in (row[1:] if at < first_ones else row)]
            for at, row in enumerate(told)]  # fmt: skip


# An export


@pytest.mark.parametrize("language", ["en", "es"])
def test_text_and_html_say_the_figures_of_the_export_that_is_attached(
    language: str, export: Export
) -> None:
    """Each row of the Summary, read from the attached file, stands in both; a figure that is not
    the export's is found."""
    use_language(language)
    made = export(Format.JSON)
    [(kind, content)] = attached(made.message).values()
    assert kind == "application/json"
    expected = expected_rows(json.loads(content))
    assert 1234 in [cell for row in expected for cell in row]
    assert said_rows(Page(body(made.message, "html")).rows) == expected
    assert said_rows(rows_of_text(body(made.message, "plain"))) == expected
    wrong = replace(made.summary, figures=[
        SummaryLine(*line[:2], line.value + 1, line.format) if line.key == "used" else line  # type: ignore[operator]
        for line in made.summary.figures
    ])  # fmt: skip
    other = export_mail(SMTP, TO, "x", wrong, made.path, "y")
    assert said_rows(Page(body(other, "html")).rows) != expected
    assert said_rows(rows_of_text(body(other, "plain"))) != expected


HEADINGS = {
    "en": ["Avira licences", "Total licences", "The fullest OTCs", "Pending"],
    "es": ["Licencias de Avira", "Total de licencias", "Las OTC más llenas", "Pendientes"],
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_mail_is_in_the_language_of_the_service(language: str, export: Export) -> None:
    use_language(language)
    made = export()
    for kind in ("plain", "html"):
        words = body(made.message, kind)
        assert [one for one in HEADINGS[language] if one not in words] == []
    assert f'<html lang="{language}"' in body(made.message, "html")


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
    made = export(form)
    assert attached(made.message) == {made.path.name: (kind, made.path.read_bytes())}
    for body_kind in ("plain", "html"):
        words = body(made.message, body_kind)
        assert made.path.name in words
        assert made.place in words


def test_a_folder_of_csv_files_is_attached_as_one_zip(export: Export) -> None:
    made = export(Format.CSV)
    (made.path / "notes.txt").write_text("mine")
    message = export_mail(SMTP, TO, "x", made.summary, made.path, "y")
    [(name, (kind, content))] = attached(message).items()
    assert (name, kind) == (f"{made.path.name}.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = {one: archive.read(one) for one in archive.namelist()}
    files = sorted(made.path.glob("*.csv"))
    assert len(files) == 7
    assert found == {f"{made.path.name}/{one.name}": one.read_bytes() for one in files}


@pytest.mark.parametrize("form", [Format.JSON, Format.CSV])
def test_what_is_too_large_is_not_attached_and_the_mail_says_where_it_is(
    form: Format, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very size that is the most is still attached."""
    made = export(form)
    again = partial(export_mail, SMTP, TO, "x", made.summary, made.path, made.place)
    [(_, content)] = attached(made.message).values()
    monkeypatch.setattr(compose, "MAX_ATTACHED", len(content))
    assert len(attached(again())) == 1
    monkeypatch.setattr(compose, "MAX_ATTACHED", len(content) - 1)
    message = again()
    assert attached(message) == {}
    assert message.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        assert made.place in body(message, kind)
        assert "too large" in body(message, kind)


def test_an_export_that_is_gone_cannot_be_mailed(export: Export) -> None:
    made = export()
    made.path.unlink()
    with pytest.raises(OutputError, match=r"Export Avira Details.*\.json cannot be read"):
        export_mail(SMTP, TO, "x", made.summary, made.path, "y")


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


# OTCs


def leaks(message: EmailMessage) -> list[str]:
    """What of a mail but its attachments shows more of an OTC than it may."""
    shown = [
        body(message, "plain"), body(message, "html"), *map(str, message.values()),
        *attached(message),
    ]  # fmt: skip
    return [one for one in shown if re.search("leak[0-9]", one, re.IGNORECASE)]


def mails_with_otcs(export: Export) -> Iterator[EmailMessage]:
    """Mails about OTCs, however they came there."""
    yield export().message
    yield export(customer=f"Old {OTHER}").message
    typed = (CODE, CODE.lower(), CODE.replace("-", ""), CODE.replace("-", " – "), f"x_{CODE}.xlsx",
             "x" * 50 + f" {CODE}")  # fmt: skip
    for one in typed:
        yield refusal_mail(SMTP, one, [f"    OTC · “{one}”"], f"/{one}")
        yield alert_mail(SMTP, text("{x}", x=one), [text("{x}", x=one)])


def test_no_more_of_an_otc_is_shown_than_five_characters(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nowhere but in the attachment, which is whole; without the masking each mail would leak."""
    assert [found for message in mails_with_otcs(export) if (found := leaks(message))] == []
    [(_, content)] = attached(export().message).values()
    assert content.count(CODE.encode()) > 1
    assert "…00001" in body(export().message, "plain")
    assert "…00001" in body(export().message, "html")
    monkeypatch.setattr(letter, "without_otcs", str)
    assert all(map(leaks, mails_with_otcs(export)))


# What people have typed


HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "MIME-Version", "Content-Type",
]  # fmt: skip
ELEMENTS = {
    "html", "head", "meta", "title", "body", "div", "h1", "h2", "p", "table", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "style", "charset", "name", "content", "width", "cellpadding", "cellspacing", "scope",
}  # fmt: skip


def summary_about(name: str) -> Summary:
    """The summary of an export for the customer `name`."""
    origin = [
        SummaryLine("as_of", "As of", dt.datetime(2026, 11, 26, 12)),
        SummaryLine("customer", "C", name, CellFormat.TEXT),
    ]
    return Summary(
        "Summary", f"Avira licences of {name}", origin, [SummaryLine("otcs", "OTCs", 5)], []
    )


def harm(message: EmailMessage) -> list[str]:
    """What came of a mail beside words: headers, recipients or elements that nobody meant."""
    found = arrived(message)
    wrong = [name for name in found if name not in HEADERS]
    wrong += [one for one in found if len(found.get_all(one, [])) != 1]
    wrong += [one.addr_spec for one in found["To"].addresses if one.domain != "x.example"]
    categories = {one: unicodedata.category(one) for one in found["Subject"] or ""}
    wrong += [one for one, kind in categories.items() if kind in ("Cc", "Cs", "Zl", "Zp")]
    if b"\n" in message.as_bytes().replace(b"\r\n", b""):
        wrong.append("a line end")
    pages = [part for part in found.walk() if part.get_content_type() == "text/html"]
    texts = [part for part in found.walk() if part.get_content_type() == "text/plain"]
    if (len(pages), len(texts)) != (1, 1):
        return [*wrong, "parts"]
    page = Page(pages[0].get_content())
    return wrong + sorted({*page.elements} - ELEMENTS) + sorted(page.attributes - ATTRIBUTES)


def mails_about(name: str, folder: Path) -> Iterator[EmailMessage]:
    """All kinds of mail about something of that name."""
    made = folder / "made.xlsx"
    made.write_bytes(b"x")
    yield export_mail(SMTP, TO, name, summary_about(name), made, name)
    smtp = replace(SMTP, alerts_to=tuple(TO))
    yield refusal_mail(smtp, name, [name, f"  {name}"], name)
    yield alert_mail(smtp, text(N_("{x}"), x=name), [text("{x}", x=name)])


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_words(name: str, tmp_path: Path) -> None:
    for message in mails_about(name, tmp_path):
        assert harm(message) == []


@given(st.text(min_size=1, max_size=80) | st.text("=?utf-8qb \r\n:@<>\"',;é.", min_size=1))
@hypothesis_settings(max_examples=50)
def test_no_name_makes_a_header_or_an_element(name: str) -> None:
    for message in mails_about(name, Path.cwd()):
        assert harm(message) == []


def test_harm_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what makes names safe, the hostile ones do harm or cannot even be written."""
    plain = letter._environment().overlay(autoescape=False)
    monkeypatch.setattr(letter, "_environment", lambda: plain)
    assert harm(next(mails_about("<script>alert(1)</script>", tmp_path))) == ["script"]
    monkeypatch.setattr(compose, "safe_line", str)
    encoded = "=?utf-8?q?a=0ABcc=3A_evil=40x=2Eexample?="
    assert harm(next(mails_about(encoded, tmp_path))) != []
    with pytest.raises(ValueError, match="linefeed"):
        next(mails_about("a\r\nBcc: evil@x.example", tmp_path))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_file_with_a_hostile_name_is_attached_under_a_harmless_one(
    name: str, tmp_path: Path
) -> None:
    """As far as the disk takes such a name at all."""
    made = tmp_path / "".join(c for c in name if c not in "/\0")[:60]
    try:
        made = made.with_name(made.name + ".ods")
        made.write_bytes(b"whole")
    except (OSError, ValueError):
        pytest.skip("no file can be called so")
    message = export_mail(SMTP, TO, "x", summary_about("Uno"), made, "y")
    assert harm(message) == []
    [(called, (kind, content))] = attached(message).items()
    assert called.isprintable()
    assert called.endswith(".ods")
    assert (kind, content) == ("application/vnd.oasis.opendocument.spreadsheet", b"whole")


# Every mail


def test_no_program_answers_a_mail_and_no_two_are_the_same(export: Export) -> None:
    first, second = export().message, export().message
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"] != second["Message-ID"]
    assert str(first["Message-ID"]).endswith("@msp.example>")
    assert abs(first["Date"].datetime - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert [str(one) for one in first["To"].addresses] == TO


def test_the_page_asks_for_nothing_and_has_styles_in_its_elements_only(export: Export) -> None:
    page = body(export(Format.XLSX).message, "html")
    assert not re.search(r"https?:|src=|href=|url\(|<style|<script|<link|<img", page)
    assert page.count("style=") > 50
    assert "color" not in re.sub("color-scheme", "", page), "it must be read on dark ground too"


def test_lines_are_short_enough_for_every_server(export: Export) -> None:
    """RFC 5322 allows 998 characters; all are ASCII."""
    for form in (Format.XLSX, Format.HTML):
        content = export(form).message.as_bytes()
        assert content.isascii()
        assert max(map(len, content.split(b"\r\n"))) <= 998


def test_the_sender_may_have_a_name(tmp_path: Path) -> None:
    """Whatever signs are in it, and however long it is."""
    for name in ("Peñón, S.L.", "A, B", "Licences, " * 9 + "all", "Ñandú, " * 20 + 'and "all"'):
        quoted = name.replace('"', '\\"')
        smtp = replace(SMTP, sender=f'"{quoted}" <licences@msp.example>')
        found = arrived(alert_mail(smtp, text("x"), []))["From"].addresses
        assert [one.addr_spec for one in found] == ["licences@msp.example"]
        assert found[0].display_name.split(",")[0].split()[0] == re.split(r"[, ]", name)[0]


@pytest.mark.parametrize(
    "wrong",
    ["nobody", "a@b@c.example", "a,b@c.example", "a@x.example\r\nBcc: b@x.example", "a b@c.example",
     "@x.example", "a@", "<>", "a@x.example, b@x.example", "a\u2028b@x.example"],
)  # fmt: skip
def test_invalid_addresses_are_refused(wrong: str) -> None:
    for smtp in (replace(SMTP, sender=wrong), replace(SMTP, alerts_to=("a@x.example", wrong))):
        with pytest.raises(MisuseError, match="is not an email address"):
            alert_mail(smtp, text("x"), [])


# What needs a person


REPORT = [
    "onboarding.xlsx: rejected; nothing was changed",
    "",
    "  Problems (1)",
    "    D9 · No of Licenses · “8” · overallocation",
    f"      {CODE} has 3 pending of 50, & 8 < 9 are asked.",
    "      → Ask for 3.",
]


def test_a_refusal_shows_its_report_line_by_line() -> None:
    """In both bodies, to those who are told of such things, without colours, with its indents."""
    message = refusal_mail(SMTP, "onboarding.xlsx", REPORT, "/srv/inbox/rejected")
    assert message["Subject"] == "onboarding.xlsx needs attention"
    assert [str(one) for one in message["To"].addresses] == list(SMTP.alerts_to)
    lines = [line.replace(CODE, "…00001") for line in REPORT]
    plain = body(message, "plain")
    assert "\n".join(lines) in plain
    assert "/srv/inbox/rejected" in plain
    blocks = Page(body(message, "html")).blocks
    at = blocks.index(lines[0])
    shown = [line.replace("\u00a0", " ") for line in blocks[at : at + len(lines)]]
    assert shown == [line or " " for line in lines]
    assert "/srv/inbox/rejected" in " ".join(blocks)
    assert attached(message) == {}


def test_a_mail_contains_the_first_lines_of_a_long_report() -> None:
    message = refusal_mail(SMTP, "x.xlsx", [f"line {n}" for n in range(10_000)], "y")
    plain = body(message, "plain")
    assert "\nline 499\n… (+9500)\n" in plain
    assert len(message.as_bytes()) < 200_000


def test_an_alert_contains_its_lines() -> None:
    lines = [text("The ledger {x} is away.", x="Ñ <b>"), text("It is tried again.")]
    message = alert_mail(SMTP, text("The ledger cannot be used"), lines)
    assert message["Subject"] == "The ledger cannot be used"
    assert "The ledger Ñ <b> is away.\n\nIt is tried again.\n" in body(message, "plain")
    blocks = Page(body(message, "html")).blocks
    assert blocks[2:5] == [
        "The ledger cannot be used", "The ledger Ñ <b> is away.", "It is tried again.",
    ]  # fmt: skip
