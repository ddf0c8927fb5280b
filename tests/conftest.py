"""Fixtures of all tests: a home, a ledger and the command line; tiers and skips."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from hypothesis import HealthCheck, settings

from command_line import HOME_VARIABLES, CommandLine
from empty_ledgers import EmptyLedger, in_database, in_file
from importer.base.texts import use_language
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.upkeep.setup import SetupOptions, init
from servers import EMPTY, Server, another_server, new_folder, remove, shared_server, why_no_server
from systems import IS_WINDOWS
from tiers import assign_tiers, choose_examples
from workbooks import good_workbook

# Each start of the program, of which there are hundreds, would compile all modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Other programs may slow the machine down as much as they like.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

collect_ignore = [] if IS_WINDOWS else ["base/test_windows.py"]
"""Other systems share all files, and have signals where Windows has events."""


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees this user's files, and none leaves its own language behind."""
    for name in HOME_VARIABLES:
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)
    use_language("en")
    yield
    use_language("en")


@pytest.fixture
def no_corrections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrections workbooks, which take most of the time, are not written."""
    monkeypatch.setattr("importer.workbook.writing.corrections.write_corrections", lambda *_: None)


@pytest.fixture(autouse=True)
def _no_corrections_unless_looked_at(request: pytest.FixtureRequest) -> None:
    """No test in these folders looks at them."""
    if request.path.relative_to(Path(__file__).parent).parts[0] in ("domain", "ledger"):
        request.getfixturevalue("no_corrections")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where the test's ledger is, once something is applied."""
    return tmp_path / "ledger.db"


@pytest.fixture
def workbook() -> Path:
    """A small workbook without errors, good.xlsx."""
    return good_workbook()


SERVER_FOLDER = "AVIRA_IMPORTER_TEST_SERVER"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of CI, where nothing may be skipped."""
    parser.addoption("--no-skips", action="store_true", help="fail if any test is skipped")


def pytest_configure(config: pytest.Config) -> None:
    """Set the language, and where the server of all worker processes is; the first that needs it
    starts it."""
    for name in [name for name in os.environ if name.startswith(("AVIRA_IMPORTER_", "LC_"))]:
        if name != SERVER_FOLDER:
            del os.environ[name]
    os.environ |= {"LC_ALL": "C.UTF-8", "LANGUAGE": "en"}  # for fixtures of modules too
    choose_examples(config.option.markexpr)
    if SERVER_FOLDER not in os.environ:
        os.environ[SERVER_FOLDER] = str(new_folder())
        config.add_cleanup(partial(remove, Server(Path(os.environ[SERVER_FOLDER]))))


@pytest.hookimpl(tryfirst=True)  # before tests are selected by their markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Assign each test to its tier."""
    assign_tiers(items)


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """With --no-skips, name each test that was skipped, and its reason."""
    if config.option.no_skips:
        for report in terminalreporter.stats.get("skipped", ()):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.write_line(f"--no-skips forbids: {report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With --no-skips, fail if any test was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.option.no_skips and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for other processes."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def server() -> Server:
    """The PostgreSQL server that all tests share."""
    if (reason := why_no_server()) is not None:
        pytest.skip(reason)
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
def own_server() -> Iterator[Server]:
    """A server that no other test uses, as it is stopped and killed."""
    with another_server() as server:
        yield server


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
def new_ledger(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], str]]:
    """Names ledgers that do not exist yet: a file, or a database without any tables."""
    with ExitStack() as databases:

        def new(file: str) -> str:
            if engine == "sqlite":
                return str(tmp_path / file)
            server: Server = request.getfixturevalue("server")
            return server.url(databases.enter_context(server.database(EMPTY)))

        yield new


@pytest.fixture
def empty_ledger(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> EmptyLedger:
    """Makes ledgers without rows."""
    if engine == "postgresql":
        return partial(in_database, request.getfixturevalue("server"))
    init(FileLedger(tmp_path / "empty.db"), SetupOptions("default"))
    return partial(in_file, tmp_path / "empty.db")


@pytest.fixture
def command(where: str, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line."""
    return CommandLine(where, capsys)
