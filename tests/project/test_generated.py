"""The generated files of the repository are current, and the pages complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from openpyxl import load_workbook

from importer.cli.main import cli
from importer.workbook.writing.template import write_template
from scripts import ROOT, load_script

generate = load_script("docs/generate.py")


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == generate.PAGES[name]()


@pytest.mark.parametrize("name", generate.TEMPLATES)
def test_a_template_of_the_repository_is_what_the_command_writes(name: str, tmp_path: Path) -> None:
    """Cells, comments, formats, drop-downs and states of sheets."""
    now = tmp_path / "now.xlsx"
    write_template(now, generate.TEMPLATES[name])
    assert _content(ROOT / name) == _content(now)


def _content(path: Path) -> dict[str, Any]:
    workbook = load_workbook(path)
    return {
        sheet.title: (
            sheet.sheet_state,
            sheet.freeze_panes,
            {letter: column.width for letter, column in sheet.column_dimensions.items()},
            [
                (cell.coordinate, cell.value, cell.number_format, cell.font.b,
                 cell.comment.text if cell.comment else None)
                for row in sheet.iter_rows()
                for cell in row
            ],
            [(str(rule.sqref), rule.formula1) for rule in sheet.data_validations.dataValidation],
        )
        for sheet in workbook.worksheets
    }  # fmt: skip


def test_every_command_and_option_is_documented() -> None:
    """docs/cli.md has a heading for each command and a line for each of its options."""
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    for path, command in _all_commands(cli, "avira-importer"):
        assert re.search(rf"^## {path}( |$)", page, re.MULTILINE), path
        for option in command.params:
            if isinstance(option, click.Option):
                assert f"`{', '.join(option.opts)}" in page, f"{path} {option.opts}"


def _all_commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from _all_commands(command, f"{path} {name}")


def test_every_relative_link_in_the_documentation_leads_to_a_file() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


POSIX_SHELL = re.compile(r"&&|\|\||\$\(|^export |\\$|^\. |^source |/dev/null|^sudo ", re.MULTILINE)
"""What PowerShell does not take on every Windows."""


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a page in a language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", page, re.MULTILINE | re.DOTALL)


def test_what_only_posix_shells_run_is_given_for_powershell_too() -> None:
    """The two lines of the README that install and run; and what works in the next day's window."""
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for block in blocks(page.read_text("utf-8"), "powershell"):
            assert not POSIX_SHELL.search(block), f"{page.name}: {block}"
    readme = (ROOT / "README.md").read_text("utf-8")
    for_powershell = readme.replace("`", "\n").splitlines()
    joined = re.findall(r"^.* && (.*)$", "".join(blocks(readme, "sh")), re.MULTILINE)
    assert len(joined) == 2
    for command in (*joined, "uv tool install .", "pipx install .", r"avira\Scripts\Activate.ps1"):
        assert command in for_powershell, command


def test_a_block_that_powershell_cannot_run_would_be_found() -> None:
    [block] = blocks("# A\n\n```powershell\npip install . && pytest\n```\n", "powershell")
    assert POSIX_SHELL.search(block)
