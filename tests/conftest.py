"""What tests share: a ledger of their own, a home of their own, and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from importer.cli import main as program
from importer.texts import use_language

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

    def __init__(self, ledger: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.ledger = ledger
        self._capture = capture

    def __call__(self, *arguments: str | Path) -> Said:
        """Run a command; `--ledger` is added unless it takes none."""
        words = [str(argument) for argument in arguments]
        if not {"--help", "--version", "--ledger"} & set(words):
            words += ["--ledger", str(self.ledger)]
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
def ledger(tmp_path: Path) -> Path:
    """Where the test's ledger is, once something is applied."""
    return tmp_path / "ledger.db"


@pytest.fixture
def command(ledger: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line."""
    return CommandLine(ledger, capsys)
