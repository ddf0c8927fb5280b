"""The commands that docs/serve.md and its files run."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from cronsim import CronSim

from importer.base.clock import now
from importer.cli import main as program
from importer.cli.main import cli
from scripts import ROOT
from serve_page import (
    DOCKERFILE,
    PAGE,
    PROGRAM,
    SERVE,
    TASK,
    TASKS,
    UNIT,
    UNIT_ONCE,
    blocks,
    instructions,
    settings_of,
)
from services import process_restored


def command_lines(language: str) -> Iterator[list[str]]:
    """What the page's blocks have the program do, as words."""
    for block in blocks(language):
        for line in block.splitlines():
            words = shlex.split(line, posix=language == "sh")
            for at, word in enumerate(words):
                is_program = re.search(r"[/\\](bin|Scripts)[/\\]avira-importer$", word)
                if is_program or (at == 0 and word == "avira-importer"):
                    yield words[at + 1 :]


def in_sentences() -> Iterator[list[str]]:
    """The same in the sentences and tables of the page."""
    for words in re.findall(r"`((?:avira-importer|serve|ledger) [^`]+)`", PAGE):
        yield words.removeprefix("avira-importer ").split()


def in_files() -> Iterator[list[str]]:
    """The same of units, crontab, task and container."""
    for unit in (UNIT, UNIT_ONCE):
        yield next(line for line in settings_of(unit) if line.startswith("ExecStart=")).split()[1:]
    for line in cron_lines((SERVE / "crontab").read_text("utf-8")):
        yield line.split()[6:]
    arguments = ET.parse(TASK).findtext(f".//{TASKS}Arguments") or ""
    yield arguments.partition("avira-importer.exe ")[2].partition("2>>")[0].split()
    yield json.loads(instructions(DOCKERFILE)["CMD"][-1])


def cron_lines(words: str) -> list[str]:
    """Those lines of `words` that cron would run."""
    return [line for line in words.splitlines() if re.match(r"[\d*@]", line)]


def fault_of(words: list[str]) -> str:
    """What the command line would not take of `words`; nothing if it would run them."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        if not words or words[0] not in command.commands:
            return f"{command.name} has no {words[:1]}"
        command, words = command.commands[words[0]], words[1:]
    options = (option for option in command.params if isinstance(option, click.Option))
    known = {name for option in options for name in option.opts}
    unknown = [word for word in words if word.startswith("-") and word not in known]
    return f"{command.name} has no {unknown}" if unknown else ""


@pytest.mark.parametrize(
    ("commands", "least"),
    [
        (lambda: command_lines("sh"), 4), (lambda: command_lines("powershell"), 1),
        (in_sentences, 15), (in_files, 5),
    ],
    ids=["sh", "powershell", "sentences", "files"],
)  # fmt: skip
def test_every_documented_command_exists(
    commands: Callable[[], Iterator[list[str]]], least: int
) -> None:
    """The program has it, with these options."""
    documented_commands = list(commands())
    assert len(documented_commands) >= least
    assert [fault for fault in map(fault_of, documented_commands) if fault] == []


def test_an_unknown_command_would_be_found() -> None:
    """The control: another name, another option."""
    assert fault_of(["service", "--config", "x.toml"])
    assert fault_of(["ledger", "prove"])
    assert fault_of(["serve", "--conf", "x.toml"])
    assert not fault_of(["serve", "--config", "x.toml"])


@pytest.mark.parametrize("source", ["page", "crontab"])
def test_cron_lines_are_understood(source: str) -> None:
    """Five fields that name times to come, and a program with its whole path."""
    words = (SERVE / "crontab").read_text("utf-8")
    lines = cron_lines("\n".join(blocks("sh")) if source == "page" else words)
    assert lines
    for line in lines:
        *times, command = line.split(maxsplit=5)
        assert next(CronSim(" ".join(times), now())) > now()
        assert command.startswith(PROGRAM + " ")


def test_the_crontab_holds_nothing_that_cron_does_not_take() -> None:
    """Comments, variables and lines with times; it ends with a line's end, as cron insists."""
    words = (SERVE / "crontab").read_text("utf-8")
    assert words.endswith("\n")
    lines = [line for line in words.splitlines() if line and not line.startswith("#")]
    variables = [line for line in lines if re.match(r"[A-Z_]+=\S+$", line)]
    assert sorted(variables + cron_lines(words)) == sorted(lines)
    assert "%" not in words, "cron takes that for a line break"


def test_the_first_steps_of_the_page_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its file, its check, and a workbook in the inbox: applied, with a report beside it."""
    (tmp_path / "avira-importer.toml").write_text(blocks("toml")[0], "utf-8")
    for folder in ("inbox", "exports"):
        (tmp_path / folder).mkdir()

    def serve(*options: str) -> dict[str, object]:
        capsys.readouterr()
        arguments = ["serve", *options, "--json", "--config", "avira-importer.toml"]
        with process_restored():
            assert program.run(arguments) == 0, capsys.readouterr().err
        document: dict[str, object] = json.loads(capsys.readouterr().out)
        return document

    checked = serve("--check")
    assert checked["ok"] is True
    shutil.copy(ROOT / "samples" / "onboarding.xlsx", tmp_path / "inbox")
    applied = serve("--once")
    names = sorted(path.name for path in (tmp_path / "inbox" / "applied").iterdir())
    assert [re.sub(r"^\d{8}T\d{6}Z-", "", name) for name in names] == [
        "onboarding.xlsx", "onboarding.xlsx.report.txt",
    ]  # fmt: skip
    for document in (checked, applied):
        for value in document.values():
            keys = value[0] if isinstance(value, list) and value else {}
            for key in [*document, *keys]:
                assert f'"{key}"' in PAGE, key
