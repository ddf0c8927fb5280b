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
from pathlib import Path

import pytest

from builders import write_cells
from command_line import CommandLine
from hostile.catalogue import HOSTILE
from hostile.originals import good_workbook
from importer.base.errors import FileError
from importer.workbook.reading import sandbox
from reading_processes import sabotage
from reports import refusal_of
from scripts import ROOT
from systems import linux_only, posix_only

pytestmark = posix_only("Windows limits no process")

DEEDS = {
    "bad_signal": ("os.kill(os.getpid(), 11)", "unreadable-file"),
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
    sandbox._end_all()
    yield
    sandbox._end_all()


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
    """A line of Python that sends `content` instead of an answer, wherever the pipe is."""
    return (
        f"[os.write(fd, {content!r}) for fd in range(3, 64) "
        "if os.path.exists(f'/proc/self/fd/{fd}') "
        "and os.readlink(f'/proc/self/fd/{fd}').startswith('pipe:')]; os._exit(0)"
    )


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
])  # fmt: skip
def test_an_invalid_answer_means_that_the_file_cannot_be_read(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch, {"bad": send(content)})
    with pytest.raises(FileError) as caught:
        sandbox.read_workbook(good_workbook(tmp_path / "bad.xlsx"))
    assert caught.value.code == "unreadable-file"


# What the process may do


def test_the_process_cannot_write_dump_its_memory_or_be_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    sabotage(monkeypatch, {"bad": f"""
import resource, signal
note = lambda name: os.mkdir(os.path.join({str(notes)!r}, name))
note('core-%d-%d' % resource.getrlimit(resource.RLIMIT_CORE))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
file = os.open({str(tmp_path / "written")!r}, os.O_WRONLY | os.O_CREAT)
try: os.write(file, b'x'); note('wrote')
except OSError: note('could-not-write')
note('interrupt-' + signal.getsignal(signal.SIGINT).name)
"""})  # fmt: skip
    assert sandbox.read_workbook(good_workbook(tmp_path / "bad.xlsx")).sheets
    assert sorted(note.name for note in notes.iterdir()) == [
        "core-0-0", "could-not-write", "interrupt-SIG_IGN",
    ]  # fmt: skip
    assert (tmp_path / "written").read_bytes() == b""


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
from importer.workbook.reading import sandbox
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
sandbox.read_ahead("a file that does not exist")
print(sandbox._ahead[1]._process.pid, flush=True)
sys.stdin.read()
"""


@linux_only("only Linux waits for any process")
@pytest.mark.parametrize("end", ["at its end", "by Ctrl-C", "by force"])
def test_the_process_ends_with_the_program(end: str) -> None:
    """Both get Ctrl-C, which is for the program to act on."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stdin=subprocess.PIPE,
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


def test_ctrl_c_does_not_reach_the_process(tmp_path: Path) -> None:
    path = good_workbook(tmp_path / "good.xlsx")
    sandbox.read_workbook(path)
    [process] = sandbox._idle
    process._process.send_signal(signal.SIGINT)
    assert sandbox.read_workbook(path).sheets
    assert sandbox._idle == [process]


def test_a_process_is_kept_for_the_next_file_unless_it_refused_one(tmp_path: Path) -> None:
    """Starting it takes as long as reading a small workbook; after a hostile file it is not
    trusted."""
    good, bad = good_workbook(tmp_path / "good.xlsx"), tmp_path / "bad.xlsx"
    HOSTILE["xlsx: entities of entities in xl/workbook.xml"].make(bad)
    sandbox.read_workbook(good)
    [first] = sandbox._idle
    sandbox.read_workbook(good)
    assert sandbox._idle == [first]
    with pytest.raises(FileError):
        sandbox.read_workbook(bad)
    assert sandbox._idle == []
    assert first._process.returncode is not None


def test_a_kept_process_that_has_ended_is_replaced(tmp_path: Path) -> None:
    """The system may have ended it while it waited."""
    good = good_workbook(tmp_path / "good.xlsx")
    sandbox.read_workbook(good)
    [kept] = sandbox._idle
    kept._process.kill()
    kept._process.wait()
    assert [sheet.name for sheet in sandbox.read_workbook(good).sheets] == ["Add OTC"]
    assert sandbox._idle[0] is not kept


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


def test_a_file_that_is_deleted_after_it_was_read_counts_as_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch, {"bad": "os.unlink(path)"}, after=True)
    assert sandbox.read_workbook(good_workbook(tmp_path / "bad.xlsx")).sheets
