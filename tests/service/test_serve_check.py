"""What `serve --check` says of what works, without doing anything."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import socket
from pathlib import Path

import pytest

from mail_server import MailServer, make_certificate
from ports import HOST
from serve_checks import contents, failed, files, signs
from service_folders import CRON, Folders, smtp_table, table
from services import Serve

pytest_plugins = ["service_fixtures"]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """The folders of a service that makes an export by cron, and has no ledger yet."""
    return Folders(tmp_path / "service", more=CRON)


def test_a_check_names_each_thing_that_works_and_changes_nothing(
    folders: Folders, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folders, ledger, exports, mail with a login: a line each, as JSON the same, with -q none."""
    certificate = make_certificate(tmp_path / "certificate.pem")
    password = tmp_path / "password"
    password.write_text("correct horse\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with MailServer(certificate, passwords={"me": "correct horse"}).running() as server:
        folders.configure(
            "metrics_file = 'figures.prom'\n"
            + smtp_table(server, user="me", password_file=str(password), encryption="starttls",
                         alerts_to=["ops@msp.example"])
            + table(every="1h", mail_to=["boss@msp.example"])
            + CRON.replace("[[exports]]", "[[exports]]\nname = 'Cron'")
            + table(every="1d", folder="memory://check/exports")
        )  # fmt: skip
        folders.applied.mkdir()
        folders.rejected.mkdir()
        before = contents(folders.folder)
        result, as_json, quiet = (
            serve("--check"),
            serve("--check", "--json"),
            serve("--check", "-q"),
        )
    checked = [
        "inbox.folder", "service.metrics_file", "service.state", "ledger", "exports[1]",
        "exports[1].folder", "exports[2]", "exports[2].folder", "exports[3]", "exports[3].folder",
        "smtp",
    ]  # fmt: skip
    assert signs(result) == dict.fromkeys(checked, "✓")
    assert result.exit_code == as_json.exit_code == quiet.exit_code == 0
    assert (result.err, quiet.out, quiet.err) == ("", "", "")
    document = as_json.json
    assert document["ok"] is True
    assert [list(check) for check in document["checks"]] == [["what", "ok", "message"]] * 11
    lines = [f"✓ {check['what']}: {check['message']}" for check in document["checks"]]
    assert lines == result.out.splitlines()
    assert contents(folders.folder) == before
    assert (server.mails, server.tried, server.connections) == ([], [], 3)


def test_a_check_creates_only_missing_folders(folders: Folders, serve: Serve) -> None:
    """Those of the README's example, which it checks first."""
    for path in (folders.state, folders.inbox, folders.exports):
        path.rmdir()
    before = contents(folders.folder)
    assert serve("--check").exit_code == 0
    new = dict(contents(folders.folder).items() - before.items())
    assert new == dict.fromkeys(["state", "inbox", "inbox/applied", "inbox/rejected", "exports"])
    assert serve("--once").exit_code == 0


def test_a_check_leaves_a_ledger_as_it_is(full_folders: Folders, serve: Serve) -> None:
    before = files(full_folders.folder)
    result = serve("--check", "--account", "north")
    assert result.exit_code == 0
    assert "the account is north" in result.out
    assert files(full_folders.folder) == before


def test_after_the_first_run_a_check_says_when_the_next_export_comes(
    full_folders: Folders, serve: Serve
) -> None:
    """In the time zone of the computer."""
    full_folders.configure(table(every="1h"), inbox=None)
    assert serve("--once").exit_code == 0
    runs = json.loads((full_folders.state / "exports.json").read_text("utf-8"))
    [last] = [dt.datetime.fromisoformat(run["last"]) for run in runs.values()]
    at = re.search(r"the next run is at (\S+ [0-9:]+)", serve("--check").out)
    assert at
    next_at = dt.datetime.fromisoformat(at[1]).astimezone()
    assert next_at == last.replace(microsecond=0) + dt.timedelta(hours=1)


def test_a_missing_customer_is_a_warning(
    folders: Folders, serve: Serve, ledger_of_two: Path
) -> None:
    """It may still be added. Without a ledger nobody is looked for."""
    folders.configure(
        table(every="1h", customer="Un") + table(every="1d", name="x", customer=" uno")
    )
    result = serve("--check")
    assert result.exit_code == 0
    assert [what for what in signs(result) if "customer" in what] == []
    shutil.copyfile(ledger_of_two, folders.ledger)
    result, as_json, quiet = serve("--check"), serve("--check", "--json"), serve("--check", "-q")
    assert result.exit_code == as_json.exit_code == quiet.exit_code == 0
    assert {what: sign for what, sign in signs(result).items() if "customer" in what} == {
        "exports[1].customer": "!", "exports[2].customer": "✓",
    }  # fmt: skip
    line = "! exports[1].customer: The ledger has no customer Un. Did you mean Uno?"
    assert quiet.out.splitlines() == [line]
    assert as_json.json["ok"] is True
    warnings = [check["what"] for check in as_json.json["checks"] if "warning" in check]
    assert warnings == ["exports[1].customer"]


def test_a_port_in_use_is_a_warning_and_an_unusable_host_is_wrong(
    folders: Folders, serve: Serve
) -> None:
    """The port may be the service's own. A check never listens on it."""
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
        folders.configure(f"metrics_port = {port}\n" + CRON)
        result = serve("--check")
    assert (result.exit_code, signs(result)["service.metrics_port"]) == (0, "!")
    assert f"Port {port} of {HOST} is in use" in result.out
    assert signs(serve("--check"))["service.metrics_port"] == "✓"
    socket.create_server((HOST, port)).close()  # it is still free
    for host in ("192.0.2.1", "nobody.invalid", "a" * 70):
        folders.configure(f"metrics_port = {port}\nmetrics_host = '{host}'\n" + CRON)
        result = serve("--check")
        assert (result.exit_code, failed(result)) == (2, {"service.metrics_port"}), host
    result = serve()
    assert result.exit_code == 2
    assert "service.metrics_port cannot be used: " in result.err
