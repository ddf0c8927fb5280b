"""Problems in words, for the person at the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from importer.base.texts import N_, _, printable, shortened, text
from importer.domain.problems import Code, Problem, Severity

GATHERED = frozenset({Code.CONSOLE_LIMIT, Code.FORMULA_VALUE_USED})
"""Warnings that say the same of every cell; one of them in full is enough."""

LINES_OF_A_PROBLEM = 3

PLACES = 20
"""How many places that have the same warning are named."""


def problem_lines(problems: Sequence[Problem], everything: bool) -> Iterator[str]:
    """The lines that tell of `problems`; warnings that are alike in one unless `everything`."""
    errors = [one for one in problems if one.severity is Severity.ERROR]
    warnings = [one for one in problems if one.severity is Severity.WARNING]
    if errors:
        yield ""
        yield "  " + click.style(_(N_("Problems")), fg="red", bold=True) + f" ({len(errors)})"
        yield from _by_sheet(errors)
    if warnings:
        yield ""
        yield "  " + click.style(_(N_("Warnings")), fg="yellow", bold=True) + f" ({len(warnings)})"
        yield from _by_sheet(warnings) if everything else _gathered(warnings)


def _gathered(warnings: Sequence[Problem]) -> Iterator[str]:
    """The warnings of a sheet by code: the first one in full, where the others are."""
    for sheet, found in groupby(warnings, lambda problem: problem.sheet):
        alike: dict[object, list[Problem]] = {}
        for problem in found:
            key = problem.code if problem.code in GATHERED else problem
            alike.setdefault(key, []).append(problem)
        first = [problems[0] for problems in alike.values()]
        lines = iter(_by_sheet(first))
        if sheet is not None:
            yield next(lines)
        for problems in alike.values():
            yield from (next(lines) for _line in range(LINES_OF_A_PROBLEM))
            places = [problem.cell for problem in problems[1:] if problem.cell]
            if places:
                listed = places[:PLACES] + (["…"] if len(places) > PLACES else [])
                yield "      " + str(
                    text(N_("The same in {places} (-v tells each)."), places=listed)
                )


def _by_sheet(problems: Sequence[Problem]) -> Iterator[str]:
    for sheet, found in groupby(problems, lambda problem: problem.sheet):
        if sheet is not None:
            yield "  " + click.style(printable(sheet), bold=True)
        for problem in found:
            code = click.style(problem.code, fg="red" if problem.severity == "error" else "yellow")
            yield "    " + " · ".join([*_where(problem), code])
            yield f"      {problem.message}"
            yield f"      → {problem.fix}"


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
