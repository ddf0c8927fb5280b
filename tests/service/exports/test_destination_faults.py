"""What may go wrong with any destination."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]
from fsspec.registry import _registry as kinds  # type: ignore[import-untyped]

from destinations import NAME, file_of, to
from importer.base.errors import OutputError
from importer.service import exports
from importer.service.exports.folder import is_left_over, unfinished_name
from sftp_server import SftpServer, needs_sshd

pytest_plugins = ["destination_fixtures"]


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
    for kind in (Leaky, Short):
        monkeypatch.setitem(kinds, kind.protocol, kind)


def test_secrets_are_left_out_of_the_messages_of_libraries() -> None:
    """Those of the URL and of the options, at any depth; and it is one line."""
    options = {"token": "tok-123", "client_kwargs": {"secret_key": "sk-456"}, "user": "anna"}
    with pytest.raises(OutputError) as error:
        to("leaky://us:hunter2@host/exports?sig=s3cr3t", **options).names()
    message = str(error.value)
    assert message.startswith("leaky://us@host/exports cannot be used: cannot list ")
    assert message.endswith("'user': 'anna'}; … is wrong. Check exports[1].folder.")
    for secret in ("hunter2", "s3cr3t", "tok-123", "sk-456", "\n"):
        assert secret not in message


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
    target = to(url)
    assert target.shown == shown
    assert "word" not in target.shown


@needs_sshd
def test_no_part_of_a_password_with_a_slash_is_shown() -> None:
    """The port of such a URL would begin with it."""
    with pytest.raises(OutputError) as error:
        to("sftp://user:pas/word@host/exports").check()
    assert str(error.value).startswith("sftp://user@host/exports cannot be used: ")
    assert "pas" not in str(error.value)


@needs_sshd
def test_a_password_in_the_url_is_not_shown(shared_sftp_server: SftpServer, tmp_path: Path) -> None:
    """The server rejects it, and no message has it; %40 is an @ in it."""
    url = shared_sftp_server.url(tmp_path).replace("://", "://somebody:p%40ss-word@")
    known = {"known_hosts": shared_sftp_server.options()["known_hosts"]}
    with pytest.raises(OutputError) as error:
        to(url, **known).check()
    assert str(error.value) == (
        f"{url.replace(':p%40ss-word', '')} cannot be used: "
        "Permission denied for user somebody on host 127.0.0.1. Check exports[1].folder."
    )


def test_a_file_that_does_not_arrive_whole_is_an_error(tmp_path: Path) -> None:
    """What has arrived is counted."""
    with pytest.raises(OutputError, match="4 of 5 bytes arrived"):
        to("short://exports").deliver(file_of(tmp_path), NAME)


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
    """By fsspec, or with the command that installs it."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "importer.service.exports.sftp", raising=False)
    monkeypatch.delitem(kinds, url.partition("://")[0], raising=False)
    monkeypatch.delattr(exports, "sftp", raising=False)
    with pytest.raises(OutputError) as error:
        to(url).check()
    assert str(error.value).startswith(f"{url} cannot be used: ")
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nowhere://host/exports", "cannot be used: Protocol not known: nowhere."),
        ("simplecache::sftp://host/exports", "it must not contain ::"),
    ],
)
def test_an_unusable_url_is_refused_with_its_reason(url: str, reason: str) -> None:
    """A chain of places would go around the check of the server's key."""
    with pytest.raises(OutputError) as error:
        to(url).check()
    assert reason in str(error.value)


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
    """A day is allowed; another name has no age."""
    assert not is_left_over(unfinished_name())
    assert is_left_over(".avira-1000000000-0123abcd.part")
    assert not is_left_over(".avira-1000000000-0123abcd.part.xlsx")
