"""What became of a workbook of the inbox: what is logged, what its report says, where it goes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import Any

from importer.base.texts import N_, Text, text
from importer.domain.problems import Problem
from importer.messages.masking import without_otcs
from importer.messages.report import Report, Result
from importer.messages.report_text import IN_INBOX, report_lines
from importer.service.events import Event

REPORT = ".report.txt"

_LONGEST = 200
"""Bytes of a file's name that are kept: stamp and ending are added, and 255 is the most."""

_CORRECTED = re.compile(r"\.corrections(-\d+)?$")
_STAMPED = re.compile(r"^\d{8}T\d{6}Z-")
_NOT_IN_NAMES = frozenset('<>:"/\\|?*')

_EVENTS = {
    Result.APPLIED: Event.APPLIED,
    Result.PARTLY_APPLIED: Event.PARTLY_APPLIED,
    Result.UNCHANGED: Event.UNCHANGED,
    Result.REJECTED: Event.REJECTED,
    Result.UNREADABLE: Event.UNREADABLE,
}
_FACTS = {
    Event.APPLIED: ("batch", "read", "applied", "unchanged"),
    Event.PARTLY_APPLIED: ("batch", "read", "applied", "unchanged", "rejected"),
    Event.REJECTED: ("read", "rejected"),
}


@dataclass(frozen=True, slots=True)
class InboxResult:
    """What became of a workbook, as it can be kept on the disk.

    `event` is the name of an Event. `name` is that under which it is filed, `corrections` that of
    what is given back, if anything is, and `corrections_made` where it stands in the claim;
    `report` are the lines of its report. `returned` says that somebody must do something.
    """

    event: str
    facts: dict[str, Any]
    name: str
    corrections: str | None
    corrections_made: str | None
    report: list[str]
    returned: bool
    result: str
    rows: dict[str, int]
    batch: int | None

    @property
    def report_name(self) -> str:
        """The name of the report."""
        return self.name + REPORT

    @property
    def is_sound(self) -> bool:
        """Whether it is as this program writes it: no name in it leads out of its folder."""
        names = (self.name, self.corrections, self.corrections_made)
        plain = all(isinstance(one, str) and _is_plain(one) for one in names if one is not None)
        return (
            plain
            and self.event in Event.__members__
            and isinstance(self.facts, dict)
            and "file" in self.facts
            and isinstance(self.report, list)
            and all(isinstance(line, str) for line in self.report)
            and isinstance(self.rows, dict)
        )

    @property
    def nothing_done(self) -> bool:
        """Whether the workbook was refused as a whole; its rows then tell what would have been."""
        return self.returned and self.batch is None

    def to_json(self) -> dict[str, Any]:
        """Plain values, from which `result_from_json` makes it again."""
        return asdict(self)


def result_from_json(kept: dict[str, Any] | None) -> InboxResult | None:
    """The outcome that was kept; None if none was, or none of ours: whoever may write to the inbox
    shall not have files written elsewhere by it."""
    try:
        outcome = None if kept is None else InboxResult(**kept)
    except TypeError:
        return None
    return outcome if outcome is not None and outcome.is_sound else None


def result_of(report: Report, name: str, since: dt.datetime) -> InboxResult:
    """What became of the workbook `name`, claimed at the instant `since`."""
    filed, name = filed_name(name, since), _as_text(name)
    corrections = made = None
    if report.corrections is not None:
        made = PurePath(report.corrections).name
        corrections = f"{_CORRECTED.sub('', PurePath(filed).stem)}.corrections.xlsx"
        if corrections == filed:
            corrections = f"{PurePath(filed).stem}-2.xlsx"
    event = _EVENTS[report.result]
    if report.applied_before is not None:
        event = Event.APPLIED_BEFORE
    returned = report.result not in (Result.APPLIED, Result.UNCHANGED)
    known: dict[str, Any] = {**report.rows._asdict(), "batch": report.batch}
    facts: dict[str, Any] = {"file": name, **{fact: known[fact] for fact in _FACTS.get(event, ())}}
    if event is Event.APPLIED_BEFORE:
        facts["batch"] = report.applied_before
    shown = replace(
        report, file=name, corrections=corrections,
        problems=[_with_name(problem, report.file, name) for problem in report.problems],
    )  # fmt: skip
    lines = [str(line) for line in report_lines(shown, everything=True, advice=IN_INBOX)]
    return InboxResult(
        event.name, facts, filed, corrections, made, _masked(lines), returned, report.result.value,
        report.rows._asdict(), report.batch,
    )  # fmt: skip


def given_up_result(name: str, since: dt.datetime, tries: int) -> InboxResult:
    """What is said of a workbook that ended or failed the program each time."""
    filed, name = filed_name(name, since), _as_text(name)
    facts = {"file": name, "tries": tries}
    said = text(N_("{file}: given up after {tries} tries that ended the program or failed. Nothing "
                   "of it was applied. Apply it by hand to see why: avira-importer apply"),
                file=name, tries=tries)  # fmt: skip
    return InboxResult(
        Event.GIVEN_UP.name,
        facts,
        filed,
        None,
        None,
        _masked([str(said)]),
        True,
        "given-up",
        {},
        None,
    )


def _is_plain(name: str) -> bool:
    return name not in ("", ".", "..") and name.isprintable() and _NOT_IN_NAMES.isdisjoint(name)


def _as_text(name: str) -> str:
    """`name` as it can be written down: names of files may hold any bytes."""
    return name.encode("utf-8", "replace").decode()


def _with_name(problem: Problem, path: str, name: str) -> Problem:
    """`problem` with the workbook's own name in place of its path in the claim."""
    facts = problem.message.facts
    named = {key: name if str(fact) == path else fact for key, fact in facts.items()}
    return replace(problem, message=Text(problem.message.template, named))


def _masked(lines: Iterable[str]) -> list[str]:
    """`lines` with OTCs masked: what the service writes shows none."""
    return [without_otcs(line) for line in lines]


def filed_name(name: str, since: dt.datetime) -> str:
    """`name` with the instant before it, as every system can keep it."""
    plain = _STAMPED.sub("", name)
    plain = "".join("_" if c in _NOT_IN_NAMES else c for c in plain if c.isprintable())
    stem, suffix = PurePath(plain).stem, PurePath(plain).suffix[:20]
    if len(plain.encode()) > _LONGEST:
        room = _LONGEST - len(suffix.encode())
        plain = stem.encode()[:room].decode(errors="ignore") + suffix
    return f"{since:%Y%m%dT%H%M%SZ}-{plain.rstrip('. ')}"
