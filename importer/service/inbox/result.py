"""The result of a workbook of the inbox: its event, its report, and the names to file it under."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator

from importer.base.texts import N_, printable, text
from importer.domain.problems import Code, Problem, Problems
from importer.messages.masking import without_otcs
from importer.messages.report import Report, Result, without_otc
from importer.messages.report_text import IN_INBOX, report_lines
from importer.service.events import Event

GIVEN_UP = "given-up"

_MAX_NAME = 200
"""Bytes of a file's name that are kept: stamp and ending are added, and 255 are allowed."""

_CORRECTED = re.compile(r"\.corrections(-\d+)?$")
_STAMPED = re.compile(r"^\d{8}T\d{6}Z-")
_NOT_IN_NAMES = frozenset('<>:"/\\|?*')


def _plain(name: str) -> str:
    """`name`, which must not lead to another folder: what was kept may be forged."""
    if name in ("", ".", "..") or not (name.isprintable() and _NOT_IN_NAMES.isdisjoint(name)):
        raise ValueError
    return name


_PlainName = Annotated[str, AfterValidator(_plain)]


@dataclass(frozen=True, slots=True)
class InboxResult:
    """The result of a workbook, in values that can be kept on the disk; no name leads elsewhere.

    `facts` are those of `event` beside `file`. `name` and `corrections` are the names of the filed
    files, `corrections_made` that of the corrections in the claim. `returned`: a person must act.
    `sha256` is the hash of the bytes that it is about.
    """

    event: Event
    file: str
    facts: dict[str, Any]
    name: _PlainName
    corrections: _PlainName | None
    corrections_made: _PlainName | None
    report: list[str]
    returned: bool
    result: str
    rows: dict[str, int]
    batch: int | None
    sha256: str


class KeptResult(NamedTuple):
    """A result on the disk, `final` once nothing can change it."""

    final: bool
    result: InboxResult


def result_of(report: Report, name: str, since: dt.datetime) -> InboxResult:
    """The result of the workbook `name`, claimed at `since`."""
    filed, name = filed_name(name, since), printable(name)
    corrections = written = None
    if report.corrections is not None:
        written = PurePath(report.corrections).name
        corrections = f"{_CORRECTED.sub('', PurePath(filed).stem)}.corrections.xlsx"
        if corrections == filed:
            corrections = f"{PurePath(filed).stem}-2.xlsx"
    problems = [without_otc(_with_name(problem, report.file, name)) for problem in report.problems]
    shown = replace(
        report, file=name, corrections=corrections,
        problems=replace(report.problems, in_full=problems),
    )  # fmt: skip
    report_text = report_lines(shown, everything=True, advice=IN_INBOX)
    lines = [without_otcs(str(line)) for line in report_text]
    event, batch = Event[report.result.name], report.batch
    if report.applied_before is not None and report.result is Result.UNCHANGED:
        event, batch = Event.APPLIED_BEFORE, report.applied_before
    facts = {"batch": batch, **report.rows._asdict()}
    return InboxResult(
        event, name, {key: facts[key] for key in facts if f"{{{key}}}" in event.template}, filed,
        corrections, written, lines,
        report.result not in (Result.APPLIED, Result.UNCHANGED), report.result.value,
        report.rows._asdict(), report.batch, report.sha256,
    )  # fmt: skip


def given_up_result(name: str, since: dt.datetime, tries: int, sha256: str) -> InboxResult:
    """The result of a workbook at which the program has failed each time."""
    filed, name = filed_name(name, since), printable(name)
    line = text(N_("{file}: given up after {tries} failed attempts; nothing was applied. To see "
                   "why, apply it by hand: avira-importer apply"), file=name,
                tries=tries)  # fmt: skip
    return InboxResult(
        Event.GIVEN_UP, name, {"tries": tries}, filed, None, None, [without_otcs(str(line))], True,
        GIVEN_UP, {}, None, sha256,
    )  # fmt: skip


def unended_report(path: Path) -> Report:
    """The report on a text file of which the rest may be missing."""
    reason = text(N_("its last line has no line end, so the rest of the file may be missing"))
    message = text(N_("{path} cannot be read: {reason}."), path=path, reason=reason)
    fix = text(N_("If the file is complete, add a line end after the last row, or save it again "
                  "in a spreadsheet program. Otherwise upload it again."))  # fmt: skip
    problem = Problem(Code.UNREADABLE_FILE, message, fix)
    return Report(str(path), Result.UNREADABLE, problems=Problems([problem]))


def filed_name(name: str, since: dt.datetime) -> str:
    """`name` after the instant `since`, in characters that every system allows."""
    plain = _STAMPED.sub("", name)
    plain = "".join("_" if c in _NOT_IN_NAMES else c for c in plain if c.isprintable())
    stem, suffix = PurePath(plain).stem, PurePath(plain).suffix[:20]
    if len(plain.encode()) > _MAX_NAME:
        room = _MAX_NAME - len(suffix.encode())
        plain = stem.encode()[:room].decode(errors="ignore") + suffix
    return f"{since:%Y%m%dT%H%M%SZ}-{plain.rstrip('. ')}"


def _with_name(problem: Problem, path: str, name: str) -> Problem:
    """`problem` with the workbook's own name in place of its path in the claim."""
    facts = problem.message.facts
    named = {key: name if str(fact) == path else fact for key, fact in facts.items()}
    return replace(problem, message=replace(problem.message, facts=named))
