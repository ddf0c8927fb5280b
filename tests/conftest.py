"""What tests share: a ledger of their own, a home of their own, and the command line."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from importer.base.texts import use_language
from importer.cli import main as program
from servers import Server, new_folder, remove, shared_server

settings.register_profile("unhurried", deadline=None)  # other tests run at the same time
settings.load_profile("unhurried")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and its exit code."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON document that is all of standard output."""
        return json.loads(self.out)


class CommandLine:
    """Runs commands as a shell would, each with the ledger of the test."""

    def __init__(self, ledger: str, capture: pytest.CaptureFixture[str]) -> None:
        self.ledger = ledger
        self._capture = capture

    def __call__(self, *arguments: str | Path) -> Said:
        """Run a command; `--ledger` is added unless it takes none."""
        words = [str(argument) for argument in arguments]
        if not {"--help", "--version", "--ledger"} & set(words):
            words += ["--ledger", self.ledger]
        self._capture.readouterr()
        exit_code = program.run(words)
        said = self._capture.readouterr()
        return Said(exit_code, said.out, said.err)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees this user's files or language, and none leaves its own language behind."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("AVIRA_IMPORTER_LANG", "AVIRA_IMPORTER_LEDGER", "AVIRA_IMPORTER_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)
    use_language("en")
    yield
    use_language("en")


@pytest.fixture
def no_corrections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrections workbooks are not written: for histories of many, in which nobody reads them."""
    monkeypatch.setattr("importer.workbook.writing.corrections.write_corrections", lambda *_: None)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where the test's ledger is, once something is applied."""
    return tmp_path / "ledger.db"


SERVER_FOLDER = "AVIRA_IMPORTER_TEST_SERVER"


def pytest_configure(config: pytest.Config) -> None:
    """Choose where the server of all worker processes is; the first that needs it starts it."""
    if SERVER_FOLDER not in os.environ:
        os.environ[SERVER_FOLDER] = str(new_folder())
        config.add_cleanup(partial(remove, Server(Path(os.environ[SERVER_FOLDER]))))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for other processes."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def server() -> Server:
    """The PostgreSQL server that all tests share."""
    return shared_server(Path(os.environ[SERVER_FOLDER]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked `both_engines` with each kind of ledger.

    A test that asks for `ledger`, the file, is about files alone.
    """
    marked = metafunc.definition.get_closest_marker("both_engines") is not None
    about_files = "ledger" in inspect.signature(metafunc.function).parameters
    if marked and "engine" in metafunc.fixturenames and not about_files:
        metafunc.parametrize("engine", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """What keeps the test's ledger: SQLite, where a test does not ask for more."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def where(engine: str, ledger: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """What `--ledger` names: a file that is not there yet, or a database with an empty ledger."""
    if engine == "sqlite":
        yield str(ledger)
        return
    server: Server = request.getfixturevalue("server")
    with server.database() as name:
        yield server.url(name)


@pytest.fixture
def command(where: str, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line."""
    return CommandLine(where, capsys)
