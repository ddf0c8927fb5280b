"""Read out of an export that somebody kept which ledger hash it shows."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from msgspec import DecodeError
from msgspec.json import decode

from importer.base.errors import FileError
from importer.base.texts import LANGUAGES, N_, text, translated
from importer.config.limits import MB, Limits
from importer.domain.problems import Code
from importer.export.recognition import is_marked
from importer.export.summary import ACCOUNT, HASH
from importer.workbook.cell import cell_text
from importer.workbook.labels import label_key
from importer.workbook.reading.sandbox import read_workbook

_KEYS = {
    label_key(translated(label, language)): key
    for key, label in (("account", ACCOUNT), ("head", HASH))
    for language in LANGUAGES
}
_HASH = re.compile("[0-9a-f]{64}|")  # none before the first batch


def kept_hash(path: Path, account: str, limits: Limits) -> str:
    """The ledger hash that an export of `account` shows; FileError if the file is none."""
    facts = _facts_of_text(path) if is_marked(path) else _facts_of_workbook(path, limits)
    head = facts.get("head") or ""
    if not {"account", "head"} <= facts.keys() or not _HASH.fullmatch(str(head)):
        message = text(N_("{path} is not an export of a ledger that shows its hash."), path=path)
    elif facts["account"] != account:
        message = text(N_("{path} is an export of the account {other}, not of {account}."),
                       path=path, other=facts["account"], account=account)  # fmt: skip
    else:
        return str(head)
    fix = text(N_("Name a workbook, JSON document or page that “avira-importer export” wrote."))
    raise FileError(Code.UNREADABLE_FILE, message, fix)


def _facts_of_workbook(path: Path, limits: Limits) -> dict[str, Any]:
    """The facts of the Summary, which comes first."""
    rows = [cells for sheet in read_workbook(path, limits).sheets[:1] for _, cells in sheet.rows]
    return _labelled(
        [(cell_text(cells[0]), cell_text(cells[1])) for cells in rows if len(cells) > 1]
    )


def _facts_of_text(path: Path) -> dict[str, Any]:
    """The facts at the beginning of a JSON document or a page."""
    with path.open("rb") as stream:
        content = stream.read(MB).decode("utf-8", "replace")
    if content.startswith("{"):
        origin, *_ = re.split(r',\s*"summary"\s*:', content)
        try:
            return dict(decode(origin + "}", type=dict[str, Any]))
        except (DecodeError, RecursionError):
            return {}
    origin = content.partition('<dl class="origin">')[2].partition("</dl>")[0]
    pairs = re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", origin, re.DOTALL)
    return _labelled([(html.unescape(label), html.unescape(value)) for label, value in pairs])


def _labelled(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        _KEYS[key]: value for label, value in reversed(pairs) if (key := label_key(label)) in _KEYS
    }
