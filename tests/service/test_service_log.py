"""The log of the service: sentences on a terminal, JSON objects elsewhere."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from importer.service.events import Event
from inbox_workbooks import bad, good
from service_folders import NO_MAIL_SERVER, Folders, table
from services import Serve
from systems import posix_only
from waiting import PATIENCE

pytest_plugins = ["service_fixtures"]

WHEN = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d  "

OnTerminal = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def on_terminal(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> OnTerminal:
    """Runs `serve --once` as on a terminal; gives the exit code and the lines of the log."""

    def run(*options: str) -> tuple[int, list[str]]:
        with monkeypatch.context() as patch:
            patch.setattr(sys.stderr, "isatty", lambda: True)
            result = serve("--once", *options)
        return result.exit_code, result.err.splitlines()

    return run


def test_a_terminal_gets_sentences(full_folders: Folders, on_terminal: OnTerminal) -> None:
    """Each begins with the local time, and with its level if that is above the usual."""
    full_folders.drop("good.xlsx", good(1))
    full_folders.drop("bad.xlsx", bad(2))
    exit_code, lines = on_terminal()
    assert exit_code == 1
    assert len(lines) == 2
    applied, rejected = sorted(lines, key=lambda line: "bad.xlsx" in line)
    assert re.fullmatch(f"{WHEN}good.xlsx: applied as batch 2.*", applied)
    assert re.fullmatch(f"{WHEN}WARNING  bad.xlsx: rejected.*", rejected)
    full_folders.drop("bad.xlsx", bad(2))
    _, [line] = on_terminal("--lang", "es")
    assert re.fullmatch(f"{WHEN}AVISO  bad.xlsx: .*", line)


@pytest.mark.thorough
@posix_only("Windows has no pseudoterminals")
def test_a_real_terminal_gets_sentences(full_folders: Folders) -> None:
    import pty

    full_folders.drop("good.xlsx", good(1))
    terminal, end = pty.openpty()
    with open(terminal, "rb", buffering=0) as read:
        service = subprocess.Popen(
            [sys.executable, "-m", "importer", "serve", "--once", "--config",
             str(full_folders.config)], stderr=end, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(end)
        output = b""
        with suppress(OSError):  # as a terminal ends on Linux
            while piece := read.read(4096):
                output += piece
    assert service.wait(PATIENCE) == 0
    assert re.fullmatch(f"{WHEN}good.xlsx: applied as batch 2.*", output.decode().strip())


def test_quiet_leaves_only_what_needs_attention(full_folders: Folders, serve: Serve) -> None:
    full_folders.drop("good.xlsx", good(3))
    full_folders.drop("bad.xlsx", bad(2))
    result = serve("--once", "-q")
    assert [event["event"] for event in result.events] == ["workbook-rejected"]
    assert (result.out, result.other_lines) == ("", [])


def test_a_run_with_nothing_to_do_says_so_on_a_terminal_only(
    full_folders: Folders, serve: Serve, on_terminal: OnTerminal
) -> None:
    """Behind a pipe a program listens."""
    assert full_folders.waiting == []
    assert on_terminal() == (0, ["There was nothing to do."])
    assert on_terminal("--lang", "es") == (0, ["No había nada que hacer."])
    assert on_terminal("-q") == (0, [])
    result = serve("--once")
    assert (result.exit_code, result.out, result.err) == (0, "", "")
    document: dict[str, Any] = {"workbooks": [], "exports": [], "failed_exports": []}
    assert serve("--once", "--json").json == document


def fault_of(event: dict[str, Any]) -> str:
    """What is wrong with a line of the log."""
    if list(event)[:4] != ["at", "level", "event", "message"] or not event["message"]:
        return f"begins with {list(event)[:4]}"
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["at"]):
        return f"is of {event['at']}"
    declared = {str(known): known for known in Event}[event["event"]]
    if declared is Event.REMARK:
        return ""
    if event["level"] != logging.getLevelName(declared.level).lower():
        return f"is of level {event['level']}"
    missing = set(re.findall(r"\{(\w+)\}", declared.template)) - set(event)
    return f"has no {missing}" if missing else ""


def test_elsewhere_each_line_is_an_object_with_the_facts_of_its_event(
    full_folders: Folders, serve: Serve
) -> None:
    full_folders.configure(
        table("[smtp]", **NO_MAIL_SERVER, alerts_to=["ops@msp.example"])
        + table(every="1h", format="json", mail_to=["boss@msp.example"])
        + table(every="1h", name="No", customer="Nobody")
    )
    full_folders.drop("good.xlsx", good(1))
    full_folders.drop("bad.xlsx", bad(2))
    (full_folders.inbox / "none.xlsx").write_bytes(b"none")
    result = serve("--once", "-v")
    assert {event["event"] for event in result.events} >= {
        "workbook-applied", "workbook-rejected", "workbook-unreadable", "export-written",
        "export-failed", "mail-delayed",
    }  # fmt: skip
    assert result.other_lines == []
    assert [(event, fault) for event in result.events if (fault := fault_of(event))] == []


def test_a_wrong_line_would_be_found(folders: Folders, serve: Serve) -> None:
    folders.drop("good.xlsx", good(1))
    [event] = serve("--once").events
    assert fault_of(event) == ""
    for wrong in ({"at": "now"}, {"level": "error"}, {"message": ""}):
        assert fault_of({**event, **wrong}) != "", wrong
    for key in ("at", "message", "batch"):
        line = json.loads(json.dumps(event))
        del line[key]
        assert fault_of(line) != "", key
