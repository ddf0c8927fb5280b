"""Configured paths that meet, which `serve` refuses before it touches anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from builders import otc, write_workbook
from command_line import CommandLine
from serve_checks import contents, failed
from service_folders import Folders
from services import Serve
from systems import posix_only

pytest_plugins = ["service_fixtures"]

LEDGER, INBOX, EXPORTS = "ledger = 'ledger.db'\n", "[inbox]\nfolder = 'inbox'\n", "[[exports]]\n"
HOURLY = "every = '1h'\n"


def link(name: str, target: str) -> Callable[[Folders], None]:
    """Makes a link in the folder of the configuration."""
    return lambda folders: (folders.folder / name).symlink_to(target)


def hard_link(folders: Folders) -> None:
    """Gives the ledger a second name."""
    os.link(folders.ledger, folders.folder / "second.db")


MEETING: dict[str, tuple[str, str, Callable[[Folders], None] | None]] = {
    "metrics and ledger": (
        LEDGER + INBOX + "[service]\nmetrics_file = 'ledger.db'", "service.metrics_file", None),
    "metrics and journal": (
        LEDGER + INBOX + "[service]\nmetrics_file = 'ledger.db-journal'", "service.metrics_file",
        None),
    "metrics and ledger, by a folder and back": (
        LEDGER + INBOX + "[service]\nmetrics_file = 'inbox/../ledger.db'",
        "service.metrics_file", None),
    "metrics and ledger, by a link": (
        LEDGER + INBOX + "[service]\nmetrics_file = 'link'", "service.metrics_file",
        link("link", "ledger.db")),
    "metrics and ledger, by a hard link": (
        LEDGER + INBOX + "[service]\nmetrics_file = 'second.db'", "service.metrics_file",
        hard_link),
    "metrics and configuration": (
        LEDGER + INBOX + "[service]\nmetrics_file = 'avira-importer.toml'", "service.metrics_file",
        None),
    "metrics and state": (
        LEDGER + INBOX + "[service]\nstate = 'state'\nmetrics_file = 'state/exports.json'",
        "service.metrics_file", None),
    "metrics and password": (
        LEDGER + INBOX + "[smtp]\nhost = 'h'\nsender = 'a@b.example'\npassword_file = 'secret'\n"
        "[service]\nmetrics_file = 'secret'", "smtp.password_file", None),
    "metrics in the inbox": (
        LEDGER + INBOX + "[service]\nmetrics_file = 'inbox/x.prom'", "service.metrics_file", None),
    "metrics among mail": (
        LEDGER + INBOX + "[service]\nstate = 'state'\nmetrics_file = 'state/mail/x.eml'",
        "service.metrics_file", None),
    "ledger and state": ("ledger = 'state/ledger'\n" + INBOX + "[service]\nstate = 'state'",
                         "service.state", None),
    "ledger in the inbox": ("ledger = 'inbox/ledger.db'\n" + INBOX, "ledger", None),
    "ledger in the inbox, by a link": (
        "ledger = 'link/ledger.db'\n" + INBOX, "ledger", link("link", "inbox")),
    "the inbox around all": (LEDGER + "[inbox]\nfolder = '.'\n", "ledger", None),
    "the inbox around the configuration": (
        "ledger = 'state/ledger.db'\n[inbox]\nfolder = '.'\n", "--config", None),
    "inbox and state": (LEDGER + INBOX + "[service]\nstate = 'inbox'", "inbox.folder", None),
    "inbox and mail": (
        LEDGER + "[inbox]\nfolder = 'state/mail'\n[service]\nstate = 'state'", "inbox.folder",
        None),
    "inbox and applied, by a link": (
        LEDGER + INBOX + "applied = 'link/'\n", "inbox.applied", link("link", "inbox")),
    "applied and rejected": (
        LEDGER + INBOX + "applied = 'exports'\nrejected = 'exports/../exports'\n",
        "inbox.rejected", None),
    "rejected among claims": (
        LEDGER + INBOX + "rejected = 'inbox/.claimed'\n", "inbox.rejected", None),
    "exports and inbox": (
        LEDGER + INBOX + EXPORTS + "folder = 'inbox'\n" + HOURLY, "exports[1].folder", None),
    "exports and inbox, by a URL": (
        LEDGER + INBOX + EXPORTS + "folder = 'file://{folder}/inbox'\n" + HOURLY,
        "exports[1].folder", None),
    "two exports": (
        LEDGER + 2 * (EXPORTS + "folder = 'exports'\n" + HOURLY), "exports[2]", None),
    "two exports, by a link": (
        LEDGER + EXPORTS + "folder = 'exports'\n" + HOURLY + EXPORTS + "folder = 'link'\n" + HOURLY,
        "exports[2]", link("link", "exports")),
}  # fmt: skip
"""A configuration, the setting that is named, and what is done before."""


@posix_only("links need a right there")
@pytest.mark.parametrize("case", MEETING)
def test_paths_that_meet_are_refused_before_anything_is_touched(
    full_folders: Folders, serve: Serve, case: str
) -> None:
    """By `serve`, --once and --check. The control: a configuration that differs only in the path
    is accepted (below)."""
    content, key, prepare = MEETING[case]
    if prepare is not None:
        prepare(full_folders)
    full_folders.config.write_text(content.replace("{folder}", str(full_folders.folder)), "utf-8")
    before = contents(full_folders.folder)
    for options in ([], ["--once"]):
        result = serve(*options)
        assert result.exit_code == 2, result
        assert f": {key} " in result.err
        assert len(result.err.splitlines()) == 1
        assert contents(full_folders.folder) == before
    checked = serve("--check")
    assert checked.exit_code == 2
    assert f": {key} " in checked.out + checked.err
    if checked.out:
        assert key in failed(checked)


def test_paths_that_only_lie_beside_each_other_are_accepted(
    full_folders: Folders, serve: Serve
) -> None:
    """Ledger and metrics in the state folder, and two exports of one folder."""
    full_folders.config.write_text(
        "ledger = 'state/ledger.db'\n" + INBOX + EXPORTS + "folder = 'exports'\n" + HOURLY
        + EXPORTS + "folder = 'exports'\nname = 'Other'\n" + HOURLY
        + "[service]\nstate = 'state'\nmetrics_file = 'state/x.prom'\n", "utf-8",
    )  # fmt: skip
    assert serve("--check").exit_code == 0
    assert serve("--once").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [["export", "-o", "{ledger}.xlsx"], ["template", "--force", "-o", "{ledger}.xlsx"],
     ["ledger", "backup", "--force", "{ledger}.xlsx"],
     ["ledger", "backup", "--force", "{ledger}.xlsx-journal"],
     ["ledger", "backup", "--force", "--config", "{config}", "{config}"],
     ["apply", "in.xlsx", "--corrections", "{ledger}.xlsx"],
     ["apply", "in.xlsx", "--export", "in.xlsx"],
     ["apply", "in.xlsx", "--export", "second.xlsx"],
     ["apply", "in.xlsx", "--corrections", "c.xlsx", "--export", "c.xlsx"]],
)  # fmt: skip
def test_no_command_writes_over_what_it_reads(
    command: CommandLine, tmp_path: Path, words: list[str]
) -> None:
    """Also by another name of the same file. The control: without that path it is done."""
    workbook = write_workbook(tmp_path / "in.xlsx", [("Add OTC", [otc()])])
    (tmp_path / "second.xlsx").hardlink_to(workbook)
    config = tmp_path / "config.toml"
    config.write_text("wait = 5\n")
    ledger = tmp_path / "ledger"
    assert command("apply", workbook, "--ledger", f"{ledger}.xlsx").exit_code == 0
    before = contents(tmp_path)
    words = [word.format(ledger=ledger, config=config) for word in words]
    result = command(*words, "--ledger", f"{ledger}.xlsx")
    result.assert_error(Path(words[-1]).name, exit_code=2)
    assert contents(tmp_path) == before
