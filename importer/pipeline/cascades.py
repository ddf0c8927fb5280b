"""Name the refused row that would have added the OTC or customer that a later row misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from importer.base.similarity import similar_codes, similar_names
from importer.base.texts import N_, Text
from importer.domain.additions import ADDED_BY, Addition, Kind, addition
from importer.domain.planning.plan import Plan, RowOutcome
from importer.domain.problems import Code, Problem, Severity
from importer.workbook.checking.check import CheckedWorkbook

Row = tuple[str, int]
"""A row by its sheet and number."""
AddingColumns = Mapping[tuple[str | None, str | None], Kind]
"""What the rows of a sheet add, by the sheet and the column that names it."""

_MISSING: dict[Code, Kind] = {
    Code.UNKNOWN_OTC: "otc", Code.BAD_OTC: "otc", Code.UNKNOWN_CUSTOMER: "customer",
}  # fmt: skip
_LONG = 15
"""Characters of a code from which on another one that differs little is probably the same."""

_WOULD_HAVE_ADDED = (
    N_("Row {row} of {sheet}, which would have added it, was refused. Fix that row first."),
    N_("{fix} Row {row} of {sheet}, which would have added it, was refused as well."),
)
_MAY_HAVE_ADDED = (
    N_("Row {row} of {sheet}, which was probably meant to add it, was refused. Fix that row "
       "first."),
    N_("{fix} Row {row} of {sheet}, which was probably meant to add it, was refused as well."),
)  # fmt: skip
"""The fix of a row, and that of one whose own code is bad too."""


@dataclass(slots=True)
class _Refused:
    """The first refused row that would have added each OTC or customer.

    `unreadable` are those whose code or name cannot be read, by what was typed.
    """

    readable: dict[Addition, Row] = field(default_factory=dict)
    unreadable: dict[Addition, Row] = field(default_factory=dict)


def with_refused_rows(
    problems: Sequence[Problem], checked: CheckedWorkbook, plan: Plan
) -> list[Problem]:
    """`problems`; those about an unknown OTC or customer name the row above that would add it.

    Where a code or name cannot be read, here or there, one that is the same or similar counts.
    """
    adding = _adding_columns(checked)
    missing = {
        problem: _typed(_MISSING[problem.code], problem)
        for problem in problems
        if problem.code in _MISSING and (problem.sheet, problem.column) not in adding
    }
    if not missing:
        return list(problems)
    refused = _refused_rows(checked, plan, adding)
    unknown = set(missing.values()) - refused.readable.keys() - refused.unreadable.keys()
    similar = _similar(unknown, refused.unreadable)
    order = {sheet.place.name: index for index, sheet in enumerate(checked.sheets)}

    def with_row(problem: Problem, name: Addition) -> Problem:
        templates = _WOULD_HAVE_ADDED
        at = refused.readable.get(name) or refused.unreadable.get(name)
        is_bad_too = problem.code is Code.BAD_OTC
        if at is None and name in similar and not (is_bad_too and "near" in problem.fix.facts):
            templates, at = _MAY_HAVE_ADDED, refused.unreadable[similar[name]]
        here = order[problem.sheet or ""], problem.row or 0
        if at is None or (order[at[0]], at[1]) > here:  # a row below is of no use to this one
            return problem
        facts: dict[str, object] = {"sheet": at[0], "row": at[1]}
        if is_bad_too:
            facts = {**problem.fix.facts, "fix": problem.fix, **facts}
        return replace(problem, fix=Text(templates[is_bad_too], facts))

    return [
        with_row(problem, missing[problem]) if problem in missing else problem
        for problem in problems
    ]


def _adding_columns(checked: CheckedWorkbook) -> AddingColumns:
    kinds = ((at, at.sheet, ADDED_BY.get(at.sheet.request)) for at in checked.sheets if at.sheet)
    return {(at.place.name, sheet.column(kind).header): kind for at, sheet, kind in kinds if kind}


def _refused_rows(checked: CheckedWorkbook, plan: Plan, adding: AddingColumns) -> _Refused:
    refused = _Refused()
    for name, place in checked.refused_additions.items():
        refused.readable[name] = place.sheet.name, place.row
    for request, outcome in zip(checked.requests, plan.outcomes, strict=True):
        kind = ADDED_BY.get(type(request))
        if outcome is RowOutcome.REJECTED and kind is not None:
            name = addition(kind, getattr(request, kind))
            refused.readable.setdefault(name, (request.place.sheet.name, request.place.row))
    for problem in checked.problems:
        kind = adding.get((problem.sheet, problem.column))
        at = problem.sheet or "", problem.row or 0
        if kind is not None and problem.severity is Severity.ERROR and at in checked.refused:
            refused.unreadable.setdefault(_typed(kind, problem), at)
    return refused


def _typed(kind: Kind, problem: Problem) -> Addition:
    """What a person typed in the cell of `problem`, in the form in which it is compared."""
    typed = problem.value or ""
    return addition(kind, "".join(typed.upper().split()) if kind == "otc" else typed)


def _similar(
    unknown: set[Addition], unreadable: Mapping[Addition, Row]
) -> dict[Addition, Addition]:
    """The unreadable code or name that each of `unknown` resembles, if one does."""
    codes = similar_codes(
        [typed for kind, typed in unknown if kind == "otc"],
        [typed for kind, typed in unreadable if kind == "otc" and len(typed) >= _LONG],
    )
    names = similar_names(
        [typed for kind, typed in unknown if kind == "customer"],
        [typed for kind, typed in unreadable if kind == "customer"],
    )
    similar: dict[Addition, Addition] = {("otc", typed): ("otc", codes[typed]) for typed in codes}
    return similar | {("customer", typed): ("customer", names[typed]) for typed in names}
