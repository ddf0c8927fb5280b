"""`show` of one entry: equal to that entry among all, and read without the rest of the ledger."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from builders import Row, Sheets, customer, device, edit, otc, self_managed, subscription
from command_line import CommandLine
from importer.base import clock
from importer.ledger.opening import open_ledger
from importer.pipeline import show as pipeline
from importer.pipeline.job import Job
from scripts import ROOT
from statements import recorded_statements

pytestmark = pytest.mark.thorough

SAMPLES = [ROOT / "samples" / name for name in ("onboarding.xlsx", "changes.xlsx")]
NOON = dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC)


def code_of(number: int) -> str:
    """The OTC of that number."""
    return f"AAAAA-BBBBB-CCCCC-{number:05}"


def random_workbooks(seed: int) -> list[Sheets]:
    """OTCs that expire about NOON, customers of all kinds, devices and changes."""
    dice = random.Random(seed)
    days = [None, *(NOON.date() + dt.timedelta(days) for days in range(-1, 41))]
    names = [
        dice.choice(["Clínica {}", "Estación  del Norte {}", "{} Bar"]).format(number)
        for number in range(40)
    ]

    def random_customer(name: str) -> Row:
        code = code_of(dice.randint(0, 30))
        if dice.random() < 0.3:
            return self_managed(name, code, f"{names.index(name)}@site.example")
        return customer(name, dice.randint(1, 9), code)

    add: Sheets = [
        ("Add OTC", [otc(code_of(number), dice.randint(1, 60), expiry_date=dice.choice(days))
                     for number in range(25)]),
        ("Add Customer", [random_customer(name) for name in names]),
        ("Devices", [device(dice.choice(names), f"pc-{number}", avira_installed=NOON.date(),
                            avira_uninstalled=dice.choice([None, NOON.date() + dt.timedelta(1)]))
                     for number in range(60)]),
    ]  # fmt: skip
    change: Sheets = [
        ("Add Avira Subscription", [
            subscription(dice.choice(names), dice.randint(1, 5), code_of(dice.randint(0, 24)))
            for _ in range(60)
        ]),
        ("Edit Customer", [
            edit(name, new_name=f"{name} {name[:3]}") for name in dice.sample(names, 9)
        ]),
    ]  # fmt: skip
    return [add, change]


@pytest.fixture(scope="module")
def databases() -> Iterator[ExitStack]:
    """The databases that tests of this module share."""
    with ExitStack() as databases:
        yield databases


_filled: dict[tuple[str, object], str] = {}
"""Where ledgers are, by engine and contents, once they are filled."""


@pytest.fixture(params=[1, *(pytest.param(contents, marks=pytest.mark.thorough)
                             for contents in (2, "samples"))])  # fmt: skip
def filled(
    request: pytest.FixtureRequest, engine: str, databases: ExitStack, ledger: Path,
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> CommandLine:  # fmt: skip
    """The command line with a ledger of the samples, or of random workbooks, filled at NOON.

    A file is the test's own copy; a database is shared, and must stay as it is.
    """
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(clock, "today", NOON.date)
    key = engine, request.param
    if key not in _filled:
        folder = tmp_path_factory.mktemp("filled")
        setting = str(folder / "ledger.db")
        if engine == "postgresql":
            server = request.getfixturevalue("server")
            setting = server.url(databases.enter_context(server.database()))
        command = CommandLine(setting, capsys)
        options = ("--partial", "--corrections", folder / "c.xlsx")
        if request.param == "samples":
            results = [command("apply", path, "--json", *options) for path in SAMPLES]
        else:
            workbooks = random_workbooks(request.param)
            results = [command.apply(*sheets, options=options) for sheets in workbooks]
        assert [result.report["batch"] for result in results] == [1, 2]
        _filled[key] = setting
    if engine == "sqlite":
        shutil.copy(_filled[key], ledger)
    return CommandLine(str(ledger) if engine == "sqlite" else _filled[key], capsys)


def entries(command: CommandLine) -> list[tuple[str, str, object]]:
    """What each OTC and customer of the ledger is listed under, its name, and its entry."""
    otcs, customers = command.contents()
    assert len(otcs) + len(customers) > 10
    return [
        *(("otcs", entry["otc"], entry) for entry in otcs),
        *(("customers", entry["name"], entry) for entry in customers),
    ]


@pytest.mark.both_engines
def test_one_entry_is_shown_as_it_is_among_all(filled: CommandLine) -> None:
    """However its code or name is typed."""
    for subject, name, entry in entries(filled):
        for typed in (
            name,
            f" {name.swapcase()}  ",
            name.replace("-", "") if subject == "otcs" else name,
        ):
            assert filled("show", subject, typed, "--json").json == [entry]


@pytest.mark.both_engines
def test_the_present_ledger_is_shown_as_it_is_after_its_last_batch(filled: CommandLine) -> None:
    """Each entry is read alone, and the ledger as of a batch as a whole; also for names that do
    not exist but resemble one that does."""
    batch = str(filled("history", "--json").json[-1]["batch"])
    names = [(subject, name) for subject, name, _entry in entries(filled)]
    names += [
        (subject, name[1:] if number % 2 else f"{name}xy")
        for number, (subject, name) in enumerate(names)
    ]
    subjects = [(subject,) for subject in ("otcs", "customers", "summary")]
    suggestions = 0
    for words in [*names, *subjects, *((subject, "--json") for (subject,) in subjects)]:
        now, then = filled("show", *words), filled("show", *words, "--as-of", batch)
        assert now == then, words
        suggestions += "Did you mean" in now.err
    assert suggestions > 10


@pytest.mark.both_engines
def test_contents_read_in_part_equal_those_of_the_whole_ledger(filled: CommandLine) -> None:
    """In all facts, printed or not."""
    job = Job(open_ledger(filled.ledger), "default", NOON.date())
    contents = pipeline.contents(job)
    otcs = contents.otcs
    assert any(holding.dedicated_to for holding in otcs)
    assert pipeline.otcs(job).otcs == otcs
    assert pipeline.customers(job)[0].customers == contents.customers
    assert pipeline.figures(job) == (contents.figures(), contents.batch)
    for holding in otcs:
        code = holding.otc.code
        part = pipeline.otcs(job, code)
        assert part.otcs == [holding]
        assert part.customers == contents.of_otc(code).customers
    for customer_holding in contents.customers:
        part, _ = pipeline.customers(job, customer_holding.customer.name)
        assert part.customers == [customer_holding]


@pytest.mark.both_engines
def test_what_resembles_no_entry_is_not_shown_or_suggested(filled: CommandLine) -> None:
    """An unknown OTC, which is masked, what is no OTC, and names that are empty or too long."""
    for subject, name, shown in (
        ("otcs", "", ""), ("otcs", "XX", "XX"), ("otcs", code_of(99), "…00099"),
        ("customers", "", ""), ("customers", "x" * 5000, "x" * 99),
    ):  # fmt: skip
        result = filled("show", subject, name)
        assert (result.exit_code, result.out) == (2, ""), name
        assert result.err.startswith("The ledger has no "), name
        assert shown in result.err
        assert "Did you mean" not in result.err, name
        assert filled("show", subject, name, "--json").json["exit_code"] == 2


@pytest.mark.both_engines
def test_another_account_has_no_entry(filled: CommandLine) -> None:
    nothing = "Nothing was ever applied to the account another of this ledger.\n"
    for subject, name, _entry in entries(filled):
        result = filled("show", subject, name, "--account", "another")
        assert result.exit_code == 2
        assert result.err.startswith(f"{nothing}The ledger has no ")
        assert "Did you mean" not in result.err
    result = filled("show", "summary", "--json", "--account", "another")
    assert set(result.json.values()) == {0}
    assert result.err == nothing


def test_licences_without_their_customer_are_damage(filled: CommandLine, ledger: Path) -> None:
    with closing(sqlite3.connect(ledger)) as connection, connection:
        (code,) = connection.execute("SELECT max(otc) FROM subscription").fetchone()
        for table in ("device", "customer"):
            connection.execute(
                f"DELETE FROM {table} WHERE customer_id IN "
                "(SELECT customer_id FROM subscription WHERE otc = ?)", (code,)
            )  # fmt: skip
    for words in (["otcs", code], ["customers"]):
        result = filled("show", *words)
        assert (result.exit_code, result.out) == (4, "")
        assert "The ledger is damaged" in result.err


def is_full_read(step: str) -> bool:
    """Whether a step of SQLite's plan goes through all rows of an account in a table."""
    kind, table, *_ = step.split()
    large = table in ("otc", "customer", "subscription", "device", "batch", "journal_block")
    return large and (kind == "SCAN" or step.endswith("(account_id=?)"))


def full_reads(command: CommandLine, *words: str) -> list[str]:
    """The steps of all statements of a command that go through all rows of a table."""
    with recorded_statements() as statements:
        assert command(*words).exit_code == 0
    reads = [statement for statement in statements if statement.sql.lstrip().startswith("SELECT")]
    assert len(reads) > 2
    with closing(sqlite3.connect(command.ledger)) as connection:
        steps = [
            detail
            for sql, parameters in reads
            for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        ]
    return [step for step in steps if is_full_read(step)]


def test_to_show_one_entry_no_table_is_read_as_a_whole(filled: CommandLine) -> None:
    """What a customer, an OTC or a batch costs does not grow with the rows of later batches."""
    otcs, customers = filled.contents()
    for words in (
        ["show", "customers", customers[0]["name"]], ["show", "otcs", otcs[0]["otc"]],
        ["history", "1"],
    ):  # fmt: skip
        assert full_reads(filled, *words) == [], words
    assert full_reads(filled, "show", "customers") != []  # the control


def test_an_undo_searches_no_similar_names(filled: CommandLine) -> None:
    """Nobody has mistyped a customer that is gone: the cost does not grow with the ledger."""
    last = filled("history", "--json").json[-1]["batch"]
    assert filled("undo", str(last)).exit_code == 0
    assert filled("undo", str(last - 1)).exit_code == 0
    with recorded_statements() as statements:
        result = filled("undo", str(last + 2), "--check", "--json")
    assert result.json["changes"]["customers_added"]
    assert [statement for statement in statements if "substr" in statement.sql] == []
