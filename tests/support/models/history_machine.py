"""Random histories of two accounts of one ledger, each compared with plain dictionaries."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from account_history import AccountHistory, State, model_of
from builders import in_detail, write_workbook
from empty_ledgers import EmptyLedger
from importer.base.errors import MisuseError
from importer.domain.contents import Contents
from importer.ledger.database import Ledger
from importer.ledger.upkeep.verify import verify
from importer.messages.report import Report, undo_to_json
from importer.pipeline import apply as pipeline
from importer.pipeline import show as showing
from importer.pipeline import undo as undoing
from importer.pipeline.job import Job
from random_rows import TODAY, Workbook, few_rows, good_beginnings, small_workbooks
from statements import listening

ACCOUNTS = ("one", "two")
BALANCES = sa.text("""
    SELECT total, used, coalesce(sum(licenses), 0)
    FROM otc LEFT JOIN subscription
    ON subscription.account_id = otc.account_id AND subscription.otc = otc.code
    GROUP BY otc.account_id, code, total, used
""")
RECENT = 8
"""How far back batches are undone."""

FIRST_WORKBOOKS = 4
"""Applied before anything else: nothing depends on a batch that none came after."""

BEGINNING = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


class Clock:
    """The program's clock, which the histories set."""

    instant: ClassVar[dt.datetime] = BEGINNING


class PowerCutError(Exception):
    """Stands for the end of the program in the middle of its work."""


@contextmanager
def power_cut(after: int) -> Iterator[None]:
    """End the program with its `after`th statement that writes, if it gets that far."""
    writes = count(1)

    def stop(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and next(writes) == after:
            raise PowerCutError

    with listening("after_cursor_execute", stop):
        yield


def fitting(state: State, about: int | None = None) -> st.SearchStrategy[Workbook]:
    """One or two rows that an account with `state` mostly does not refuse."""
    totals = {key: cells["Total Licenses"] for (kind, key), cells in state.items() if kind == "otc"}
    names = {key: facts["name"] for (kind, key), facts in state.items() if kind == "customer"}
    subscriptions = {
        (names[key[0]], key[1]): licenses
        for (kind, key), licenses in state.items()
        if kind == "subscription"
    }
    return few_rows(totals, list(names.values()), subscriptions, about)


accounts = st.sampled_from(["one", "one", "two"])
"""The longer a history, the more there is to undo; the other account must be left alone."""

recent = st.integers(0, RECENT - 1)
"""Chooses one of the last batches."""

hours = st.lists(st.integers(-20, 60), min_size=1, max_size=4)
"""How much time passes before each workbook; clocks are put back, too."""


class LedgerHistories(RuleBasedStateMachine):
    """Apply, undo, look back, crash and start again, in any order."""

    empty_ledger: ClassVar[EmptyLedger]
    counts: ClassVar[Counter[str]]
    """How often what was done and refused, over all histories."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.ledger: Ledger = self.open.enter_context(type(self).empty_ledger())
        self.file = Path(self.open.enter_context(tempfile.TemporaryDirectory())) / "workbook.xlsx"
        self.histories = {name: AccountHistory() for name in ACCOUNTS}
        self.unverified: set[str] = set(ACCOUNTS)
        Clock.instant = BEGINNING

    def teardown(self) -> None:
        self.open.close()

    def job(self, account: str) -> Job:
        return Job(self.ledger, account, TODAY, "tester")

    # Rules

    @initialize(first=good_beginnings(), second=good_beginnings(), data=st.data())
    def begin(self, first: Workbook, second: Workbook, data: st.DataObject) -> None:
        """Both accounts get OTCs and customers of the same codes and names; one gets more."""
        for account, workbook in zip(ACCOUNTS, (first, second), strict=True):
            self.apply_workbook(account, workbook, partial=True)
        self.apply(ACCOUNTS[0], data, [1] * FIRST_WORKBOOKS, partial=True)

    @rule(account=accounts, data=st.data(), hours=hours, partial=st.booleans())
    def apply(self, account: str, data: st.DataObject, hours: list[int], partial: bool) -> None:
        about = data.draw(st.none() | st.integers(0, 2))
        for passed in hours:
            Clock.instant += dt.timedelta(hours=passed)
            workbook = data.draw(fitting(self.histories[account].now, about))
            self.apply_workbook(account, workbook, partial)

    @rule(account=accounts, workbook=small_workbooks(), partial=st.booleans())
    def apply_anything(self, account: str, workbook: Workbook, partial: bool) -> None:
        self.apply_workbook(account, workbook, partial)

    @rule(account=accounts, which=recent, even_undone=st.booleans())
    def undo(self, account: str, which: int, even_undone: bool) -> None:
        last = self.histories[account].last
        number = last - which % min(last, RECENT)
        self.undo_batch(account, number if even_undone else self.recent_batch(account, which))

    @rule(account=accounts, which=recent)
    def undo_as_advised(self, account: str, which: int) -> None:
        """Any batch can be undone in the end, after the batches that refusals name."""
        wanted = [self.recent_batch(account, which)]
        tries = 2 * self.histories[account].last
        while wanted:
            assert tries, f"the advice goes round in a circle: {wanted}"
            tries -= 1
            report = self.undo_batch(account, wanted[-1])
            if report.problems:
                fixes = [str(problem.fix) for problem in report.problems]
                named = [re.search(r"batch (\d+)(?: first)?\.$", fix) for fix in fixes]
                assert all(named), fixes
                wanted.append(max(int(match[1]) for match in named if match))
            else:
                wanted.pop()

    @rule(account=accounts, which=st.integers(0, 2**16), days=st.integers(-4, 1))
    def look_back(self, account: str, which: int, days: int) -> None:
        """As of any batch, what it left; as of a day, what its last batch left; as of tomorrow
        nothing at all."""
        history, job, today = self.histories[account], self.job(account), Clock.instant.date()
        number = 1 + which % history.last
        self.is_as_after(account, number, showing.contents(job, number))
        day = today + dt.timedelta(days)
        if day > today:
            with pytest.raises(MisuseError):
                showing.contents(job, day)
        else:
            number = history.last if day == today else history.at_end_of(day)
            self.is_as_after(account, number, showing.contents(job, day))

    @rule(account=accounts, data=st.data(), which=st.none() | recent, after=st.integers(1, 9))
    def crash(self, account: str, data: st.DataObject, which: int | None, after: int) -> None:
        """The program ends while it applies a workbook or undoes a batch, and is started again:
        all is as before, unless it was done already."""
        workbook = data.draw(fitting(self.histories[account].now)) if which is None else []
        try:
            with power_cut(after):
                if which is None:
                    self.apply_workbook(account, workbook, partial=True)
                else:
                    self.undo_batch(account, self.recent_batch(account, which))
        except PowerCutError:
            self.counts["crashes"] += 1
            self.unverified.add(account)
        self.ledger = replace(self.ledger)  # type: ignore[type-var]  # both kinds are dataclasses

    # Invariants

    @invariant()
    def each_account_holds_what_it_should(self) -> None:
        self.counts["steps"] += 1
        for account, history in self.histories.items():
            self.is_as_after(account, history.last, showing.contents(self.job(account)))

    @invariant()
    def used_is_the_sum_of_subscriptions_and_at_most_the_total(self) -> None:
        with self.ledger.reading() as connection:
            for total, used, licenses in connection.execute(BALANCES):
                assert licenses == used <= total

    @invariant()
    def the_ledger_verifies(self) -> None:
        for account in self.unverified:
            with self.ledger.reading() as connection:
                result = verify(connection, account)
            assert [str(fault.message) for fault in result.faults] == []
            assert result.batches == self.histories[account].last
        self.unverified.clear()

    # Steps that the rules share

    def recent_batch(self, account: str, which: int) -> int:
        """One of the account's last batches that are not undone; the last of all never is."""
        history = self.histories[account]
        standing = [n for n in range(1, history.last + 1) if history.undone_by(n) is None][-RECENT:]
        return standing[which % len(standing)]

    def apply_workbook(self, account: str, workbook: Workbook, partial: bool) -> None:
        expected = self.histories[account].after_workbook(workbook, partial=partial)
        path = write_workbook(self.file, workbook)
        self.add_batch(account, pipeline.apply(path, self.job(account), partial=partial), expected)

    def undo_batch(self, account: str, number: int) -> Report:
        """Undo a batch, or be refused, as --check foretold. The last batch can always be undone:
        nothing can depend on it."""
        history, job = self.histories[account], self.job(account)
        expected = history.after_undo(number)
        foretold = undo_to_json(undoing.check_undo(number, job).report, number)
        report = undoing.undo(number, job).report
        assert undo_to_json(report, number) | {"batch": None} == foretold
        if isinstance(expected, set):
            assert number < history.last
            codes = {problem.code.value for problem in report.problems}
            assert codes, f"not refused for {expected}"
            assert codes <= expected
            self.counts.update(f"refused: {code}" for code in codes)
            self.add_batch(account, report, None)
        else:
            assert not report.problems
            self.add_batch(account, report, None if expected == history.now else expected, number)
        return report

    def add_batch(
        self, account: str, report: Report, expected: State | None, undoes: int | None = None
    ) -> None:
        """Remember the batch, if there should be one."""
        history = self.histories[account]
        if expected is not None:
            self.counts["applied" if undoes is None else "undone"] += 1
            head = showing.contents(self.job(account)).head
            history.add(expected, Clock.instant, head, undoes)
            self.unverified.add(account)
        assert report.batch == (None if expected is None else history.last)

    def is_as_after(self, account: str, number: int, contents: Contents) -> None:
        history = self.histories[account]
        assert (contents.account, contents.batch) == (account, number)
        assert contents.head == history.heads[number]
        assert in_detail(contents) == model_of(history.states[number])[0].ledger()
