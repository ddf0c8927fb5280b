"""Names and OTCs in a mail, which do no harm."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from importer.base.texts import N_, text
from importer.export.book import CellFormat, Summary, SummaryLine
from importer.service.mail import compose, letter
from importer.service.mail.compose import alert_mail, export_mail, refusal_mail
from mail_pages import CODE, OTHER, SMTP, TO, Export, Page, arrived, attached, body
from systems import linux_only
from tiers import examples

pytest_plugins = ["mail_fixtures"]

HOSTILE = (
    "a\r\nBcc: evil@x.example", "a\nBcc: evil@x.example\n\n<p>", "x" * 300, "🦊" * 300,
    "<script>alert(1)</script>", "=?utf-8?q?a=0ABcc=3A_evil=40x=2Eexample?=", "a\x85\u2028b",
    "\u202egnp.exe", "name\udc80.xlsx", '"; filename="evil.exe', "Ñandú “Peñón”, S.L.", "{name}",
    "\x1b[31mred", "%s %(x)s {{ 7*7 }}", "", "\t", "ñ, <a@b.example>; (c)",
)  # fmt: skip


def leaks(message: EmailMessage) -> list[str]:
    """What of a mail but its attachments shows more of an OTC than it may."""
    shown = [
        body(message, "plain"), body(message, "html"), *map(str, message.values()),
        *attached(message),
    ]  # fmt: skip
    return [text for text in shown if re.search("leak[0-9]", text, re.IGNORECASE)]


def mails_with_otcs(export: Export) -> Iterator[EmailMessage]:
    """Mails about OTCs, however they came there."""
    yield export().message
    yield export(customer=f"Old {OTHER}").message
    typed = (CODE, CODE.lower(), CODE.replace("-", ""), CODE.replace("-", " – "), f"x_{CODE}.xlsx",
             "x" * 50 + f" {CODE}")  # fmt: skip
    for code in typed:
        yield refusal_mail(SMTP, code, [f"    OTC · “{code}”"], f"/{code}")
        yield alert_mail(SMTP, text("{x}", x=code), [text("{x}", x=code)])


def test_no_more_of_an_otc_is_shown_than_five_characters(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nowhere but in the attachment, which is whole; without the masking each mail would leak."""
    assert [leak for message in mails_with_otcs(export) for leak in leaks(message)] == []
    [(_, content)] = attached(export().message).values()
    assert content.count(CODE.encode()) > 1
    assert "…00001" in body(export().message, "plain")
    assert "…00001" in body(export().message, "html")
    monkeypatch.setattr(letter, "without_otcs", str)
    assert all(map(leaks, mails_with_otcs(export)))


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
    """What is in a mail beside words: headers, recipients or elements that nobody meant."""
    received = arrived(message)
    wrong = [name for name in received if name not in HEADERS]
    wrong += [name for name in received if len(received.get_all(name, [])) != 1]
    wrong += [to.addr_spec for to in received["To"].addresses if to.domain != "x.example"]
    categories = {c: unicodedata.category(c) for c in received["Subject"] or ""}
    wrong += [c for c, kind in categories.items() if kind in ("Cc", "Cs", "Zl", "Zp")]
    if b"\n" in message.as_bytes().replace(b"\r\n", b""):
        wrong.append("a line end")
    pages = [part for part in received.walk() if part.get_content_type() == "text/html"]
    texts = [part for part in received.walk() if part.get_content_type() == "text/plain"]
    if (len(pages), len(texts)) != (1, 1):
        return [*wrong, "parts"]
    page = Page(pages[0].get_content())
    return wrong + sorted({*page.elements} - ELEMENTS) + sorted(page.attributes - ATTRIBUTES)


def mails_about(name: str, folder: Path) -> Iterator[EmailMessage]:
    """All kinds of mail about something of that name."""
    path = folder / "export.xlsx"
    path.write_bytes(b"x")
    yield export_mail(SMTP, TO, name, summary_about(name), path, name)
    smtp = replace(SMTP, alerts_to=tuple(TO))
    yield refusal_mail(smtp, name, [name, f"  {name}"], name)
    yield alert_mail(smtp, text(N_("{x}"), x=name), [text("{x}", x=name)])


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_words(name: str, tmp_path: Path) -> None:
    for message in mails_about(name, tmp_path):
        assert harm(message) == []


@given(st.text(min_size=1, max_size=80) | st.text("=?utf-8qb \r\n:@<>\"',;é.", min_size=1))
@hypothesis_settings(max_examples=examples(50))
def test_no_name_makes_a_header_or_an_element(name: str) -> None:
    for message in mails_about(name, Path.cwd()):
        assert harm(message) == []


def test_harm_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what makes names safe, the hostile ones do harm or cannot even be written."""
    plain = letter._environment().overlay(autoescape=False)
    monkeypatch.setattr(letter, "_environment", lambda: plain)
    assert harm(next(mails_about("<script>alert(1)</script>", tmp_path))) == ["script"]
    monkeypatch.setattr(compose, "safe_line", str)
    encoded = "=?utf-8?q?a=0ABcc=3A_evil=40x=2Eexample?="
    assert harm(next(mails_about(encoded, tmp_path))) != []
    with pytest.raises(ValueError, match="linefeed"):
        next(mails_about("a\r\nBcc: evil@x.example", tmp_path))


@linux_only("only Linux allows such names")
@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_file_with_a_hostile_name_is_attached_under_a_harmless_one(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / ("a" + "".join(c for c in name if c not in "/\0")[:60] + ".ods")
    path.write_bytes(b"whole")
    message = export_mail(SMTP, TO, "x", summary_about("Uno"), path, "y")
    assert harm(message) == []
    [(attached_as, (kind, content))] = attached(message).items()
    assert attached_as.isprintable()
    assert attached_as.endswith(".ods")
    assert (kind, content) == ("application/vnd.oasis.opendocument.spreadsheet", b"whole")
