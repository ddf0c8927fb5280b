"""The order of the test files themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from scripts import ROOT

TESTS = ROOT / "tests"
LONGEST = 300
"""Lines."""


def imported(path: Path) -> Iterator[str]:
    """The first part of each module that a file imports, however deep in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def test_no_file_is_too_long() -> None:
    lengths = {
        str(path.relative_to(TESTS)): path.read_text("utf-8").count("\n")
        for path in TESTS.rglob("*.py")
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_test_module_imports_another() -> None:
    """What several share is in support/."""
    imports = {
        str(path.relative_to(TESTS)): [
            module for module in imported(path) if module == "conftest" or module[:5] == "test_"
        ]
        for path in TESTS.rglob("*.py")
    }
    assert {name: modules for name, modules in imports.items() if modules} == {}


def test_no_two_plugins_have_a_fixture_of_the_same_name() -> None:
    """Which of them a test gets would depend on the tests that run before it."""
    fixtures = [
        function.name
        for path in (TESTS / "conftest.py", *(TESTS / "support").rglob("*.py"))
        for function in ast.parse(path.read_text("utf-8")).body
        if isinstance(function, ast.FunctionDef)
        and any("fixture" in ast.unparse(decorator) for decorator in function.decorator_list)
    ]
    assert len(fixtures) > 40
    assert sorted(fixtures) == sorted(set(fixtures))
