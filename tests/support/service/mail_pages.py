"""Mails as their recipients read them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

from importer.config.service import SmtpSettings
from importer.export.book import Summary

SMTP = SmtpSettings(
    "relay.msp.example", 25, "licences@msp.example", None, None, None,
    ("ops@msp.example", "boss@msp.example"),
)  # fmt: skip
TO = ["one@x.example", "two@x.example"]
CODE = "LEAK1-LEAK2-LEAK3-00001"
OTHER = "LEAK1-LEAK2-LEAK3-00002"


@dataclass(frozen=True, slots=True)
class MailedExport:
    """An export, and the mail about it."""

    path: Path
    summary: Summary
    message: EmailMessage

    @property
    def location(self) -> str:
        """Where the mail says that the export is."""
        return f"/srv/exports/{self.path.name}"


Export = Callable[..., MailedExport]


def arrived(message: EmailMessage) -> EmailMessage:
    """The mail as its recipient reads it."""
    received = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(received, EmailMessage)
    return received


def body(message: EmailMessage, kind: str) -> str:
    """Its body, `plain` or `html`."""
    part = arrived(message).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def attached(message: EmailMessage) -> dict[str, tuple[str, bytes]]:
    """The type and the content of each attachment, by name."""
    parts = {}
    for part in arrived(message).iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        parts[str(part.get_filename())] = part.get_content_type(), content
    return parts


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
    """The rows of a text's tables: two spaces or more separate cells."""
    return [re.split(r" {2,}", line.strip()) for line in plain.splitlines() if "  " in line]
