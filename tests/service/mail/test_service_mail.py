"""The mail of a service about exports and rejected workbooks."""

from __future__ import annotations

import signal

import pytest

from builders import code_of
from inbox_workbooks import bad
from mail_server import MailServer
from scheduled_files import NAME, export_files
from service_folders import Folders, smtp_table, table
from services import Serve, running, running_process
from systems import posix_only

pytest_plugins = ["service_fixtures", "mail_fixtures"]


@pytest.mark.usefixtures("soon")
def test_mail_comes_once_the_server_is_back(
    full_folders: Folders, mail_server_away: MailServer
) -> None:
    """With the exported file, and with the report on a rejected workbook; no body has an OTC."""
    server = mail_server_away
    full_folders.configure(
        smtp_table(server, alerts_to=["ops@msp.example"])
        + table(every="1h", mail_to=["boss@msp.example", "it@msp.example"])
    )
    with running(full_folders) as service:
        service.wait_for("mail-delayed", count=2)
        [name] = export_files(full_folders)
        with server.running():
            service.wait_for("mail-sent", count=2)
            full_folders.drop("refused.xlsx", bad(3))
            service.wait_for("mail-sent", count=3)
            service.stop()
    first, second, about_workbook = server.mails
    assert (first.to, second.to) == (["boss@msp.example"], ["it@msp.example"])
    content = (full_folders.exports / name).read_bytes()
    assert first.attachments == second.attachments == {name: content}
    assert str(first.message["Subject"]).startswith(NAME)
    assert "Uno" in first.body("plain")
    assert about_workbook.to == ["ops@msp.example"]
    assert "refused.xlsx" in str(about_workbook.message["Subject"])
    assert str(full_folders.rejected) in about_workbook.body("plain")
    for kind in ("plain", "html"):
        for mail, code in ((first, code_of(0)), (about_workbook, code_of(3))):
            assert code not in mail.body(kind)
            assert f"…{code[-5:]}" in mail.body(kind)
    assert len(service.named("mail-delayed")) == 2
    assert list((full_folders.state / "mail").iterdir()) == []


@pytest.mark.parametrize(
    "killed",
    [
        pytest.param(False, id="ended"),
        pytest.param(True, id="killed", marks=[
            pytest.mark.thorough,
            posix_only("Windows has no SIGKILL"),
        ]),
    ],
)  # fmt: skip
def test_mail_waits_for_the_next_service(
    killed: bool, full_folders: Folders, serve: Serve, mail_server_away: MailServer
) -> None:
    """It comes once, and the export is not made again."""
    server = mail_server_away
    full_folders.configure(
        smtp_table(server) + table(every="1h", mail_to=["boss@msp.example"]), inbox=None
    )
    if killed:
        with running_process(full_folders) as service:
            service.wait_for("mail-delayed")
            service.end(signal.SIGKILL)
    else:
        assert serve("--once").named("mail-delayed")
    with server.running():
        assert [event["event"] for event in serve("--once").events] == ["mail-sent"]
        assert serve("--once").err == ""
    [mail] = server.mails
    assert list(mail.attachments) == export_files(full_folders)
