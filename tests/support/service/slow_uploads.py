"""Uploads to the inbox of a service that take their time."""

from __future__ import annotations

import errno
from pathlib import Path
from types import SimpleNamespace

from builders import code_of
from service_folders import Folders

NAME = "Add OTC.csv"
HEADER = "OTC,Email,Company Name,Total Licenses\n"


def otc_rows(*numbers: int, total: int = 250) -> str:
    """Lines of the file `Add OTC.csv`, without its header."""
    return "".join(f"{code_of(n)},it@msp.example,Acme,{total}\n" for n in numbers)


def append(path: Path, text: str) -> None:
    """Write on."""
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text)


def drop(folders: Folders, text: str) -> Path:
    """Put the upload into the inbox at once, as far as it has come."""
    whole = folders.folder / "upload"
    whole.write_text(text, "utf-8", newline="")
    return whole.rename(folders.inbox / NAME)


def assert_reports_describe_their_files(folders: Folders) -> None:
    """Each filed upload has a report beside it that tells as many rows as it has."""
    filed = [path for folder in (folders.applied, folders.rejected) if folder.exists()
             for path in folder.glob("*Z-Add OTC.csv")]  # fmt: skip
    assert filed
    for path in filed:
        report = path.with_name(f"{path.name}.report.txt").read_text("utf-8")
        rows = len(path.read_text("utf-8").splitlines()) - 1
        assert f"Rows: {rows} read" in report
        assert "was written to" not in report


def _refused_with(number: int) -> SimpleNamespace:
    def refuse(*_: object) -> None:
        raise OSError(number, "no lease")

    return SimpleNamespace(F_SETLEASE=1, F_RDLCK=0, F_UNLCK=2, fcntl=refuse)


WITHOUT_LEASES = {
    "another's file": _refused_with(errno.EACCES),
    "a share": _refused_with(errno.EINVAL),
    "Windows": None,
    "macOS": SimpleNamespace(),
}
"""What the inbox has in place of the module `fcntl` where it cannot ask for a lease."""
