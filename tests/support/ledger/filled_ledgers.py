"""Fixtures of ledgers that are filled once, and restored before each test.

Test modules name this module as a pytest plugin. A ledger's path or URL stays the same, so that the
program compiles its SQL once.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from command_line import CommandLine
from dated_history import Past, Recording, record
from histories import History, fill_with_base
from importer.ledger.tables import metadata
from ledgers import raw
from servers import Server
from sound_ledger import AS_REPLICA, SoundLedger, fill_sound_accounts, stored_rows

Restore = Callable[[Path], str]
"""Makes a ledger like that of a file; gives what `--ledger` is to name."""


@pytest.fixture(scope="session")
def database_for(server: Server) -> Iterator[Callable[[Path], str]]:
    """Gives the URL of a database in which the ledger of a file is restored."""
    with ExitStack() as stack:
        yield cache(lambda _file: server.url(stack.enter_context(server.database())))


@pytest.fixture
def restore(engine: str, request: pytest.FixtureRequest) -> Restore:
    """Restores a ledger, in a file or a database."""

    def to_file(file: Path) -> str:
        return str(shutil.copy(file, file.with_name("ledger.db")))

    def to_database(file: Path) -> str:
        url = str(request.getfixturevalue("database_for")(file))
        with raw(file) as source, raw(url) as target:
            target.exec_driver_sql(AS_REPLICA)
            for table in metadata.sorted_tables:
                target.execute(table.delete())
                if rows := stored_rows(source, table):
                    target.execute(table.insert(), rows)
        return url

    return to_file if engine == "sqlite" else to_database


@pytest.fixture
def history(
    restore: Restore,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> History:
    """The history of a ledger that begins with BASE."""
    file = fill_with_base(tmp_path_factory.getbasetemp() / "base")
    return History(CommandLine(restore(file), capsys), tmp_path, batches=1)


@pytest.fixture(scope="session")
def recordings() -> list[Recording]:
    """The recording, once the first test has made it."""
    return []


@pytest.fixture
def recording(
    recordings: list[Recording],
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Recording:
    """What the commands printed while the history of a week was made."""
    if not recordings:
        folder = tmp_path_factory.mktemp("recorded")
        recordings.append(record(CommandLine(str(folder / "recorded.db"), capsys), folder))
    return recordings[0]


@pytest.fixture
def past(
    recording: Recording,
    restore: Restore,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Past:
    """A ledger with the history of a week."""
    return Past(CommandLine(restore(recording.file), capsys), tmp_path, monkeypatch)


@pytest.fixture
def sound_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a sound ledger of two accounts."""
    return fill_sound_accounts(tmp_path_factory.getbasetemp() / "sound")


@pytest.fixture
def sound(
    sound_file: Path,
    restore: Restore,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[SoundLedger]:
    """A sound ledger of two accounts, whose schema is not verified: nothing in it is guarded."""
    monkeypatch.setattr("importer.ledger.upkeep.verify.schema_faults", lambda _connection: iter(()))
    command = CommandLine(restore(sound_file), capsys)
    with raw(command.ledger) as connection:
        yield SoundLedger(command, connection)


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Chance; a failing test prints the seed, which TEST_SEED repeats."""
    seed = int(os.environ.get("TEST_SEED") or random.randrange(2**32))
    request.node.add_report_section("setup", "seed", f"TEST_SEED={seed}")
    return random.Random(seed)
