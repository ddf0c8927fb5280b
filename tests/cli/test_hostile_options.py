"""Hostile values of every option, argument and setting, which are never an internal error."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from builders import otc, write_workbook
from command_line import CommandResult
from importer.cli import main as program
from importer.cli.main import cli
from importer.config.contents import KNOWN_SETTINGS
from systems import IS_WINDOWS, posix_only

LONG = "/".join(["x" * 200] * 30)
NEVER = ("", " ", "a\0b")
"""What no option may be."""

HOSTILE = (
    *NEVER, LONG, "x" * 5_000, "nan", "inf", "-1", "0", "1e400", "9" * 30, "٣", "²",
    "/dev/null", "/dev/zero", "/", "folder", "loop.xlsx", "~nobody/x", "http://[", "sqlite:///",
    "postgresql://h/d?x=%00", "CON", "-", "%s{x}{0}", "\x1b[31m", "0001-01-01",
)  # fmt: skip

NEEDED = {"files": "in.xlsx", "batch": "1", "file": "copy.db"}
"""What an argument is otherwise, by its name."""

QUICK = (("history",), ("export",), ("ledger", "init"), ("template",), ("serve",))
"""Commands that are tried by default."""


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words that call each command."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name)


def parameters(words: tuple[str, ...]) -> list[click.Parameter]:
    """The arguments of a command, and its options with a value, except --lang."""
    found: click.Command = cli
    for word in words:
        assert isinstance(found, click.Group)
        found = found.commands[word]
    return [
        parameter for parameter in found.params
        if isinstance(parameter, click.Argument)
        or (isinstance(parameter, click.Option) and not parameter.is_flag)
    ]  # fmt: skip


def line(words: tuple[str, ...], hostile: click.Parameter, value: str, ledger: Path) -> list[str]:
    """The command line with a value of a parameter."""
    options = ["--check"] if words == ("serve",) else []
    arguments = {
        str(known.name): NEEDED[str(known.name)]
        for known in parameters(words) if isinstance(known, click.Argument) and known.required
    }  # fmt: skip
    if isinstance(hostile, click.Argument):
        arguments[str(hostile.name)] = value
    else:
        options.append(f"--{hostile.opts[-1].lstrip('-')}={value}")
    if hostile.name != "ledger":
        options.append(f"--ledger={ledger}")
    return [*words, *options, "--", *arguments.values()]


def run(capsys: pytest.CaptureFixture[str], words: list[str]) -> CommandResult:
    """The result of a command, which is no internal error."""
    capsys.readouterr()
    result = CommandResult(program.run(words), *capsys.readouterr())
    assert result.exit_code in range(6), (words, result)
    assert "Traceback" not in result.out + result.err, (words, result)
    return result


@pytest.mark.parametrize(
    "words",
    [words if words in QUICK else pytest.param(words, marks=pytest.mark.thorough)
     for words in commands(cli)], ids=" ".join,
)  # fmt: skip
def test_a_hostile_value_is_no_internal_error(
    capsys: pytest.CaptureFixture[str], ledger: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """What nothing can be is misuse that names the option, as is a path that no file can have. What
    all commands share is tried with two of them, what `check` and `apply` share with `check`."""
    write_workbook(tmp_path / "in.xlsx", [("Add OTC", [otc()])])
    (tmp_path / "folder").mkdir()
    if not IS_WINDOWS:
        Path("loop.xlsx").symlink_to("loop.xlsx")
    assert run(capsys, ["apply", "in.xlsx", f"--ledger={ledger}"]).exit_code == 0
    shared = {option.name for option in parameters(("history",))} - {"batch"}
    if words in (("history",), ("ledger", "init")):
        shared = set()
    elif words == ("apply",):
        shared |= {option.name for option in parameters(("check",))}
    for parameter in parameters(words):
        if parameter.name in {*shared, "expect_head"}:  # which an export may have none of
            continue
        is_path = isinstance(parameter.type, click.Path) or parameter.name == "ledger"
        for value in HOSTILE:
            result = run(capsys, line(words, parameter, value, ledger))
            if value in NEVER or (is_path and value == LONG) or value == parameter.name == "nan":
                assert result.exit_code == 2, (parameter.name, value, result)
                assert isinstance(parameter, click.Argument) or parameter.opts[-1] in result.err


@posix_only("Windows has no devices in folders")
def test_a_ledger_is_never_a_folder_a_pipe_or_a_device(
    capsys: pytest.CaptureFixture[str], ledger: Path, tmp_path: Path
) -> None:
    """Nor is a copy of one. The control: a missing file becomes either."""
    write_workbook(tmp_path / "in.xlsx", [("Add OTC", [otc()])])
    assert run(capsys, ["apply", "in.xlsx", f"--ledger={ledger}"]).exit_code == 0
    os.mkfifo("pipe")
    Path("folder").mkdir()
    Path("device").symlink_to("/dev/null")
    for path in ("pipe", "folder", "device", "/dev/full"):
        before = os.stat(path)
        for words in (["apply", "in.xlsx"], ["check", "in.xlsx"], ["show", "otcs"],
                      ["ledger", "init"], ["ledger", "verify"]):  # fmt: skip
            assert run(capsys, [*words, f"--ledger={path}"]).exit_code == 4, (words, path)
        copy = run(capsys, ["ledger", "backup", path, "--force", f"--ledger={ledger}"])
        assert copy.exit_code in (2, 3)
        assert path in copy.err
        assert os.stat(path)[:2] == before[:2]
    assert run(capsys, ["ledger", "backup", "copy", f"--ledger={ledger}"]).exit_code == 0


VALUES = (
    r'"\u0000"', r'"a\u0000://b"', f'"{LONG}"', '""', '" "', "nan", "inf", "-inf", "1e400",
    "9" * 30, "9" * 5_000, "[" * 5_000 + "]" * 5_000, "[[[]]]", "{}", "{a = {b = [1]}}",
    "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", r'"\u202e\ufeff"', r'"\ud800"', "true",
)  # fmt: skip


def test_a_hostile_value_of_a_setting_is_no_internal_error(
    capsys: pytest.CaptureFixture[str], ledger: Path
) -> None:
    """All settings have it, and some that do not exist. Null characters and long paths are named
    wherever they are."""
    ledger.touch()
    odd = [f"a{'.b' * 500}", r'"\u001b[31m"', "foldr"]
    for value in VALUES:
        rows = []
        for table, keys in KNOWN_SETTINGS.items():
            rows += [] if not table else ["[[exports]]" if table == "exports" else f"[{table}]"]
            rows += [f"{key} = {value}" for key in [*keys, *odd] if key not in KNOWN_SETTINGS]
        Path("c.toml").write_text("\n".join(rows), "utf-8", "surrogatepass")
        result = run(capsys, ["history", "--config=c.toml", f"--ledger={ledger}"])
        assert result.exit_code == 2, (value, result)
        paths = {"ledger", "inbox.folder", "exports[1].folder", "service.state"}
        if value in (VALUES[0], f'"{LONG}"'):
            assert all(f": {path} " in result.err for path in paths), result
        if value == VALUES[0]:
            assert ": account " in result.err
            assert ": exports[1].customer " in result.err


def test_a_configuration_without_end_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """As a whole; a device too."""
    Path("c.toml").write_text("#" * 2_000_000)
    for path in ["c.toml", *(["/dev/zero"] if not IS_WINDOWS else [])]:
        assert run(capsys, ["history", f"--config={path}"]).exit_code == 2
