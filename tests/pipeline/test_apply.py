"""Applying workbooks: what is done, what is said of it, and what is given back to be mended."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from builders import HEADERS, Sheets, write_cells, write_workbook
from command_line import CommandLine, CommandResult

pytestmark = pytest.mark.both_engines

CODES = [f"{letter * 5}-11111-22222-33333" for letter in "ABCDE"]
REPORT_KEYS = [
    "file", "sha256", "status", "batch", "rows", "changes", "otcs", "problems", "corrections",
]  # fmt: skip


def otc(code: str = CODES[0], total: Any = 50, **cells: Any) -> dict[str, Any]:
    """A row of Add OTC; `cells` by header with `_` for a space."""
    row = {"OTC": code, "Email": "it@msp.example", "Company Name": "Acme", "Total Licenses": total}
    return row | {header.replace("_", " "): value for header, value in cells.items()}


def customer(name: Any, licenses: Any = 5, code: Any = CODES[0]) -> dict[str, Any]:
    """A row of Add Customer, managed by the administrator."""
    return {
        "Customer (Site) Name": name,
        "Managed By": "Admin",
        "Avira OTC": code,
        "No of Licenses": licenses,
    }


def self_managed(name: str, code: str, email: str) -> dict[str, Any]:
    """A row of Add Customer, managed by itself."""
    return {
        "Customer (Site) Name": name,
        "Managed By": "Customer",
        "Avira OTC": code,
        "Email": email,
        "First Name": "Ana",
        "Last Name": "Ruiz",
    }


def edit(name: str, **cells: Any) -> dict[str, Any]:
    """A row of Edit Customer."""
    return {"Customer (Site) Name": name} | {
        header.replace("_", " "): value for header, value in cells.items()
    }


def report(said: CommandResult) -> dict[str, Any]:
    """The object of the only file of a command; no row of it is lost."""
    [only] = said.json
    assert isinstance(only, dict)
    assert list(only) == REPORT_KEYS
    rows = only["rows"]
    assert list(rows) == ["read", "applied", "unchanged", "rejected"]
    assert rows["read"] == rows["applied"] + rows["unchanged"] + rows["rejected"]
    return only


def rows(said: CommandResult) -> tuple[int, ...]:
    """Rows read, applied, unchanged and rejected."""
    return tuple(report(said)["rows"].values())


def errors(said: CommandResult) -> list[tuple[str, str, str]]:
    """Sheet, column and code of every error."""
    return [
        (one["sheet"], one["column"], one["code"])
        for one in report(said)["problems"]
        if one["severity"] == "error"
    ]


def held(command: CommandLine, *options: str) -> tuple[Any, Any]:
    """All that `show` tells of a ledger."""
    otcs, customers = (
        command("show", what, "--json", *options).json for what in ("otcs", "customers")
    )
    return otcs, customers


GOOD: Sheets = [
    ("Add OTC", [otc(), otc(CODES[1], 20)]),
    ("Add Customer", [customer("Norte"), customer("Sur", 7, CODES[1])]),
    ("Add Avira Subscription", [
        {"Customer (Site) Name": "Norte", "Avira OTC": CODES[1], "No of Licenses": 3},
    ]),
]  # fmt: skip
BAD: Sheets = [
    ("Add OTC", [otc(), otc(CODES[1], "20 or so")]),
    ("Add Customer", [customer("Norte"), customer("Sur", 7, CODES[1])]),
    ("Add Avira Subscription", [
        {"Customer (Site) Name": "Nrote", "Avira OTC": CODES[1], "No of Licenses": 3},
    ]),
]  # fmt: skip
"""GOOD with two mistakes, of which one makes another row wrong too: three rows are refused."""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A workbook in which nothing is wrong."""
    return write_workbook(tmp_path / "good.xlsx", GOOD)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """The same with mistakes."""
    return write_workbook(tmp_path / "bad.xlsx", BAD)


# All or nothing, or in part


def test_one_refused_row_stops_the_whole_workbook(
    command: CommandLine, bad: Path, ledger: Path
) -> None:
    """Nothing is applied, no ledger comes to be, and the figures say what --partial would do."""
    said = command("apply", bad, "--json")
    assert said.exit_code == 1
    assert (report(said)["status"], report(said)["batch"]) == ("rejected", None)
    assert rows(said) == (5, 2, 0, 3)
    assert not ledger.exists()


def test_a_row_that_does_not_fit_stops_the_whole_workbook_too(
    command: CommandLine, good: Path, tmp_path: Path
) -> None:
    """The cells are good, the OTC has too few licences: what the ledger held it still holds."""
    command("apply", good)
    before = held(command)
    sheets = [("Add Customer", [customer("Este", 1), customer("Oeste", 500)])]
    said = command("apply", write_workbook(tmp_path / "x.xlsx", sheets), "--json")
    assert said.exit_code == 1
    assert report(said)["status"] == "rejected"
    assert rows(said) == (2, 1, 0, 1)
    assert held(command) == before
    assert len(command("history", "--json").json) == 1


def test_partial_applies_the_good_rows(command: CommandLine, bad: Path) -> None:
    """Exit 1 and status partly-applied; the good rows are in the ledger, the others are not."""
    said = command("apply", bad, "--partial", "--json")
    assert said.exit_code == 1
    assert (report(said)["status"], report(said)["batch"]) == ("partly-applied", 1)
    assert rows(said) == (5, 2, 0, 3)
    otcs, customers = held(command)
    assert [(one["otc"], one["used"]) for one in otcs] == [(CODES[0], 5)]
    assert [one["name"] for one in customers] == ["Norte"]


def test_partial_of_nothing_good_makes_no_batch(command: CommandLine, tmp_path: Path) -> None:
    """Every row refused, or refused and unchanged: status rejected, and no batch."""
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(total="x")])])
    said = command("apply", path, "--partial", "--json")
    assert (said.exit_code, report(said)["status"]) == (1, "rejected")
    command("apply", write_workbook(tmp_path / "y.xlsx", [("Add OTC", [otc()])]))
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(), otc(CODES[1], "x")])])
    said = command("apply", path, "--partial", "--json")
    assert (said.exit_code, report(said)["status"], report(said)["batch"]) == (1, "rejected", None)
    assert rows(said) == (2, 0, 1, 1)
    assert len(command("history", "--json").json) == 1


def test_a_good_workbook_is_applied_wholly(command: CommandLine, good: Path) -> None:
    """Exit 0, status applied, batch 1, every thing counted; no corrections come to be."""
    said = command("apply", good, "--json")
    assert said.exit_code == 0
    done = report(said)
    assert (done["status"], done["batch"], done["corrections"]) == ("applied", 1, None)
    assert done["file"] == str(good)
    assert done["sha256"] == hashlib.sha256(good.read_bytes()).hexdigest()
    assert {key: count for key, count in done["changes"].items() if count} == {
        "otcs_added": 2, "customers_added": 2, "subscriptions_added": 3,
    }  # fmt: skip
    assert list(good.parent.glob("*corrections*")) == []


def test_applying_again_changes_nothing(command: CommandLine, good: Path) -> None:
    """Exit 0, status unchanged, no batch; check says so too."""
    command("apply", good)
    before = held(command)
    for verb, status in (("apply", "unchanged"), ("check", "valid")):
        said = command(verb, good, "--json")
        assert said.exit_code == 0
        assert (report(said)["status"], report(said)["batch"]) == (status, None)
        assert rows(said) == (5, 0, 5, 0)
    assert held(command) == before
    assert len(command("history", "--json").json) == 1


def test_a_longer_copy_does_only_what_is_new(
    command: CommandLine, good: Path, tmp_path: Path
) -> None:
    """Five rows are so already, three are new: only these are in the second batch."""
    command("apply", good)
    longer = [(name, list(those)) for name, those in GOOD]
    longer[0][1].append(otc(CODES[2], 10))
    longer[1][1].insert(0, customer("Este", 10, CODES[2]))
    longer[2][1].append(
        {"Customer (Site) Name": "Este", "Avira OTC": CODES[0], "No of Licenses": 1}
    )
    said = command("apply", write_workbook(tmp_path / "longer.xlsx", longer), "--json")
    assert rows(said) == (8, 3, 5, 0)
    lines = command("history", "2", "--json").json["lines"]
    assert [(line["sheet"], line["row"]) for line in lines] == [
        ("Add OTC", 4), ("Add Customer", 2), ("Add Customer", 2), ("Add Avira Subscription", 3),
    ]  # fmt: skip


def test_check_says_what_apply_does_and_changes_nothing(
    command: CommandLine, good: Path, bad: Path, ledger: Path
) -> None:
    """Figures, changes, OTCs and problems of check are those of apply, for good and bad alike."""
    for path, exit_code, status in ((bad, 1, "invalid"), (good, 0, "valid")):
        checked = command("check", path, "--json")
        assert not ledger.exists()
        applied = command("apply", path, "--json")
        assert checked.exit_code == applied.exit_code == exit_code
        assert report(checked)["status"] == status
        for key in ("sha256", "rows", "changes", "otcs", "problems"):
            assert report(checked)[key] == report(applied)[key]


def test_the_demand_on_each_otc_is_told(command: CommandLine, tmp_path: Path) -> None:
    """The figures of CLI.md: 50 licences, 47 handed out, 55 asked in all, 5 too many."""
    sheets = [
        ("Add OTC", [otc(), otc(CODES[1], 9)]),
        ("Add Customer", [customer("Norte", 40), customer("Sur", 7), customer("Este", 8)]),
    ]
    said = command("apply", write_workbook(tmp_path / "x.xlsx", sheets), "--partial", "--json")
    assert report(said)["otcs"] == [
        {"otc": CODES[0], "total": 50, "used": 47, "pending": 3, "requested": 55, "short_by": 5}
    ]
    [problem] = report(said)["problems"]
    assert {"code": "overallocation", "cell": "D4", "value": "8"}.items() <= problem.items()
    numbers = set(map(int, re.findall(r"\b\d+\b", problem["message"].replace(CODES[0], ""))))
    assert {50, 47, 3, 8, 55, 5} <= numbers


# Several files, several accounts


@pytest.mark.parametrize("verb", ["check", "apply"])
def test_a_file_may_use_what_the_one_before_it_adds(
    verb: str, command: CommandLine, tmp_path: Path
) -> None:
    """Two files in one command: the second's customers take licences of the first's OTC."""
    first = write_workbook(tmp_path / "1.xlsx", [("Add OTC", [otc(total=10)])])
    second = write_workbook(
        tmp_path / "2.xlsx", [("Add Customer", [customer("Norte", 6), customer("Sur", 4)])]
    )
    said = command(verb, first, second, "--json")
    assert said.exit_code == 0
    assert [one["rows"]["applied"] for one in said.json] == [1, 2]
    assert said.json[1]["otcs"][0]["pending"] == 0


@pytest.mark.parametrize("verb", ["check", "apply"])
def test_a_file_may_not_use_what_a_refused_one_would_have_added(
    verb: str, command: CommandLine, tmp_path: Path
) -> None:
    """The first file is refused as a whole, so its good OTC is unknown to the second."""
    first = write_workbook(tmp_path / "1.xlsx", [("Add OTC", [otc(), otc(CODES[1], "x")])])
    second = write_workbook(tmp_path / "2.xlsx", [("Add Customer", [customer("Norte")])])
    said = command(verb, first, second, "--json")
    assert said.exit_code == 1
    assert [one["code"] for one in said.json[1]["problems"]] == ["unknown-otc"]


@pytest.mark.parametrize("verb", ["check", "apply"])
def test_what_one_file_takes_is_not_there_for_the_next(
    verb: str, command: CommandLine, tmp_path: Path
) -> None:
    """Ten licences, six taken by the first file: the second asks five and is one short."""
    first = write_workbook(
        tmp_path / "1.xlsx",
        [("Add OTC", [otc(total=10)]), ("Add Customer", [customer("Norte", 6)])],
    )
    second = write_workbook(tmp_path / "2.xlsx", [("Add Customer", [customer("Sur", 5)])])
    said = command(verb, first, second, "--json")
    assert said.exit_code == 1
    assert [len(one["problems"]) for one in said.json] == [0, 1]
    assert said.json[1]["otcs"][0]["short_by"] == 1


def test_accounts_do_not_see_each_other(
    command: CommandLine, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same codes and names in two accounts of one ledger, each with its own batches."""
    command("apply", good)
    ours = held(command)
    other = write_workbook(
        tmp_path / "x.xlsx", [("Add OTC", [otc(total=7)]), ("Add Customer", [customer("Norte", 7)])]
    )
    [done] = command("apply", other, "--account", "other", "--json").json
    assert (done["status"], done["batch"]) == ("applied", 1)
    assert held(command) == ours
    monkeypatch.setenv("AVIRA_IMPORTER_ACCOUNT", "other")
    [only] = command("show", "otcs", "--json").json
    assert (only["otc"], only["total"], only["used"]) == (CODES[0], 7, 7)
    assert command("show", "customers", "Sur").exit_code == 2
    assert [one["file"] for one in command("history", "--json").json] == ["x.xlsx"]
    assert command("show", "customers", "Sur", "--account", "default").exit_code == 0
    exported = command("export", "--json").json
    assert exported["sheets"]["OTC Details"] == 1


def test_an_account_without_batches_is_empty(command: CommandLine, good: Path) -> None:
    """An account that nobody has applied to holds nothing, though the ledger is there."""
    command("apply", good)
    assert held(command, "--account", "new") == ([], [])
    assert command("history", "--json", "--account", "new").json == []
    assert command("show", "summary", "--json", "--account", "new").json["total"] == 0


# Options


def test_the_history_names_who_did_it(command: CommandLine, good: Path, tmp_path: Path) -> None:
    """--actor, or else the operating system's user."""
    command("apply", good)
    further = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [otc(CODES[2])])])
    command("apply", further, "--actor", "Ana Ruiz")
    actors = [one["actor"] for one in command("history", "--json").json]
    assert actors == [getpass.getuser(), "Ana Ruiz"]


def test_corrections_go_beside_the_workbook_or_where_they_are_told(
    command: CommandLine, bad: Path, tmp_path: Path
) -> None:
    """Beside it as NAME.corrections.xlsx; into a folder under that name; or to a file."""
    folder = tmp_path / "to mend"
    folder.mkdir()
    beside = tmp_path / "bad.corrections.xlsx"
    places: list[tuple[list[Path], Path]] = [
        ([], beside),
        ([folder], folder / "bad.corrections.xlsx"),
        ([tmp_path / "mine.xlsx"], tmp_path / "mine.xlsx"),
    ]
    for told, expected in places:
        options = ["--corrections", str(*told)] if told else []
        said = command("check", bad, "--json", *options)
        assert report(said)["corrections"] == str(expected)
        assert load_workbook(expected).sheetnames[0] == "Problems"
        expected.unlink()
        assert not beside.exists()


def test_one_corrections_file_for_two_workbooks_is_misuse(
    command: CommandLine, good: Path, bad: Path, ledger: Path
) -> None:
    """Exit 2, the option is named, and nothing is read or applied."""
    said = command("apply", good, bad, "--corrections", good.with_name("both.xlsx"))
    assert said.exit_code == 2
    assert "--corrections" in said.err
    assert not ledger.exists()


def test_two_workbooks_of_one_name_get_corrections_of_their_own(
    command: CommandLine, tmp_path: Path
) -> None:
    """north/x.xlsx and south/x.xlsx with one folder for corrections: neither is overwritten."""
    paths = []
    for name, code in (("north", CODES[0]), ("south", CODES[1])):
        (tmp_path / name).mkdir()
        sheets = [("Add OTC", [otc(code, "x")])]
        paths.append(write_workbook(tmp_path / name / "x.xlsx", sheets))
    folder = tmp_path / "to mend"
    folder.mkdir()
    said = command("apply", *paths, "--corrections", folder, "--json")
    given_back = [load_workbook(one["corrections"])["Add OTC"]["A2"].value for one in said.json]
    assert given_back == CODES[:2]


def test_corrections_are_never_written_over_the_workbook_itself(
    command: CommandLine, bad: Path
) -> None:
    """--corrections with the input's own name: the input stays as the user left it."""
    before = bad.read_bytes()
    command("apply", bad, "--corrections", bad)
    assert bad.read_bytes() == before


def test_export_follows_apply(command: CommandLine, good: Path, bad: Path, tmp_path: Path) -> None:
    """--export writes the ledger as it then is; refused rows do not hinder it."""
    target = tmp_path / "details.xlsx"
    said = command("apply", good, "--export", target)
    assert said.exit_code == 0
    assert str(target) in said.out
    assert len(list(load_workbook(target)["OTC Details"].iter_rows())) == 4
    target.unlink()
    assert command("apply", bad, "--partial", "--export", target).exit_code == 1
    assert target.exists()


@pytest.mark.parametrize("options", [["--json"], ["--json", "-v"], ["--json", "-q"]])
def test_standard_output_is_one_json_document_with_an_export_too(
    options: list[str], command: CommandLine, good: Path, tmp_path: Path
) -> None:
    """The reports and nothing else, whether the export can be written or not."""
    said = command("apply", good, "--export", tmp_path / "x.xlsx", *options)
    assert report(said)["status"] == "applied"
    said = command("apply", good, "--export", tmp_path / "no such folder" / "x.xlsx", *options)
    assert said.exit_code == 3
    assert report(said)["status"] == "unchanged"
    assert "x.xlsx" in said.err


def test_quiet_says_nothing_of_success(command: CommandLine, good: Path, tmp_path: Path) -> None:
    """-q: not a word from check, apply, template and export, unless something went wrong."""
    for words in (
        ["check", str(good)],
        ["apply", str(good), "--export", "a.xlsx"],
        ["apply", str(good)],
        ["export", "-o", "b.xlsx"],
        ["template", "-o", "c.xlsx"],
    ):
        assert command(*words, "-q") == CommandResult(0, "", "")
    bad = write_workbook(tmp_path / "bad.xlsx", BAD)
    said = command("apply", bad, "-q")
    assert (said.exit_code, said.err) == (1, "")
    assert "bad-number" in said.out


def test_a_person_reads_what_was_done(command: CommandLine, good: Path, bad: Path) -> None:
    """Without --json: the rows, the problems by cell with what to do, corrections and batch."""
    said = command("apply", bad, "--partial")
    for words in ("5 read", "2 applied", "3 rejected", "D3", "bad-number", "bad.corrections.xlsx"):
        assert words in said.out
    assert "Batch 1" in said.out
    assert "Batch 2" in command("apply", good).out


def test_the_language_changes_words_and_no_figures(command: CommandLine, bad: Path) -> None:
    """With --lang es messages and fixes differ; keys, codes, places and values do not."""
    english, spanish = (
        report(command("check", bad, "--json", "--lang", one)) for one in ("en", "es")
    )
    for one, other in zip(english["problems"], spanish["problems"], strict=True):
        assert one.pop("message") != other.pop("message")
        assert one.pop("fix") != other.pop("fix")
    assert english == spanish


# Where it runs


def started(*words: str | Path | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "importer", *words],
        capture_output=True,
        timeout=60,
        env=os.environ | environment,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "cp437"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_output_that_lacks_a_letter_stops_nothing(
    encoding: str, options: list[str], command: CommandLine, bad: Path, ledger: Path
) -> None:
    """Redirected on Windows, output is in a code page that knows no arrows: exit 1 as ever."""
    done = started(
        "apply", bad, "--partial", "--ledger", ledger, *options, PYTHONIOENCODING=encoding
    )
    assert done.returncode == 1
    assert done.stderr == b""
    out = done.stdout.decode(encoding)
    if options:
        assert json.loads(out)[0]["status"] == "partly-applied"
    else:
        assert "bad-number" in out


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_file_name_of_any_bytes_is_applied(
    options: list[str], command: CommandLine, good: Path, ledger: Path
) -> None:
    """Names out of old archives are no UTF-8; the workbook is applied and the history has it."""
    if os.name == "nt":
        pytest.skip("names are text on this system")
    odd = os.fsencode(good.parent) + b"/cat\xe1logo.xlsx"
    os.rename(os.fsencode(good), odd)
    done = started("apply", odd, "--ledger", ledger, *options)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(command("history", "--json").json) == 1


def test_a_user_without_a_name_can_apply(
    command: CommandLine, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container the user is often a bare number that no list of users knows."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54_321, raising=False)
    assert command("apply", good).exit_code == 0
    assert command("history", "--json").json[0]["actor"]


def test_a_fault_whose_log_cannot_be_written_shows_no_traceback(
    command: CommandLine, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours on a machine without a place for logs: exit 70 and one line."""
    (tmp_path / "file").touch()
    for name in ("HOME", "XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "file" / "below"))

    def fail(*_arguments: Any) -> NoReturn:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("importer.pipeline.apply.apply_changes", fail)
    said = command("apply", good)
    assert said.exit_code == 70
    assert "Traceback" not in said.out + said.err
    assert len(said.err.splitlines()) == 1


# History


def test_the_history_has_the_promised_keys(command: CommandLine, good: Path, bad: Path) -> None:
    """Each batch as CLI.md lists it: instant in UTC, file without folder, hash, applied rows."""
    command("apply", bad, "--partial")
    command("apply", good)
    first, second = command("history", "--json").json
    assert list(first) == [
        "batch", "at", "actor", "kind", "file", "sha256", "applied", "rejected", "undone_by",
        "hash",
    ]  # fmt: skip
    assert (first["batch"], second["batch"]) == (1, 2)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first["at"])
    at = dt.datetime.fromisoformat(first["at"])
    assert abs(dt.datetime.now(dt.UTC) - at) < dt.timedelta(minutes=5)
    assert (first["kind"], first["undone_by"]) == ("apply", None)
    assert (first["file"], first["applied"], first["rejected"]) == ("bad.xlsx", 2, 3)
    assert (second["file"], second["applied"], second["rejected"]) == ("good.xlsx", 3, 0)
    assert first["sha256"] == hashlib.sha256(bad.read_bytes()).hexdigest()
    assert re.fullmatch("[0-9a-f]{64}", first["hash"])
    assert first["hash"] != second["hash"]


def test_a_batch_of_the_history_has_its_lines(command: CommandLine, tmp_path: Path) -> None:
    """The batch's own keys and `lines`, each with exactly the promised keys, in the rows' order."""
    sheets: Sheets = [("Add OTC", [otc()]), ("Add Customer", [customer("Norte")])]
    command("apply", write_workbook(tmp_path / "x.xlsx", sheets))
    [alone] = command("history", "--json").json
    found = command("history", "1", "--json").json
    lines = found.pop("lines")
    assert found == alone
    for line in lines:
        assert list(line) == ["sheet", "row", "kind", "key", "before", "after"]
    assert [(line["sheet"], line["row"], line["kind"]) for line in lines] == [
        ("Add OTC", 2, "otc"), ("Add Customer", 2, "customer"), ("Add Customer", 2, "subscription"),
    ]  # fmt: skip


def test_a_journal_line_has_the_images_before_and_after(
    command: CommandLine, tmp_path: Path
) -> None:
    """Null before what is new and after what is gone; else both, which differ as the row asked."""
    sheets: Sheets = [("Add OTC", [otc()]), ("Add Customer", [customer("Norte")])]
    command("apply", write_workbook(tmp_path / "1.xlsx", sheets))
    changes: Sheets = [
        ("Edit OTC", [{"OTC": CODES[0], "Total Licenses": 60, "Expiry Date": dt.date(2040, 2, 1)}]),
        ("Edit Customer", [edit("Norte", New_Name="Centro", No_of_Licenses=0)]),
    ]
    command("apply", write_workbook(tmp_path / "2.xlsx", changes))
    added = command("history", "1", "--json").json["lines"]
    assert [line["before"] for line in added] == [None] * 3
    assert [added[0]["after"]["total"], added[2]["after"]["licenses"]] == [50, 5]
    edited, renamed, cancelled = command("history", "2", "--json").json["lines"]
    assert (edited["key"], edited["before"]["total"], edited["after"]["total"]) == (
        CODES[0], 50, 60,
    )  # fmt: skip
    assert (edited["before"]["expiry_date"], edited["after"]["expiry_date"]) == (None, "2040-02-01")
    assert (renamed["before"]["name"], renamed["after"]["name"]) == ("Norte", "Centro")
    assert (cancelled["before"]["licenses"], cancelled["after"]) == (5, None)


@pytest.mark.parametrize("number", ["2", "0", "-1", "9223372036854775808", "one"])
def test_a_batch_that_is_not_there_is_misuse(
    number: str, command: CommandLine, good: Path, ledger: Path
) -> None:
    """Exit 2 and a word about it."""
    command("apply", good)
    said = command("history", "--ledger", ledger, "--json", "--", number)
    assert said.exit_code == 2
    assert number in said.err
    assert "Traceback" not in said.err


# Show


def test_show_has_the_promised_keys(command: CommandLine, tmp_path: Path) -> None:
    """Every key of CLI.md in its order, with every kind of value that there is."""
    sheets: Sheets = [
        ("Add OTC", [
            otc(Description="Renewal", Purchase_Date=dt.date(2026, 1, 15),
                Expiry_Date=dt.date(2040, 1, 14), Product_ID="AVPRO", Runtime=12),
            otc(CODES[1], 7),
        ]),
        ("Add Customer", [
            customer("Norte"), self_managed("Sur", CODES[1], "sur@site.example"),
        ]),
        ("Disable Customer", [{"Customer (Site) Name": "Norte"}]),
    ]  # fmt: skip
    command("apply", write_workbook(tmp_path / "x.xlsx", sheets))
    otcs, customers = held(command)
    assert otcs == [
        {"otc": CODES[0], "email": "it@msp.example", "company": "Acme", "description": "Renewal",
         "total": 50, "used": 5, "pending": 45, "purchase_date": "2026-01-15",
         "expiry_date": "2040-01-14", "product_id": "AVPRO", "runtime": 12, "dedicated_to": None},
        {"otc": CODES[1], "email": "it@msp.example", "company": "Acme", "description": None,
         "total": 7, "used": 7, "pending": 0, "purchase_date": None, "expiry_date": None,
         "product_id": None, "runtime": None, "dedicated_to": "Sur"},
    ]  # fmt: skip
    assert list(otcs[0]) == [
        "otc", "email", "company", "description", "total", "used", "pending", "purchase_date",
        "expiry_date", "product_id", "runtime", "dedicated_to",
    ]  # fmt: skip
    assert customers == [
        {"name": "Norte", "managed_by": "admin", "status": "disabled", "email": None,
         "first_name": None, "last_name": None,
         "subscriptions": [{"otc": CODES[0], "licenses": 5}], "devices": 0},
        {"name": "Sur", "managed_by": "customer", "status": "active",
         "email": "sur@site.example", "first_name": "Ana", "last_name": "Ruiz",
         "subscriptions": [{"otc": CODES[1], "licenses": 7}], "devices": 0},
    ]  # fmt: skip
    assert list(customers[0]) == [
        "name", "managed_by", "status", "email", "first_name", "last_name", "subscriptions",
        "devices",
    ]  # fmt: skip
    summary = command("show", "summary", "--json").json
    assert list(summary.items()) == [
        ("otcs", 2), ("customers", 2), ("total", 57), ("used", 12), ("pending", 45),
        ("expired", 0), ("renew_within_30_days", 0),
    ]  # fmt: skip


def test_show_finds_a_code_or_a_name_however_it_is_typed(command: CommandLine, good: Path) -> None:
    """Lower case and without dashes; other case and spacing."""
    command("apply", good)
    for typed in (CODES[0].lower(), CODES[0].replace("-", "").lower()):
        [found] = command("show", "otcs", typed, "--json").json
        assert found["otc"] == CODES[0]
    [found] = command("show", "customers", "  nORTE ", "--json").json
    assert found["name"] == "Norte"


@pytest.mark.parametrize(
    "words", [["otcs", CODES[4]], ["otcs", "nonsense"], ["customers", "Nobody"]]
)
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_what_the_ledger_does_not_hold_is_misuse(
    words: list[str], options: list[str], command: CommandLine, good: Path
) -> None:
    """Exit 2, and what was asked for is named, of an OTC what may stand in a log."""
    command("apply", good)
    said = command("show", *words, *options)
    assert said.exit_code == 2
    assert words[1].replace(CODES[4], f"…{CODES[4][-5:]}") in said.err
    if options:
        json.loads(said.out)


# How much work it is


@contextmanager
def counting_statements() -> Iterator[list[str]]:
    """The statements that the program sends to its database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def many(count: int) -> list[Sheets]:
    """Two workbooks of `count` rows a sheet: one that fills a ledger, one that changes it all."""
    codes = [f"{n:05}-AAAAA-AAAAA-AAAAA" for n in range(2 * count)]
    names = [f"Site {n}" for n in range(count)]
    first: Sheets = [
        ("Add OTC", [otc(code, 10) for code in codes]),
        ("Add Customer", [customer(n, 5, c) for n, c in zip(names, codes, strict=False)]),
        ("Devices", [{"Customer (Site) Name": name, "Device ID": "PC-1"} for name in names]),
    ]
    second: Sheets = [
        ("Edit OTC", [{"OTC": code, "Total Licenses": 11} for code in codes]),
        ("Edit Customer", [edit(name, New_Name=f"{name} b", No_of_Licenses=6) for name in names]),
        ("Update OTC", [
            {"Customer (Site) Name": f"{name} b", "Current OTC": old, "New OTC": new}
            for name, old, new in zip(names, codes, codes[count:], strict=False)
        ]),
        ("Disable Customer", [
            {"Customer (Site) Name": f"{name} b", "Release Licenses": "Yes"} for name in names
        ]),
        ("Devices", [
            {"Customer (Site) Name": f"{name} b", "Device ID": one, "Avira Status": "On"}
            for name in names for one in ("pc-1", "pc-2")
        ]),
    ]  # fmt: skip
    return [first, second]


def test_the_number_of_statements_does_not_grow_with_the_rows(
    command: CommandLine, tmp_path: Path
) -> None:
    """Additions, edits, moves and releases of 130 and of 270 customers: the same statements; of
    rows that are added, a file is given a hundred in one, and then what is left."""
    counts = {}
    for size in (130, 270):
        place = tmp_path / f"{size}.db"
        sent = []
        for number, sheets in enumerate(many(size)):
            path = write_workbook(tmp_path / f"{size}-{number}.xlsx", sheets)
            with counting_statements() as statements:
                assert command("apply", path, "--ledger", place).exit_code == 0
            sent.append(len(statements))
        counts[size] = sent
    assert counts[130] == counts[270]
    assert min(counts[130]) > 3


# Round in circles


def test_names_may_go_round_in_a_circle(command: CommandLine, tmp_path: Path) -> None:
    """Norte becomes tmp, Sur becomes Norte, tmp becomes Sur: the two have changed names."""
    sheets: Sheets = [
        ("Add OTC", [otc()]),
        ("Add Customer", [customer("Norte"), customer("Sur", 7)]),
    ]
    command("apply", write_workbook(tmp_path / "1.xlsx", sheets))
    renames = [("Norte", "tmp"), ("Sur", "Norte"), ("tmp", "Sur")]
    circle: Sheets = [("Edit Customer", [edit(old, New_Name=new) for old, new in renames])]
    said = command("apply", write_workbook(tmp_path / "2.xlsx", circle), "--json")
    assert rows(said) == (3, 3, 0, 0)
    found = {one["name"]: one["subscriptions"][0]["licenses"] for one in held(command)[1]}
    assert found == {"Norte": 7, "Sur": 5}


def test_a_name_that_was_given_up_may_be_given_anew(command: CommandLine, tmp_path: Path) -> None:
    """Norte is renamed, and a new customer is called Norte in the same workbook."""
    sheets: Sheets = [("Add OTC", [otc()]), ("Add Customer", [customer("Norte")])]
    command("apply", write_workbook(tmp_path / "1.xlsx", sheets))
    reuse: Sheets = [
        ("Edit Customer", [edit("Norte", New_Name="Norte viejo")]),
        ("Add Customer", [customer("Norte", 9)]),
    ]
    assert command("apply", write_workbook(tmp_path / "2.xlsx", reuse)).exit_code == 0
    found = {one["name"]: one["subscriptions"][0]["licenses"] for one in held(command)[1]}
    assert found == {"Norte viejo": 5, "Norte": 9}


def test_emails_of_self_managed_customers_may_be_swapped(
    command: CommandLine, tmp_path: Path
) -> None:
    """Each email is one customer's alone at every row, and so it is in the ledger at the end."""
    north, south, spare = "norte@site.example", "sur@site.example", "tmp@site.example"
    sheets: Sheets = [
        ("Add OTC", [otc(CODES[0]), otc(CODES[1])]),
        ("Add Customer", [self_managed("Norte", CODES[0], north),
                          self_managed("Sur", CODES[1], south)]),
    ]  # fmt: skip
    command("apply", write_workbook(tmp_path / "1.xlsx", sheets))
    swap = [("Norte", spare), ("Sur", north), ("Norte", south)]
    path = write_workbook(
        tmp_path / "2.xlsx", [("Edit Customer", [edit(name, Email=email) for name, email in swap])]
    )
    assert rows(command("apply", path, "--json")) == (3, 3, 0, 0)
    assert [(one["name"], one["email"]) for one in held(command)[1]] == [
        ("Norte", south), ("Sur", north),
    ]  # fmt: skip
    straight = [("Norte", north), ("Sur", south)]
    path = write_workbook(
        tmp_path / "3.xlsx",
        [("Edit Customer", [edit(name, Email=email) for name, email in straight])],
    )
    assert errors(command("apply", path, "--json"))[0] == ("Edit Customer", "Email", "email-in-use")


# Corrections


def corrections_of(said: CommandResult) -> Path:
    """The corrections workbook that a command has written."""
    path = Path(report(said)["corrections"])
    assert path.exists()
    return path


def change(path: Path, how: Callable[[Workbook], object]) -> None:
    """Let a person work on a workbook and save it."""
    workbook = load_workbook(path)
    how(workbook)
    workbook.save(path)


def below_header(sheet: Worksheet) -> list[list[Any]]:
    """The sheet's rows but the first, without the column Problems."""
    headers = [cell.value for cell in sheet[1]]
    assert headers[-1] == "Problems"
    return [list(row)[:-1] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_refused_rows_are_given_back_with_their_cells_marked(
    command: CommandLine, bad: Path
) -> None:
    """After --partial only refused rows; each bad cell is coloured and has a comment, no other
    cell is or has; the column Problems says all of it in words."""
    said = command("apply", bad, "--partial", "--json")
    workbook = load_workbook(corrections_of(said))
    assert [row[0] for row in below_header(workbook["Add OTC"])] == [CODES[1]]
    assert [row[0] for row in below_header(workbook["Add Customer"])] == ["Sur"]
    marked = {
        (sheet.title, cell.coordinate)
        for sheet in workbook.worksheets[1:]
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.fill.fill_type == "solid"
    }
    commented = {
        (sheet.title, cell.coordinate)
        for sheet in workbook.worksheets[1:]
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.comment is not None
    }
    assert marked == commented
    assert marked == {
        ("Add OTC", "D2"), ("Add Customer", "C2"), ("Add Avira Subscription", "A2"),
        ("Add Avira Subscription", "B2"),
    }  # fmt: skip
    for problem in report(said)["problems"]:
        sheet = workbook[problem["sheet"]]
        words = str(sheet.cell(2, sheet.max_column).value)
        assert problem["message"] in words
        assert problem["fix"] in words
        column = re.sub("[0-9]", "", problem["cell"])
        assert problem["message"] in sheet[f"{column}2"].comment.text


def test_all_rows_are_given_back_where_nothing_was_applied(command: CommandLine, bad: Path) -> None:
    """By default and for check the good rows come along, unmarked and with no words beside them."""
    for verb in ("check", "apply"):
        workbook = load_workbook(corrections_of(command(verb, bad, "--json")))
        for name, those in BAD:
            expected = [[row.get(header) for header in HEADERS[name]] for row in those]
            assert below_header(workbook[name]) == expected
        good_row = workbook["Add OTC"][2]
        assert [cell.fill.fill_type for cell in good_row] == [None] * len(good_row)
        assert good_row[-1].value is None


def test_the_first_sheet_links_to_every_marked_cell(command: CommandLine, bad: Path) -> None:
    """One line a problem, in order, with sheet, row in the user's file, reason and remedy; the
    link leads to the coloured cell."""
    said = command("apply", bad, "--partial", "--json")
    workbook = load_workbook(corrections_of(said))
    listed = workbook.worksheets[0]
    lines: list[Any] = [row for row in listed.iter_rows(min_row=2) if row[1].hyperlink]
    problems = report(said)["problems"]
    assert len(lines) == len(problems) == 4
    for line, problem in zip(lines, problems, strict=True):
        assert line[0].value == problem["sheet"]
        assert line[2].value == problem["row"]
        assert problem["message"] in [cell.value for cell in line]
        assert problem["fix"] in [cell.value for cell in line]
        title, _, place = line[1].hyperlink.location.rpartition("!")
        assert workbook[title.strip("'")][place].fill.fill_type == "solid"
        assert problem["message"] in workbook[title.strip("'")][place].comment.text


@pytest.mark.parametrize("options", [[], ["--partial"]])
def test_mending_and_applying_the_corrections_finishes_the_job(
    options: list[str], command: CommandLine, good: Path, bad: Path, tmp_path: Path
) -> None:
    """The ledger is then exactly the one that a workbook without mistakes makes."""
    place = corrections_of(command("apply", bad, "--json", *options))

    def mend(workbook: Workbook) -> None:
        last = workbook["Add OTC"].max_row
        workbook["Add OTC"][f"D{last}"] = 20
        workbook["Add Avira Subscription"]["A2"] = "Norte"

    change(place, mend)
    said = command("apply", place, "--json")
    assert said.exit_code == 0
    assert rows(said) == ((3, 3, 0, 0) if options else (5, 5, 0, 0))
    mended = held(command)
    assert command("apply", good, "--ledger", tmp_path / "other.db").exit_code == 0
    assert mended == held(command, "--ledger", str(tmp_path / "other.db"))


def test_corrections_of_a_wrong_layout_can_be_mended(command: CommandLine, tmp_path: Path) -> None:
    """A misnamed sheet is renamed, a surplus column deleted, a missing one filled in: done."""
    header = ("OTC", "Email", "Company Name", "Total Licenses")
    row = (CODES[0], "it@msp.example", "Acme", 50)
    sheets: dict[str, list[tuple[Any, ...]]] = {
        "My OTCs": [header, row],
        "Add Customer": [
            ("Customer (Site) Name", "Avira OTC", "No of Licenses", "Phone"),
            ("Norte", CODES[0], 5, "555"),
        ],
    }
    path = write_cells(tmp_path / "x.xlsx", sheets)
    place = corrections_of(command("apply", path, "--json"))

    def mend(workbook: Workbook) -> None:
        workbook["My OTCs"].title = "Add OTC"
        customers = workbook["Add Customer"]
        header_cells: Any = customers[1]
        column_of = {str(cell.value).rstrip(" *"): cell.column for cell in header_cells}
        customers.cell(2, column_of["Managed By"], "Admin")
        customers.delete_cols(column_of["Phone"])

    change(place, mend)
    said = command("apply", place, "--json")
    assert rows(said) == (2, 2, 0, 0)
    assert held(command)[1][0]["subscriptions"] == [{"otc": CODES[0], "licenses": 5}]


def test_corrections_speak_the_language_of_the_workbook_and_of_the_user(
    command: CommandLine, tmp_path: Path
) -> None:
    """Spanish sheets keep Spanish names and headers; with --lang es the problems are Spanish, and
    both are known again when the file is applied."""
    table = [
        ("Código OTC", "Correo electrónico", "Nombre de la empresa", "Total de licencias"),
        (CODES[0], "it@msp.example", "Acme", "cincuenta"),
    ]
    path = write_cells(tmp_path / "x.xlsx", {"Agregar OTC": table})
    place = corrections_of(command("apply", path, "--json", "--lang", "es"))
    sheet = load_workbook(place)["Agregar OTC"]
    assert str(sheet["D1"].value).startswith("Total de licencias")
    assert sheet.cell(1, sheet.max_column).value == "Problemas"

    def mend(workbook: Workbook) -> None:
        workbook["Agregar OTC"]["D2"] = 50

    change(place, mend)
    assert rows(command("apply", place, "--json")) == (1, 1, 0, 0)


def test_texts_numbers_and_dates_come_back_as_they_were(
    command: CommandLine, tmp_path: Path
) -> None:
    """What rows beside the bad one hold is the same in the ledger by way of the corrections."""
    odd = otc(CODES[0], 50, Description="=1+1", Product_ID="00123",
              Purchase_Date=dt.date(2026, 1, 2), Expiry_Date="2040-02-29",
              Runtime="12")  # fmt: skip
    others = [otc(CODES[1], "7", Description="+1", Product_ID=123),
              otc(CODES[2], 7.0, Description="  two  spaces ", Product_ID="#N/A")]  # fmt: skip

    def as_text(workbook: Workbook) -> None:
        for cell in ("E2", "H4"):
            workbook["Add OTC"][cell].data_type = "s"

    straight = write_workbook(tmp_path / "straight.xlsx", [("Add OTC", [odd, *others])])
    change(straight, as_text)
    other_ledger = str(tmp_path / "other.db")
    assert command("apply", straight, "--ledger", other_ledger).exit_code == 0
    crooked = write_workbook(
        tmp_path / "crooked.xlsx", [("Add OTC", [odd, *others, otc(CODES[3], "x")])]
    )
    change(crooked, as_text)
    place = corrections_of(command("apply", crooked, "--json"))
    change(place, lambda workbook: workbook["Add OTC"].delete_rows(5))
    assert command("apply", place).exit_code == 0
    assert held(command) == held(command, "--ledger", other_ledger)


def test_text_that_reads_like_an_escape_comes_back_as_it_was(
    command: CommandLine, tmp_path: Path
) -> None:
    """The text _x0041_ (in the file: _x005F_x0041_) is not an A after a way through corrections."""
    rows_of_file = [otc(Description="_x005F_x0041_"), otc(CODES[1], "x")]
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", rows_of_file)])
    place = corrections_of(command("apply", path, "--json"))
    assert rows(command("apply", place, "--partial", "--json")) == (2, 1, 0, 1)
    assert command("show", "otcs", "--json").json[0]["description"] == "_x0041_"


def spoil_error(sheet: Worksheet) -> None:
    """An error value in an optional column."""
    sheet["E2"] = "#REF!"


def spoil_formula(sheet: Worksheet) -> None:
    """A formula that nobody has calculated, in an optional column."""
    sheet["I2"] = "=6+6"


def spoil_merge(sheet: Worksheet) -> None:
    """A merged range whose second row has no value of its own."""
    sheet.merge_cells("E2:E3")


def spoil_date(sheet: Worksheet) -> None:
    """A bare number where a date belongs."""
    sheet["G2"] = 51_926


def spoil_purchase_date(sheet: Worksheet) -> None:
    """Text that can be read as two dates."""
    sheet["F2"] = "03/04/2026"


def spoil_number(sheet: Worksheet) -> None:
    """A logical value where a number belongs."""
    sheet["D2"] = True


def spoil_code(sheet: Worksheet) -> None:
    """A code that Excel has taken for a number."""
    sheet["A2"] = 12345678901234567890


def spoil_name(sheet: Worksheet) -> None:
    """A company's name on two lines."""
    sheet["C2"] = "Acme\nLtd"


SPOILS = [
    spoil_error, spoil_formula, spoil_merge, spoil_date, spoil_purchase_date, spoil_number,
    spoil_code, spoil_name,
]  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_was_refused_is_refused_again_until_it_is_mended(
    spoil: Callable[[Worksheet], object], command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """Applying the corrections as they are refuses the same cells' columns: giving a cell back
    never makes it good."""
    sheets = [("Add OTC", [otc(Description="two years"), otc(CODES[1])])]
    path = write_workbook(tmp_path / "x.xlsx", sheets)
    change(path, lambda workbook: spoil(workbook["Add OTC"]))
    first = command("apply", path, "--json")
    second = command("apply", corrections_of(first), "--json")
    assert first.exit_code == second.exit_code == 1
    assert rows(first) == rows(second) == (2, 1, 0, 1)
    assert [column for _, column, _ in errors(second)] == [column for _, column, _ in errors(first)]
    assert not ledger.exists()


def test_the_column_problems_is_not_read(command: CommandLine, bad: Path) -> None:
    """Corrections applied unmended have the problems of the first time and none about themselves;
    what stands in the column asks for nothing, not even in a row that was emptied."""
    first = command("apply", bad, "--json")
    place = corrections_of(first)
    assert errors(command("apply", place, "--json")) == errors(first)

    def empty_the_refused_rows(workbook: Workbook) -> None:
        for name, row in (("Add OTC", 3), ("Add Customer", 3), ("Add Avira Subscription", 2)):
            for column in range(1, len(HEADERS[name]) + 1):
                workbook[name].cell(row, column).value = None

    change(place, empty_the_refused_rows)
    said = command("apply", place, "--json")
    assert rows(said) == (2, 2, 0, 0)


def test_untouched_corrections_are_replaced(command: CommandLine, bad: Path) -> None:
    """However often a workbook is checked, one corrections file stands beside it, the newest."""
    command("check", bad)
    change(bad, lambda workbook: workbook["Add OTC"].append([CODES[2], "nobody", "Acme", 5]))
    place = corrections_of(command("check", bad, "--json"))
    assert list(bad.parent.glob("*corrections*")) == [place]
    assert load_workbook(place)["Add OTC"].max_row == 4


@pytest.mark.parametrize(
    "value", [dt.date(2026, 1, 2), dt.datetime(2026, 1, 2, 3, 4, 5), 0.1, 51_926, 0, True, "a\nb"]
)
def test_corrections_with_any_value_are_known_to_be_untouched(
    value: object, command: CommandLine, tmp_path: Path
) -> None:
    """No kind of value that a cell can hold makes a file look edited that nobody has opened."""
    row = otc(total="x", Description=value, Expiry_Date=value)
    path = write_workbook(tmp_path / "x.xlsx", [("Add OTC", [row])])
    first, second = (corrections_of(command("check", path, "--json")) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("told", [False, True])
def test_corrections_that_somebody_worked_on_are_never_overwritten(
    told: bool, command: CommandLine, bad: Path
) -> None:
    """Half-mended and saved, at the usual place or where --corrections says: new corrections go
    elsewhere, and the user's work is as it was left."""
    options = ["--corrections", str(bad.with_name("mine.xlsx"))] if told else []
    place = corrections_of(command("check", bad, "--json", *options))

    def mend_one_cell(workbook: Workbook) -> None:
        workbook["Add OTC"]["D3"] = 20

    change(place, mend_one_cell)
    before = place.read_bytes()
    said = command("check", bad, "--json", *options)
    assert place.read_bytes() == before
    assert corrections_of(said) != place


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 neither"])
def test_a_file_of_somebody_elses_is_not_overwritten_by_corrections(
    content: bytes, command: CommandLine, bad: Path
) -> None:
    """What stands at the usual place and is no corrections workbook of ours stays."""
    taken = bad.with_name("bad.corrections.xlsx")
    taken.write_bytes(content)
    place = corrections_of(command("apply", bad, "--partial", "--json"))
    assert place != taken
    assert taken.read_bytes() == content


def test_a_broken_file_in_the_way_does_not_hide_what_was_applied(
    command: CommandLine, bad: Path
) -> None:
    """A damaged workbook at the place of the corrections: the batch is reported all the same."""
    taken = write_workbook(bad.with_name("bad.corrections.xlsx"), GOOD)
    with zipfile.ZipFile(taken) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"][:100]
    with zipfile.ZipFile(taken, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    said = command("apply", bad, "--partial", "--json")
    assert said.exit_code == 1
    assert (report(said)["status"], report(said)["batch"]) == ("partly-applied", 1)


def test_corrections_that_cannot_be_written_do_not_hide_what_was_applied(
    command: CommandLine, bad: Path
) -> None:
    """No such folder: the good rows are applied and reported, and the failure is mentioned."""
    nowhere = bad.parent / "no such folder" / "mine.xlsx"
    said = command("apply", bad, "--partial", "--corrections", nowhere)
    assert said.exit_code == 1
    assert "Batch 1" in said.out
    assert str(nowhere) in said.out + said.err
    as_json = command("apply", bad, "--partial", "--corrections", nowhere, "--json")
    assert report(as_json)["corrections"] is None
    assert str(nowhere) in as_json.err


def test_the_other_sheets_of_the_template_come_with_corrections_without_rows(
    command: CommandLine, tmp_path: Path
) -> None:
    """Only what is to be mended is given back, and a place for what mending needs beside it."""
    sheets = [("Add OTC", [otc()]), ("Add Customer", [customer("Norte", "x")])]
    path = write_workbook(tmp_path / "x.xlsx", sheets)
    given_back = load_workbook(corrections_of(command("apply", path, "--partial", "--json")))
    assert given_back.sheetnames == ["Problems", *HEADERS, "Lists", "_meta"]
    assert given_back["Add Customer"].max_row == 2
    assert all(given_back[name].max_row == 1 for name in HEADERS if name != "Add Customer")
