"""The order of the test files themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from scripts import ROOT

TESTS = ROOT / "tests"
LONGEST = 300
"""Lines."""
POSIX = {
    "fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty",
    "AF_UNIX", "SIGALRM", "SIGCONT", "SIGHUP", "SIGIO", "SIGKILL", "SIGPIPE", "SIGSTOP", "SIGUSR1",
    "SIGXFSZ", "chown", "fork", "geteuid", "getpgid", "getuid", "killpg", "mkfifo", "mknod",
    "pidfd_open", "seteuid", "setsid", "setuid", "statvfs", "sysconf", "uname", "wait4",
}  # fmt: skip
"""Modules that Windows lacks, and what it lacks in os, signal and socket."""


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


def posix_at_import(source: str) -> set[str]:
    """What of POSIX is used while a file is imported: not within its functions."""
    used: set[str] = set()
    nodes: list[ast.AST] = [*ast.parse(source).body]
    while nodes:
        node = nodes.pop()
        match node:
            case ast.Import():
                used |= {alias.name for alias in node.names}
            case ast.ImportFrom():
                used |= {node.module or "", *(alias.name for alias in node.names)}
            case ast.Attribute(value=ast.Name("os" | "signal" | "socket")):
                used.add(node.attr)
            case ast.FunctionDef():
                nodes += [*node.decorator_list, *node.args.defaults]
            case ast.Lambda():
                pass
            case _:
                nodes += ast.iter_child_nodes(node)
    return used & POSIX


def test_what_only_posix_has_is_used_in_marked_tests_alone() -> None:
    """Windows can import every file, and `support/systems.py` has the only marks of systems."""
    sources = {
        str(path.relative_to(TESTS)): path.read_text("utf-8")
        for path in TESTS.rglob("*.py") if path.name != "systems.py"
    }  # fmt: skip
    used = {name: posix_at_import(source) for name, source in sources.items()}
    assert {name: names for name, names in used.items() if names} == {}
    platform_skips = re.compile(r"skipif\([^)]*(platform|os\.name)")
    assert [name for name, words in sources.items() if platform_skips.search(words)] == []


def test_without_a_mark_what_only_posix_has_would_be_found() -> None:
    for source in ("import pty", "from os import fork", "@skip(os.geteuid() == 0)\ndef f(): ...",
                   "END = [signal.SIGKILL]", "class C:\n    limit = os.sysconf('x')"):  # fmt: skip
        assert posix_at_import(source) != set(), source
    assert (
        posix_at_import("def f():\n    import pty\n    os.fork()\nf = lambda: os.fork()") == set()
    )
