"""Uploads to the inbox of a service that take their time, and the clock by which it waits."""

from __future__ import annotations

import errno
from pathlib import Path
from types import SimpleNamespace

from builders import code_of
from waiting import wait_until

HEADER = "OTC,Email,Company Name,Total Licenses\n"


def otc_rows(*numbers: int, total: int = 250) -> str:
    """Lines of the file `Add OTC.csv`, without its header."""
    return "".join(f"{code_of(n)},it@msp.example,Acme,{total}\n" for n in numbers)


def append(path: Path, text: str) -> None:
    """Write on."""
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text)


class DrivenClock:
    """The clock by which the inbox of a running service sees how long its files are still."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.looks = 0

    def advance(self, seconds: float) -> None:
        """Let so much time pass, and the service look into its inbox and act."""
        self.seconds += seconds
        self.wait_for_looks()

    def wait_for_looks(self) -> None:
        """Wait until all has been done that a look of the service from now on leads to."""
        seen = self.looks + 3  # one may be under way; the next is followed by what it leads to
        wait_until(lambda: self.looks >= seen)


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
