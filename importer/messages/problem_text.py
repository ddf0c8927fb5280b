"""Problems as lines of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from importer.base.texts import N_, _, printable, shortened, text
from importer.domain.problems import Code, Problem, Severity
from importer.messages.lines import BLANK, ReportLine, Span, Tone, line

GROUPED = frozenset({Code.CONSOLE_LIMIT, Code.FORMULA_VALUE_USED})
"""Warnings that say the same about every cell. One of them is shown in full."""

PLACES = 20
"""How many places with the same warning are listed."""

_TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.WATCH}


def problem_lines(problems: Sequence[Problem], everything: bool) -> Iterator[ReportLine]:
    """The lines about `problems`; like warnings share an entry unless `everything`."""
    for severity, heading in ((Severity.ERROR, N_("Problems")), (Severity.WARNING, N_("Warnings"))):
        of_severity = [problem for problem in problems if problem.severity is severity]
        if not of_severity:
            continue
        yield BLANK
        yield line(2, Span(_(heading), _TONES[severity], bold=True), f" ({len(of_severity)})")
        grouped = severity is Severity.WARNING and not everything
        for sheet, of_sheet in groupby(of_severity, lambda problem: problem.sheet):
            if sheet is not None:
                yield line(2, Span(printable(sheet), bold=True))
            for alike in _grouped(of_sheet) if grouped else ([problem] for problem in of_sheet):
                yield from _entry(alike)


def _grouped(warnings: Iterator[Problem]) -> list[list[Problem]]:
    """The warnings of a sheet, those that say the same together."""
    alike: dict[object, list[Problem]] = {}
    for problem in warnings:
        alike.setdefault(problem.code if problem.code in GROUPED else problem, []).append(problem)
    return list(alike.values())


def _entry(alike: list[Problem]) -> Iterator[ReportLine]:
    """The first of `alike` in full, and the places of the others."""
    problem, *others = alike
    code = Span(problem.code, _TONES[problem.severity])
    yield line(4, *(f"{part} · " for part in _where(problem)), code)
    yield line(6, problem.message)
    yield line(6, "→ ", problem.fix)
    places = [other.cell for other in others if other.cell]
    if places:
        listed = places[:PLACES] + (["…"] if len(places) > PLACES else [])
        yield line(6, text(N_("Also in {places} (-v lists each one)."), places=listed))


def _where(problem: Problem) -> Iterator[str]:
    """The place and the value of a problem, as far as it has them."""
    if problem.cell is not None:
        yield problem.cell
    elif problem.row is not None:
        yield str(text(N_("row {row}"), row=problem.row))
    if problem.header:
        yield problem.header
    if problem.value and problem.value != problem.header:
        yield f"“{shortened(problem.value)}”"
