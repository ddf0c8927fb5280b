"""What `serve` refuses before it begins, and what `serve --check` finds out without doing it."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import services
from builders import write_workbook
from command_line import CommandResult
from importer.cli import main as program
from importers import code_of, customer, otc
from mail_server import HOST, MailServer, make_certificate
from revisions import set_revision
from servers import Server
from services import Place, by_mail, table

CRON = table(cron="0 6 * * MON", timezone="Europe/Madrid")

Here = Callable[..., CommandResult]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place for a service, with a folder for exports and no ledger yet."""
    (tmp_path / "place" / "exports").mkdir(parents=True)
    return Place(tmp_path / "place", more=CRON)


@pytest.fixture
def here(place: Place, capsys: pytest.CaptureFixture[str]) -> Here:
    """Runs `serve` in this process."""
    return partial(services.here, place, capsys)


def all_in(folder: Path) -> dict[str, bytes | None]:
    """Every file with its content, and every folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def marks(said: CommandResult) -> dict[str, str]:
    """What was tried, each with its sign."""
    found = re.findall(r"^([✓!✗]) ([^:]+): .+$", said.out, re.MULTILINE)
    assert len(found) == len(said.out.splitlines())
    return {what: sign for sign, what in found}


# What works


def test_a_check_of_what_works_says_so_of_each_thing_and_changes_nothing(
    place: Place, here: Here, tmp_path: Path
) -> None:
    """Folders, ledger, exports to here and elsewhere, mail with a login: a line each, exit code 0;
    no file is made, no ledger, no mail sent. As JSON the same, with -q nothing at all."""
    certificate = make_certificate(tmp_path / "certificate.pem")
    password = tmp_path / "password"
    password.write_text("correct horse\n")
    server = MailServer(certificate, passwords={"me": "correct horse"})
    with server.running() as mails, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(certificate))
        place.configure(
            "metrics_file = 'figures.prom'\n"
            + by_mail(mails, user="me", password_file=str(password), encryption="starttls",
                      alerts_to=["ops@msp.example"])
            + table(every="1h", mail_to=["boss@msp.example"])
            + CRON.replace("[[exports]]", "[[exports]]\nname = 'Cron'")
            + table(every="1d", folder="memory://check/exports")
        )  # fmt: skip
        place.applied.mkdir()
        place.rejected.mkdir()
        before = all_in(place.folder)
        said = here("--check")
        as_json = here("--check", "--json")
        quiet = here("--check", "-q")
    things = [
        "inbox.folder", "service.metrics_file", "service.state", "ledger", "exports[1]",
        "exports[1].folder", "exports[2]", "exports[2].folder", "exports[3]", "exports[3].folder",
        "smtp",
    ]  # fmt: skip
    assert marks(said) == dict.fromkeys(things, "✓")
    assert said.exit_code == as_json.exit_code == quiet.exit_code == 0
    assert (said.err, quiet.out, quiet.err) == ("", "", "")
    assert as_json.json["ok"] is True
    checks = as_json.json["checks"]
    assert [one["what"] for one in checks] == list(marks(said))
    assert all(list(one) == ["what", "ok", "message"] and one["ok"] for one in checks)
    assert [f"✓ {one['what']}: {one['message']}" for one in checks] == said.out.splitlines()
    assert "the next run is at 20" in said.out
    assert all_in(place.folder) == before
    assert mails.mails == []
    assert mails.tried == []
    assert mails.connections == 3


def test_a_check_makes_no_more_than_folders(place: Place, here: Here) -> None:
    """Those that `serve` would make, too: the state, and the two in the inbox, all empty."""
    place.state.rmdir()
    before = set(all_in(place.folder))
    assert here("--check").exit_code == 0
    new = {name: what for name, what in all_in(place.folder).items() if name not in before}
    assert set(new.values()) <= {None}
    assert set(new) <= {"state", "inbox/applied", "inbox/rejected"}
    assert not Path(place.ledger).exists()


def test_a_check_leaves_a_ledger_as_it_is(place: Place, here: Here) -> None:
    """Byte by byte, and says which account it is."""
    fill(place)
    before = all_in(place.folder)
    said = here("--check", "--account", "north")
    assert said.exit_code == 0
    assert "the account is north" in said.out
    after = all_in(place.folder)
    assert {name: what for name, what in after.items() if what is not None} == {
        name: what for name, what in before.items() if what is not None
    }


def fill(place: Place) -> None:
    """Make the ledger."""
    workbook = write_workbook(place.folder / "in.xlsx", [
        ("Add OTC", [otc(code_of(0), 10)]), ("Add Customer", [customer("Uno", code_of(0), 5)]),
    ])  # fmt: skip
    assert program.run(["apply", str(workbook), "--ledger", place.ledger, "-q"]) == 0
    workbook.unlink()


# What does not


def with_config(more: str, inbox: str | None = "", top: str = "") -> Callable[[Place], None]:
    """A place with another configuration."""
    return lambda place: place.configure(more, inbox, top)


def of_older_version(place: Place) -> None:
    """A place whose ledger must be upgraded."""
    fill(place)
    set_revision(place.ledger, "0000")


def foreign(place: Place) -> None:
    """A place whose ledger is a database of something else."""
    with closing(sqlite3.connect(place.ledger)) as connection:
        connection.execute("CREATE TABLE something (else_ TEXT)")


def state_is_a_file(place: Place) -> None:
    """A place with a file where its state should be."""
    place.state.rmdir()
    place.state.write_text("")


def inbox_is_a_file(place: Place) -> None:
    """A place with a file where its inbox should be."""
    place.inbox.rmdir()
    place.inbox.write_text("")


def no_server(place: Place) -> None:
    """A place whose ledger is on a server that does not answer."""
    place.ledger = f"postgresql+psycopg://importer@{HOST}:9/licences"
    place.configure(CRON)


def elsewhere(place: Place) -> None:
    """A place whose ledger would be in a folder that is not there."""
    place.ledger = str(place.folder / "nowhere" / "ledger.db")
    place.configure(CRON)


NO_MAIL = table("[smtp]", host=HOST, port=9, sender="licences@msp.example")

WRONG: dict[str, tuple[Callable[[Place], object], str, int, str]] = {
    "no inbox": (lambda place: place.inbox.rmdir(), "inbox.folder", 2, "does not exist"),
    "no applied": (with_config(CRON, "applied = 'done'"), "inbox.applied", 2, "does not exist"),
    "no rejected": (with_config(CRON, "rejected = 'back'"), "inbox.rejected", 2, "does not exist"),
    "the inbox is a file": (
        inbox_is_a_file, "inbox.folder", 2, "does not exist",
    ),
    "no exports": (
        with_config(table(folder="none", every="1h")), "exports[1].folder", 2,
        "does not exist",
    ),
    "no folder for figures": (
        with_config("metrics_file = 'none/x.prom'\n" + CRON), "service.metrics_file", 2,
        "does not exist",
    ),
    "no folder for the state": (
        lambda place: place.config.write_text(
            place.config.read_text().replace("'state'", "'none/state'")
        ),
        "service.state", 2, "service.state",
    ),
    "the state is a file": (state_is_a_file, "service.state", 2, "it is a file"),
    "the ledger is a folder": (lambda place: Path(place.ledger).mkdir(), "ledger", 4, "folder"),
    "the ledger is no database": (
        lambda place: Path(place.ledger).write_text("no ledger " * 100), "ledger", 4,
        "not an SQLite database",
    ),
    "the ledger is of something else": (foreign, "ledger", 4, "not a ledger"),
    "the ledger is on no server": (no_server, "ledger", 4, "cannot be reached"),
    "the ledger's folder is missing": (elsewhere, "ledger", 4, "nowhere"),
    "a cron that is none": (
        with_config(table(cron="61 * * * *")), "exports[1]", 2, "exports[1].cron",
    ),
    "a cron that never comes": (
        with_config(table(cron="0 0 30 2 *")), "exports[1]", 2, "exports[1].cron",
    ),
    "a zone that is none": (
        with_config(table(cron="* * * * *", timezone="Mars/Olympus")), "exports[1]", 2,
        "exports[1].timezone",
    ),
    "a destination that is away": (
        with_config(table(every="1h", folder=f"sftp://{HOST}:9/x")), "exports[1].folder", 2,
        f"sftp://{HOST}:9/x",
    ),
    "a destination of an unknown kind": (
        with_config(table(every="1h", folder="nonsense://x")), "exports[1].folder", 2, "nonsense",
    ),
    "no mail server": (with_config(NO_MAIL + CRON), "smtp", 2, "Connection refused"),
    "the ledger is of an older version": (of_older_version, "ledger", 4, "ledger upgrade"),
}  # fmt: skip
"""What can be wrong: how it comes about, what is told of it, the exit code, some words."""


@pytest.mark.parametrize("fault", WRONG)
def test_each_thing_that_is_wrong_is_told(place: Place, here: Here, fault: str) -> None:
    """With its setting, and it alone, in words and in JSON; and nothing is done about it."""
    make, what, exit_code, words = WRONG[fault]
    make(place)
    before = {name: made for name, made in all_in(place.folder).items() if made is not None}
    said, as_json = here("--check"), here("--check", "--json")
    assert said.exit_code == as_json.exit_code == exit_code
    assert {one for one, sign in marks(said).items() if sign == "✗"} == {what}
    [line] = [one for one in said.out.splitlines() if one.startswith("✗")]
    assert words in line
    assert as_json.json["ok"] is False
    assert [one["what"] for one in as_json.json["checks"] if not one["ok"]] == [what]
    assert said.err == as_json.err == ""
    quiet = here("--check", "-q")
    assert quiet.out.splitlines() == [line]
    assert {name: made for name, made in all_in(place.folder).items() if made is not None} == before


def test_a_login_that_is_refused_is_told(
    place: Place, here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the server's own words, and without the password."""
    certificate = make_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", "hunter2")
    with MailServer(certificate, passwords={"me": "another"}).running() as mails:
        place.configure(by_mail(mails, user="me", encryption="starttls") + CRON)
        said = here("--check")
    assert said.exit_code == 2
    assert {one for one, sign in marks(said).items() if sign == "✗"} == {"smtp"}
    assert "(535 " in said.out
    assert "hunter2" not in said.out


def test_the_ledgers_exit_code_goes_before_the_others(place: Place, here: Here) -> None:
    """All that is wrong is told, and the exit code is 4."""
    foreign(place)
    place.configure(NO_MAIL + table(cron="bad") + table(every="1h", folder="none"))
    said = here("--check")
    assert said.exit_code == 4
    assert {one for one, sign in marks(said).items() if sign == "✗"} == {
        "ledger", "exports[1]", "exports[2].folder", "smtp",
    }  # fmt: skip


def test_a_file_that_another_program_has_locked_is_told(place: Place, here: Here) -> None:
    """After `wait`."""
    fill(place)
    with closing(sqlite3.connect(place.ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = here("--check", "--wait", "0.2")
    assert said.exit_code == 4
    assert "in use by another program" in said.out


def test_a_server_that_takes_no_changes_is_told(
    server: Server, place: Place, here: Here, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such as one that only follows another: it can be read, but no workbook be applied."""
    with server.database() as name:
        place.ledger = server.url(name)
        place.configure(CRON)
        assert here("--check").exit_code == 0
        place.ledger += "&options=-c%20default_transaction_read_only%3Don"
        place.configure(CRON)
        assert summary(place, capsys).exit_code == 0, "the control: it can be read"
        said = here("--check")
    assert said.exit_code == 4
    assert "✗ ledger" in said.out


def test_a_check_after_the_first_run_says_when_the_next_export_comes(
    place: Place, here: Here
) -> None:
    """By the clock of this computer: an hour after the first."""
    fill(place)
    place.configure(table(every="1h"), inbox=None)
    assert here("--once").exit_code == 0
    said = here("--check")
    assert said.exit_code == 0
    found = re.search(r"the next run is at (\S+ [0-9:]+)", said.out, re.MULTILINE)
    assert found
    left = dt.datetime.fromisoformat(found[1]).astimezone() - dt.datetime.now(dt.UTC)
    assert dt.timedelta(minutes=58) < left <= dt.timedelta(hours=1)


def test_a_ledger_that_was_used_before_and_is_gone_is_told(place: Place, here: Here) -> None:
    """As the service would: it begins no new one in its place."""
    fill(place)
    place.configure(table(every="1h"), inbox=None)
    assert here("--once").exit_code == 0
    Path(place.ledger).unlink()
    said = here("--check")
    assert said.exit_code == 4
    assert {one for one, sign in marks(said).items() if sign == "✗"} == {"ledger"}


def test_an_interval_beyond_all_calendars_is_no_fault(place: Place, here: Here) -> None:
    """It is refused, or its second time never comes."""
    fill(place)
    place.configure(table(every="999999w"), inbox=None)
    assert here("--once").exit_code in (0, 2)
    assert here("--check").exit_code in (0, 2)


NO_RIGHTS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
"""How root runs a program that has no more rights than others."""


@pytest.mark.skipif(
    os.name == "nt" or (os.geteuid() == 0 and shutil.which("setpriv") is None),
    reason="whoever may do everything cannot be kept from anything",
)
def test_folders_and_a_ledger_without_rights_are_told(place: Place) -> None:
    """Those that the user of the service may not write, or not even look into."""
    fill(place)
    (place.folder / "figures").mkdir()
    place.configure("metrics_file = 'figures/x.prom'\n" + CRON)
    rights = {
        "inbox.folder": (place.inbox, 0o500), "exports[1].folder": (place.folder / "exports", 0),
        "service.metrics_file": (place.folder / "figures", 0o600),
        "ledger": (Path(place.ledger), 0o400), "service.state": (place.state, 0o500),
    }  # fmt: skip
    command = [*(NO_RIGHTS if os.geteuid() == 0 else []), sys.executable, "-m", "importer"]

    def tried() -> tuple[int, set[str]]:
        done = subprocess.run(
            [*command, "serve", "--check", "--json", "--config", str(place.config)],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.stderr == ""
        checks = json.loads(done.stdout)["checks"]
        return done.returncode, {one["what"] for one in checks if not one["ok"]}

    assert tried() == (0, set())
    for path, mode in rights.values():
        path.chmod(mode)
    assert tried() == (4, set(rights))
    for path, _ in rights.values():
        path.chmod(0o700)


# Settings


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
        "rejected": (*NO_TEXT, "inbox"), "partial": NO_FLAG, "foldr": ("x",),
    },
    "exports": {
        "folder": (REMOVED, "", *NO_TEXT), "cron": NO_TEXT,
        "every": (*NO_TEXT, "", "15", "m", "0m", "-1m", "1.5h", "15 m", "15M", "1y", "1234567s"),
        "timezone": (*NO_TEXT, "Europe/Madrid"), "format": (*NO_TEXT, "", "pdf", "XLSX"),
        "keep": ("30", 0, -1, 1.5, True, 1_000_001), "customer": NO_TEXT,
        "name": (*NO_TEXT, "a/b", "a:b", "x" * 81, " a", "a.", "a\nb"),
        "translate_headers": NO_FLAG, "mail_to": NO_ADDRESSES, "options": ("x", 5, ["x"]),
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


def bad_settings() -> Iterator[tuple[str, str, Any]]:
    """Each of them: table, key and value."""
    for kind, keys in BAD.items():
        for key, values in keys.items():
            for value in values:
                yield kind, key, value


def write_settings(place: Place, tables: dict[str, dict[str, Any]]) -> None:
    """Write a configuration file of these tables."""
    words = ["ledger = 'ledger.db'"]
    for kind, content in tables.items():
        words.append("[[exports]]" if kind == "exports" else f"[{kind}]")
        words += [f"{key} = {json.dumps(value)}" for key, value in content.items()]
    place.config.write_text("\n".join(words), "utf-8")


def refused(said: CommandResult, name: str) -> None:
    """It was refused with one line that names the setting."""
    assert (said.exit_code, said.out) == (2, "")
    [line] = said.err.splitlines()
    assert re.search(rf"(?<![\w.\[]){re.escape(name)}(?![\w.\]])", line), line


def test_each_wrong_setting_is_named_by_every_command(
    place: Place, here: Here, capsys: pytest.CaptureFixture[str]
) -> None:
    """Missing where it must be there, of a wrong type, out of range, misspelt: exit code 2 and one
    line with its name, also for a command that needs none of it. The control: with the right value
    each command goes on."""
    write_settings(place, GOOD)
    (place.folder / "ledger.db").touch()
    assert summary(place, capsys).exit_code == 4, "there is nothing in the ledger yet"
    assert here("--check").exit_code in (0, 2)
    tried = 0
    for kind, key, value in bad_settings():
        content = {**GOOD[kind], key: value}
        if key == "cron" or (kind, key, value) == ("exports", "every", REMOVED):
            del content["every"]
        if value is REMOVED:
            del content[key]
        write_settings(place, {**GOOD, kind: content})
        name = f"{'exports[1]' if kind == 'exports' else kind}.{key}"
        refused(summary(place, capsys), name)
        refused(here("--once"), name)
        tried += 1
    assert tried > 100


def summary(place: Place, capsys: pytest.CaptureFixture[str]) -> CommandResult:
    """A command that needs nothing of the service's."""
    capsys.readouterr()
    code = program.run(["show", "summary", "--config", str(place.config)])
    said = capsys.readouterr()
    return CommandResult(code, said.out, said.err)


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
    "two who are told in one text": (
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
"""What does not go together, or is no table, and the name that is told."""


@pytest.mark.parametrize("fault", TOGETHER)
def test_settings_that_do_not_go_together_are_named(
    place: Place, here: Here, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    """By every command alike."""
    words, name = TOGETHER[fault]
    place.config.write_text(words, "utf-8")
    (place.folder / "ledger.db").touch()
    for options in (("--once",), ("--check",)):
        refused(here(*options), name)
    refused(summary(place, capsys), name)


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


def test_the_example_is_taken_by_every_command(
    place: Place, here: Here, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each does its work, in the example's language; `serve` with it, too."""
    place.config.write_text(EXAMPLE, "utf-8")
    workbook = write_workbook(tmp_path / "in.xlsx", [("Add OTC", [otc(code_of(1), 5)])])
    ours = ("--config", str(place.config), "--ledger", place.ledger)
    for words in (
        ["template", "-o", str(tmp_path / "t.xlsx")], ["check", str(workbook)],
        ["apply", str(workbook)], ["export", "-o", str(tmp_path / "e.xlsx")], ["show", "otcs"],
        ["show", "customers"], ["show", "summary"], ["history"], ["history", "1"],
        ["undo", "1", "--check"], ["undo", "1"], ["ledger", "init"], ["ledger", "verify"],
        ["ledger", "upgrade"], ["ledger", "backup", str(tmp_path / "copy.db")],
    ):  # fmt: skip
        assert program.run([*words, *ours]) == 0, words
    said = capsys.readouterr()
    assert "Filas" in said.out
    assert said.err == ""
    assert here("--once", "--ledger", place.ledger).exit_code == 0


def test_a_missing_folder_is_named_by_serve_alone(
    place: Place, here: Here, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one line with the setting; other commands need none of these folders."""
    fill(place)
    for kind, key in (
        ("inbox", "folder"), ("inbox", "applied"), ("inbox", "rejected"), ("exports", "folder"),
        ("service", "metrics_file"), ("service", "state"),
    ):  # fmt: skip
        write_settings(place, {**GOOD, kind: {**GOOD[kind], key: "missing/x"}})
        name = f"{'exports[1]' if kind == 'exports' else kind}.{key}"
        refused(here("--once"), name)
        assert summary(place, capsys).exit_code == 0


def test_serve_without_a_configuration_says_how_to_give_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 2, one line; a file that is named must be there."""
    for options in ([], ["--once"], ["--check"]):
        assert program.run(["serve", *options]) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert "--config FILE" in line
    assert program.run(["serve", "--config", "none.toml"]) == 2
    assert "none.toml" in capsys.readouterr().err


def test_serve_takes_the_file_in_the_working_folder(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As other commands do."""
    monkeypatch.chdir(place.folder)
    assert program.run(["serve", "--check"]) == 0
    assert str(place.inbox) in capsys.readouterr().out


@pytest.mark.parametrize("words", ["", "[service]\nstate = 'state'\n", NO_MAIL])
def test_serve_with_nothing_to_do_says_so(place: Place, here: Here, words: str) -> None:
    """Exit code 2 and one line that names what could be done."""
    place.config.write_text(words, "utf-8")
    for options in (("--once",), ("--check",)):
        said = here(*options)
        assert said.exit_code == 2
        [line] = said.err.splitlines()
        assert "[inbox]" in line
        assert "[[exports]]" in line


def test_once_and_check_exclude_each_other(here: Here) -> None:
    """Exit code 2."""
    said = here("--once", "--check")
    assert said.exit_code == 2
    assert "--once" in said.err


def test_a_customer_that_is_not_there_yet_is_a_warning(place: Place, here: Here) -> None:
    """The exit code is 0: the workbook with it may still come. Without a ledger nobody is looked
    for."""
    place.configure(table(every="1h", customer="Un") + table(every="1d", name="x", customer=" uno"))
    assert here("--check").exit_code == 0
    assert [one for one in marks(here("--check")) if "customer" in one] == []
    fill(place)
    said, as_json, quiet = here("--check"), here("--check", "--json"), here("--check", "-q")
    assert said.exit_code == as_json.exit_code == quiet.exit_code == 0
    assert {one: sign for one, sign in marks(said).items() if "customer" in one} == {
        "exports[1].customer": "!", "exports[2].customer": "✓",
    }  # fmt: skip
    line = "! exports[1].customer: The ledger has no customer Un. Did you mean Uno?"
    assert quiet.out.splitlines() == [line]
    assert as_json.json["ok"] is True
    assert [one["what"] for one in as_json.json["checks"] if "warning" in one] == [
        "exports[1].customer"
    ]


def test_a_check_tells_whether_the_port_of_the_figures_can_be_had(place: Place, here: Here) -> None:
    """One that is free stays so; one that is in use may be the service's own, which is a warning;
    one of another computer, or of none, is wrong."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        place.configure(f"metrics_port = {port}\n" + CRON)
        said = here("--check")
    assert said.exit_code == 0
    assert marks(said)["service.metrics_port"] == "!"
    assert f"Port {port} of {HOST} is in use" in said.out
    assert marks(here("--check"))["service.metrics_port"] == "✓"
    for host in ("192.0.2.1", "nobody.invalid", "a" * 70):
        place.configure(f"metrics_port = {port}\nmetrics_host = '{host}'\n" + CRON)
        for options in (("--check",), ()):
            said = here(*options)
            assert said.exit_code == 2, host
            assert "service.metrics_port cannot be used: " in said.out + said.err


def test_a_port_is_not_opened_by_a_check(place: Place, here: Here) -> None:
    """It would be in the way of the service that runs."""
    with socket.create_server((HOST, 0)) as taken:
        place.configure(f"metrics_port = {taken.getsockname()[1]}\n" + CRON)
        assert here("--check").exit_code == 0
