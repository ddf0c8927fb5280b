"""OTCs are worth money: no log, traceback or standard error shows more than five characters."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from builders import write_workbook
from command_line import CommandLine
from hostile.catalogue import HOSTILE
from importer.base.errors import LedgerError, OutputError
from importer.base.texts import N_, text
from importer.messages import masking as secrecy
from importer.pipeline import apply as pipeline
from scripts import ROOT

CODES = [f"LEAK1-LEAK2-LEAK3-0000{number}" for number in range(4)]
CODE = CODES[0]
_LEAK = re.compile("leak[0-9]", re.IGNORECASE)

AS_TYPED: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in lower case": str.lower,
    "without dashes": lambda code: code.replace("-", ""),
    "with odd dashes": lambda code: code.replace("-", "–"),
    "with spaces": lambda code: code.replace("-", " - "),
    "after a line break": lambda code: repr(f"\n{code}\n"),
    "after a word and a dash": lambda code: f"sheet-{code}, sheet {code}",
    "with blanks that do not break": lambda code: code.replace("-", "\u00a0"),
    "in a name": lambda code: f"x_{code}_y.xlsx",
    "in a URL": lambda code: f"postgresql://x/y?otc%3D{code}",
    "among others": lambda code: ",".join([code] * 3),
}


def leaks(*texts: str) -> list[str]:
    """What of these shows more of an OTC than it may."""
    return [line for one in texts for line in one.splitlines() if _LEAK.search(line)]


def logs(folder: Path) -> list[str]:
    """The logs that the program has written under this home."""
    return [path.read_text("utf-8") for path in folder.rglob("*.log")]


def workbook(path: Path, **more: object) -> Path:
    """A workbook that registers the OTCs and hands some out; rows of `more` are wrong."""
    return write_workbook(path, [
        ("Add OTC", [{"OTC": code, "Email": "a@x.example", "Company Name": "Acme",
                      "Total Licenses": 5, **more} for code in CODES]),
        ("Add Customer", [{"Customer (Site) Name": "Uno", "Managed By": "Admin",
                           "Avira OTC": CODE, "No of Licenses": 2}]),
    ])  # fmt: skip


COMMANDS: Sequence[Sequence[str]] = (
    ("check", "in.xlsx"), ("check", "in.xlsx", "--json"), ("check", "in.xlsx", "-v"),
    ("check", "wrong.xlsx"), ("check", "bomb.xlsx"), ("check", "missing-{code}.xlsx"),
    ("check", "--sheet", "{code}", "in.csv"), ("check", "in.csv"),
    ("check", "in.xlsx", "--corrections", "{code}.txt"), ("check", "in.xlsx", "{code}"),
    ("apply", "in.xlsx"), ("apply", "in.xlsx", "--json"), ("apply", "wrong.xlsx"),
    ("apply", "wrong.xlsx", "--partial", "-v"), ("apply", "in.xlsx", "--export", "no/{code}.xlsx"),
    ("show", "otcs"), ("show", "otcs", "{code}"), ("show", "otcs", "LEAK1-LEAK2-LEAK3-99999"),
    ("show", "customers", "{code}"), ("show", "summary", "--account", "{code}"),
    ("history",), ("history", "1"), ("history", "{code}"), ("undo", "{code}"), ("undo", "99"),
    ("undo", "1", "--check"), ("export", "-o", "out.xlsx"), ("export", "-o", "no/{code}.xlsx"),
    ("export", "--as-of", "{code}"), ("export", "--customer", "{code}"),
    ("export", "--format", "{code}"), ("template", "-o", "no/{code}.xlsx"),
    ("template", "-o", "{code}.txt"), ("ledger", "verify"), ("ledger", "backup", "no/{code}.db"),
    ("ledger", "{code}"), ("{code}",), ("--{code}",), ("check", "--{code}", "in.xlsx"),
    ("check", "in.xlsx", "--config", "{code}.toml"), ("check", "in.xlsx", "--config", "c.toml"),
    ("check", "in.xlsx", "--ledger", "mysql://{code}"), ("show", "otcs", "--ledger", "{code}.db"),
    ("check", "in.xlsx", "--lang", "{code}"), ("check", "in.xlsx", "--wait", "{code}"),
)  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> None:
    """The files that the commands name, all full of OTCs."""
    workbook(tmp_path / "in.xlsx")
    workbook(tmp_path / "wrong.xlsx", **{"Total Licenses": "5 pcs", "Email": CODES[1]})
    HOSTILE["xlsx: entities of entities in xl/workbook.xml"].make(tmp_path / "bomb.xlsx")
    (tmp_path / "in.csv").write_text("OTC,Email\n" + "\n".join(f"{code},x" for code in CODES))
    (tmp_path / "c.toml").write_text(f'[limits]\n"{CODE}" = 5\n')


def outcomes(command: CommandLine) -> Iterator[tuple[str, int, str]]:
    """Each command line, with a ledger and without one, its exit code and standard error."""
    for filled in (False, True):
        if filled:
            assert command("apply", "in.xlsx").exit_code == 0
        for words in COMMANDS:
            line = [word.replace("{code}", CODE) for word in words]
            said = command(*line)
            yield " ".join(line), said.exit_code, said.err


@pytest.mark.usefixtures("files")
def test_no_command_shows_an_otc_where_it_was_not_asked_for(
    command: CommandLine, tmp_path: Path
) -> None:
    """Every command, right and wrong, with each exit code: neither standard error nor the log."""
    said = list(outcomes(command))
    assert {code for _line, code, _err in said} >= {0, 1, 2, 3, 4}
    assert sum(err != "" for _line, _code, err in said) > 20
    assert {line: err for line, _code, err in said if leaks(err)} == {}
    assert leaks(*logs(tmp_path)) == []


FAULTS: dict[str, Callable[[str], Exception]] = {
    "a fault": lambda words: KeyError(words),
    "a fault of a fault": lambda words: ValueError(RuntimeError([words])),
    "the ledger's": lambda words: LedgerError(text(N_("{path}"), path=words)),
    "the disk's": lambda words: OutputError(text(N_("{path}"), path=words)),
    "the system's": lambda words: OSError(5, words, words),
}


@pytest.mark.parametrize("typed", AS_TYPED)
@pytest.mark.usefixtures("files")
def test_no_fault_shows_an_otc_however_it_was_typed(
    typed: str, command: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each command fails in each way, with codes in the error: no log and no message has them."""
    words = AS_TYPED[typed](CODE)
    raised: list[Exception] = []

    kinds = list(FAULTS.values())

    def fail(*_arguments: object, **_more: object) -> None:
        raised.append(kinds[0](words))
        raise raised[-1]

    for name in ("check", "apply"):
        monkeypatch.setattr(pipeline, name, fail)
    monkeypatch.setattr("importer.pipeline.export.export", fail)
    monkeypatch.setattr("importer.pipeline.template.template", fail)
    monkeypatch.setattr("importer.pipeline.show.figures", fail)
    while kinds:
        for line in (
            ["check", "in.xlsx"], ["apply", "in.xlsx", "--json"], ["template", "-o", "t.xlsx"],
            ["export", "-o", "out.xlsx"], ["show", "summary"],
        ):  # fmt: skip
            before = len(raised)
            said = command(*line)
            assert len(raised) == before + 1, line
            assert said.exit_code in (3, 4, 70)
            assert said.err != ""
            assert leaks(said.err) == []
        kinds.pop(0)
    assert logs(tmp_path) != []
    assert leaks(*logs(tmp_path)) == []
    assert any(CODE[-5:] in one for one in logs(tmp_path))


@pytest.mark.usefixtures("files")
def test_the_search_finds_what_is_not_masked(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A control: without the mask both the messages and the log show OTCs."""
    monkeypatch.setattr(secrecy, "_OTC", re.compile("(?!)"))
    monkeypatch.setattr(secrecy, "_SET_OFF", re.compile("(?!)"))
    assert leaks(command("undo", CODE).err) != []

    def fail(*_arguments: object) -> None:
        raise KeyError(CODE)

    monkeypatch.setattr(pipeline, "check", fail)
    command("check", "in.xlsx")
    assert leaks(*logs(tmp_path)) != []


@pytest.mark.usefixtures("files")
def test_standard_output_and_files_say_what_was_asked_for(
    command: CommandLine, tmp_path: Path
) -> None:
    """Whoever asks for OTCs gets them whole."""
    assert command("apply", "in.xlsx").exit_code == 0
    assert CODE in command("show", "otcs").out
    assert command("check", "wrong.xlsx").exit_code == 1
    assert (tmp_path / "wrong.corrections.xlsx").exists()


def test_the_program_itself_shows_none_on_standard_error(tmp_path: Path) -> None:
    """As a shell starts it, with the streams of the system."""
    done = subprocess.run(
        [sys.executable, "-m", "importer", "undo", CODE, "--ledger", tmp_path / "x.db"],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "00000" in done.stderr
    assert leaks(done.stderr, done.stdout) == []
