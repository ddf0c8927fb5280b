"""The import contracts of pyproject.toml, tried by breaking them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts import ROOT

SPREADSHEETS = ("olefile", "openpyxl", "pandas", "pandera", "python_calamine", "xlsxturbo")
DATABASE = ("alembic", "psycopg", "sqlalchemy")
UNATTENDED = ("cronsim", "filelock", "fsspec", "prometheus_client", "smtplib", "watchfiles")
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "base": (*SPREADSHEETS, *DATABASE, *UNATTENDED, "importer.config.limits"),
    "config": (*SPREADSHEETS, *DATABASE, *UNATTENDED, "importer.domain.names"),
    "domain": (*SPREADSHEETS, *DATABASE, *UNATTENDED, "click", "rich", "importer.messages.report"),
    "messages": (*SPREADSHEETS, *DATABASE, *UNATTENDED, "click", "rich", "importer.ledger.tables"),
    "ledger": (*SPREADSHEETS, *UNATTENDED, "importer.workbook.labels"),
    "workbook": (*DATABASE, *UNATTENDED, "importer.messages.report"),
    "export": (*DATABASE, *UNATTENDED, "importer.pipeline.job"),
    "pipeline": (*SPREADSHEETS, *DATABASE, *UNATTENDED, "importer.service.events"),
    "service": (*SPREADSHEETS, *DATABASE, "importer.cli.main"),
    "cli": (*SPREADSHEETS, *DATABASE, *UNATTENDED),
}
for folder in FORBIDDEN.keys() - {"config", "service"}:
    FORBIDDEN[folder] += ("pydantic",)
"""What each folder must not import, however deep in it the module stands."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The output of lint-imports for a copy with forbidden imports in every folder."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", copy)
    shutil.copytree(ROOT / "importer", copy / "importer")
    for package in [path.parent for path in (copy / "importer").rglob("__init__.py")]:
        folder = package.relative_to(copy / "importer").parts[:1]
        lines = [f"import {name}" for name in FORBIDDEN[folder[0]]] if folder else []
        (package / "planted.py").write_text("\n".join(lines), encoding="utf-8")
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=copy, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(copy)},
    )  # fmt: skip
    return result.stdout + result.stderr


def test_every_folder_has_its_forbidden_imports() -> None:
    folders = {path.parent.name for path in (ROOT / "importer").glob("*/__init__.py")}
    assert folders == set(FORBIDDEN)


def test_a_forbidden_import_breaks_a_contract_wherever_it_is_planted(report: str) -> None:
    missed = [
        f"{module} -> {name}"
        for folder, names in FORBIDDEN.items()
        for package in (ROOT / "importer" / folder).rglob("__init__.py")
        for module in [".".join(package.relative_to(ROOT).parent.parts) + ".planted"]
        for name in names
        if not re.search(rf"{re.escape(module)} -> {re.escape(name)}\b", report)
    ]
    assert missed == []


def test_a_module_outside_the_folders_needs_a_layer(report: str) -> None:
    assert re.search(r"^- importer\.planted$", report, re.MULTILINE), report[-2000:]


def test_the_contracts_name_dependencies_or_modules_of_python() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    dependencies = str(settings["project"]).replace("-", "_")
    for contract in settings["tool"]["importlinter"]["contracts"]:
        for name in contract.get("forbidden_modules", []):
            assert name in sys.stdlib_module_names or name in dependencies, name
