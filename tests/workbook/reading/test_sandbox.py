"""The sandbox: files are read in a process that may end in any way and can do no harm."""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from builders import write_cells
from command_line import CommandLine
from hostile.originals import good_workbook
from importer.base.errors import FileError
from importer.config.limits import Limits
from importer.domain.problems import Code, Severity
from importer.workbook.reading import process, sandbox
from importer.workbook.reading.raw import RawSheet, RawWorkbook
from reading_processes import sabotage
from reports import refusal_of
from scripts import ROOT
from systems import linux_only, posix_only

pytestmark = posix_only("Windows limits no process")

DEEDS = {
    "bad_signal": ("import ctypes; ctypes.string_at(0)", "unreadable-file"),
    "bad_abort": ("os.abort()", "too-large"),  # as without memory
    "bad_exit": ("os._exit(0)", "unreadable-file"),
    "bad_system_exit": ("raise SystemExit(0)", "unreadable-file"),
    "bad_exception": ("raise KeyError('unexpected')", "unreadable-file"),
    "bad_output": ("os.write(2, b'panicked'); os.write(1, b'panicked'); os._exit(1)",
                   "unreadable-file"),
    "bad_hog": ("hog = [bytearray(1 << 20) for _ in range(1 << 20)]", "too-large"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _new_processes() -> Iterator[None]:
    sandbox.end_all()
    yield
    sandbox.end_all()


def test_a_parser_that_breaks_down_affects_only_its_file(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files before and after it are read."""
    sabotage(monkeypatch, {name: deed for name, (deed, _) in DEEDS.items()})
    config = tmp_path / "c.toml"
    config.write_text("[limits]\nmemory_mb = 300\n")
    files = [good_workbook(tmp_path / "good.xlsx")]
    for name in DEEDS:
        files += [good_workbook(tmp_path / f"{name}.xlsx"), files[0]]
    result = command("check", *files, "--json", "--config", config)
    assert (result.exit_code, result.err) == (3, "")
    assert "panicked" not in result.out
    outcomes = [(Path(report["file"]).stem, report["status"],
                 [problem["code"] for problem in report["problems"]])
                for report in result.json]  # fmt: skip
    expected: list[tuple[str, str, list[str]]] = [("good", "valid", [])]
    for name, (_, code) in DEEDS.items():
        expected += [(name, "unreadable", [code]), ("good", "valid", [])]
    assert outcomes == expected


def test_a_parser_that_never_ends_is_ended_when_time_is_up(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is named, and other files are read afterwards."""
    sabotage(monkeypatch, {"bad": "time.sleep(10_000)"})
    config = tmp_path / "c.toml"
    config.write_text("[limits]\nseconds = 1\n")
    bad = good_workbook(tmp_path / "bad.xlsx")
    problem = refusal_of(command("check", bad, "--json", "--config", config))
    assert problem["code"] == "too-large"
    assert "seconds is 1" in problem["message"]
    assert command("check", good_workbook(tmp_path / "good.xlsx")).exit_code == 0


# What the process sends


class Evil:
    """Runs a program when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.mark}",)


def send(content: bytes) -> str:
    """Python that sends `content` instead of an answer, wherever the pipe is."""
    return f"""
for pipe in range(3, 20):
    try: os.write(pipe, {content!r})
    except OSError: pass
os._exit(0)
"""


def test_a_program_in_an_answer_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control, which trusts the answer, runs it."""
    mark = tmp_path / "mark"
    evil = pickle.dumps(Evil(mark))
    sabotage(monkeypatch, {"bad": send(evil)})
    with pytest.raises(FileError) as caught:
        sandbox.read_workbook(good_workbook(tmp_path / "bad.xlsx"))
    assert caught.value.code == "unreadable-file"
    assert not mark.exists()
    pickle.loads(evil)
    assert mark.exists()


@pytest.mark.parametrize("content", [
    b"not a pickle", pickle.dumps("a string"), pickle.dumps(None), b"\x80\x05.",
    b"\x80\x05\x8c\x08builtins\x8c\x04eval\x93.",
    # These would give a class an attribute.
    b"\x80\x02cimporter.workbook.reading.raw\nRawSheet\nN}U\x05titleU\x03EVIs\x86b.",
    b"\x80\x02cimporter.domain.problems\nCode\nN}U\x08severityU\x07warnings\x86b.",
])  # fmt: skip
def test_an_invalid_answer_means_that_the_file_cannot_be_read(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch, {"bad": send(content)})
    with pytest.raises(FileError) as caught:
        sandbox.read_workbook(good_workbook(tmp_path / "bad.xlsx"))
    assert caught.value.code == "unreadable-file"
    assert RawSheet("x").title == "x"
    assert Code.OVERALLOCATION.severity is Severity.ERROR


def test_an_endless_answer_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control, with a higher limit, would run until the clock ends it."""
    sabotage(monkeypatch, {"bad": "endless()"}, start="""
from importer.workbook.reading.raw import RawSheet
def endless():
    import pickle
    sheet = pickle.dumps(RawSheet("x" * 1_000_000))
    while True:
        for pipe in range(3, 20):
            try: os.write(pipe, sheet)
            except OSError: pass
""")  # fmt: skip
    with pytest.raises(FileError, match="the reader failed"):
        sandbox.read_workbook(good_workbook(tmp_path / "bad.xlsx"), Limits(memory_mb=192))


def test_modules_in_the_working_folder_and_in_pythonpath_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = good_workbook(tmp_path / "good.xlsx")
    for module in ("python_calamine", "zipfile", "olefile", "importer"):
        mark = tmp_path / f"{module} was imported"
        (tmp_path / f"{module}.py").write_text(f"open({str(mark)!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert sandbox.read_workbook(path).sheets
    assert list(tmp_path.glob("* was imported")) == []


# How long it lives

PROGRAM = """
import signal, sys
from pathlib import Path
from importer.workbook.reading import sandbox
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
sandbox.read_ahead(Path(sys.argv[1]))
print(sandbox._ahead[1]._process.pid, flush=True)
sys.stdin.read()
"""


@linux_only("only Linux waits for any process")
@pytest.mark.parametrize("end", ["at its end", "by Ctrl-C", "by force"])
def test_the_process_ends_with_the_program(end: str, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, good_workbook(tmp_path / "good.xlsx")],
        stdout=subprocess.PIPE, stdin=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True,
    ) as program:  # fmt: skip
        assert program.stdout is not None
        assert program.stdin is not None
        child = os.pidfd_open(int(program.stdout.readline()))
        if end == "at its end":
            program.stdin.close()
        elif end == "by Ctrl-C":
            os.killpg(program.pid, signal.SIGINT)
        else:
            program.kill()
        program.wait(180)
        ended, _, _ = select.select([child], [], [], 180)
        assert ended == [child]
        os.close(child)


def test_each_file_has_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was taken over cannot touch the next file; they come from a process that is kept,
    also after it had to refuse one."""
    sabotage(monkeypatch, {"bad": "raise RefusedError(Code.UNREADABLE_FILE, str(os.getpid()))"})
    reasons = set()
    for _ in range(3):
        with pytest.raises(FileError) as caught:
            sandbox.read_workbook(good_workbook(tmp_path / "bad.xlsx"))
        reasons.add(str(caught.value))
        [process] = sandbox._idle.values()
        assert str(process._process.pid) not in str(caught.value)
    assert len(reasons) == 3


@pytest.mark.parametrize("deed", [
    "answer({lie}); os._exit(17)",  # an answer to the next question
    "answer({lie}); time.sleep(10_000)",  # it stays, to read the next file
])  # fmt: skip
def test_what_a_file_leaves_behind_does_not_answer_for_the_next(
    deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two answers are sent at once."""
    lie = pickle.dumps(RawSheet("Lie")) + pickle.dumps(RawWorkbook()) + pickle.dumps(None)
    monkeypatch.setattr(process, "_CLOCK", 1)
    sabotage(monkeypatch, {"bad": deed.format(lie=2 * lie)}, start="""
def answer(content):
    for pipe in range(3, 20):
        try: os.write(pipe, content)
        except OSError: pass
""")  # fmt: skip
    with suppress(FileError):
        sandbox.read_workbook(good_workbook(tmp_path / "bad.xlsx"), Limits(seconds=1))
    assert sandbox.read_workbook(good_workbook(tmp_path / "good.xlsx")).sheets[0].name == "Add OTC"


def test_a_kept_process_that_has_ended_is_replaced(tmp_path: Path) -> None:
    """The system may have ended it while it waited."""
    good = good_workbook(tmp_path / "good.xlsx")
    sandbox.read_workbook(good)
    [kept] = sandbox._idle.values()
    kept._process.kill()
    kept._process.wait()
    assert [sheet.name for sheet in sandbox.read_workbook(good).sheets] == ["Add OTC"]
    assert list(sandbox._idle.values()) != [kept]


def test_a_process_that_cannot_be_started_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the system has no room for another; nothing is read without it."""

    def start(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "no more processes")

    monkeypatch.setattr("subprocess.Popen", start)
    sandbox.read_ahead(good_workbook(tmp_path / "good.xlsx"))
    with pytest.raises(FileError, match="the reader failed"):
        sandbox.read_workbook(tmp_path / "good.xlsx")


def test_several_threads_read_at_once(tmp_path: Path) -> None:
    """Each gets its own file, and at most one process is kept."""
    paths = [write_cells(tmp_path / f"{n}.xlsx", {f"S{n}": [[n]]}) for n in range(4)]
    names: dict[int, str] = {}

    def read(number: int) -> None:
        names[number] = sandbox.read_workbook(paths[number]).sheets[0].name

    threads = [threading.Thread(target=read, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == {number: f"S{number}" for number in range(4)}
    assert len(sandbox._idle) <= 1
