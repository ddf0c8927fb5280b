"""The page about the service, and the files beside it."""

from __future__ import annotations

import re
from pathlib import Path

from scripts import ROOT

SERVE = ROOT / "docs" / "serve"
PAGE = (ROOT / "docs" / "serve.md").read_text("utf-8")
EXAMPLE = SERVE / "avira-importer.toml"
UNIT, UNIT_ONCE = SERVE / "avira-importer.service", SERVE / "avira-importer-once.service"
TASK = SERVE / "avira-importer-once.xml"
TASKS = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
PROGRAM = "/opt/avira-importer/bin/avira-importer"


def blocks(language: str) -> list[str]:
    """The blocks of the page in a language, without the indent of the list that they are in."""
    matches = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", PAGE, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in matches]


def section(title: str) -> str:
    """The section of the page with this title."""
    _, _, rest = PAGE.partition(f"\n## {title}\n")
    assert rest, title
    return rest.partition("\n## ")[0]


def settings_of(unit: Path) -> list[str]:
    """The settings of a unit, line by line."""
    lines = unit.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "["))]


DOCKERFILE = (SERVE / "Dockerfile").read_text("utf-8")
IGNORED = (ROOT / ".dockerignore").read_text("utf-8")


def instructions(dockerfile: str) -> dict[str, list[str]]:
    """The arguments of each instruction of a Dockerfile, in order."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", dockerfile, flags=re.MULTILINE))
    instructions: dict[str, list[str]] = {}
    for line in filter(None, joined.splitlines()):
        word, _, rest = line.partition(" ")
        instructions.setdefault(word, []).append(rest)
    return instructions
