"""OTCs are worth money: no log, traceback or error output shows more than five characters."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import pytest

from builders import customer, otc, write_workbook
from command_line import CommandLine
from hostile.catalogue import HOSTILE
from importer.base.errors import LedgerError, OutputError
from importer.base.texts import N_, printable, text
from importer.messages import fault_log, masking
from importer.pipeline import apply as pipeline
from scripts import ROOT

CODES = [f"LEAK1-LEAK2-LEAK3-0000{number}" for number in range(4)]
CODE = CODES[0]
_LEAK = re.compile("leak[0-9]", re.IGNORECASE)

TYPED: dict[str, str] = {
    "as it is": CODE,
    "in lower case": CODE.lower(),
    "without dashes": CODE.replace("-", ""),
    "with odd dashes": CODE.replace("-", "–"),
    "with spaces": CODE.replace("-", " - "),
    "after a line break": repr(f"\n{CODE}\n"),
    "after a word and a dash": f"sheet-{CODE}, sheet {CODE}",
    "with no-break spaces": CODE.replace("-", "\u00a0"),
    "with invisible ones": CODE.replace("-", "\u200b-\u2063"),
    "shown with invisible ones": printable(CODE.lower().replace("-", "\u2063-\n")),
    "in a name": f"x_{CODE}_y.xlsx",
    "in a URL": f"postgresql://x/y?otc%3D{CODE}",
    "among others": ",".join([CODE] * 3),
}


def leaks(*texts: str) -> list[str]:
    """The lines that show more of an OTC than they may."""
    return [line for text in texts for line in text.splitlines() if _LEAK.search(line)]


def logs(folder: Path) -> list[str]:
    """The logs that the program has written in `folder`."""
    return [path.read_text("utf-8") for path in folder.rglob("*.log")]


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
def files(tmp_path: Path) -> Path:
    """A folder with the files that the commands name, all full of OTCs."""
    customers = ("Add Customer", [customer("Uno", 2, CODE)])
    good, bad = [otc(code, 5) for code in CODES], [otc(code, "5 pcs") for code in CODES]
    write_workbook(tmp_path / "in.xlsx", [("Add OTC", good), customers])
    write_workbook(tmp_path / "wrong.xlsx", [("Add OTC", bad), customers])
    HOSTILE["xlsx: entities of entities in xl/workbook.xml"].make(tmp_path / "bomb.xlsx")
    (tmp_path / "in.csv").write_text("OTC,Email\n" + "\n".join(f"{code},x" for code in CODES))
    (tmp_path / "c.toml").write_text(f'[limits]\n"{CODE}" = 5\n')
    return tmp_path


@pytest.mark.parametrize("filled", [True, pytest.param(False, marks=pytest.mark.thorough)])
def test_no_command_shows_an_otc_that_was_not_asked_for(
    filled: bool, command: CommandLine, files: Path
) -> None:
    """Right or wrong, with each exit code, with a ledger and without one."""
    if filled:
        assert command("apply", "in.xlsx").exit_code == 0
        assert CODE in command("show", "otcs").out  # the control: what was asked for is whole
    lines = [[word.replace("{code}", CODE) for word in words] for words in COMMANDS]
    results = [(words, command(*words)) for words in lines]
    assert {result.exit_code for _, result in results} >= {0, 1, 2, 3, 4}
    assert sum(result.err != "" for _, result in results) > 20
    assert [words for words, result in results if leaks(result.err)] == []
    assert leaks(*logs(files)) == []
    assert (files / "wrong.corrections.xlsx").exists()


ERRORS: dict[str, Callable[[str], Exception]] = {
    "internal": KeyError,
    "internal, nested": lambda words: ValueError(RuntimeError([words])),
    "of the ledger": lambda words: LedgerError(text(N_("{path}"), path=words)),
    "of the disk": lambda words: OutputError(text(N_("{path}"), path=words)),
    "of the system": lambda words: OSError(5, words, words),
}


def test_no_error_shows_an_otc_however_it_was_typed(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    """Each command fails in each way; so does one of them with every spelling in the error."""
    raised: list[Exception] = []

    def fail(*_arguments: object, **_options: object) -> None:
        raised.append(ERRORS[kind](TYPED[typed]))
        raise raised[-1]

    for function in ("apply.check", "apply.apply", "export.export", "template.template",
                     "show.figures"):  # fmt: skip
        monkeypatch.setattr(f"importer.pipeline.{function}", fail)
    summary = ["show", "summary"]
    lines = [
        ["check", "in.xlsx"], ["apply", "in.xlsx", "--json"], ["template", "-o", "t.xlsx"],
        ["export", "-o", "out.xlsx"],
    ]  # fmt: skip
    cases = [("as it is", line) for line in lines] + [(spelling, summary) for spelling in TYPED]
    for kind, (typed, line) in product(ERRORS, cases):
        raised.clear()
        result = command(*line)
        assert len(raised) == 1, line
        assert result.exit_code in (3, 4, 70)
        assert result.err != ""
        assert leaks(result.err) == [], (kind, typed)
    assert leaks(*logs(files)) == []
    assert any(CODE[-5:] in log for log in logs(files))


@pytest.mark.parametrize("typed", ["LEAK1|LEAK2|LEAK3|00007", "LEAK1 (LEAK2) ?????", "LEAK1+00007"])
def test_the_log_of_an_internal_error_shows_no_cell_whatever_its_form(
    typed: str, command: CommandLine, monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    def fail(*_arguments: object) -> None:
        raise ValueError(f"the cell {typed!r}") from KeyError(typed)

    monkeypatch.setattr(pipeline, "check", fail)
    assert command("check", "in.xlsx").exit_code == 70
    [log] = logs(files)
    assert leaks(log) == []
    assert "ValueError: the cell " in log
    monkeypatch.setattr(fault_log, "_MESSAGE", re.compile("(?!)"))  # the control
    command("check", "in.xlsx")
    assert leaks(*logs(files)) != []


def test_without_the_mask_messages_and_log_would_show_otcs(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    """The control."""
    monkeypatch.setattr(masking, "_OTC", re.compile("(?!)"))
    monkeypatch.setattr(masking, "_SET_OFF", re.compile("(?!)"))
    monkeypatch.setattr(fault_log, "_MESSAGE", re.compile("(?!)"))
    assert leaks(command("undo", CODE).err) != []

    def fail(*_arguments: object) -> None:
        raise KeyError(CODE)

    monkeypatch.setattr(pipeline, "check", fail)
    command("check", "in.xlsx")
    assert leaks(*logs(files)) != []


def test_the_program_shows_no_otc_on_the_systems_error_stream(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "importer", "undo", CODE, "--ledger", tmp_path / "x.db"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert "00000" in result.stderr
    assert leaks(result.stderr, result.stdout) == []
