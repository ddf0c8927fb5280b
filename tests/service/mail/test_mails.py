"""What holds for every mail, and the mails about workbooks and trouble."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest

from importer.base.errors import MisuseError
from importer.base.texts import text
from importer.config.formats import Format
from importer.service.mail.compose import alert_mail, refusal_mail
from mail_pages import CODE, SMTP, TO, Export, Page, arrived, attached, body

pytest_plugins = ["mail_fixtures"]


def test_no_program_answers_a_mail_and_no_two_are_the_same(export: Export) -> None:
    first, second = export().message, export().message
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"] != second["Message-ID"]
    assert str(first["Message-ID"]).endswith("@msp.example>")
    assert abs(first["Date"].datetime - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert [str(address) for address in first["To"].addresses] == TO


def test_the_page_asks_for_nothing_and_has_styles_in_its_elements_only(export: Export) -> None:
    page = body(export(Format.XLSX).message, "html")
    assert not re.search(r"https?:|src=|href=|url\(|<style|<script|<link|<img", page)
    assert page.count("style=") > 50
    assert "color" not in re.sub("color-scheme", "", page), (
        "it must be readable on a dark background too"
    )


def test_lines_are_short_enough_for_every_server(export: Export) -> None:
    """RFC 5322 allows 998 characters; all are ASCII."""
    for form in (Format.XLSX, Format.HTML):
        content = export(form).message.as_bytes()
        assert content.isascii()
        assert max(map(len, content.split(b"\r\n"))) <= 998


def test_the_sender_may_have_a_name(tmp_path: Path) -> None:
    """With any characters, and however long it is."""
    for name in ("Peñón, S.L.", "A, B", "Licences, " * 9 + "all", "Ñandú, " * 20 + 'and "all"'):
        quoted = name.replace('"', '\\"')
        smtp = replace(SMTP, sender=f'"{quoted}" <licences@msp.example>')
        addresses = arrived(alert_mail(smtp, text("x"), []))["From"].addresses
        assert [address.addr_spec for address in addresses] == ["licences@msp.example"]
        assert addresses[0].display_name.split(",")[0].split()[0] == re.split(r"[, ]", name)[0]


@pytest.mark.parametrize(
    "wrong",
    ["nobody", "a@b@c.example", "a,b@c.example", "a@x.example\r\nBcc: b@x.example", "a b@c.example",
     "@x.example", "a@", "<>", "a@x.example, b@x.example", "a\u2028b@x.example"],
)  # fmt: skip
def test_invalid_addresses_are_refused(wrong: str) -> None:
    for smtp in (replace(SMTP, sender=wrong), replace(SMTP, alerts_to=("a@x.example", wrong))):
        with pytest.raises(MisuseError, match="is not an email address"):
            alert_mail(smtp, text("x"), [])


REPORT = [
    "onboarding.xlsx: rejected; nothing was changed",
    "",
    "  Problems (1)",
    "    D9 · No of Licenses · “8” · overallocation",
    f"      {CODE} has 3 pending of 50, & 8 < 9 are asked.",
    "      → Ask for 3.",
]


def test_a_refusal_shows_its_report_line_by_line() -> None:
    """In both bodies, to those who get alerts, with its indents."""
    message = refusal_mail(SMTP, "onboarding.xlsx", REPORT, "/srv/inbox/rejected")
    assert message["Subject"] == "onboarding.xlsx needs attention"
    assert [str(address) for address in message["To"].addresses] == list(SMTP.alerts_to)
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
