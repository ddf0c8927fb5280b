"""Exports arrive whole or not at all, here and on other computers, and what goes wrong is told."""

from __future__ import annotations

import datetime as dt
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]
from fsspec.registry import _registry as kinds  # type: ignore[import-untyped]

from importer.base import clock
from importer.base.errors import OutputError
from importer.config.contents import parse_settings
from importer.config.service import ExportSettings
from importer.service import exports
from importer.service.exports.destination import open_folder
from importer.service.exports.folder import is_left_over, unfinished_name
from importer.service.exports.redaction import shown
from sftp_server import SftpServer, needs_sshd

NAME = "Export Avira Details – año [1] 20261125T060000Z.xlsx"
PATIENCE = 20.0
"""Seconds after which a test that waits for something fails."""


@dataclass(slots=True)
class Destination:
    """The folder of an export, with a connection for each action."""

    settings: ExportSettings

    @property
    def shown(self) -> str:
        return shown(self.settings)

    def deliver(self, source: Path, name: str) -> None:
        with open_folder(self.settings) as folder:
            folder.deliver(source, name)

    def names(self) -> list[str]:
        with open_folder(self.settings) as folder:
            return folder.names()

    def remove(self, name: str) -> None:
        with open_folder(self.settings) as folder:
            folder.remove(name)

    def remove_left_over(self) -> None:
        with open_folder(self.settings) as folder:
            folder.remove_left_over()

    def check(self) -> None:
        with open_folder(self.settings) as folder:
            folder.check()


def to(folder: str | Path, **options: object) -> Destination:
    """The destination of an export with that folder in its settings."""
    table = {"folder": str(folder), "every": "1d", "options": options}
    service = parse_settings(Path("avira-importer.toml"), {"exports": [table]}).service
    assert service is not None
    return Destination(service.exports[0])


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    """A server that stays while the tests of this file run."""
    server = SftpServer(tmp_path_factory.mktemp("sshd"))
    server.make()
    yield server
    server.stop()


@pytest.fixture
def server(running: SftpServer) -> SftpServer:
    """The same, begun again where a test has stopped it."""
    running.stop()
    running.start()
    return running


@dataclass(slots=True)
class Place:
    """A destination, and its files as others see them, what is hidden included."""

    there: Destination
    files: Callable[[], dict[str, bytes]]


def files_in(folder: Path) -> dict[str, bytes]:
    """All files under a folder, with their paths in it; empty folders end in a slash."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes()
        elif not any(path.iterdir()):
            found[f"{path.relative_to(folder)}/"] = b""
    return found


def in_memory() -> dict[str, bytes]:
    store = MemoryFileSystem.store
    return {path.removeprefix("/exports/"): file.getvalue() for path, file in store.items()}


LOCAL = pytest.param("local")
MEMORY = pytest.param("memory")
SFTP = pytest.param("sftp", marks=needs_sshd)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A folder of that kind, with nothing in it."""
    folder = tmp_path / "the exports"
    if request.param == "local":
        folder.mkdir()
        yield Place(to(folder), lambda: files_in(folder))
    elif request.param == "sftp":
        server: SftpServer = request.getfixturevalue("running")
        yield Place(to(server.url(folder), **server.options()), lambda: files_in(folder))
    else:
        yield Place(to("memory://exports"), in_memory)
        MemoryFileSystem.store.clear()
        MemoryFileSystem.pseudo_dirs[:] = [""]


def made_file(tmp_path: Path, content: bytes = b"whole") -> Path:
    path = tmp_path / "made.xlsx"
    path.write_bytes(content)
    return path


def made_folder(tmp_path: Path, **content: bytes) -> Path:
    folder = tmp_path / f"made {'-'.join(content)}"
    folder.mkdir()
    for name, words in content.items():
        (folder / f"{name}.csv").write_bytes(words)
    return folder


# What holds everywhere


@pytest.mark.parametrize("place", [LOCAL, MEMORY, SFTP], indirect=True)
def test_a_file_arrives_under_its_name(place: Place, tmp_path: Path) -> None:
    """Byte for byte, with spaces, accents and brackets in its name, and nothing beside it."""
    content = os.urandom(3_000_000)
    place.there.deliver(made_file(tmp_path, content), NAME)
    assert place.files() == {NAME: content}
    assert place.there.names() == [NAME]


@pytest.mark.parametrize("place", [LOCAL, MEMORY, SFTP], indirect=True)
@pytest.mark.parametrize("content", [b"", b"longer than the former"])
def test_a_file_takes_the_place_of_a_former_one(
    place: Place, tmp_path: Path, content: bytes
) -> None:
    """Nothing of the former is left, were it longer or shorter."""
    place.there.deliver(made_file(tmp_path, b"former"), NAME)
    place.there.deliver(made_file(tmp_path, content), NAME)
    assert place.files() == {NAME: content}


@pytest.mark.parametrize("place", [LOCAL, MEMORY, SFTP], indirect=True)
def test_a_folder_of_files_takes_the_place_of_a_former_one(place: Place, tmp_path: Path) -> None:
    """A file that the former had and the new one has not is gone."""
    place.there.deliver(made_folder(tmp_path, otcs=b"1", devices=b"2"), "Export 1")
    assert place.files() == {"Export 1/otcs.csv": b"1", "Export 1/devices.csv": b"2"}
    place.there.deliver(made_folder(tmp_path, otcs=b"3"), "Export 1")
    assert place.files() == {"Export 1/otcs.csv": b"3"}
    assert place.there.names() == ["Export 1"]


@pytest.mark.parametrize("place", [LOCAL, SFTP], indirect=True)
def test_files_and_folders_take_each_others_place(place: Place, tmp_path: Path) -> None:
    """A format that was changed is no obstacle."""
    place.there.deliver(made_file(tmp_path), "Export 1")
    place.there.deliver(made_folder(tmp_path, otcs=b"1"), "Export 1")
    assert place.files() == {"Export 1/otcs.csv": b"1"}
    place.there.deliver(made_file(tmp_path), "Export 1")
    assert place.files() == {"Export 1": b"whole"}


@pytest.mark.parametrize("place", [LOCAL, MEMORY, SFTP], indirect=True)
def test_what_is_removed_is_that_alone(place: Place, tmp_path: Path) -> None:
    """Brackets are no pattern; a folder goes with its files; what is gone already is no fault."""
    for name in ("Export [12].xlsx", "Export 1.xlsx", "Export 2.xlsx"):
        place.there.deliver(made_file(tmp_path), name)
    place.there.deliver(made_folder(tmp_path, otcs=b"1", devices=b"2"), "Export 3")
    for name in ("Export [12].xlsx", "Export 3", "Export 4.xlsx"):
        place.there.remove(name)
    assert set(place.files()) == {"Export 1.xlsx", "Export 2.xlsx"}
    assert place.there.names() == ["Export 1.xlsx", "Export 2.xlsx"]


@pytest.mark.parametrize("place", [LOCAL, SFTP], indirect=True)
def test_a_folder_of_folders_is_none_of_ours(place: Place, tmp_path: Path) -> None:
    """It is not removed, and nobody loses a tree of files by a name."""
    inner = tmp_path / "the exports" / "Export 1" / "inner"
    inner.mkdir(parents=True)
    (inner / "kept").touch()
    with pytest.raises(OutputError):
        place.there.remove("Export 1")
    assert list(place.files()) == ["Export 1/inner/kept"]


@pytest.mark.parametrize("place", [LOCAL, MEMORY, SFTP], indirect=True)
def test_a_check_leaves_nothing(place: Place) -> None:
    """It really writes, so remote folders are there afterwards, and empty."""
    place.there.check()
    place.there.check()
    assert place.files() == {}
    assert place.there.names() == []


@pytest.mark.parametrize("place", [LOCAL, SFTP], indirect=True)
def test_what_a_killed_service_left_is_removed_a_day_later(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is younger may be another's work, and other hidden files are none of ours."""
    now = clock.now()
    names = {}
    for hours in (23, 25):
        monkeypatch.setattr(clock, "now", lambda ago=hours: now - dt.timedelta(hours=ago))
        names[hours] = unfinished_name()
    monkeypatch.setattr(clock, "now", lambda: now)
    folder = tmp_path / "the exports"
    others = [names[23], ".avira-1-x.part", ".hidden", ".avira-1-00000000.part.xlsx"]
    for name in (*names.values(), *others):
        folder.mkdir(exist_ok=True)
        (folder / name).touch()
    old_folder = folder / ".avira-1000000000-0123abcd.part"
    old_folder.mkdir()
    (old_folder / "otcs.csv").touch()
    assert place.there.names() == []
    place.there.remove_left_over()
    assert set(place.files()) == set(others)


# A folder of this computer


def test_a_missing_folder_is_told_with_its_key(tmp_path: Path) -> None:
    """It is not made: a disk that is not there would be filled under its name."""
    there = to(tmp_path / "missing")
    deliver = partial(there.deliver, made_file(tmp_path), NAME)
    for action in (there.check, there.names, deliver):
        with pytest.raises(OutputError) as told:
            action()
        assert str(told.value) == (
            f"{tmp_path / 'missing'} cannot be used: the folder does not exist. "
            "Check exports[1].folder."
        )
    assert not (tmp_path / "missing").exists()


def test_a_full_disk_leaves_the_former_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the new one is left."""

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    folder = tmp_path / "exports"
    folder.mkdir()
    to(folder).deliver(made_file(tmp_path, b"former"), NAME)
    monkeypatch.setattr(os, "fsync", full)
    for made in (made_file(tmp_path, b"new"), made_folder(tmp_path, otcs=b"new")):
        with pytest.raises(OutputError, match="the disk is full"):
            to(folder).deliver(made, NAME)
    assert files_in(folder) == {NAME: b"former"}


DELIVER = """\
import sys
from pathlib import Path
from test_destinations import to
folder, made, name, *options = sys.argv[1:]
known_hosts, user, key = options or ("", "", "")
login = {"known_hosts": known_hosts, "username": user, "client_keys": [key]} if options else {}
to(folder, **login).deliver(Path(made), name)
"""


@pytest.mark.parametrize("place", [LOCAL, SFTP], indirect=True)
def test_a_service_killed_in_the_middle_leaves_the_former_file(
    place: Place, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What it had written has a hidden name; the next service delivers as if nothing had been."""
    place.there.deliver(made_file(tmp_path, b"former"), NAME)
    folder, options, pipe = str(tmp_path / "the exports"), [], tmp_path / "pipe"
    if place.there.shown.startswith("sftp"):
        server: SftpServer = request.getfixturevalue("running")
        login = server.options()
        folder = server.url(tmp_path / "the exports")
        options = [login["known_hosts"], login["username"], *login["client_keys"]]
    os.mkfifo(pipe)
    paths = os.pathsep.join(sys.path)
    service = subprocess.Popen(
        [sys.executable, "-c", DELIVER, folder, pipe, NAME, *options],
        env={**os.environ, "PYTHONPATH": paths}, cwd=tmp_path,
    )  # fmt: skip
    with pipe.open("wb") as half:
        half.write(bytes(5_000_000))
        until(lambda: any(map(len, _unfinished(place).values())))
        service.send_signal(signal.SIGKILL)
        assert service.wait() == -signal.SIGKILL
    assert place.there.names() == [NAME]
    assert place.files()[NAME] == b"former"
    assert len(_unfinished(place)) == 1
    place.there.deliver(made_file(tmp_path, b"new"), NAME)
    assert place.files()[NAME] == b"new"


def _unfinished(place: Place) -> dict[str, bytes]:
    return {name: content for name, content in place.files().items() if name != NAME}


# A server


@needs_sshd
def test_the_users_known_hosts_are_trusted(running: SftpServer, tmp_path: Path) -> None:
    """Whoever has logged in by ssh has no more to say."""
    ssh = Path(os.environ["HOME"]) / ".ssh"
    ssh.mkdir(parents=True)
    (ssh / "known_hosts").write_text(running.known_host())
    there = to(running.url(tmp_path / "exports"), **running.login())
    there.check()
    there = to(
        running.url(tmp_path / "exports"), **running.login(), known_hosts="~/.ssh/known_hosts"
    )
    there.check()


@needs_sshd
def test_an_unknown_server_is_refused(running: SftpServer, tmp_path: Path) -> None:
    """Nothing is sent to it, and the message says how to come to know it."""
    there = to(running.url(tmp_path / "exports"), **running.login())
    for action in (there.check, there.names, lambda: there.deliver(made_file(tmp_path), NAME)):
        with pytest.raises(OutputError) as refused:
            action()
        said = str(refused.value)
        assert "the host key of 127.0.0.1 could not be verified" in said
        assert "exports[1].options.known_hosts" in said
    assert not (tmp_path / "exports").exists()


@needs_sshd
@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_server_with_another_key_is_refused(
    running: SftpServer, tmp_path: Path, kind: str
) -> None:
    """Nothing is sent to it, whether or not its key is of the same kind as the known one."""
    options = running.options()
    key = asyncssh.generate_private_key(kind).export_public_key().decode()
    Path(options["known_hosts"]).write_text(f"[127.0.0.1]:{running.port} {key}")
    with pytest.raises(OutputError, match="could not be verified"):
        to(running.url(tmp_path / "exports"), **options).check()
    assert not (tmp_path / "exports").exists()


@needs_sshd
def test_who_may_not_log_in_is_told(running: SftpServer, tmp_path: Path) -> None:
    """The reason is the server's."""
    there = to(running.url(tmp_path / "exports"), **{**running.options(), "client_keys": []})
    with pytest.raises(OutputError, match=r"cannot be used: Permission denied for user .* on host"):
        there.check()


@needs_sshd
def test_a_server_that_comes_back_is_used_again(server: SftpServer, tmp_path: Path) -> None:
    """While it is away each action fails at once; the same destination works afterwards."""
    there = to(server.url(tmp_path / "exports"), **server.options())
    there.deliver(made_file(tmp_path), "Export 1.xlsx")
    server.stop()
    for action in (
        there.check, there.names, lambda: there.remove("Export 1.xlsx"),
        lambda: there.deliver(made_file(tmp_path), "Export 2.xlsx"),
    ):  # fmt: skip
        with pytest.raises(OutputError, match="Connect call failed"):
            action()
    server.start()
    there.deliver(made_file(tmp_path), "Export 2.xlsx")
    assert there.names() == ["Export 1.xlsx", "Export 2.xlsx"]


@needs_sshd
def test_a_server_that_dies_in_the_middle_has_nothing(
    server: SftpServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No file under the true name, no word of libraries in the log, and the next try works."""
    exports = tmp_path / "exports"
    there = to(server.url(exports), **server.options())
    with _delivering(there, made_file(tmp_path, bytes(200_000_000)), exports) as failed:
        server.stop()
    assert "cannot be used: " in str(failed())
    assert [name[:7] for name in files_in(exports)] == [".avira-"]
    server.start()
    there.deliver(made_file(tmp_path), NAME)
    assert there.names() == [NAME]
    assert not caplog.records


@needs_sshd
def test_a_server_that_stands_still_is_given_up(server: SftpServer, tmp_path: Path) -> None:
    """In the middle of a file and before the first word, and it works again once it goes on."""
    exports = tmp_path / "exports"
    short = {"connect_timeout": 1, "keepalive_interval": 0.5, "keepalive_count_max": 1}
    there = to(server.url(exports), **{**server.options(), **short})
    with _delivering(there, made_file(tmp_path, bytes(200_000_000)), exports) as failed:
        server.freeze()
    assert "Server not responding to keepalive" in str(failed())
    with pytest.raises(OutputError, match="cannot be used: the server does not answer"):
        there.names()
    server.thaw()
    patient = to(server.url(exports), **server.options())
    patient.deliver(made_file(tmp_path), NAME)
    assert patient.names() == [NAME]


class _delivering:  # noqa: N801 - it is used as a function
    """While the block runs, a file is on its way; afterwards the call gives why it failed."""

    def __init__(self, there: Destination, made: Path, folder: Path) -> None:
        self._failed: list[OutputError] = []
        self._folder = folder
        self._thread = threading.Thread(target=self._deliver, args=(there, made))

    def _deliver(self, there: Destination, made: Path) -> None:
        try:
            there.deliver(made, NAME)
        except OutputError as error:
            self._failed.append(error)

    def __enter__(self) -> Callable[[], OutputError]:
        self._thread.start()
        until(lambda: any(one.stat().st_size for one in self._folder.glob(".avira-*")))
        return lambda: self._failed[0]

    def __exit__(self, *_: object) -> None:
        self._thread.join(PATIENCE)


@needs_sshd
def test_what_only_listens_is_given_up(tmp_path: Path) -> None:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        there = to(f"sftp://127.0.0.1:{silent.getsockname()[1]}/exports", connect_timeout=0.5)
        with pytest.raises(OutputError, match="cannot be used: the server does not answer"):
            there.check()


@needs_sshd
def test_no_connection_is_left_open(server: SftpServer, tmp_path: Path) -> None:
    """Whether an action succeeds or fails, the server is let go."""
    there = to(server.url(tmp_path / "exports"), **server.options())
    blocked = to(server.url(made_file(tmp_path)), **server.options())
    for _ in range(5):
        there.check()
        with pytest.raises(OutputError):
            blocked.check()
    until(lambda: server.connections() == 0)


@needs_sshd
def test_a_server_that_replaces_nothing_by_a_rename_will_do(tmp_path: Path) -> None:
    """OpenSSH can be told to be as others are."""
    exports = tmp_path / "exports"
    (tmp_path / "sshd").mkdir()
    plain = SftpServer(tmp_path / "sshd", "-P posix-rename")
    plain.make()
    try:
        there = to(plain.url(exports), **plain.options())
        for content in (b"1", b"2"):
            there.deliver(made_file(tmp_path, content), NAME)
        there.deliver(made_folder(tmp_path, otcs=b"1"), "Export 1")
    finally:
        plain.stop()
    assert files_in(exports) == {NAME: b"2", "Export 1/otcs.csv": b"1"}


# What may go wrong with any


class Leaky(MemoryFileSystem):  # type: ignore[misc]
    """A file system that says too much, on several lines."""

    protocol = "leaky"

    def ls(self, path: str, detail: bool = True, **_: Any) -> list[str]:
        raise RuntimeError(f"cannot list\n{path}: {self.storage_options}; hunter2 is wrong.")


class Short(MemoryFileSystem):  # type: ignore[misc]
    """A file system that loses the end of a file."""

    protocol = "short"

    def put_file(self, local: str, path: str, **_: Any) -> None:
        self.pipe_file(path, Path(local).read_bytes()[:-1])


@pytest.fixture(autouse=True)
def _strange(monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (Leaky, Short):
        monkeypatch.setitem(kinds, one.protocol, one)


def test_secrets_are_left_out_of_what_a_library_says() -> None:
    """Those of the URL and of the options, at any depth; and it is one line."""
    options = {"token": "tok-123", "client_kwargs": {"secret_key": "sk-456"}, "user": "anna"}
    with pytest.raises(OutputError) as told:
        to("leaky://us:hunter2@host/exports?sig=s3cr3t", **options).names()
    said = str(told.value)
    assert said.startswith("leaky://us@host/exports cannot be used: cannot list ")
    assert said.endswith("'user': 'anna'}; … is wrong. Check exports[1].folder.")
    for secret in ("hunter2", "s3cr3t", "tok-123", "sk-456", "\n"):
        assert secret not in said


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sftp://host/a b/ñ", "sftp://host/a b/ñ"),
        ("sftp://user@host:2222/exports", "sftp://user@host:2222/exports"),
        ("sftp://user:pass-word@host/exports", "sftp://user@host/exports"),
        ("ftp://us%3Aer:pass%40word@host/exports", "ftp://us%3Aer@host/exports"),
        ("sftp://user:pass@word/?#@host/exports", "sftp://user@host/exports"),
        ("s3://bucket/exports?X-Amz-Signature=word", "s3://bucket/exports"),
        ("sftp://:pass-word@host/exports", "sftp://@host/exports"),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    """Even where it holds characters that no URL may have in it."""
    there = to(url)
    assert there.shown == shown
    assert "word" not in there.shown


@needs_sshd
def test_no_part_of_a_password_with_a_slash_is_shown() -> None:
    """The port of such a URL would begin with it."""
    with pytest.raises(OutputError) as told:
        to("sftp://user:pas/word@host/exports").check()
    assert str(told.value).startswith("sftp://user@host/exports cannot be used: ")
    assert "pas" not in str(told.value)


@needs_sshd
def test_a_password_in_the_url_is_not_shown(running: SftpServer, tmp_path: Path) -> None:
    """The server refuses it, and nobody else gets to read it; %40 stands for @ in it."""
    url = running.url(tmp_path).replace("://", "://somebody:p%40ss-word@")
    known = {"known_hosts": running.options()["known_hosts"]}
    with pytest.raises(OutputError) as told:
        to(url, **known).check()
    assert str(told.value) == (
        f"{url.replace(':p%40ss-word', '')} cannot be used: "
        "Permission denied for user somebody on host 127.0.0.1. Check exports[1].folder."
    )


def test_a_file_that_does_not_arrive_whole_is_told(tmp_path: Path) -> None:
    """What has arrived is counted."""
    with pytest.raises(OutputError, match="4 of 5 bytes arrived"):
        to("short://exports").deliver(made_file(tmp_path), NAME)


@pytest.mark.parametrize(
    ("url", "module", "words"),
    [
        ("s3://bucket/exports", "s3fs", "Install s3fs to access S3"),
        ("gs://bucket/exports", "gcsfs", "Please install gcsfs to access Google Storage"),
        ("smb://host/share/exports", "smbclient", 'SMB requires "smbprotocol"'),
        ("sftp://host/exports", "asyncssh", 'Install it with: pip install "avira-importer[sftp]"'),
        ("ssh://host/exports", "asyncssh", 'Install it with: pip install "avira-importer[sftp]"'),
    ],
)
def test_a_missing_package_is_named(
    url: str, module: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By fsspec, or with the command that installs ours."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "importer.service.exports.sftp", raising=False)
    monkeypatch.delitem(kinds, url.partition("://")[0], raising=False)
    monkeypatch.delattr(exports, "sftp", raising=False)
    with pytest.raises(OutputError) as told:
        to(url).check()
    assert str(told.value).startswith(f"{url} cannot be used: ")
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nowhere://host/exports", "cannot be used: Protocol not known: nowhere."),
        ("simplecache::sftp://host/exports", "it must not contain ::"),
    ],
)
def test_a_url_that_is_none_is_told(url: str, said: str) -> None:
    """A chain of places would go around the check of the server's key."""
    with pytest.raises(OutputError) as told:
        to(url).check()
    assert said in str(told.value)


def test_fsspec_is_imported_only_to_be_used() -> None:
    """Neither by a service without exports elsewhere, nor by reading its settings."""
    names = ("fsspec", "asyncssh")
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from importer.config.contents import parse_settings\n"
        "from importer.service.exports.destination import shown\n"
        "table = {'folder': 'sftp://user:word@host/exports', 'every': '1d'}\n"
        "settings = parse_settings(Path('avira-importer.toml'), {'exports': [table]})\n"
        "print(shown(settings.service.exports[0]))\n"
        f"print([name for name in {names} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "sftp://user@host/exports\n[]\n"


def test_unfinished_names_tell_their_age() -> None:
    """A day is what is allowed; a name that is not ours has no age."""
    assert not is_left_over(unfinished_name())
    assert is_left_over(".avira-1000000000-0123abcd.part")
    assert not is_left_over(".avira-1000000000-0123abcd.part.xlsx")
