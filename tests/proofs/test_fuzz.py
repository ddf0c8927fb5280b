"""Real workbooks with any bytes changed: each is read or refused, soon and in little memory."""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from builders import HEADERS
from command_line import CommandLine
from hostile_files import ODS_HEADER, XLS_CELLS, ods, pack, xls, xls_number
from importer.config.limits import Limits
from importer.workbook.formats.refusals import RefusedError
from importer.workbook.reading import process
from importer.workbook.reading.process import ReadingProcess
from importer.workbook.reading.protocol import Work
from office import convert
from tiers import path_of
from xlsb_files import Calculated, Cell, Error, XlsbSheet, write_xlsb

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows limits no process")

LIMITS = Limits(seconds=10, memory_mb=1_000)
"""What no file of a few KB may come near, however it was changed."""
FORMATS = ("xlsx", "xlsb", "ods", "xls", "csv")

# The reading process, but for what it makes of an exception that nobody thought of: that is told.
# What calamine does when it panics is no exception of ours, and the same to every caller.
CANDID = """
import json, os, sys
sys.path[:] = json.loads(sys.argv[1])
from importer.domain.problems import Code
from importer.workbook.reading import child as reading_process
from importer.workbook.formats.refusals import RefusedError
read = reading_process.read_file
def candid(path, limits, sheet):
    try:
        {first}
        return read(path, limits, sheet)
    except (RefusedError, MemoryError):
        raise
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise
        raise RefusedError(Code.UNREADABLE_FILE, f"surprise: {error!r}") from error
reading_process.read_file = candid
reading_process.main()
"""


# What is changed


def write_original(path: Path) -> None:
    """An xlsx with most of what a workbook of ours may hold."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Add OTC"
    sheet.append(HEADERS["Add OTC"])
    for number in range(4):
        code = f"ABCDE-12345-FGHIJ-6789{number}"
        sheet.append([code, "a@x.example", "Acme", "=40+10", True, None, "2030-01-01", 1.5])
    sheet.merge_cells("C2:C3")
    sheet["I2"] = "#N/A"
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["E"].hidden = True
    other = workbook.create_sheet("Enable Customer")
    other.append(HEADERS["Enable Customer"])
    other.append(["Uno"])
    other.sheet_state = "hidden"
    workbook.save(path)


def write_original_xlsb(path: Path) -> None:
    """The same as xlsb, as far as it goes."""
    cells: dict[tuple[int, int], Cell] = {
        (0, at): name for at, name in enumerate(HEADERS["Add OTC"])
    }
    cells |= {
        (1, 0): "ABCDE-12345-FGHIJ-67890",
        (1, 3): Calculated(50.0),
        (1, 4): True,
        (2, 3): Error.NA,
        (3, 3): Calculated(Error.REF),
    }
    merged = [(1, 2, 2, 2)]
    sheet = XlsbSheet("Add OTC", cells, False, frozenset({3}), frozenset({4}), merged)
    write_xlsb(path, [sheet])


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, Path]:
    """A sound file of each format, made once for all worker processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "originals"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            folder.mkdir()
            write_original(folder / "x.xlsx")
            write_original_xlsb(folder / "x.xlsb")
            rows = [",".join(HEADERS["Add OTC"]), 'ABCDE-12345-FGHIJ-67890,a@x.example,"A ""c""",5']
            (folder / "x.csv").write_bytes("\r\n".join(rows).encode("utf-8-sig"))
            if path_of("libreoffice") is None:
                ods(ODS_HEADER)(folder / "x.ods")
                xls(*XLS_CELLS, xls_number(1, 3))(folder / "x.xls")
            else:
                for target in ("ods", "xls"):
                    convert(target, folder, folder / "x.xlsx")
    return {suffix: folder / f"x.{suffix}" for suffix in FORMATS}


class Edit(NamedTuple):
    """A change: what, where (a share of the whole, in millionths), and how much or which."""

    kind: str
    place: int
    amount: int


NASTY = (
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"99999999999999999999", b'r="XFD1048576"', b"-1", b"&#0;",
    b"\xff\xfe", b"\0", b'"', b"<", b"</", b"/>", b"]]>", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff",
    b"PK\x05\x06", b"\xc3", b"NaN", b"1e999", b'hidden="1"', b'number-rows-repeated="2147483647" ',
)  # fmt: skip
KINDS = ("flip", "set", "zero", "ones", "cut", "end", "repeat", "copy", "insert", "replace")


def edited(content: bytes, edits: Sequence[Edit]) -> bytes:
    """`content` with these changes, one after the other."""
    changed = bytearray(content)
    for kind, place, amount in edits:
        at = place * len(changed) // 1_000_000
        some = slice(at, at + 1 + amount % 64)
        nasty = NASTY[amount % len(NASTY)]
        match kind:
            case "flip" if at < len(changed):
                changed[at] ^= 1 << amount % 8
            case "set" if at < len(changed):
                changed[at] = amount % 256
            case "zero" | "ones":
                changed[some] = (b"\0" if kind == "zero" else b"\xff") * len(changed[some])
            case "cut":
                del changed[some]
            case "end":
                del changed[at:]
            case "repeat":
                changed[some] = changed[some] * (1 + amount % 5_000)
            case "copy":
                start = amount * len(changed) // 1_000_000
                changed[at:at] = changed[start : start + 64]
            case "insert":
                changed[at:at] = nasty
            case _:
                changed[at : at + len(nasty)] = nasty
    return bytes(changed)


def edited_file(original: Path, part: int, edits: Sequence[Edit], path: Path) -> Path:
    """`original` with changes in its bytes or, of an archive, within one of its parts."""
    content = original.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(original) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        names = sorted(parts, key=lambda name: -len(parts[name]))
        if part < len(names):
            parts[names[part]] = edited(parts[names[part]], edits)
            pack(path, parts)
            return path
    path.write_bytes(edited(content, edits))
    return path


EDITS = st.lists(
    st.builds(Edit, st.sampled_from(KINDS), st.integers(0, 1_000_000), st.integers(0, 1_000_000)),
    min_size=1,
    max_size=4,
)


def random_edits(chance: random.Random) -> tuple[int, list[Edit]]:
    """Which part, and what changes, without hypothesis: thousands of them in little time."""
    edits = [
        Edit(chance.choice(KINDS), chance.randrange(1_000_000), chance.randrange(1_000_000))
        for _ in range(chance.choice((1, 1, 1, 2, 5)))
    ]
    return chance.randrange(12), edits


# Who reads it


class Reader:
    """A reading process that is asked for the next file also after one that it refused."""

    def __init__(self) -> None:
        self._process: ReadingProcess | None = None
        self.outcomes: Counter[str] = Counter()

    def read(self, path: Path) -> None:
        """Have a file read; fail unless it is read or refused as it should be."""
        if self._process is None:
            self._process = ReadingProcess()
        try:
            self._process.ask(Work(str(path), LIMITS, None))
            self._process.answer(LIMITS)
        except RefusedError as refused:
            reason = str(refused.reason)
            self.outcomes[refused.code] += 1
            assert "surprise" not in reason, reason
            assert "seconds" not in reason, reason
            assert "memory_mb" not in reason, reason
            if self._process._process.poll() is not None:
                self.outcomes["ended"] += 1
                self.end()
        else:
            self.outcomes["read"] += 1

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.end()
            self._process = None


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """Somebody who reads files, and tells of every exception that nobody thought of."""
    monkeypatch.setattr(
        "importer.workbook.reading.process._START", CANDID.replace("{first}", "pass")
    )
    reader = Reader()
    yield reader
    reader.end()


@pytest.mark.parametrize("suffix", FORMATS)
def test_any_changed_file_is_read_or_refused(
    suffix: str, originals: dict[str, Path], reader: Reader, tmp_path: Path
) -> None:
    """Hypothesis looks for a change that makes anything else of it than sheets or a refusal."""
    path = tmp_path / f"x.{suffix}"

    @settings(
        max_examples=60, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.integers(0, 11), EDITS)
    @example(0, [Edit("flip", 999_999, 0)])  # padding of an xls, of which chance may spare nothing
    def reads(part: int, edits: list[Edit]) -> None:
        reader.read(edited_file(originals[suffix], part, edits, path))

    reader.read(originals[suffix])
    assert reader.outcomes == {"read": 1}, "the original is sound"
    reads()
    assert reader.outcomes["read"] > 1
    assert sum(reader.outcomes.values()) > 40


def test_the_whole_command_takes_changed_files(
    originals: dict[str, Path], command: CommandLine, tmp_path: Path, ledger: Path
) -> None:
    """A few of each format at once: exit 0, 1 or 3, one report each, no traceback, no ledger."""
    chance = random.Random(5)
    paths = [
        edited_file(originals[suffix], *random_edits(chance), tmp_path / f"{number}.{suffix}")
        for suffix in FORMATS
        for number in range(6)
    ]
    said = command("check", *paths, "--json")
    assert said.exit_code in (0, 1, 3)
    assert said.err == ""
    assert "Traceback" not in said.out
    assert len(said.json) == len(paths)
    statuses = Counter(one["status"] for one in said.json)
    assert set(statuses) <= {"valid", "invalid", "unreadable"}
    assert statuses["unreadable"] >= 5
    assert not ledger.exists()


def test_a_fault_that_a_change_reaches_would_be_found(
    originals: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A control: with a TypeError for every file that holds a certain byte, the search fails."""
    deed = "assert b'\\xff' not in open(path, 'rb').read()"
    monkeypatch.setattr(process, "_START", CANDID.replace("{first}", deed))
    reader = Reader()
    chance = random.Random(7)
    changed = (
        edited_file(originals["csv"], *random_edits(chance), tmp_path / "x.csv") for _ in range(200)
    )
    with pytest.raises(AssertionError, match="surprise: AssertionError"):
        deque(map(reader.read, changed), maxlen=0)
    reader.end()


@pytest.mark.long
@pytest.mark.parametrize("suffix", FORMATS)
def test_thousands_of_changed_files_are_read_or_refused(
    suffix: str, originals: dict[str, Path], reader: Reader, tmp_path: Path
) -> None:
    """Flips, cuts, splices and what parsers choke on, at random, from a seed that is told."""
    count = int(os.environ.get("FUZZ_FILES", "5000"))
    seed = int(os.environ.get("FUZZ_SEED", "0")) or random.randrange(1, 1 << 32)
    for number in range(count):
        chance = random.Random(f"{seed} {suffix} {number}")
        part, edits = random_edits(chance)
        try:
            reader.read(edited_file(originals[suffix], part, edits, tmp_path / f"x.{suffix}"))
        except AssertionError as error:
            raise AssertionError(f"FUZZ_SEED={seed}, {number}: part {part}, {edits}") from error
    assert min(reader.outcomes["read"], reader.outcomes["unreadable-file"]) > count // 100


@pytest.mark.long
@pytest.mark.parametrize("suffix", FORMATS)
def test_hundreds_of_changed_files_go_through_the_command(
    suffix: str, originals: dict[str, Path], command: CommandLine, tmp_path: Path
) -> None:
    """The whole command line for each: exit 0, 1 or 3, no traceback."""
    chance = random.Random(9)
    path = tmp_path / f"x.{suffix}"
    codes: Counter[int] = Counter()
    for _ in range(200):
        edited_file(originals[suffix], *random_edits(chance), path)
        said = command("check", path, "--json")
        assert "Traceback" not in said.out + said.err
        codes[said.exit_code] += 1
    assert set(codes) <= {0, 1, 3}
    assert len(codes) > 1
