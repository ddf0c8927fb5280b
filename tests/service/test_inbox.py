"""Workbooks dropped into a folder are applied once and filed, whatever ends the service."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest

from builders import write_workbook
from drops import STAMP, bad, batches, good, held, names
from importers import code_of, customer, otc
from services import Place, Running, changed, once, running, until


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place for a service."""
    return Place(tmp_path / "place")


def test_workbooks_that_are_there_and_that_come_are_applied_and_filed(place: Place) -> None:
    """One lies there at the start, one comes later; both are applied and filed with a report that
    says what was done, under their names after a timestamp."""
    place.drop("first.xlsx", good(1))
    with running(place) as service:
        service.wait_for("workbook-applied")
        place.drop("second one.xlsx", good(2))
        told = service.wait_for("workbook-applied", count=2)
        code, took = service.end()
    assert code == 0
    assert took < 5
    assert told["file"] == "second one.xlsx"
    assert told["batch"] == 2
    assert (told["read"], told["applied"], told["unchanged"]) == (2, 2, 0)
    assert held(place) == {"Site 1": 2, "Site 2": 2}
    assert place.left == []
    assert names(place.applied) == [
        "first.xlsx", "first.xlsx.report.txt", "second one.xlsx", "second one.xlsx.report.txt",
    ]  # fmt: skip
    assert all(re.match(STAMP, path.name) for path in place.applied.iterdir())
    [report] = place.applied.glob("*-second one.xlsx.report.txt")
    assert "second one.xlsx: applied" in report.read_text("utf-8")
    assert "Rows: 2 read, 2 applied" in report.read_text("utf-8")
    assert [one["event"] for one in service.events][-2:] == ["service-stopping", "service-stopped"]


def test_a_workbook_that_is_refused_comes_back_with_corrections_and_report(place: Place) -> None:
    """And the corrections, mended and dropped again, are applied."""
    place.drop("bad.xlsx", bad(1))
    with running(place) as service:
        told = service.wait_for("workbook-rejected")
        assert place.left == [".claimed"]
        assert names(place.rejected) == ["bad.corrections.xlsx", "bad.xlsx", "bad.xlsx.report.txt"]
        [report] = place.rejected.glob("*.report.txt")
        assert told["report"] == str(report)
        said = report.read_text("utf-8")
        assert "setting partial" in said
        assert "put that file into the inbox" in said
        assert "--" not in said, "that is about the command line"
        [corrections] = place.rejected.glob("*.corrections.xlsx")
        assert corrections.name in said
        assert "Add Customer, row 2" in said or "D2" in said
        assert code_of(1) not in said
        from openpyxl import load_workbook

        workbook = load_workbook(corrections)
        sheet = workbook["Add Customer"]
        header = [cell.value for cell in sheet[1]]
        at = next(i for i, value in enumerate(header, 1) if "Licenses" in str(value))
        sheet.cell(2, at).value = 3
        workbook.save(place.folder / "mended.xlsx")
        (place.folder / "mended.xlsx").rename(place.inbox / corrections.name)
        service.wait_for("workbook-applied")
    assert held(place) == {"Site 1": 3}
    assert names(place.applied) == ["bad.corrections.xlsx", "bad.corrections.xlsx.report.txt"]


def test_hidden_unfinished_and_special_files_are_ignored(place: Place) -> None:
    """Hidden and unfinished files, owner files of Excel, folders, links and pipes stay."""
    workbook = write_workbook(place.folder / "w.xlsx", good(1))
    for name in (".hidden.xlsx", "~$open.xlsx", "x.xlsx.tmp", "x.part", "X.TMP", "y.crdownload"):
        (place.inbox / name).write_bytes(workbook.read_bytes())
    (place.inbox / "folder.xlsx").mkdir()
    (place.inbox / "link.xlsx").symlink_to(workbook)
    os.mkfifo(place.inbox / "pipe.xlsx")
    before = place.left
    place.drop("last.xlsx", good(2))
    with running(place) as service:
        service.wait_for("workbook-applied")
        time.sleep(3)
        service.end()
    assert place.left == before
    assert batches(place) == ["last.xlsx"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="leases are Linux's")
def test_a_file_is_taken_only_when_its_writer_has_let_go_of_it(place: Place) -> None:
    """A writer that pauses for longer than a file must be still, in the middle of it."""
    content = write_workbook(place.folder / "w.xlsx", good(1)).read_bytes()
    with running(place) as service:
        with (place.inbox / "slow.xlsx").open("wb") as file:
            file.write(content[:1000])
            file.flush()
            service.wait_for("workbook-in-use")
            file.write(content[1000:])
        service.wait_for("workbook-applied")
        service.end()
    assert batches(place) == ["slow.xlsx"]
    assert names(place.applied) == ["slow.xlsx", "slow.xlsx.report.txt"]
    assert not place.rejected.exists() or names(place.rejected) == []


def test_a_file_that_grows_without_being_held_open_is_taken_whole(place: Place) -> None:
    """A writer that opens the file anew for each piece, in less time than it must be still."""
    content = write_workbook(place.folder / "w.xlsx", good(1)).read_bytes()
    with running(place) as service:
        for start in range(0, len(content), 1500):
            with (place.inbox / "pieces.xlsx").open("ab") as file:
                file.write(content[start : start + 1500])
            time.sleep(0.7)
        service.wait_for("workbook-applied")
        service.end()
    assert batches(place) == ["pieces.xlsx"]


@pytest.mark.parametrize("owner", ["~${}", ".~lock.{}#"])
def test_a_workbook_that_is_open_in_a_spreadsheet_program_waits(place: Place, owner: str) -> None:
    """Until the file is gone with which Excel or LibreOffice says so."""
    beside = place.inbox / owner.format("open.xlsx")
    beside.write_bytes(b"")
    place.drop("open.xlsx", good(1))
    with running(place) as service:
        service.wait_for("workbook-in-use")
        time.sleep(1.5)
        assert not Path(place.ledger).exists()
        beside.unlink()
        service.wait_for("workbook-applied")
        service.end()
    assert len([one for one in service.events if one["event"] == "workbook-in-use"]) == 1


def test_the_same_bytes_are_applied_once(place: Place) -> None:
    """A copy is filed as applied before, with the batch; after an undo it is applied anew."""
    place.drop("one.xlsx", good(1))
    assert once(place).named("workbook-applied")
    [filed] = place.applied.glob("*-one.xlsx")
    (place.inbox / "copy.xlsx").write_bytes(filed.read_bytes())
    again = once(place)
    [told] = again.named("workbook-applied-before")
    assert (told["file"], told["batch"]) == ("copy.xlsx", 1)
    assert batches(place) == ["one.xlsx"]
    [report] = place.applied.glob("*-copy.xlsx.report.txt")
    assert "batch 1" in report.read_text("utf-8")

    from importer.cli.main import run

    assert run(["undo", "1", "--ledger", place.ledger, "-q"]) == 0
    (place.inbox / "copy.xlsx").write_bytes(filed.read_bytes())
    assert once(place).named("workbook-applied")
    assert batches(place) == ["one.xlsx", "one.xlsx", "copy.xlsx"]


def test_with_partial_the_good_rows_are_applied_and_the_others_come_back(place: Place) -> None:
    """With `partial`, the workbook goes to rejected, as something must be done about it."""
    place.configure(inbox="partial = true")
    place.drop("part.xlsx", bad(1))
    service = once(place)
    [told] = service.named("workbook-partly-applied")
    assert (told["batch"], told["applied"], told["rejected"]) == (1, 1, 1)
    assert held(place) == {}
    assert names(place.rejected) == ["part.corrections.xlsx", "part.xlsx", "part.xlsx.report.txt"]
    assert service.wait() == 1


def test_a_workbook_without_good_rows_gets_no_advice_to_apply_it_in_part(place: Place) -> None:
    """Whatever the setting is."""
    for setting in ("partial = true", "partial = false"):
        place.configure(inbox=setting)
        place.drop("bad.xlsx", [("Add OTC", [otc("none", 5)])])
        assert once(place).named("workbook-rejected")
        [report] = place.rejected.glob("*.report.txt")
        said = report.read_text("utf-8")
        assert "Rows: 1 read, 0 good, 0 unchanged, 1 rejected." in said
        assert "partial" not in said
        for path in place.rejected.iterdir():
            path.unlink()


def test_the_log_names_the_very_report_and_file_where_names_come_to_the_same(place: Place) -> None:
    """Of workbooks that were taken in one second, whose names differ by what no system takes."""
    in_one_second = (
        "import importer.service.inbox.result as result",
        "name_at = result.filed_name",
        "result.filed_name = lambda name, at: name_at(name, at.replace(minute=0, second=0))",
    )
    contents = {
        name: place.drop(name, bad(number)).read_bytes()
        for number, name in enumerate(('a"b.xlsx', "a:b.xlsx", "a_b.xlsx"))
    }
    service = once(place, "--json", program=changed(*in_one_second))
    told = service.named("workbook-rejected")
    assert len({one["report"] for one in told}) == len(contents)
    for one in told:
        assert Path(one["report"]).read_text("utf-8").startswith(f"{one['file']}: rejected")
    for one in json.loads(service.out)["workbooks"]:
        assert (place.rejected / one["filed_as"]).read_bytes() == contents.pop(one["file"])
    assert contents == {}


def test_the_exit_code_of_once_tells_the_result(place: Place) -> None:
    """0 nothing refused, also nothing to do; 1 rows refused; 3 a file that cannot be read."""
    assert once(place).wait() == 0
    place.drop("good.xlsx", good(1))
    run = once(place, "--json")
    assert run.wait() == 0
    [told] = json.loads(run.out)["workbooks"]
    assert (told["file"], told["status"], told["batch"]) == ("good.xlsx", "applied", 1)
    place.drop("bad.xlsx", bad(2))
    assert once(place).wait() == 1
    (place.inbox / "none.xlsx").write_bytes(b"no workbook at all")
    place.drop("good too.xlsx", good(3))
    run = once(place)
    assert run.wait() == 3
    assert run.named("workbook-applied")
    assert names(place.rejected)[-2:] == ["none.xlsx", "none.xlsx.report.txt"]


def test_names_that_other_systems_would_not_take_are_filed_all_the_same(place: Place) -> None:
    """Of the longest length, of bytes that are no text, and with letters that are not allowed."""
    content = write_workbook(place.folder / "w.xlsx", good(1)).read_bytes()
    odd = [b"ni\xf1o.xlsx", "ñ".encode() * 125 + b".xlsx", b'a"b:c?.xlsx', b"line\nbreak.xlsx"]
    for name in odd:
        Path(os.fsdecode(os.fsencode(place.inbox) + b"/" + name)).write_bytes(content)
    service = once(place)
    assert service.wait() == 0
    assert place.left == []
    assert len(list(place.applied.iterdir())) == 2 * len(odd)
    assert service.plain == []


def test_a_large_workbook_stops_in_time_and_nothing_of_it_stays(place: Place) -> None:
    """SIGTERM in the middle: an end within five seconds, no batch, the workbook in the inbox; the
    next service applies it."""
    rows = [customer(f"Site {number}", code_of(0), 1) for number in range(30_000)]
    place.drop("large.xlsx", [("Add OTC", [otc(code_of(0), 30_000)]), ("Add Customer", rows)])
    with running(place) as service:
        until(lambda: claimed(place))
        time.sleep(1)
        code, took = service.end()
    assert code == 0
    assert took < 5
    assert place.left in (["large.xlsx"], [".claimed"]), "it is given back, or left to the next"
    assert not service.named("workbook-applied")
    assert once(place).named("workbook-applied")
    assert batches(place) == ["large.xlsx"]


def claimed(place: Place) -> list[Path]:
    """The workbooks that a service has taken and not filed yet."""
    return list(place.inbox.glob(".claimed/*/*/workbook/*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_idle_service_stops_at_once(place: Place, number: signal.Signals) -> None:
    """By Ctrl-C and by SIGTERM, with exit code 0, and leaves nothing of its own in the inbox."""
    with running(place) as service:
        code, took = service.end(number)
    assert code == 0
    assert took < 5
    assert place.left == []


def test_two_services_share_an_inbox(place: Place) -> None:
    """Each workbook is applied by one of them, and both do some of the work."""
    other = Place(place.folder)  # the same settings
    for number in range(30):
        place.drop(f"{number}.xlsx", good(number))
    with running(place) as one, running(other) as two:
        until(lambda: len([*one.named("workbook-applied"), *two.named("workbook-applied")]) >= 30)
        one.end()
        two.end()
    assert sorted(batches(place)) == sorted(f"{number}.xlsx" for number in range(30))
    assert held(place) == {f"Site {number}": 2 for number in range(30)}
    assert len(list(place.applied.iterdir())) == 60
    assert place.left == []


def test_what_a_killed_service_has_claimed_is_taken_over_by_one_that_runs(place: Place) -> None:
    """Also if it was killed in the middle of a large workbook."""
    rows = [customer(f"Site {number}", code_of(0), 1) for number in range(20_000)]
    place.drop("large.xlsx", [("Add OTC", [otc(code_of(0), 20_000)]), ("Add Customer", rows)])
    first = Running(place)
    first.wait_for("service-started")
    until(lambda: claimed(place))
    with running(place) as second:
        first.end(signal.SIGKILL)
        second.wait_for("workbook-taken-over")
        second.wait_for("workbook-applied")
        second.end()
    assert batches(place) == ["large.xlsx"]
    assert place.left == []


@pytest.mark.parametrize("answer", ["raise OSError(28, 'too many')", "yield stop_event.wait()"])
def test_the_inbox_is_polled_where_the_system_reports_no_changes(place: Place, answer: str) -> None:
    """No more watches can be had, which is said; or none of them ever wakes, as on a share that
    another computer writes to."""
    no_watch = ("import watchfiles", f"def watch(*_, stop_event, **__): {answer}",
                "watchfiles.watch = watch")  # fmt: skip
    place.drop("first.xlsx", good(1))
    with running(place, program=changed(*no_watch)) as service:
        service.wait_for("workbook-applied")
        place.drop("late.xlsx", good(2))
        service.wait_for("workbook-applied", count=2)
        service.end()
    assert batches(place) == ["first.xlsx", "late.xlsx"]
    assert len(service.named("inbox-polled")) == ("raise" in answer)


def test_a_ledger_that_is_gone_is_not_begun_anew(place: Place) -> None:
    """A file that was used before and is not there is the ledger's trouble, not a new beginning; it
    goes on once the file is back."""
    place.drop("one.xlsx", good(1))
    assert once(place).wait() == 0
    ledger = Path(place.ledger)
    ledger.rename(place.folder / "moved.db")
    place.drop("two.xlsx", good(2))
    assert once(place).wait() == 4
    assert not ledger.exists()
    assert place.left == ["two.xlsx"]
    (place.folder / "moved.db").rename(ledger)
    assert once(place).wait() == 0
    assert batches(place) == ["one.xlsx", "two.xlsx"]


def test_what_is_remembered_of_the_ledger_may_be_broken(place: Place) -> None:
    """A file of other bytes tells of no ledger that was used; with one that cannot be read, none
    is begun, since it may be the second."""
    seen = place.state / "ledger"
    seen.write_bytes(b"\xff\xfe\x00")
    place.drop("one.xlsx", good(1))
    service = once(place)
    assert (service.wait(), service.named("fault")) == (0, [])
    assert seen.read_text("utf-8") == place.ledger
    Path(place.ledger).unlink()
    seen.unlink()
    seen.mkdir()
    place.drop("two.xlsx", good(2))
    service = once(place)
    assert (service.wait(), service.named("fault")) == (4, [])
    assert str(seen) in service.named("ledger-away")[0]["message"]
    assert not Path(place.ledger).exists()
    seen.rmdir()
    assert once(place).wait() == 0
    assert batches(place) == ["two.xlsx"]


def test_a_ledgers_name_may_be_any_bytes(place: Place) -> None:
    """It is remembered, too."""
    place.ledger = os.fsdecode(os.fsencode(place.folder) + b"/ni\xf1o.db")
    ledger = Path(place.ledger)
    place.drop("one.xlsx", good(1))
    options = ("--ledger", place.ledger)
    assert once(place, *options).wait() == 0
    assert (place.state / "ledger").read_bytes() == os.fsencode(ledger)
    ledger.unlink()
    place.drop("two.xlsx", good(2))
    service = once(place, *options)
    assert (service.wait(), service.named("fault")) == (4, [])
    assert not ledger.exists()


def test_one_odd_thing_among_the_claims_stops_nothing(place: Place) -> None:
    """Files and folders that are none of ours, and a claim that says where to write."""
    claimed = place.inbox / ".claimed"
    claimed.mkdir()
    (claimed / ".DS_Store").write_bytes(b"x")
    (claimed / "else").mkdir()
    (claimed / "else" / "what").mkdir()
    crafted = claimed / "there" / "20260101T000000000000Z-abcdef"
    (crafted / "workbook").mkdir(parents=True)
    (crafted / "workbook" / "w.xlsx").write_bytes(b"ours now")
    result = {
        "event": "APPLIED", "facts": {"file": "w.xlsx"}, "name": "../../escaped.xlsx",
        "corrections": None, "corrections_made": None, "report": ["r"], "returned": False,
        "result": "applied", "rows": {}, "batch": 1,
    }  # fmt: skip
    (crafted / "result.json").write_text(json.dumps({"final": True, "result": result}))
    place.drop("one.xlsx", good(1))
    once(place)
    assert batches(place) == ["one.xlsx"]
    assert [path.name for path in place.folder.glob("escaped*")] == []
    assert "w.xlsx" in names(place.rejected)


def test_a_workbook_whose_name_has_no_room_for_more_comes_back(place: Place) -> None:
    """Refused, with the longest name that a file can have: the corrections' is shorter."""
    name = "n" * 250 + ".xlsx"
    write_workbook(place.folder / "w.xlsx", bad(1)).rename(place.inbox / name)
    assert once(place).wait() == 1
    assert place.left == []
    assert len(list(place.rejected.glob("*.corrections.xlsx"))) == 1
    assert len(list(place.rejected.iterdir())) == 3


def test_a_mistyped_otc_is_masked_in_the_report(place: Place) -> None:
    """It tells as much as a right one; how an OTC looks is still said."""
    place.drop("typo.xlsx", [("Add OTC", [otc("QWERT-12345-ASDFG-6789", 5)])])
    once(place)
    [report] = place.rejected.glob("*.report.txt")
    said = report.read_text("utf-8")
    assert "ASDFG" not in said
    assert "-6789" in said
