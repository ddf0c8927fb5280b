"""Fixtures of the tests of the mail that a service sends."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from builders import customer, otc, write_workbook
from importer.cli import main as program
from importer.config.formats import Format
from importer.ledger.opening import open_ledger
from importer.pipeline import export as exporting
from importer.pipeline.job import Job
from importer.service.mail.compose import export_mail
from mail_pages import CODE, OTHER, SMTP, TO, Export, MailedExport
from mail_server import MailServer, make_certificate


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A server that accepts all mail."""
    with MailServer().running() as running:
        yield running


@pytest.fixture
def mail_server_away() -> MailServer:
    """A server that has had a port, but does not run."""
    server = MailServer()
    with server.running():
        return server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an outbox."""
    return tmp_path / "mail"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody trusts, unless SSL_CERT_FILE names it."""
    return make_certificate(tmp_path_factory.mktemp("certificate") / "server.pem")


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The certificate, which is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


@pytest.fixture(scope="session")
def ledger_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three OTCs and three customers, one with the name of an OTC and one with a script."""
    folder = tmp_path_factory.mktemp("ledger")
    workbook = write_workbook(folder / "in.xlsx", [
        ("Add OTC", [
            otc(code, total, expiry_date=dt.date(2099, 1, 1))
            for code, total in ((CODE, 1500), (OTHER, 20), ("LEAK1-LEAK2-LEAK3-00003", 7))
        ]),
        ("Add Customer", [
            customer("Peñón <script>alert(1)</script> & Hijos", 1234, CODE),
            customer(f"Old {OTHER}", 20, OTHER), customer("Uno", 5, CODE),
        ]),
    ])  # fmt: skip
    with redirect_stdout(io.StringIO()), pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        assert program.run(["apply", str(workbook), "--ledger", str(folder / "ledger.db")]) == 0
    return str(folder / "ledger.db")


@pytest.fixture
def export(ledger_url: str, tmp_path: Path) -> Export:
    """Makes an export as the service does, and the mail about it."""

    def write(form: Format = Format.JSON, customer: str | None = None) -> MailedExport:
        ending = form.ending
        path = tmp_path / f"Export Avira Details 20261126T060000Z{ending}"
        job = Job(open_ledger(ledger_url, 5, "default"), "default", dt.date(2026, 11, 26))
        written = exporting.export(path, job, customer=customer, form=form)
        message = export_mail(
            SMTP, TO, "Export Avira Details", written.summary, path, f"/srv/exports/{path.name}"
        )
        return MailedExport(path, written.summary, message)

    return write
