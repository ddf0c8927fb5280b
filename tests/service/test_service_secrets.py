"""OTCs and passwords, which the service does not show."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from builders import customer, move, otc
from importer.messages import masking
from inbox_workbooks import good
from mail_server import MailServer, make_certificate
from ports import HOST, free_port
from service_folders import NO_MAIL_SERVER, Folders, smtp_table, table
from services import Serve, running
from systems import IS_WINDOWS

pytest_plugins = ["service_fixtures"]

LEAK = re.compile("leak[0-9]", re.IGNORECASE)
CODES = [f"LEAK1-LEAK2-LEAK3-0000{number}" for number in range(8)]
TYPED = [
    "LEAK1 LEAK2 LEAK3 00001", "LEAK1_LEAK2_LEAK3_00002", "LEAK1.LEAK2.LEAK3.00003",
    "LEAK1LEAK2\nLEAK300004", "LEAK1-LEAK2-\nLEAK3-00005",
]  # fmt: skip
"""Codes as people type them, which the report lists."""
MISTYPED = ["LEAK1--LEAK2-LEAK3-00006", "LEAK1/LEAK2/LEAK3/00007", "LEAK1-LEAK2-LEAK3-0000"]
"""Codes that are rejected; the program asks whether an OTC was meant by the first two."""
SHAPELESS = [
    "LEAK1|LEAK2|LEAK3|00008", "LEAK1,LEAK2,LEAK3,00009", "LEAK1LEAK2 00010", "LEAK1 LEAK2 (new)",
    "LEAK1-LEAK2-LEAK3-0000О", "ÁLEAK1-LEAK2-LEAK3-00011", "(LEAK1)(LEAK2)(LEAK3)(00012)",
    "LEAK1LEAK2LEAK3000", "LEAK1LEAK2LEAK30001300014", "LEAK1:LEAK2-LEAK3:00015",
    "LEAK1-LEAK2-?????", "LEAK1\u2063|LEAK2|00016", f"{CODES[1]} {CODES[2]} LEAK3+00017",
]  # fmt: skip
"""Codes that no pattern knows, of which no more than the last five characters may be shown."""
ALERTS = table("[smtp]", **NO_MAIL_SERVER, alerts_to=["ops@msp.example"])
PASSWORD = "hunter-two/correct"


def drop_otcs(folders: Folders) -> None:
    """Drop workbooks that name OTCs in every wrong way, under names that contain OTCs too."""
    new = otc(CODES[0], 5)
    folders.drop(f"{CODES[0]}.xlsx", [
        ("Add OTC", [
            new, otc(CODES[1].lower(), "five"), otc(CODES[2].replace("-", ""), 5, email=CODES[3]),
            otc(f" {CODES[4]} ", 5, company=f"Of {CODES[4]}"), new,
        ]),
        ("Add Customer", [
            customer(CODES[5], 2, CODES[0]), customer("Uno", 1, CODES[6]),
            customer("Dos", 1, CODES[0][:-1] + "1"), customer(f"Old {CODES[5]}", 99, CODES[0]),
        ]),
    ])  # fmt: skip
    folders.drop(f"good_{CODES[7]}_x.xlsx", [("Add OTC", [otc(CODES[7], 5)])])
    unseen = CODES[6].replace("-", "\u2063–")
    (folders.inbox / f"none {unseen}.xlsx").write_bytes(b"none")
    (folders.inbox / f"{CODES[5].lower()}.csv").write_text(f"OTC,Email\n{CODES[5]},{CODES[4]}\n")


def waiting_mails(folders: Folders) -> list[str]:
    """The headers and bodies of the mails that wait to be sent, without attachments."""
    return [
        "\n".join(_words(message_from_bytes(path.read_bytes(), policy=default)))
        for path in (folders.state / "mail").glob("*.eml")
    ]


def _words(message: EmailMessage) -> Iterator[str]:
    yield from map(str, message.values())
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        yield part.get_content()


def lines_about_otcs(folders: Folders, serve: Serve) -> dict[str, list[str]]:
    """The lines of log, reports and mails about workbooks full of OTCs."""
    own = table(every="1h", customer=CODES[3], name="Own")
    folders.configure(ALERTS + table(every="1h", mail_to=["boss@msp.example"]) + own)
    drop_otcs(folders)
    result = serve("--once", "-v")
    assert result.exit_code == 3
    assert {event["event"] for event in result.events} >= {
        "workbook-rejected", "workbook-applied", "workbook-unreadable", "export-written",
        "export-failed", "mail-delayed",
    }  # fmt: skip
    reports = [path.read_text("utf-8") for path in folders.inbox.glob("*ed/*.txt")]
    mails = waiting_mails(folders)
    assert (len(reports), len(mails)) == (4, 5)
    return {
        "log": result.err.splitlines(), "reports": "\n".join(reports).splitlines(),
        "mails": "\n".join(mails).splitlines(),
    }  # fmt: skip


def test_no_more_of_an_otc_is_shown_than_its_last_five_characters(
    full_folders: Folders, serve: Serve
) -> None:
    """In log, reports and mails; the five characters tell people which are meant."""
    for where, lines in lines_about_otcs(full_folders, serve).items():
        assert [line for line in lines if LEAK.search(line)] == [], where
        assert any("…0000" in line for line in lines), where


def test_without_masking_otcs_would_be_found(
    full_folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_otcs = masking.without_otcs
    for module in [*sys.modules.values()]:
        if getattr(module, "without_otcs", None) is without_otcs:
            monkeypatch.setattr(module, "without_otcs", str)
    for where, lines in lines_about_otcs(full_folders, serve).items():
        assert any(LEAK.search(line) for line in lines), where


def test_no_more_of_an_otc_is_shown_however_it_was_typed(folders: Folders, serve: Serve) -> None:
    """With other separators than dashes, in no form, or in the name of a file on two lines."""
    folders.configure(ALERTS)
    typed = TYPED + MISTYPED + SHAPELESS
    folders.drop(
        "typed.xlsx",
        [
            ("Add OTC", [otc(code, 5) for code in typed]),
            ("Add Customer", [customer(f"Site {n}", 5, code) for n, code in enumerate(typed)]),
            ("Update OTC", [move(code, code) for code in typed]),
        ],
    )
    unreadable = "LEAK1\n-LEAK2\n-LEAK3\n-00007.xlsx" if not IS_WINDOWS else "x.xlsx"
    (folders.inbox / unreadable).write_bytes(b"none")
    result = serve("--once")
    assert result.exit_code == 3
    reports = "\n".join(path.read_text("utf-8") for path in folders.rejected.glob("*.txt"))
    assert reports.count("was read as") == 4 * len(TYPED)
    assert reports.count("is not an OTC") == 4 * len(MISTYPED + SHAPELESS)
    assert reports.count("Did you mean …") >= 2
    mails = waiting_mails(folders)
    assert len(mails) == 2
    for words in (result.err, reports, *mails):
        assert [line for line in words.splitlines() if LEAK.search(line)] == []


def test_without_masking_by_column_codes_of_no_form_would_be_found(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.service.inbox.result.without_otc", lambda problem: problem)
    folders.configure()
    folders.drop("typed.xlsx", [("Add OTC", [otc(code, 5) for code in SHAPELESS])])
    serve("--once")
    [report] = (path.read_text("utf-8") for path in folders.rejected.glob("*.txt"))
    assert [code for code in SHAPELESS if code in report] != []


def test_no_password_is_shown(
    full_folders: Folders, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither that of a URL of the ledger or of an export, nor the mail server's: not in the log,
    by any command, nor in a file that the service writes, although all three are rejected."""
    certificate = make_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", PASSWORD)
    server = MailServer(certificate, passwords={"licences": "another"})
    server.login_answer = lambda user, password: f"535 not you, {user} with {password}"
    login = f"importer:{PASSWORD.replace('/', '%2F')}@{HOST}:{free_port()}"
    with server.running():
        more = (
            "metrics_file = 'figures.prom'\n"
            + smtp_table(server, user="licences", encryption="starttls",
                         alerts_to=["ops@msp.example"])
            + table(every="1h", folder=f"sftp://{login}/exports", name="Far")
            + table(every="1h", name="Near", mail_to=["boss@msp.example"])
        )  # fmt: skip
        full_folders.configure(more)
        with running(full_folders, "-v") as service:
            service.wait_for("export-failed")
            service.wait_for("mail-delayed")
        assert service.named("remark"), "-v logs what libraries say"
        assert service.named("remark"), "-v logs what libraries say"
        assert service.log.other_lines == []
        checked = serve("--check")
        assert checked.exit_code == 2
        assert "✗ smtp" in checked.out
        assert "✗ exports[1].folder" in checked.out
        full_folders.ledger = f"postgresql+psycopg://{login}/x"
        full_folders.configure(more)
        full_folders.drop("new.xlsx", good(1))
        results = [serve("--check"), serve("--once"), serve("--once", "-v", "--json")]
        assert [result.exit_code for result in results] == [4, 4, 4]
    log = repr(service.events)
    outputs = [result.out + result.err for result in results]
    files = [path.read_bytes().decode(errors="replace") for path in full_folders.folder.rglob("*")
             if path.is_file() and path != full_folders.config]  # fmt: skip
    assert any(full_folders.state.glob("mail/*.eml"))
    words = [log, checked.out, checked.err, *outputs, *files]
    assert [text for text in words if "hunter" in text] == []
    assert all("importer" in output for output in outputs), "the control: the URL is shown"
    assert f"sftp://importer@{HOST}" in log
    assert "login rejected for licences (535)" in log
