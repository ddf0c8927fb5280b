"""Files are read in a process of their own: whatever happens there, the command goes on."""

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
from typing import Any

import pytest

from builders import write_cells, write_workbook
from command_line import CommandLine
from hostile_files import HOSTILE, good_workbook, just_a_bomb, with_rows
from importer.base.errors import FileError
from importer.cli.options import CommonOptions
from importer.config.limits import Limits
from importer.pipeline.job import Job
from importer.workbook.reading import process as reader
from importer.workbook.reading import sandbox as apart
from importer.workbook.reading.process import ReadingProcess
from importer.workbook.reading.protocol import Work
from scripts import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows limits no process")

# What the reading process does instead of reading a file whose name begins with "bad".
PLANT = """
import json, os, sys, time
sys.path[:] = json.loads(sys.argv[1])
from importer.workbook.reading import child as reading_process
read = reading_process.read_file
def planted(path, limits, sheet):
    if path.name.startswith("bad"):
        {deed}
    return read(path, limits, sheet)
reading_process.read_file = planted
reading_process.main()
"""

Plant = Callable[[str], None]


@pytest.fixture(autouse=True)
def _no_process_of_another_test() -> Iterator[None]:
    apart._end_all()
    yield
    apart._end_all()


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Has the reading process do something else with bad files."""
    return lambda deed: monkeypatch.setattr(reader, "_START", PLANT.replace("{deed}", deed))


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        ("os.kill(os.getpid(), 11)", "unreadable-file"),
        ("os.abort()", "too-large"),  # as without memory
        ("os._exit(0)", "unreadable-file"),
        ("raise SystemExit(0)", "unreadable-file"),
        ("raise KeyError('what nobody thought of')", "unreadable-file"),
        ("os.write(2, b'panicked'); os.write(1, b'panicked'); os._exit(1)", "unreadable-file"),
        ("hog = [bytearray(1 << 20) for _ in range(1 << 20)]", "too-large"),
    ],
)
def test_a_parser_that_breaks_down_takes_only_its_file_with_it(
    deed: str, code: str, plant: Plant, command: CommandLine, tmp_path: Path
) -> None:
    """Exit 3 and one problem; the next file of the same command is read, in the other order too."""
    plant(deed)
    config = tmp_path / "c.toml"
    config.write_text("[limits]\nmemory_mb = 300\n")
    bad, good = good_workbook(tmp_path / "bad.xlsx"), good_workbook(tmp_path / "good.xlsx")
    said = command("check", good, bad, good, "--json", "--config", config)
    assert said.exit_code == 3
    assert said.err == ""
    assert "panicked" not in said.out
    first, refused, last = said.json
    assert [one["status"] for one in (first, refused, last)] == ["valid", "unreadable", "valid"]
    assert [problem["code"] for problem in refused["problems"]] == [code]


def test_a_parser_that_never_ends_is_ended(
    plant: Plant, command: CommandLine, tmp_path: Path
) -> None:
    """After the time of the configuration: exit 3, too-large, the limit is named."""
    plant("time.sleep(10_000)")
    config = tmp_path / "c.toml"
    config.write_text("[limits]\nseconds = 1\n")
    bad, good = good_workbook(tmp_path / "bad.xlsx"), good_workbook(tmp_path / "good.xlsx")
    said = command("check", bad, good, "--json", "--config", config)
    assert said.exit_code == 3
    refused, checked = said.json
    [problem] = refused["problems"]
    assert problem["code"] == "too-large"
    assert "seconds is 1" in problem["message"]
    assert checked["status"] == "valid"


def test_one_line_is_said_of_it(plant: Plant, command: CommandLine, tmp_path: Path) -> None:
    """Without --json a person reads the file's name, the code, and what to do."""
    plant("os._exit(9)")
    said = command("check", good_workbook(tmp_path / "bad.xlsx"))
    assert said.exit_code == 3
    assert said.err == ""
    assert said.out.count("bad.xlsx") >= 1
    assert "unreadable-file" in said.out
    assert "Traceback" not in said.out


class Evil:
    """What runs a program as it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.mark}",)


def evil_pickle(mark: Path) -> bytes:
    """Bytes that leave a mark when they are unpickled by whoever trusts them."""
    return pickle.dumps(Evil(mark))


def test_nothing_but_an_answer_is_unpickled(plant: Plant, tmp_path: Path) -> None:
    """A process that fell to its file sends a program: it is not run; the control runs it."""
    mark = tmp_path / "mark"
    evil = evil_pickle(mark)
    plant(send(evil))
    with pytest.raises(FileError) as caught:
        apart.read_workbook(good_workbook(tmp_path / "bad.xlsx"))
    assert caught.value.code == "unreadable-file"
    assert not mark.exists()
    pickle.loads(evil)
    assert mark.exists()


def send(content: bytes) -> str:
    """A line of Python that sends `content` instead of an answer, wherever the pipe is."""
    return (
        "[os.write(one, " + repr(content) + ") for one in range(3, 64) "
        "if os.path.exists(f'/proc/self/fd/{one}') "
        "and os.readlink(f'/proc/self/fd/{one}').startswith('pipe:')]; os._exit(0)"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"not a pickle", pickle.dumps("a string"), pickle.dumps(None), b"\x80\x05.",
        b"\x80\x05\x8c\x08builtins\x8c\x04eval\x93.",
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_a_file_that_cannot_be_read(
    content: bytes, plant: Plant, tmp_path: Path
) -> None:
    """Whatever the process sends, the command says one thing."""
    plant(send(content))
    with pytest.raises(FileError) as caught:
        apart.read_workbook(good_workbook(tmp_path / "bad.xlsx"))
    assert caught.value.code == "unreadable-file"


def test_the_process_can_do_no_harm(plant: Plant, tmp_path: Path) -> None:
    """It can write no file, leaves no picture of its memory, and has no say in the terminal."""
    told = tmp_path / "told"
    told.mkdir()
    plant(
        "import resource, signal; "
        "says = lambda what: os.mkdir(os.path.join(" + repr(str(told)) + ", what)); "
        "says('core-%d-%d' % resource.getrlimit(resource.RLIMIT_CORE)); "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "file = os.open(" + repr(str(tmp_path / "written")) + ", os.O_WRONLY | os.O_CREAT)\n"
        "        try: os.write(file, b'x'); says('wrote')\n"
        "        except OSError: says('could-not-write')\n"
        "        says('interrupt-' + signal.getsignal(signal.SIGINT).name)"
    )
    assert apart.read_workbook(good_workbook(tmp_path / "bad.xlsx")).sheets
    assert sorted(one.name for one in told.iterdir()) == [
        "core-0-0", "could-not-write", "interrupt-SIG_IGN",
    ]  # fmt: skip
    assert (tmp_path / "written").read_bytes() == b""


@pytest.mark.parametrize("module", ["python_calamine", "zipfile", "olefile", "importer"])
def test_the_working_folder_has_no_say_in_what_is_imported(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module of that name beside the workbook, and in PYTHONPATH, is not run."""
    path = good_workbook(tmp_path / "good.xlsx")
    (tmp_path / f"{module}.py").write_text(f"open({str(tmp_path / 'mark')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert apart.read_workbook(path).sheets
    assert not (tmp_path / "mark").exists()


COMMAND = """
import signal, sys, time
from importer.workbook.reading import sandbox as apart, process as reader
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
apart.read_ahead("a file that is not there")
print(apart._ahead.process._process.pid, flush=True)
{then}
"""


def started(then: str) -> tuple[subprocess.Popen[str], int]:
    """A program that has started its reading process, and that one's id."""
    program = subprocess.Popen(
        [sys.executable, "-c", COMMAND.replace("{then}", then)],
        stdout=subprocess.PIPE, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        start_new_session=True,
    )  # fmt: skip
    assert program.stdout is not None
    return program, int(program.stdout.readline())


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux waits for any process")
@pytest.mark.parametrize("how", ["at its end", "by Ctrl-C", "by force"])
def test_the_process_goes_with_the_program(how: str) -> None:
    """However the program ends; and Ctrl-C, which both of them get, is for the program to mind."""
    program, reader = started("sys.stdin.read()")
    reader_itself = os.pidfd_open(reader)
    if how == "at its end":
        assert program.stdin is not None
        program.stdin.close()
    elif how == "by Ctrl-C":
        os.killpg(program.pid, signal.SIGINT)
    else:
        program.kill()
    program.wait(30)
    ended, _, _ = select.select([reader_itself], [], [], 30)
    assert ended == [reader_itself]
    os.close(reader_itself)
    for pipe in (program.stdin, program.stdout, program.stderr):
        assert pipe is not None
        pipe.close()


def test_ctrl_c_does_not_reach_the_process(tmp_path: Path) -> None:
    """One that is interrupted goes on to answer."""
    path = good_workbook(tmp_path / "good.xlsx")
    apart.read_workbook(path)
    [process] = apart._idle
    process._process.send_signal(signal.SIGINT)
    assert apart.read_workbook(path).sheets
    assert apart._idle == [process]


def test_a_process_is_kept_for_the_next_file_unless_one_was_refused(tmp_path: Path) -> None:
    """Starting one takes as long as reading a small workbook; one that met evil is not trusted."""
    good = good_workbook(tmp_path / "good.xlsx")
    bad = tmp_path / "bad.xlsx"
    HOSTILE["xlsx: entities of entities in xl/workbook.xml"].make(bad)
    apart.read_workbook(good)
    [first] = apart._idle
    apart.read_workbook(good)
    assert apart._idle == [first]
    with pytest.raises(FileError):
        apart.read_workbook(bad)
    assert apart._idle == []
    assert first._process.returncode is not None


def test_several_threads_read_at_once(tmp_path: Path) -> None:
    """Each gets its own file, and at most one process is kept."""
    paths = [
        write_cells(tmp_path / f"{number}.xlsx", {f"S{number}": [[number]]}) for number in range(4)
    ]
    names: dict[int, str] = {}

    def read(number: int) -> None:
        names[number] = apart.read_workbook(paths[number]).sheets[0].name

    threads = [threading.Thread(target=read, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == {number: f"S{number}" for number in range(4)}
    assert len(apart._idle) <= 1


def test_a_file_that_vanishes_once_it_was_read_was_read(plant: Plant, tmp_path: Path) -> None:
    """Somebody moves it away in the very moment: that is no fault of the program."""
    path = good_workbook(tmp_path / "bad.xlsx")
    plant("found = read(path, limits, sheet); os.unlink(path); return found")
    assert apart.read_workbook(path).sheets


def beyond(folder: Path, limit: str) -> tuple[Path, int]:
    """A sound file, and a value of that limit that it is beyond."""
    small = good_workbook(folder / "small.xlsx")
    if limit == "parts":
        return small, 5
    if limit == "rows":
        return write_workbook(folder / "x.xlsx", [("Add OTC", [{"OTC": "x"}] * 20)]), 20
    if limit == "columns":
        return small, 8
    if limit == "cells":
        return small, 17
    large = folder / "x.xlsx"
    with_rows(*(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%d%s</t></is></c></row>'
        % (row, row, row, b"x" * 100)
        for row in range(3, 150_000 if limit == "memory_mb" else 30_000)
    ))(large)  # fmt: skip
    if limit == "file_mb":
        with large.open("ab") as file:
            file.truncate(2 << 20)
    return large, {"inflated_mb": 1, "ratio": 1, "file_mb": 1, "memory_mb": 64}[limit]


@pytest.mark.parametrize(
    "limit", ["file_mb", "parts", "inflated_mb", "rows", "columns", "cells", "memory_mb"]
)
def test_a_limit_in_the_configuration_is_honoured(
    limit: str, command: CommandLine, tmp_path: Path
) -> None:
    """A file beyond it is too-large, and the limit is named; within the default it is not."""
    path, most = beyond(tmp_path, limit)
    config = tmp_path / "c.toml"
    config.write_text(f"[limits]\n{limit} = {most}\n")
    said = command("check", path, "--json", "--config", config)
    assert said.exit_code == 3
    [problem] = said.json[0]["problems"]
    assert problem["code"] == "too-large"
    assert f"{limit} is {most}" in problem["message"]
    if limit in ("rows", "columns", "cells"):  # one more, and it is taken
        config.write_text(f"[limits]\n{limit} = {most + 1}\n")
        assert command("check", path, "--json", "--config", config).exit_code in (0, 1)


def test_the_limit_of_growth_is_honoured(command: CommandLine, tmp_path: Path) -> None:
    """`ratio` is what makes a bomb of a part that is larger than 16 MB."""
    path = tmp_path / "x.xlsx"
    just_a_bomb(path)
    config = tmp_path / "c.toml"
    codes = []
    for lines in ("ratio = 900", "ratio = 2_000\ninflated_mb = 16"):
        config.write_text(f"[limits]\n{lines}\n")
        [problem] = command("check", path, "--json", "--config", config).json[0]["problems"]
        codes.append(problem["code"])
    assert codes == ["hostile-file", "too-large"]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("rowz = 5", "limits.rowz"),
        ("rows = 0", "limits.rows"),
        ("rows = -1", "limits.rows"),
        ("rows = 1.5", "limits.rows"),
        ("rows = true", "limits.rows"),
        ('rows = "5"', "limits.rows"),
        ("rows = 99999999999", "limits.rows"),
    ],
)
def test_a_wrong_limit_is_a_wrong_use(
    line: str, named: str, command: CommandLine, tmp_path: Path
) -> None:
    """Exit 2 and one line with the limit's name; nothing is read."""
    config = tmp_path / "c.toml"
    config.write_text(f"[limits]\n{line}\n")
    said = command("check", good_workbook(tmp_path / "x.xlsx"), "--config", config)
    assert said.exit_code == 2
    assert named in said.err
    assert said.err.count("\n") == 1


def test_every_limit_is_among_those_tested() -> None:
    """A new one does not go without its test."""
    tested = {"file_mb", "parts", "inflated_mb", "rows", "columns", "cells", "memory_mb"}
    assert set(Limits.__slots__) == tested | {"ratio", "seconds"}


def test_a_process_that_is_gone_by_then_costs_no_good_file(tmp_path: Path) -> None:
    """The system may have ended it while it waited; the next file is read by a new one."""
    good = good_workbook(tmp_path / "good.xlsx")
    apart.read_workbook(good)
    [waiting] = apart._idle
    waiting._process.kill()
    waiting._process.wait()
    assert [sheet.name for sheet in apart.read_workbook(good).sheets] == ["Add OTC"]
    assert apart._idle[0] is not waiting


def sheet_of(path: Path) -> str:
    """The name of a workbook's one sheet, as it is read."""
    [sheet] = apart.read_workbook(path).sheets
    return sheet.name


def asked_ahead() -> ReadingProcess:
    """The process that reads what will be asked for next."""
    assert apart._ahead is not None
    return apart._ahead.process


def test_what_was_read_ahead_is_not_read_again(plant: Plant, tmp_path: Path) -> None:
    """The process that was asked has read it, and would have broken down on it the second time."""
    path, mark = tmp_path / "bad.xlsx", tmp_path / "read"
    plant(f"assert not os.path.exists({str(mark)!a}); os.mkdir({str(mark)!a})")
    write_cells(path, {"Then": [[1]]})
    apart.read_ahead(path)
    process = asked_ahead()
    assert sheet_of(path) == "Then"
    assert apart._idle == [process]
    assert apart._ahead is None


@pytest.mark.parametrize("change", ["written over", "put in its place", "gone", "not asked for"])
def test_what_was_read_ahead_counts_only_if_it_is_the_same_file(
    change: str, tmp_path: Path
) -> None:
    """The first of two workbooks may change the second, as corrections do."""
    path, other = tmp_path / "next.xlsx", tmp_path / "other.xlsx"
    write_cells(path, {"Then": [[1]]})
    write_cells(other, {"Now, and with a longer name": [[1]]})
    apart.read_ahead(path)
    process = asked_ahead()
    if change == "not asked for":
        path = other
    elif change == "written over":
        path.write_bytes(other.read_bytes())
    elif change == "put in its place":
        other.replace(path)
    else:
        path.unlink()
        with pytest.raises(FileError):
            sheet_of(path)
        write_cells(path, {"Now, and with a longer name": [[1]]})
    assert sheet_of(path) == "Now, and with a longer name"
    assert process._process.returncode is not None


def test_only_one_file_is_read_ahead(tmp_path: Path) -> None:
    """Who asks for another does not want the one before; nothing is left of either."""
    paths = [write_cells(tmp_path / f"{n}.xlsx", {f"S{n}": [[n]]}) for n in range(2)]
    processes = []
    for path in paths:
        apart.read_ahead(path)
        processes.append(asked_ahead())
    assert processes[0]._process.returncode is not None
    apart._end_all()
    assert processes[1]._process.returncode is not None


@pytest.mark.parametrize("words", [("check",), ("apply", "--partial")])
def test_a_command_reads_its_first_file_before_it_loads_the_rest(
    words: tuple[str, ...], command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the time the ledger is looked for, it has been asked for; nobody asks a second time."""
    path = good_workbook(tmp_path / "good.xlsx")
    asked: list[str] = []
    asked_by_then: list[list[str]] = []
    ask = ReadingProcess.ask

    def ask_and_tell(process: ReadingProcess, work: Work) -> None:
        asked.append(work.path)
        ask(process, work)

    make_job = CommonOptions.job

    def job_and_tell(*arguments: Any, **options: Any) -> Job:
        asked_by_then.append(asked[:])
        return make_job(*arguments, **options)

    monkeypatch.setattr(ReadingProcess, "ask", ask_and_tell)
    monkeypatch.setattr(CommonOptions, "job", job_and_tell)
    assert command(*words, path).exit_code == 0
    assert asked_by_then == [[str(path)]]
    assert asked == [str(path)]
