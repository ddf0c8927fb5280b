"""The tiers of tests, and the programs beside Python that some tests need."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest


class Tool(NamedTuple):
    """A program: its names, how to get it on Debian, and whether all that it needs is there."""

    commands: tuple[str, ...]
    install: str
    is_complete: Callable[[], bool] = lambda: True


_PRODUCERS = Path(__file__).parent.parent / "producers"
_WRITERS = (
    "ezodf", "odf", "pyexcel_ods3", "pyexcelerate", "pyfastexcel", "rustpy_xlsxwriter",
    "xlsxwriter", "xlwt",
)  # fmt: skip


def _has_files(*paths: str) -> Callable[[], bool]:
    return lambda: all(Path(path).exists() for path in paths)


TOOLS = {
    "chromium": Tool(("chromium", "chromium-browser", "google-chrome"), "apt-get install chromium"),
    "libreoffice": Tool(("soffice",), "apt-get install libreoffice-calc"),
    "sshd": Tool(("/usr/sbin/sshd", "sshd"), "apt-get install openssh-server"),
    "systemd": Tool(("systemd-analyze",), "apt-get install systemd"),
    # Programs that write spreadsheets (tests/producers)
    "gnumeric": Tool(("ssconvert",), "apt-get install gnumeric"),
    "jdk": Tool(
        ("javac",), "apt-get install default-jdk-headless libjexcelapi-java libapache-poi-java",
        _has_files("/usr/share/java/jxl.jar", "/usr/share/java/poi.jar"),
    ),
    "node": Tool(
        ("node",), "npm install --prefix tests/producers",
        _has_files(*(f"{_PRODUCERS}/node_modules/{p}" for p in ("xlsx", "exceljs"))),
    ),
    "perl": Tool(
        ("perl",), "apt-get install libspreadsheet-writeexcel-perl libexcel-writer-xlsx-perl",
        _has_files(*(f"/usr/share/perl5/{p}" for p in
                     ("Spreadsheet/WriteExcel.pm", "Excel/Writer/XLSX.pm"))),
    ),
    "writers": Tool(
        (sys.executable,), "pip install -r tests/producers/requirements.txt",
        lambda: all(map(find_spec, _WRITERS)),
    ),
}  # fmt: skip


def path_of(tool: str) -> str | None:
    """Where a program of TOOLS is installed; None if it is not."""
    commands, _install, is_complete = TOOLS[tool]
    return next(filter(None, map(shutil.which, commands)), None) if is_complete() else None


def needs(tool: str) -> pytest.MarkDecorator:
    """Mark tests that run a program of TOOLS. They belong to the second tier."""
    return pytest.mark.needs(tool)


def installed(tool: str) -> str:
    """Where a program of TOOLS is, in a test marked as needing it."""
    path = path_of(tool)
    assert path is not None, f"mark this test with needs({tool!r})"
    return path


def assign_tiers(items: list[pytest.Item]) -> None:
    """Move tests that need a server or another program to the second tier.

    The contract set runs on the server by default too. What is not installed is skipped.
    """
    present = {tool: path_of(tool) is not None for tool in TOOLS}
    for item in items:
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(
            item, "callspec") else {}  # fmt: skip
        on_server = parameters.get("engine") == "postgresql" or "server" in getattr(
            item, "fixturenames", ())  # fmt: skip
        tools = [mark.args[0] for mark in item.iter_markers("needs")]
        if tools or (on_server and not item.get_closest_marker("contract")):
            item.add_marker(pytest.mark.thorough)
        for tool in tools:
            if not present[tool]:
                reason = f"{tool} is not installed ({TOOLS[tool].install})"
                item.add_marker(pytest.mark.skip(reason=reason))


_thorough = False


def choose_examples(marker_expression: str) -> None:
    """Note whether the second tier runs, which tries more random examples."""
    global _thorough
    _thorough = "not thorough" not in marker_expression


def examples(thorough: int) -> int:
    """How many random examples to try: `thorough` in the second tier, a fifth by default."""
    return thorough if _thorough else -(-thorough // 5)
