"""The service as a whole: exports at their times, mail, log, figures, and signs of life."""

from __future__ import annotations

import csv
import datetime as dt
import json
import logging
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from prometheus_client.parser import text_string_to_metric_families

import services
from builders import write_workbook
from command_line import CommandResult
from drops import bad, good
from importer.cli import main as program
from importer.service.events import Event
from importers import code_of, customer, otc
from mail_server import HOST, MailServer, make_certificate
from services import (
    PATIENCE,
    SOONER,
    Place,
    Running,
    by_mail,
    changed,
    once,
    running,
    table,
    until,
)

NAME = "Export Avira Details"
STAMP = re.compile(r" (\d{8}T\d{6}Z)")
SECOND = dt.timedelta(seconds=1)
EVENTS = {str(one): one for one in Event}

Here = Callable[..., CommandResult]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with two customers, made once; tests take copies."""
    folder = tmp_path_factory.mktemp("filled")
    workbook = write_workbook(folder / "in.xlsx", [
        ("Add OTC", [otc(code_of(0), 100)]),
        ("Add Customer", [customer("Uno", code_of(0), 5), customer("Dos", code_of(0), 7)]),
    ])  # fmt: skip
    words = ["apply", str(workbook), "--ledger", str(folder / "ledger.db"), "-q"]
    assert program.run(words) == 0
    return folder / "ledger.db"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place for a service, with a folder for exports and no ledger yet."""
    (tmp_path / "place" / "exports").mkdir(parents=True)
    return Place(tmp_path / "place")


@pytest.fixture
def full_place(place: Place, filled: Path) -> Place:
    """The same, with a ledger that holds something."""
    shutil.copyfile(filled, place.ledger)
    return place


@pytest.fixture
def here(place: Place, capsys: pytest.CaptureFixture[str]) -> Here:
    """Runs `serve` in this process."""
    return partial(services.here, place, capsys)


def about(service: Running, event: str, name: str = NAME) -> list[dict[str, Any]]:
    """The events of one export."""
    return [one for one in service.named(event) if one["export"] == name]


def files(place: Place, name: str = NAME, folder: str = "exports") -> list[str]:
    """The names of an export's files, in order."""
    found = (path.name for path in (place.folder / folder).iterdir())
    return sorted(one for one in found if re.fullmatch(rf"{re.escape(name)}{STAMP.pattern}.*", one))


def made_at(name: str) -> dt.datetime:
    """The instant that a file's name tells."""
    found = STAMP.search(name)
    assert found, name
    return dt.datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)


def last_due(place: Place, name: str = NAME) -> dt.datetime:
    """When an export was due that was made last, as the state has it."""
    kept = json.loads((place.state / "exports.json").read_text("utf-8"))
    [found] = [value["last"] for key, value in kept.items() if key.startswith(f"{name} (")]
    return dt.datetime.fromisoformat(found)


def set_back(place: Place, instant: dt.datetime) -> None:
    """Have the state say that all exports were made last when they were due at `instant`."""
    path = place.state / "exports.json"
    kept = json.loads(path.read_text("utf-8"))
    for one in kept.values():
        one["last"] = instant.isoformat()
    path.write_text(json.dumps(kept), "utf-8")


def counted(services: Iterable[Running], name: str = NAME) -> int:
    """How many times of an export were made, or are said to have been missed."""
    return sum(
        len(about(one, "export-written", name))
        + sum(event["missed"] for event in about(one, "export-missed", name))
        for one in services
    )


# The pace of exports, and what is kept of them


def test_exports_come_at_their_pace_and_the_newest_are_kept(full_place: Place) -> None:
    """Each time is made once or said to have been missed; the files are called by their instants,
    and what is called otherwise is never removed, also if it looks much like ours."""
    exports = full_place.folder / "exports"
    others = [
        "notes.txt", f"{NAME}.xlsx", f"{NAME} 2020.xlsx", f"{NAME} 20200101T000000Z.ods",
        f"{NAME} 20200101T000000Z (2).xlsx", f"{NAME} 20200101T000000Z.xlsx.bak",
        f"Old {NAME} 20200101T000000Z.xlsx",
    ]  # fmt: skip
    old = f"{NAME} 20200101T000000Z.xlsx"
    for name in [*others, old]:
        (exports / name).write_bytes(b"")
    full_place.configure(
        table(every="2s", keep=2) + table(every="1s", format="json", name="Each second"),
        inbox=None,
    )
    with running(full_place) as service:
        until(lambda: len(about(service, "export-written")) >= 4)
        assert service.end()[0] == 0
    for name, seconds in ((NAME, 2), ("Each second", 1)):
        written = [Path(one["file"]).name for one in about(service, "export-written", name)]
        assert len(written) == len(set(written))
        assert written == sorted(written)
        begun, last = made_at(written[0]), last_due(full_place, name)
        assert last - begun == (counted([service], name) - 1) * seconds * SECOND
        assert last <= made_at(written[-1])
        assert about(service, "export-failed", name) == []
        if name == NAME:
            assert files(full_place)[-2:] == written[-2:]
            assert sorted(path.name for path in exports.iterdir()) == sorted(
                [*others, *written[-2:], *files(full_place, "Each second")]
            )
            removed = [one["file"] for one in about(service, "export-removed")]
            assert removed == [old, *written[:-2]]
        else:
            assert files(full_place, name) == [f"{name} {made_at(one):%Y%m%dT%H%M%SZ}.json"
                                               for one in written]  # fmt: skip
    assert not list(full_place.state.glob("*making-*"))


SPANISH: list[dict[str, Any]] = [
    {"format": form, "name": f"All {form}"} for form in ("xlsx", "ods", "csv", "json", "html")
] + [
    {"format": "xlsx", "name": "Uno", "customer": "Uno"},
    {"format": "json", "name": "Headers", "translate_headers": True},
    {"format": "csv", "name": "Headers", "translate_headers": True},
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_every_format_holds_what_the_command_exports(full_place: Place) -> None:
    """In the language and with the choices of the settings, for one customer too; csv is a
    folder."""
    full_place.configure(
        "".join(table(every="1h", **one) for one in SPANISH), inbox=None, top="lang = 'es'"
    )
    service = once(full_place)
    assert service.wait() == 0
    assert "guardad" in service.named("export-written")[0]["message"]
    assert len(service.named("export-written")) == len(SPANISH)
    for one in SPANISH:
        form, name = str(one["format"]), str(one["name"])
        ending = "" if form == "csv" else f".{form}"
        [made] = [
            path
            for path in (full_place.folder / "exports").iterdir()
            if path.name.startswith(f"{name} ") and path.suffix == ending
        ]
        by_hand = full_place.folder / ("by hand" if form == "csv" else f"by hand.{form}")
        options = ["--customer", str(one["customer"])] if "customer" in one else []
        options += ["--translate-headers"] if "translate_headers" in one else []
        assert program.run(
            ["export", "--lang", "es", "--format", form, "-o", str(by_hand), "-q",
             "--ledger", full_place.ledger, *options]
        ) == 0  # fmt: skip
        assert content(made) == content(by_hand), one
        assert made.is_dir() == (form == "csv")
        words = repr(content(made))
        assert ("Dos" in words) == ("customer" not in one)
        assert ("Código OTC" in words) == (one.get("translate_headers", False) and form == "csv")
        if by_hand.is_dir():
            shutil.rmtree(by_hand)
    [own] = (full_place.folder / "exports").glob("Uno *")
    assert load_workbook(own).sheetnames[0] == "Resumen"


def test_an_english_service_exports_and_mails_to_one_customer_in_spanish(full_place: Place) -> None:
    """File and mail are in the language of their export; the log stays English."""
    choices: dict[str, Any] = {
        "customer": "Uno",
        "translate_headers": True,
        "mail_to": ["x@x.example"],
    }
    with MailServer().running() as mails:
        tables = table(every="1h", name="Own", lang="es", **choices)
        tables += table(every="1h", name="Plain", **choices)
        full_place.configure(by_mail(mails) + tables, inbox=None, top="lang = 'en'")
        service = once(full_place)
        assert service.wait() == 0
    assert all(": written to " in one["message"] for one in service.named("export-written"))
    bodies = {str(one.message["Subject"])[:10]: one.body("plain") for one in mails.mails}
    spanish = ["Resumen", "Excepciones"], "Código OTC", "Licencias de Avira", "Último lote"
    english = ["Summary", "Exceptions"], "OTC Code", "Avira licences", "Last batch"
    for subject, words in (("Own: Uno, ", spanish), ("Plain: Uno", english)):
        sheets, header, heading, label = words
        [path] = (full_place.folder / "exports").glob(f"{subject.partition(':')[0]} *")
        book = load_workbook(path)
        assert [book.sheetnames[0], book.sheetnames[4]] == sheets
        assert book["OTC Details"]["A1"].value == header
        assert heading in str(book[sheets[0]]["A1"].value)
        assert (heading in bodies[subject], label in bodies[subject]) == (True, True)


def content(path: Path) -> Any:
    """What is in an export, without the instant at which it was made."""
    if path.is_dir():
        return {one.name: rows(one) for one in path.iterdir()}
    if path.suffix == ".json":
        return {**json.loads(path.read_text("utf-8")), "as_of": None}
    if path.suffix == ".xlsx":
        return {
            sheet.title: without_instant(
                [["" if cell is None else str(cell) for cell in row]
                 for row in sheet.iter_rows(values_only=True)]
            )
            for sheet in load_workbook(path).worksheets
        }  # fmt: skip
    if path.suffix == ".ods":
        from python_calamine import load_workbook as load

        book = load(path)
        return {
            name: without_instant(
                [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
            )
            for name in book.sheet_names
        }
    return without_instant([[line] for line in path.read_text("utf-8").splitlines()])


def rows(path: Path) -> list[list[str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return without_instant(list(csv.reader(file)))


def without_instant(found: list[list[str]]) -> list[list[str]]:
    """Rows without what may differ by a second."""
    return [
        [re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", "INSTANT", cell) for cell in row]
        for row in found
    ]


# Times that were missed


def test_a_missed_time_of_cron_is_made_up_for_once(full_place: Place, here: Here) -> None:
    """At its first start an export by cron waits for its time. Three of them missed are one export
    later, of which the log says the number and the first; both `serve` and `serve --once` do so,
    and neither makes it again."""
    now = dt.datetime.now(dt.UTC)
    hour = (now - dt.timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    full_place.configure(table(cron=f"0 {hour.hour} * * *", timezone="UTC"), inbox=None)
    assert here("--once").exit_code == 0
    assert files(full_place) == []
    assert abs(last_due(full_place) - now) < dt.timedelta(minutes=1)

    set_back(full_place, now - dt.timedelta(days=3))
    with running(full_place) as service:
        service.wait_for("export-written")
        time.sleep(1.5)
        service.end()
    [missed] = service.named("export-missed")
    since = hour - dt.timedelta(days=2)
    assert (missed["missed"], missed["since"]) == (3, f"{since:%Y-%m-%d %H:%M:%SZ}")
    assert len(service.named("export-written")) == len(files(full_place)) == 1
    assert last_due(full_place) == hour
    assert here("--once").err == ""

    set_back(full_place, now - dt.timedelta(days=3))
    time.sleep(1)  # so that its file is not called like the first one
    again = once(full_place)
    assert [one["event"] for one in again.events] == ["export-missed", "export-written"]
    assert again.events[0]["missed"] == 3
    assert len(files(full_place)) == 2


def test_once_makes_an_export_when_its_time_has_come(full_place: Place, here: Here) -> None:
    """With `every`, at the first run and then not before the interval has passed; with cron, in
    the first run after its time, if that is less than a minute ago without a word of missing."""
    full_place.configure(
        table(every="1h") + table(cron="* * * * *", timezone="UTC", name="Cron"), inbox=None
    )
    assert here("--once").exit_code == 0
    assert (len(files(full_place)), len(files(full_place, "Cron"))) == (1, 0)
    now = dt.datetime.now(dt.UTC)
    set_back(full_place, now.replace(second=0, microsecond=0) - SECOND)
    said = here("--once").err
    assert (len(files(full_place)), len(files(full_place, "Cron"))) == (1, 1)
    assert "export-missed" not in said
    assert here("--once").err == ""
    set_back(full_place, now - dt.timedelta(hours=1, seconds=1))
    time.sleep(1)
    assert "export-written" in here("--once").err
    assert (len(files(full_place)), len(files(full_place, "Cron"))) == (2, 2)


# What goes wrong with an export


def test_an_export_that_fails_hinders_no_other_and_is_told_once(full_place: Place) -> None:
    """One whose folder is gone and one of a customer that there is not yet: each is said once, in
    the log and by mail, until it works; if it fails anew, it is said anew."""
    gone = full_place.folder / "gone"
    gone.mkdir()
    with MailServer().running() as mails:
        full_place.configure(
            by_mail(mails, alerts_to=["ops@msp.example"])
            + table(every="1s", name="Gone", folder="gone")
            + table(every="1s", name="Whose", customer="Site 7")
            + table(every="1s", name="Good")
        )
        with running(full_place, program=changed(*SOONER)) as service:
            until(lambda: about(service, "export-written", "Gone"))
            shutil.rmtree(gone)
            until(lambda: len(mails.mails) >= 2)
            good_ones = len(about(service, "export-written", "Good"))
            until(lambda: len(about(service, "export-written", "Good")) >= good_ones + 3)
            told = {one["export"]: one for one in service.named("export-failed")}
            assert sorted(told) == ["Gone", "Whose"]
            assert str(gone) in told["Gone"]["reason"]
            assert "Site 7" in told["Whose"]["reason"]
            assert len(service.named("export-failed")) == len(mails.mails) == 2

            gone.mkdir()
            full_place.drop("new.xlsx", good(7))
            works = len(about(service, "export-written", "Gone"))
            until(lambda: len(about(service, "export-written", "Gone")) > works)
            until(lambda: about(service, "export-written", "Whose"))
            assert len(service.named("export-failed")) == len(mails.mails) == 2
            shutil.rmtree(gone)
            until(lambda: len(mails.mails) >= 3)
            service.end()
    assert len(about(service, "export-failed", "Gone")) == 2
    assert service.named("fault") == []
    check_lines(service)
    subjects = [str(one.message["Subject"]) for one in mails.mails]
    assert sorted(subjects) == [
        "The export Gone could not be made", "The export Gone could not be made",
        "The export Whose could not be made",
    ]  # fmt: skip
    assert {one.to[0] for one in mails.mails} == {"ops@msp.example"}
    [whose] = [one for one in mails.mails if "Whose" in str(one.message["Subject"])]
    assert "Site 7" in whose.body("plain")


def test_a_state_folder_that_is_gone_is_no_fault_of_the_program(full_place: Place) -> None:
    """The export is said to have failed with the reason, as with any other folder."""
    full_place.configure(table(every="3s"), inbox=None)
    with running(full_place) as service:
        service.wait_for("export-written")
        time.sleep(0.5)
        shutil.rmtree(full_place.state)
        told = service.wait_for("export-failed")
        service.end()
    assert service.named("fault") == []
    assert str(full_place.state) in told["reason"]


def test_without_a_ledger_exports_wait_for_the_first_workbook(place: Place) -> None:
    """They say so once, make nothing, and are there within seconds of it."""
    place.configure(table(every="1h") + table(every="1h", format="json"))
    with running(place) as service:
        service.wait_for("export-waits", count=2)
        time.sleep(0.5)
        assert not Path(place.ledger).exists()
        place.drop("first.xlsx", good(1))
        applied = service.wait_for("workbook-applied")
        written = service.wait_for("export-written", count=2)
        service.end()
    assert len(service.named("export-waits")) == 2
    check_lines(service)
    assert service.named("export-failed", "ledger-away") == []
    came = dt.datetime.fromisoformat(written["at"]) - dt.datetime.fromisoformat(applied["at"])
    assert came < dt.timedelta(seconds=10)


# Two services, and the end at any moment


HANGS = (
    "import time, importer.pipeline.export",
    "made, times = importer.pipeline.export.export, []",
    "def hang(*given, **more):",
    "    outcome = made(*given, **more)",
    "    times.append(1)",
    "    if len(times) == 2:",
    "        time.sleep(1000)",
    "    return outcome",
    "importer.pipeline.export.export = hang",
)
"""With these, a service stands still in its second export, when that is made but not delivered."""


def test_of_two_services_one_makes_the_exports_and_the_other_takes_over(full_place: Place) -> None:
    """The second says so and makes none until the first is killed, in the middle of an export;
    then it goes on where that ended: no time is made twice, and none is forgotten."""
    full_place.configure(table(every="2s"), inbox=None)
    first = Running(full_place, program=changed(*HANGS))
    first.wait_for("export-written")
    with running(full_place) as second:
        second.wait_for("exports-elsewhere")
        until(lambda: list(full_place.state.glob("*making-*/*.xlsx")))
        time.sleep(1)
        assert second.named("export-written") == []
        first.end(signal.SIGKILL)
        assert list(full_place.state.glob("*making-*/*.xlsx"))
        second.wait_for("export-written", count=2)
        second.end()
    assert len(second.named("exports-elsewhere")) == 1
    check_lines(second)
    names = files(full_place)
    written = [Path(one["file"]).name for one in first.named("export-written")]
    assert len(written) == 1
    written += [Path(one["file"]).name for one in second.named("export-written")]
    assert written == names
    assert last_due(full_place) - made_at(names[0]) == (counted([first, second]) - 1) * 2 * SECOND
    assert not list(full_place.state.glob("*making-*"))
    hidden = [path for path in (full_place.folder / "exports").iterdir() if path.name[0] == "."]
    assert hidden == []


EVERYWHERE = """
import json, os, shutil, sys
from pathlib import Path
import importer.cli.serve, importer.pipeline.export
import importer.service.mail.compose, importer.service.service
from importer.cli.main import run
from importer.service.exports.run import Exports
from importer.service.state import Runs

config, bug, every = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
place, found = config.parent, []

def service(ends_at):
    steps = iter(range(1, 10_000))

    def counted(work):
        def step(*given, **more):
            if next(steps) == ends_at:
                os._exit(9)
            return work(*given, **more)
        return step

    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        if bug:
            made = Exports._deliver
            def deliver(self, one, now):
                self._keep(one, Runs(now))
                return made(self, one, now)
            Exports._deliver = deliver
        for name in ("rename", "replace", "link", "unlink", "rmdir", "mkdir"):
            setattr(os, name, counted(getattr(os, name)))
        importer.pipeline.export.export = counted(importer.pipeline.export.export)
        os._exit(run(["serve", "--once", "--config", str(config)]))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def look():
    mails = [path.read_text() for path in (place / "state").glob("mail/[!.]*.eml")]
    files = sorted(path.name for path in (place / "exports").glob("[!.]*"))
    return {
        "files": files,
        "mailed": [name for name in files if any(name in mail.replace("_", " ") for mail in mails)],
        "mails": len(mails),
        "recorded": (place / "state" / "exports.json").exists(),
        "left": len(list((place / "state").glob("*making-*"))),
    }

for ends_at in range(1, 200, every):
    for name in ("state", "exports"):
        shutil.rmtree(place / name)
        (place / name).mkdir()
    code = service(ends_at)
    before = look()
    rest = service(None)
    found.append({"code": code, "rest": rest, "before": before, "after": look()})
    if code != 9:
        break
print(json.dumps(found))
"""


def everywhere(place: Place, bug: str = "", every: int = 1) -> list[dict[str, Any]]:
    """What is there after an end at each step (or some) in turn, and after the run that follows."""
    nowhere = table("[smtp]", host=HOST, port=9, sender="a@msp.example", encryption="none")
    place.configure(
        nowhere + table(every="1h", format="json", mail_to=["boss@msp.example"]), inbox=None
    )
    done = subprocess.run(
        [sys.executable, "-c", EVERYWHERE, str(place.config), bug, str(every)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert [one["code"] for one in found] == [9] * (len(found) - 1) + [0]
    assert len(found) > 8 // every, "there are that many steps"
    return found


def faults(found: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong after an end and the run that follows."""
    wrong = []
    for step, one in enumerate(found, 1):
        before, after = one["before"], one["after"]
        in_the_window = bool(before["files"]) and not before["recorded"]
        made = 2 if in_the_window and after["files"] != before["files"] else 1
        if one["rest"] != 0 or after["left"]:
            wrong.append(f"{step}: {one}")
        if len(after["files"]) != made:
            wrong.append(f"{step}: made {len(after['files'])} times")
        if after["files"][-1:] != after["mailed"][-1:] or after["mails"] > 2:
            wrong.append(f"{step}: {after['mails']} mails")
    return wrong


def test_whatever_moment_ends_it_an_export_and_its_mail_come(full_place: Place) -> None:
    """Killed before each single step in turn: after the next run the file is there and its mail
    waits. Twice only where it was delivered, but that not yet written down."""
    assert faults(everywhere(full_place)) == []


def test_an_export_that_is_lost_would_be_seen(full_place: Place) -> None:
    """The control: if the time is written down before the file is delivered, a kill loses it."""
    assert any("made 0 times" in one for one in faults(everywhere(full_place, "bug", every=3)))


# Mail


def test_mail_comes_also_once_the_server_is_back(full_place: Place) -> None:
    """The export lies in its folder though no mail can be sent; when the server is there, the mail
    comes with the very file, and the mail about a refused workbook with its report. No body shows
    an OTC."""
    mails = MailServer()
    with mails.running():
        pass  # so that its port is known
    full_place.configure(
        by_mail(mails, alerts_to=["ops@msp.example"])
        + table(every="1h", mail_to=["boss@msp.example", "it@msp.example"])
    )
    with running(full_place, program=changed(*SOONER)) as service:
        service.wait_for("mail-delayed", count=2)
        [name] = files(full_place)
        with mails.running():
            service.wait_for("mail-sent", count=2)
            full_place.drop("refused.xlsx", bad(3))
            service.wait_for("mail-sent", count=3)
            service.end()
    about_export, again, about_workbook = mails.mails
    assert (about_export.to, again.to) == (["boss@msp.example"], ["it@msp.example"])
    assert again.attachments == about_export.attachments
    assert str(about_export.message["Subject"]).startswith(NAME)
    assert about_export.attachments == {name: (full_place.folder / "exports" / name).read_bytes()}
    assert "Uno" in about_export.body("plain")
    assert about_workbook.to == ["ops@msp.example"]
    assert "refused.xlsx" in str(about_workbook.message["Subject"])
    assert str(full_place.rejected) in about_workbook.body("plain")
    for kind in ("plain", "html"):
        for one, code in ((about_export, code_of(0)), (about_workbook, code_of(3))):
            assert code not in one.body(kind)
            assert f"…{code[-5:]}" in one.body(kind)
    assert len(service.named("mail-delayed")) == 2
    check_lines(service)
    assert list((full_place.state / "mail").glob("*")) == []


def test_mail_waits_for_the_next_service(full_place: Place, here: Here) -> None:
    """Also if the first was killed: it comes once, and the export is not made again."""
    mails = MailServer()
    with mails.running():
        pass
    full_place.configure(
        by_mail(mails) + table(every="1h", mail_to=["boss@msp.example"]), inbox=None
    )
    with running(full_place) as service:
        service.wait_for("mail-delayed")
        service.end(signal.SIGKILL)
    with mails.running():
        again = once(full_place)
        assert here("--once").err == ""
    assert [one["event"] for one in again.events] == ["mail-sent"]
    [mail] = mails.mails
    assert list(mail.attachments) == files(full_place)


# The log


def check_lines(service: Running) -> None:
    """Every line was an event: an object with these keys, of a level that is its own."""
    assert service.plain == []
    for one in service.events:
        assert list(one)[:4] == ["at", "level", "event", "message"], one
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["at"])
        assert one["message"]
        known = EVENTS[one["event"]]
        if known is not Event.REMARK:
            assert one["level"] == logging.getLevelName(known.level).lower()
            fields = set(re.findall(r"\{(\w+)\}", known.template))
            assert fields <= set(one), one


LEAK = re.compile("leak[0-9]", re.IGNORECASE)
CODES = [f"LEAK1-LEAK2-LEAK3-0000{number}" for number in range(8)]
UNMASKED = (
    "import importer.messages.masking",
    "importer.messages.masking.without_otcs = lambda words: words",
)


def drop_secrets(place: Place) -> None:
    """Workbooks that name OTCs in every wrong way, under names that hold OTCs too."""
    new = otc(CODES[0], 5)
    place.drop(f"{CODES[0]}.xlsx", [
        ("Add OTC", [
            new, {**new, "OTC": CODES[1].lower(), "Total Licenses": "five"},
            {**new, "OTC": CODES[2].replace("-", ""), "Email": CODES[3]},
            {**new, "OTC": f" {CODES[4]} ", "Company Name": f"Of {CODES[4]}"}, new,
        ]),
        ("Add Customer", [
            customer(CODES[5], CODES[0], 2), customer("Uno", CODES[6], 1),
            customer("Dos", CODES[0][:-1] + "1", 1), customer(f"Old {CODES[5]}", CODES[0], 99),
        ]),
    ])  # fmt: skip
    place.drop(f"good_{CODES[7]}_x.xlsx", [("Add OTC", [otc(CODES[7], 5)])])
    (place.inbox / f"none {CODES[6].replace('-', '–')}.xlsx").write_bytes(b"none")
    (place.inbox / f"{CODES[5].lower()}.csv").write_text(f"OTC,Email\n{CODES[5]},{CODES[4]}\n")


def said_of_secrets(place: Place, program: list[str] | None = None) -> dict[str, list[str]]:
    """What the log, the reports and the mails' bodies say of those workbooks, line by line."""
    nowhere = table("[smtp]", host=HOST, port=9, sender="a@msp.example",
                    alerts_to=["ops@msp.example"])  # fmt: skip
    own = table(every="1h", customer=CODES[3], name="Own")
    place.configure(nowhere + table(every="1h", mail_to=["boss@msp.example"]) + own)
    drop_secrets(place)
    service = once(place, "-v", program=program or ["-m", "importer"])
    assert service.wait() == 3
    check_lines(service)
    expected = {"workbook-rejected", "workbook-applied", "workbook-unreadable", "export-written",
                "export-failed", "mail-delayed"}  # fmt: skip
    assert expected <= {one["event"] for one in service.events}
    reports = [*place.applied.glob("*.txt"), *place.rejected.glob("*.txt")]
    assert len(reports) == 4
    mails = list(waiting(place))
    assert len(mails) == 5
    return {
        "log": [json.dumps(one, ensure_ascii=False) for one in service.events],
        "reports": "\n".join(one.read_text("utf-8") for one in reports).splitlines(),
        "mails": "\n".join(words for mail in mails for words in bodies(mail)).splitlines(),
    }


def waiting(place: Place) -> Iterator[EmailMessage]:
    """The mails that wait to be sent."""
    for path in (place.state / "mail").glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        yield message


def bodies(message: EmailMessage) -> Iterator[str]:
    """What a mail says: its header and its bodies, but nothing attached."""
    yield from map(str, message.values())
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        yield part.get_content()


def test_no_more_of_an_otc_is_shown_than_its_end(full_place: Place) -> None:
    """Whatever a workbook does with OTCs, neither log nor reports nor the mails' words have them;
    their last five characters stand there, so that people know which are meant."""
    said = said_of_secrets(full_place)
    for where, lines in said.items():
        assert [line for line in lines if LEAK.search(line)] == [], where
        assert any("…0000" in line for line in lines), where


def test_an_otc_that_is_shown_would_be_seen(full_place: Place) -> None:
    """The control: without masking, all three would have them."""
    said = said_of_secrets(full_place, changed(*UNMASKED))
    for where, lines in said.items():
        assert any(LEAK.search(line) for line in lines), where


ODDLY_TYPED = [
    "LEAK1 LEAK2 LEAK3 00001", "LEAK1_LEAK2_LEAK3_00002", "LEAK1.LEAK2.LEAK3.00003",
    "LEAK1--LEAK2-LEAK3-00004", "LEAK1LEAK2\nLEAK300005", "LEAK1-LEAK2-\nLEAK3-00006",
]  # fmt: skip
"""Codes as people type them, which are refused; the program asks whether an OTC was meant."""


def test_no_more_of_an_otc_is_shown_however_it_was_typed(place: Place, here: Here) -> None:
    """In a cell with other separators than dashes, or in the name of a file on two lines: what the
    program itself takes for an OTC that was meant is not shown in its reports and mails."""
    place.configure(table("[smtp]", host=HOST, port=9, sender="a@msp.example",
                          alerts_to=["ops@msp.example"]))  # fmt: skip
    rows = [{**otc(code_of(0), 5), "OTC": typed} for typed in ODDLY_TYPED]
    place.drop("typed.xlsx", [("Add OTC", rows)])
    (place.inbox / "LEAK1\n-LEAK2\n-LEAK3\n-00007.xlsx").write_bytes(b"none")
    said = here("--once")
    assert said.exit_code == 3
    reports = [path.read_text("utf-8") for path in place.rejected.glob("*.txt")]
    words = "\n".join(reports).splitlines()
    assert sum("Did you mean …" in line for line in words) == len(ODDLY_TYPED)
    mailed = [body for mail in waiting(place) for body in bodies(mail)]
    assert len(list(waiting(place))) == 2
    for lines in (said.err.splitlines(), words, "\n".join(mailed).splitlines()):
        assert [line for line in lines if LEAK.search(line)] == []


PASSWORD = "hunter-two/correct"


def test_no_password_is_ever_shown(
    full_place: Place, here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither that of a URL of the ledger or of an export, nor the mail server's: not in the log,
    by any command, nor in a file that the service writes, though all three are refused."""
    certificate = make_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", PASSWORD)
    mails = MailServer(certificate, passwords={"licences": "another"})
    mails.login_answer = lambda user, password: f"535 not you, {user} with {password}"
    with socket.create_server((HOST, 0)) as deaf, mails.running():
        port = deaf.getsockname()[1]
        deaf.close()
        url = f"sftp://importer:{PASSWORD.replace('/', '%2F')}@{HOST}:{port}/exports"
        more = (
            "metrics_file = 'figures.prom'\n"
            + by_mail(mails, user="licences", encryption="starttls",
                      alerts_to=["ops@msp.example"])
            + table(every="1h", folder=url, name="Far")
            + table(every="1h", name="Near", mail_to=["boss@msp.example"])
        )  # fmt: skip
        full_place.configure(more)
        with running(full_place, "-v") as service:
            service.wait_for("export-failed")
            service.wait_for("mail-delayed")
            service.end()
        check_lines(service)
        checked = here("--check")
        assert checked.exit_code == 2
        assert "✗ smtp" in checked.out
        assert "✗ exports[1].folder" in checked.out
        full_place.ledger = (
            f"postgresql+psycopg://importer:{PASSWORD.replace('/', '%2F')}@{HOST}:{port}/x"
        )
        full_place.configure(more)
        full_place.drop("new.xlsx", good(1))
        told = [here("--check"), here("--once"), here("--once", "-v", "--json")]
        assert [one.exit_code for one in told] == [4, 4, 4]
    words = [repr(service.events), *service.plain, checked.out, checked.err]
    words += [out for one in told for out in (one.out, one.err)]
    made = [path for path in full_place.folder.rglob("*")
            if path.is_file() and path != full_place.config]  # fmt: skip
    assert any(path.suffix == ".eml" for path in made)
    words += [path.read_bytes().decode(errors="replace") for path in made]
    assert [one for one in words if "hunter" in one] == []
    assert all("importer" in one.out + one.err for one in told), "the control: the URL is shown"
    assert f"sftp://importer@{HOST}" in repr(service.events)
    assert "login rejected for licences (535)" in repr(service.events)


def on_a_terminal(place: Place, *options: str) -> tuple[int, list[str]]:
    """What a run of `serve --once` writes to a terminal, and its exit code."""
    terminal, end = pty.openpty()
    with open(terminal, "rb", buffering=0) as read:
        service = subprocess.Popen(
            [sys.executable, "-m", "importer", "serve", "--once", "--config", str(place.config),
             *options],
            stderr=end, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(end)
        said = b""
        with suppress(OSError):  # as a terminal ends on Linux
            while piece := read.read(4096):
                said += piece
        return service.wait(PATIENCE), said.decode().splitlines()


def test_a_terminal_gets_words_and_a_pipe_objects(full_place: Place, here: Here) -> None:
    """On a terminal a line begins with the local time, and with what weighs more than usual; -q
    leaves what does."""
    full_place.drop("good.xlsx", good(1))
    full_place.drop("bad.xlsx", bad(2))
    code, lines = on_a_terminal(full_place)
    assert code == 1
    when = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d  "
    assert len(lines) == 2
    assert any(re.fullmatch(f"{when}good.xlsx: applied as batch 2.*", one) for one in lines)
    assert any(re.fullmatch(f"{when}WARNING  bad.xlsx: rejected.*", one) for one in lines)
    full_place.drop("bad.xlsx", bad(2))
    code, [line] = on_a_terminal(full_place, "--lang", "es")
    assert re.fullmatch(f"{when}AVISO  bad.xlsx: .*", line)
    full_place.drop("good.xlsx", good(3))
    full_place.drop("bad.xlsx", bad(2))
    said = here("--once", "-q")
    assert [json.loads(line)["event"] for line in said.err.splitlines()] == ["workbook-rejected"]
    assert said.out == ""


def test_a_run_that_finds_nothing_to_do_says_so_on_a_terminal(
    full_place: Place, here: Here
) -> None:
    """In one line, unless -q is given; a pipe, behind which a program listens, gets nothing."""
    assert on_a_terminal(full_place) == (0, ["There was nothing to do."])
    assert on_a_terminal(full_place, "--lang", "es") == (0, ["No había nada que hacer."])
    assert on_a_terminal(full_place, "-q") == (0, [])
    said = here("--once")
    assert (said.exit_code, said.out, said.err) == (0, "", "")
    assert here("--once", "--json").json == {"workbooks": [], "exports": [], "failed_exports": []}


def test_a_run_tells_programs_of_each_export_that_it_has_made(
    full_place: Place, here: Here
) -> None:
    """Its name, where it stands, and the last batch in it; those that fail by name alone."""
    full_place.configure(
        table(every="1h", format="json") + table(every="1h", name="No", customer="Nobody")
    )
    told = here("--once", "--json")
    assert told.exit_code == 3
    [path] = (full_place.folder / "exports").iterdir()
    made = {"export": "Export Avira Details", "file": str(path), "batch": 1}
    assert told.json == {"workbooks": [], "exports": [made], "failed_exports": ["No"]}
    assert here("--once", "--json").json["exports"] == []


# Figures


Figures = dict[tuple[str, tuple[str, ...]], float]


def figures(exposition: str) -> Figures:
    """The figures by name and values of labels, as Prometheus reads them."""
    return {
        (sample.name.removeprefix("avira_importer_"), tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }


def free_port() -> int:
    """A port that nobody uses."""
    with closing(socket.create_server((HOST, 0))) as listening:
        port = listening.getsockname()[1]
        assert isinstance(port, int)
        return port


def test_figures_tell_what_has_happened(full_place: Place) -> None:
    """In the file and over HTTP alike; -v adds what libraries say, as lines like others."""
    port, path = free_port(), full_place.folder / "figures.prom"
    full_place.configure(
        f"metrics_port = {port}\nmetrics_file = 'figures.prom'\n"
        + table(every="1h", format="json")
        + table(every="1h", name="Whose", customer="Nobody")
    )

    def asked() -> Figures:
        with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            return figures(answer.read().decode())

    with running(full_place, "-v") as service:
        service.wait_for("export-written", "export-failed", count=2)
        until(lambda: ("exports_total", (NAME, "made")) in asked())
        begun = asked()
        full_place.drop("good.xlsx", good(1))
        full_place.drop("refused.xlsx", bad(2))
        (full_place.inbox / "none.xlsx").write_bytes(b"none")
        service.wait_for("workbook-applied", "workbook-rejected", "workbook-unreadable", count=3)
        filed = next(full_place.applied.glob("*-good.xlsx"))
        shutil.copyfile(filed, full_place.inbox / "copy.xlsx")
        service.wait_for("workbook-applied-before")
        until(lambda: asked()["inbox_files", ()] == 0)
        told = asked()
        service.end()
    check_lines(service)
    assert service.named("remark")
    assert begun["ledger_up", ()] == begun["exports_total", (NAME, "made")] == 1
    assert begun["batches_total", ()] == 0
    written = figures(path.read_text("utf-8"))
    assert path.stat().st_mode & 0o777 == 0o644
    assert set(written) == set(told)
    for found in (told, written):
        assert {labels[0]: found[name, labels] for name, labels in found
                if name == "workbooks_total"} == {
            "applied": 1, "rejected": 1, "unreadable": 1, "unchanged": 1,
        }  # fmt: skip
        rejected = service.named("workbook-rejected")[0]["rejected"]
        unchanged = found["rows_total", ("unchanged",)]
        assert (found["rows_total", ("applied",)], found["rows_total", ("rejected",)]) == (
            2, rejected,
        )  # fmt: skip
        assert unchanged in (0, 2)
        assert found["batches_total", ()] == 1
        assert found["exports_total", (NAME, "made")] == 1
        assert found["exports_total", ("Whose", "failed")] == 1
        made = made_at(files(full_place)[0]).timestamp()
        assert 0 <= found["last_export_timestamp_seconds", (NAME,)] - made <= 3
        assert 0 <= found["export_lag_seconds", (NAME,)] <= 3
        assert found["inbox_files", ()] == found["inbox_lag_seconds", ()] == 0
        assert found["mails_waiting", ()] == 0
        assert found["ledger_up", ()] == 1
        assert abs(found["last_round_timestamp_seconds", ()] - time.time()) < 30


def test_after_a_single_run_figures_tell_how_it_left_things(full_place: Place, here: Here) -> None:
    """Nothing waits in the inbox that was filed, and a mail that could not be sent does wait."""
    path = full_place.folder / "figures.prom"
    nowhere = table("[smtp]", host=HOST, port=9, sender="a@msp.example")
    full_place.configure(
        "metrics_file = 'figures.prom'\n" + nowhere
        + table(every="1h", mail_to=["boss@msp.example"])
    )  # fmt: skip
    full_place.drop("good.xlsx", good(1))
    assert here("--once").exit_code == 0
    found = figures(path.read_text("utf-8"))
    assert found["workbooks_total", ("applied",)] == 1
    assert found["inbox_files", ()] == 0
    assert found["inbox_lag_seconds", ()] == 0
    assert found["mails_waiting", ()] == 1


def test_a_ledger_that_cannot_be_used_shows_in_the_figures_of_a_single_run(
    place: Place, here: Here
) -> None:
    """As 0, whether a workbook or an export was to be done; and the exit code is the ledger's."""
    Path(place.ledger).write_text("no ledger " * 100)
    for more, inbox in (("", ""), (table(every="1h"), None)):
        place.configure("metrics_file = 'figures.prom'\n" + more, inbox=inbox)
        if inbox is not None:
            place.drop("good.xlsx", good(1))
        assert here("--once").exit_code == 4
        found = figures((place.folder / "figures.prom").read_text("utf-8"))
        assert found["ledger_up", ()] == 0


def test_a_port_that_is_in_use_is_told_with_its_key(full_place: Place) -> None:
    """Exit code 2, and one line."""
    with socket.create_server((HOST, 0)) as taken:
        full_place.configure(f"metrics_port = {taken.getsockname()[1]}\n")
        service = Running(full_place)
        assert service.wait() == 2
    [line] = service.plain
    assert "service.metrics_port" in line
    assert service.events == []


# Signs of life


def heard(listening: socket.socket, seconds: float) -> Iterator[tuple[float, str]]:
    """What comes in that time, each with when it came."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        listening.settimeout(left)
        try:
            said = listening.recv(4096).decode()
        except TimeoutError:
            return
        yield time.monotonic(), said


@pytest.mark.parametrize("stuck", [False, True], ids=["at work", "stuck"])
def test_systemd_hears_that_it_is_ready_alive_and_stopping(
    full_place: Place, tmp_path: Path, stuck: bool
) -> None:
    """READY once it runs, WATCHDOG at least twice as often as is asked for, STOPPING at the end; of
    a service of which a part has stood still for too long, no WATCHDOG."""
    channel = str(tmp_path / "notify")
    wanted = 3.0
    environment = {"NOTIFY_SOCKET": channel, "WATCHDOG_USEC": str(int(wanted * 1e6))}
    lines = ["import importer.service.context", "importer.service.context.STUCK = 0.0"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(channel)
        with running(
            full_place, environment=environment, program=changed(*(lines if stuck else []))
        ) as service:
            came = list(heard(listening, 2 if stuck else 4))
            service.end()
            came += list(heard(listening, 0.2))
    first, *rest = [said for _, said in came]
    assert first.splitlines()[0] == "READY=1"
    assert str(full_place.inbox) in first
    if stuck:
        assert rest == ["STOPPING=1"]
        return
    assert rest[-1] == "STOPPING=1"
    assert set(rest[:-1]) == {"WATCHDOG=1"}
    at = [when for when, said in came if said == "WATCHDOG=1"]
    assert len(at) >= 4
    assert max(b - a for a, b in pairwise(at)) <= wanted / 2
