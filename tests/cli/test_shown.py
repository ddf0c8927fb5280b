"""What `show` tells of one and of all is the same, and is read without the rest of the ledger."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from builders import Row, Sheets, write_workbook
from command_line import CommandLine
from importer.base import clock
from importer.base.similarity import similar_lengths, similar_names
from importer.ledger.opening import open_ledger
from importer.pipeline import show as showing
from importer.pipeline.job import Job
from scripts import ROOT

SAMPLES = ROOT / "samples"
SPREADSHEETS = ("pandas", "pandera", "numpy", "openpyxl", "xlsxturbo", "python_calamine")
UNUSED = (*SPREADSHEETS, "alembic", "psycopg", "sqlalchemy.dialects.postgresql")
"""What a ledger in a file is read, and a batch taken back, without."""

NAME = "Customer (Site) Name"
NOON = dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC)

Parts = list[tuple[list[str], Any]]
"""The words that ask for one, and what the list of all has of it."""


def code_of(number: int) -> str:
    """The OTC of that number."""
    return f"AAAAA-BBBBB-CCCCC-{number:05}"


def random_ledger(seed: int) -> Iterator[Sheets]:
    """Workbooks with OTCs that expire about NOON, customers of all kinds, devices and changes."""
    dice = random.Random(seed)

    def otc(number: int) -> Row:
        expiry = NOON.date() + dt.timedelta(dice.randint(-1, 40))
        return {"OTC": code_of(number), "Email": "it@msp.example", "Company Name": "Acme",
                "Total Licenses": dice.randint(1, 60),
                "Expiry Date": dice.choice([None, expiry])}  # fmt: skip

    def customer(number: int) -> Row:
        row = {NAME: dice.choice(["Clínica {}", "Estación  del Norte {}", "{} Bar"]).format(number)}
        code = code_of(dice.randint(0, 30))
        if dice.random() < 0.3:
            return row | {"Managed By": "Customer", "Avira OTC": code, "First Name": "First",
                          "Last Name": "Last", "Email": f"{number}@site.example"}  # fmt: skip
        return row | {
            "Managed By": "Admin",
            "Avira OTC": code,
            "No of Licenses": dice.randint(1, 9),
        }

    added = [customer(number) for number in range(40)]
    names = [row[NAME] for row in added]
    yield [
        ("Add OTC", [otc(number) for number in range(25)]),
        ("Add Customer", added),
        ("Devices", [
            {NAME: dice.choice(names), "Device ID": f"pc-{number}", "Avira Installed": NOON.date(),
             "Avira Uninstalled": dice.choice([None, NOON.date() + dt.timedelta(1)])}
            for number in range(60)
        ]),
    ]  # fmt: skip
    yield [
        ("Add Avira Subscription", [
            {NAME: dice.choice(names), "Avira OTC": code_of(dice.randint(0, 24)),
             "No of Licenses": dice.randint(1, 5)} for _ in range(60)
        ]),
        ("Edit Customer", [
            {NAME: name, "New Name": f"{name} {name[:3]}"} for name in dice.sample(names, 9)
        ]),
    ]  # fmt: skip


@pytest.fixture(params=["samples", 1, 2])
def filled(
    request: pytest.FixtureRequest,
    command: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> CommandLine:
    """The command line with a ledger of the samples, or of random workbooks, made at NOON."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(clock, "today", NOON.date)
    if request.param == "samples":
        paths = [SAMPLES / "onboarding.xlsx", SAMPLES / "changes.xlsx"]
    else:
        paths = [
            write_workbook(tmp_path / f"{number}.xlsx", sheets)
            for number, sheets in enumerate(random_ledger(request.param))
        ]
    for path in paths:
        done = command("apply", "--partial", "--corrections", tmp_path / "c.xlsx", path, "--json")
        assert done.json[0]["batch"] is not None
    return command


def parts_of(command: CommandLine) -> Parts:
    """Every OTC and customer that the ledger has."""
    found: Parts = [
        (["show", "otcs", one["otc"]], one) for one in command("show", "otcs", "--json").json
    ]
    found += [
        (["show", "customers", one["name"]], one)
        for one in command("show", "customers", "--json").json
    ]
    return found


@pytest.mark.both_engines
def test_one_is_shown_as_it_is_among_all(filled: CommandLine) -> None:
    """Each OTC and each customer, however it is spelt, has the entry of the list of all."""
    parts = parts_of(filled)
    assert len(parts) > 10
    for words, entry in parts:
        *command, wanted = words
        assert filled(*words, "--json").json == [entry]
        assert filled(*command, f" {wanted.swapcase()}  ", "--json").json == [entry]


@pytest.mark.both_engines
def test_what_is_read_alone_is_what_all_contents_say(filled: CommandLine) -> None:
    """The ledger as it is, read in part, is that after its last batch, put together of all.

    Of one and of all, and of names that are none but nearly so.
    """
    last = filled("history", "--json").json[-1]["batch"]
    asked = [words for words, _entry in parts_of(filled)]
    asked += [
        [*words[:2], words[2][1:] if place % 2 else words[2] + "xy"]
        for place, words in enumerate(asked)
    ]
    everything = [["show", "otcs"], ["show", "customers"], ["show", "summary"]]
    suggested = 0
    for words in [*asked, *everything, *([*words, "--json"] for words in everything)]:
        now, then = filled(*words), filled(*words, "--as-of", str(last))
        assert now == then
        suggested += "Did you mean" in now.err
    assert suggested > 10


@pytest.mark.both_engines
def test_parts_of_contents_are_equal_to_those_of_all(filled: CommandLine) -> None:
    """Beyond what is printed: but for since when OTCs are active, nothing differs."""
    job = Job(open_ledger(filled.ledger), "default", NOON.date())
    everything = showing.contents(job)
    otcs = [one._replace(activated=None) for one in everything.otcs]
    assert any(one.dedicated_to for one in otcs)
    assert showing.otcs(job).otcs == otcs
    assert showing.customers(job)[0].customers == everything.customers
    assert showing.figures(job) == (everything.figures(), everything.batch)
    for one in otcs:
        code = one.otc.code
        found = showing.otcs(job, code)
        assert found.otcs == [one]
        assert found.customers == everything.of_otc(code).customers
    for holding in everything.customers:
        assert showing.customers(job, holding.customer.name)[0].customers == [holding]


@pytest.mark.both_engines
def test_what_can_be_none_is_not_shown(filled: CommandLine) -> None:
    """An OTC that is unknown, what is no OTC at all, and names that are empty or far too long."""
    for words in (
        ["otcs", ""], ["otcs", "XX"], ["otcs", code_of(99)],
        ["customers", ""], ["customers", "x" * 5000],
    ):  # fmt: skip
        said = filled("show", *words)
        assert (said.exit_code, said.out) == (2, "")
        assert said.err.startswith("The ledger has no ")
        assert "Did you mean" not in said.err


@pytest.mark.both_engines
def test_bytes_that_are_no_text_are_what_no_ledger_has(filled: CommandLine) -> None:
    """A command line may hold any bytes; no database could be asked for these."""
    for what in ("otcs", "customers"):
        line = [sys.executable, "-m", "importer", "show", what, b"caf\xe9", "--ledger"]
        done = subprocess.run([*line, filled.ledger], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.endswith(" caf?.\n")


@pytest.mark.both_engines
def test_another_account_sees_nothing(filled: CommandLine) -> None:
    """What is asked of one OTC, customer or figure is asked of the account alone."""
    nothing = "Nothing was ever applied to the account another of this ledger.\n"
    for words, _entry in parts_of(filled):
        said = filled(*words, "--account", "another")
        assert said.exit_code == 2
        assert said.err.startswith(f"{nothing}The ledger has no ")
        assert "Did you mean" not in said.err
    figures = filled("show", "summary", "--json", "--account", "another")
    assert set(figures.json.values()) == {0}
    assert figures.err == nothing


def test_licences_without_their_customer_are_told(filled: CommandLine, ledger: Path) -> None:
    """A ledger that something else has damaged is not shown as if it were whole."""
    with closing(sqlite3.connect(ledger)) as connection:
        (code,) = connection.execute("SELECT max(otc) FROM subscription").fetchone()
        connection.execute(
            "DELETE FROM device WHERE customer_id IN "
            "(SELECT customer_id FROM subscription WHERE otc = ?)", (code,)
        )  # fmt: skip
        connection.execute(
            "DELETE FROM customer WHERE customer_id IN "
            "(SELECT customer_id FROM subscription WHERE otc = ?)", (code,)
        )  # fmt: skip
        connection.commit()
    for words in (["otcs", code], ["customers"]):
        said = filled("show", *words)
        assert (said.exit_code, said.out) == (4, "")
        assert "The ledger is damaged" in said.err


@given(st.text("abc ", max_size=14), st.text("abc ", max_size=22))
def test_no_name_of_another_length_is_like(said: str, meant: str) -> None:
    """Names whose lengths differ by more than `similar_lengths` are never found."""
    least, most = similar_lengths(said)
    if similar_names({said}, {meant}):
        assert least <= len(meant) <= most


@pytest.mark.parametrize("length", range(1, 60))
def test_names_of_any_length_between_may_be_like(length: int) -> None:
    """The bounds are those of names that differ by their length alone."""
    least, most = similar_lengths("a" * length)
    found = [size for size in range(1, 100) if similar_names({"a" * length}, {"a" * size})]
    assert (found[0], found[-1]) == (least, most)


PLANNED_READS = {
    "show customers": ["show", "customers", "{name}"],
    "show otcs": ["show", "otcs", "{otc}"],
    "history": ["history", "1"],
}


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """The statements, with their parameters, that are executed meanwhile."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def read_wholly(plan: str) -> bool:
    """Whether a step of SQLite's plan goes through all rows of an account's table."""
    step, table, *_ = plan.split()
    large = table in ("otc", "customer", "subscription", "device", "batch", "journal")
    return large and (step == "SCAN" or plan.endswith("(account_id=?)"))


@pytest.mark.parametrize("asked", PLANNED_READS)
def test_to_show_one_no_table_is_read_wholly(filled: CommandLine, ledger: Path, asked: str) -> None:
    """What one customer, OTC or batch costs grows with later batches, but not with their rows."""
    one = {"name": filled("show", "customers", "--json").json[0]["name"],
           "otc": filled("show", "otcs", "--json").json[0]["otc"]}  # fmt: skip
    assert reads_wholly(filled, ledger, [word.format(**one) for word in PLANNED_READS[asked]]) == []
    assert reads_wholly(filled, ledger, ["show", "customers"]) != []  # the control


def test_an_undo_looks_for_no_names_that_are_alike(filled: CommandLine) -> None:
    """Nobody has mistyped a customer that is gone: what it costs does not grow with the ledger."""
    last = filled("history", "--json").json[-1]["batch"]
    assert filled("undo", str(last)).exit_code == 0
    assert filled("undo", str(last - 1)).exit_code == 0
    with statements() as seen:
        assert filled("undo", str(last + 2), "--check", "--json").json["changes"]["customers_added"]
    assert not [statement for statement, _ in seen if "substr" in statement]


def reads_wholly(command: CommandLine, ledger: Path, words: list[str]) -> list[str]:
    """The steps of all statements of a command that go through all rows of a table."""
    with statements() as seen:
        assert command(*words).exit_code == 0
    reading = [one for one in seen if one[0].lstrip().startswith("SELECT")]
    assert len(reading) > 2
    with closing(sqlite3.connect(ledger)) as connection:
        plans = [
            detail
            for statement, parameters in reading
            for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    return [plan for plan in plans if read_wholly(plan)]


def imported_by(words: list[str]) -> list[str]:
    """Which of `UNUSED` a command has imported when it is done."""
    script = (
        "import sys; from importer.cli.main import run; "
        f"run({words!r}); print(*[name for name in {UNUSED!r} if name in sys.modules], sep=' ')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].split()


def test_to_show_and_to_undo_imports_what_it_takes(
    command: CommandLine, ledger: Path, tmp_path: Path
) -> None:
    """No spreadsheets, migrations or other engine: most of the time went there."""
    add: Row = {"OTC": code_of(1), "Email": "it@msp.example", "Company Name": "Acme",
                "Total Licenses": 5}  # fmt: skip
    own: Row = {NAME: "Norte", "Managed By": "Admin", "Avira OTC": code_of(1), "No of Licenses": 1}
    path = write_workbook(tmp_path / "1.xlsx", [("Add OTC", [add]), ("Add Customer", [own])])
    assert command("apply", path).exit_code == 0
    for words in (
        ["show", "customers"], ["show", "customers", "Norte"], ["show", "otcs"],
        ["show", "otcs", code_of(1)], ["show", "summary"], ["show", "summary", "--as-of", "1"],
        ["history"], ["history", "1"], ["undo", "1", "--check"], ["undo", "1"],
    ):  # fmt: skip
        assert (words, imported_by([*words, "--ledger", str(ledger)])) == (words, [])
    assert "pandas" in imported_by(["check", str(path), "--ledger", str(ledger)])  # the control
