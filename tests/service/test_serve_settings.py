"""Settings of the service that are wrong, which every command names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from builders import otc, write_workbook
from command_line import CommandResult
from importer.cli import main as program
from service_folders import CRON, NO_MAIL_SERVER, Folders, table
from services import Serve

pytest_plugins = ["service_fixtures"]


Summary = Callable[[], CommandResult]


@pytest.fixture
def summary(folders: Folders, capsys: pytest.CaptureFixture[str]) -> Summary:
    """Runs a command that needs nothing of the service's."""

    def run() -> CommandResult:
        capsys.readouterr()
        exit_code = program.run(["show", "summary", "--config", str(folders.config)])
        output = capsys.readouterr()
        return CommandResult(exit_code, output.out, output.err)

    return run


GOOD: dict[str, dict[str, Any]] = {
    "inbox": {"folder": "inbox"},
    "exports": {"folder": "exports", "every": "1h"},
    "smtp": {"host": "relay.msp.example", "sender": "licences@msp.example"},
    "service": {"state": "state"},
}
"""A table of each kind that is right."""

REMOVED = object()
NO_TEXT = (5, True, ["x"], 1.5)
NO_FLAG = ("yes", 1, [True])
NO_ADDRESSES = ("boss@msp.example", [1], ["boss"], ["a b@x.example"], ["@x.example"])

BAD: dict[str, dict[str, tuple[Any, ...]]] = {
    "inbox": {
        "folder": (REMOVED, "", *NO_TEXT), "applied": (*NO_TEXT, "inbox", "./inbox"),
        "rejected": (*NO_TEXT, "inbox"), "partial": NO_FLAG, "settle": (*NO_TEXT, "", "0s", "15"),
        "foldr": ("x",),
    },
    "exports": {
        "folder": (REMOVED, "", *NO_TEXT), "cron": NO_TEXT,
        "every": (*NO_TEXT, "", "15", "m", "0m", "-1m", "1.5h", "15 m", "15M", "1y", "1234567s"),
        "timezone": (*NO_TEXT, "Europe/Madrid"), "format": (*NO_TEXT, "", "pdf", "XLSX"),
        "keep": ("30", 0, -1, 1.5, True, 1_000_001), "customer": NO_TEXT,
        "name": (*NO_TEXT, "a/b", "a:b", "x" * 81, " a", "a.", "a\nb"),
        "translate_headers": NO_FLAG, "mail_to": NO_ADDRESSES, "options": ("x", 5, ["x"]),
        "movements": ("every", "", "10", 0, -1, 1.5, True, ["x"]),
        "lang": (*NO_TEXT, "", "fr"), "frmat": ("xlsx",),
    },
    "smtp": {
        "host": (REMOVED, "", *NO_TEXT), "port": ("25", 0, 65_536, 2.5, True),
        "sender": (REMOVED, "", *NO_TEXT), "user": NO_TEXT, "password_file": NO_TEXT,
        "encryption": (*NO_TEXT, "ssl", "", "TLS"), "alerts_to": NO_ADDRESSES,
        "password": ("secret",),
    },
    "service": {
        "state": NO_TEXT, "metrics_file": NO_TEXT, "metrics_port": ("9464", -1, 65_536, True, 1.5),
        "metrics_host": NO_TEXT, "metrics": (1,),
    },
}  # fmt: skip
"""Values that no setting may have, by table and key; the last key of each table is none."""


def bad_settings() -> Iterator[tuple[str, str, list[dict[str, dict[str, Any]]]]]:
    """Each setting by table and key, and the tables of a file for each wrong value."""
    for kind, keys in BAD.items():
        for key, values in keys.items():
            files = []
            for value in values:
                content = {**GOOD[kind], key: value}
                if key == "cron" or (kind, key, value) == ("exports", "every", REMOVED):
                    del content["every"]
                if value is REMOVED:
                    content.pop(key, None)
                files.append({**GOOD, kind: content})
            yield kind, key, files


def write_settings(folders: Folders, tables: dict[str, dict[str, Any]]) -> None:
    """Write a configuration file of these tables."""
    lines = ["ledger = 'ledger.db'"]
    for kind, content in tables.items():
        lines.append("[[exports]]" if kind == "exports" else f"[{kind}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in content.items()]
    folders.config.write_text("\n".join(lines), "utf-8")


def name_of(kind: str, key: str) -> str:
    """How a message names a setting."""
    return f"{'exports[1]' if kind == 'exports' else kind}.{key}"


def assert_refused(result: CommandResult, name: str) -> None:
    """The command was refused, with one line that names the setting."""
    assert (result.exit_code, result.out) == (2, ""), name
    [line] = result.err.splitlines()
    assert re.search(rf"(?<![\w.\[]){re.escape(name)}(?![\w.\]])", line), (name, line)


@pytest.mark.thorough
def test_each_wrong_setting_is_named_by_every_command(
    folders: Folders, serve: Serve, summary: Summary
) -> None:
    """Missing, of a wrong type, out of range, misspelt. The control: with right values each command
    goes on."""
    write_settings(folders, GOOD)
    Path(folders.ledger).touch()
    assert summary().exit_code == 4, "there is nothing in the ledger yet"
    assert serve("--check").exit_code in (0, 2)
    tried = 0
    for kind, key, files in bad_settings():
        for tables in files:
            write_settings(folders, tables)
            assert_refused(summary(), name_of(kind, key))
        assert_refused(serve("--once"), name_of(kind, key))
        tried += len(files)
    assert tried > 100


TOGETHER: dict[str, tuple[str, str]] = {
    "neither cron nor every": (table(), "exports[1]"),
    "cron and every": (table(cron="* * * * *", every="1h"), "exports[1]"),
    "mail without a server": (
        table(every="1h") + table(every="1h", name="x", mail_to=["a@msp.example"]),
        "exports[2].mail_to",
    ),
    "files of the same name": (table(every="1h") + table(cron="@daily"), "exports[2]"),
    "one table of exports": (table("[exports]", folder="exports", every="1h"), "exports"),
    "an inbox that is no table": ("inbox = 5\n", "inbox"),
    "several inboxes": (table("[[inbox]]", folder="inbox"), "inbox"),
    "mail that is no table": ("smtp = 'relay.msp.example'\n", "smtp"),
    "a table that is none": (table("[inboxes]", folder="inbox"), "inboxes"),
    "a sender that is no address": (
        table("[smtp]", host="relay.msp.example", sender="licences") + CRON, "smtp.sender",
    ),
    "two senders": (
        table("[smtp]", host="relay.msp.example", sender="Us <a@x.example>, b@x.example") + CRON,
        "smtp.sender",
    ),
    "a recipient with a name": (
        table("[smtp]", host="relay.msp.example", sender="Us <licences@msp.example>")
        + table(every="1h", mail_to=["Boss <boss@msp.example>"]),
        "exports[1].mail_to",
    ),
    "two recipients of alerts in one text": (
        table("[smtp]", host="relay.msp.example", sender="licences@msp.example",
              alerts_to=["a,b@msp.example"]) + CRON,
        "smtp.alerts_to",
    ),
    "two recipients in one text": (
        table("[smtp]", host="relay.msp.example", sender="licences@msp.example")
        + table(every="1h", mail_to=["a,b@msp.example"]),
        "exports[1].mail_to",
    ),
}  # fmt: skip
"""What does not go together, or is no table, and what is named."""


@pytest.mark.parametrize("fault", TOGETHER)
def test_settings_that_do_not_go_together_are_named(
    folders: Folders, serve: Serve, summary: Summary, fault: str
) -> None:
    content, name = TOGETHER[fault]
    folders.config.write_text(content, "utf-8")
    Path(folders.ledger).touch()
    for result in (serve("--once"), serve("--check"), summary()):
        assert_refused(result, name)


def test_a_missing_folder_is_named_by_serve_alone(
    full_folders: Folders, serve: Serve, summary: Summary
) -> None:
    """One whose parent is missing too; others are created. Other commands need none of them."""
    for kind, key in (
        ("inbox", "folder"), ("inbox", "applied"), ("inbox", "rejected"), ("exports", "folder"),
        ("service", "metrics_file"), ("service", "state"),
    ):  # fmt: skip
        write_settings(full_folders, {**GOOD, kind: {**GOOD[kind], key: "missing/x"}})
        assert_refused(serve("--once"), name_of(kind, key))
        assert summary().exit_code == 0


def test_an_interval_beyond_all_calendars_is_no_internal_error(
    full_folders: Folders, serve: Serve
) -> None:
    """It is refused, or its second time never comes."""
    full_folders.configure(table(every="999999w"), inbox=None)
    assert serve("--once").exit_code in (0, 2)
    assert serve("--check").exit_code in (0, 2)


def test_serve_without_a_configuration_says_how_to_name_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for options in ([], ["--once"], ["--check"]):
        assert program.run(["serve", *options]) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert "--config FILE" in line
    assert program.run(["serve", "--config", "none.toml"]) == 2
    assert "none.toml" in capsys.readouterr().err


def test_serve_takes_the_file_in_the_working_folder(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folders.folder)
    assert program.run(["serve", "--check"]) == 0
    assert str(folders.inbox) in capsys.readouterr().out


@pytest.mark.parametrize(
    "content", ["", "[service]\nstate = 'state'\n", table("[smtp]", **NO_MAIL_SERVER)]
)
def test_serve_with_nothing_to_do_names_what_could_be_done(
    folders: Folders, serve: Serve, content: str
) -> None:
    folders.config.write_text(content, "utf-8")
    for result in (serve("--once"), serve("--check")):
        assert result.exit_code == 2
        [line] = result.err.splitlines()
        assert "[inbox]" in line
        assert "[[exports]]" in line


def test_once_and_check_exclude_each_other(serve: Serve) -> None:
    result = serve("--once", "--check")
    assert result.exit_code == 2
    assert "--once" in result.err


EXAMPLE = """
ledger = "postgresql+psycopg://importer@db.example/licences"   # or a file name
account = "default"
lang = "es"

[inbox]
folder = "inbox"              # workbooks dropped here are applied once, then moved:
applied = "inbox/applied"     #   here, with a timestamp, when nothing was refused
rejected = "inbox/rejected"   #   here, with NAME.corrections.xlsx beside it, otherwise
partial = false

[[exports]]
folder = "exports"            # or an fsspec URL: s3://bucket/path, sftp://host/path, …
cron = "0 6 * * MON"          # or every = "15m"
format = "xlsx"
keep = 30                     # the oldest beyond this many are removed
customer = ""                 # one customer's own export
mail_to = ["boss@msp.example"]

[smtp]
host = "relay.msp.example"
port = 25
sender = "licences@msp.example"
"""
"""The example that people's files were promised to follow."""


def test_every_command_takes_the_example(
    folders: Folders, serve: Serve, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each does its work, in the language of the example."""
    folders.config.write_text(EXAMPLE, "utf-8")
    workbook = write_workbook(tmp_path / "in.xlsx", [("Add OTC", [otc()])])
    options = ["--config", str(folders.config), "--ledger", folders.ledger]
    for arguments in (
        ["template", "-o", str(tmp_path / "t.xlsx")], ["check", str(workbook)],
        ["apply", str(workbook)], ["export", "-o", str(tmp_path / "e.xlsx")], ["show", "otcs"],
        ["show", "customers"], ["show", "summary"], ["history"], ["history", "1"],
        ["undo", "1", "--check"], ["undo", "1"], ["ledger", "init"], ["ledger", "verify"],
        ["ledger", "upgrade"], ["ledger", "backup", str(tmp_path / "copy.db")],
    ):  # fmt: skip
        assert program.run([*arguments, *options]) == 0, arguments
    output = capsys.readouterr()
    assert "Filas" in output.out
    assert output.err == ""
    assert serve("--once", "--ledger", folders.ledger).exit_code == 0
