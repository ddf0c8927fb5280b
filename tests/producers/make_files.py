"""Write the files in files/ again: python tests/producers/make_files.py [NAME…]."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path[:0] = [
    str(TESTS.parent),
    *(str(TESTS / "support" / room) for room in (".", "files", "export", "ledger")),
]

from producers import FILES, KEPT, Output, write  # noqa: E402


def keep(output: Output) -> None:
    """Have the program write its files, and put them where they are kept."""
    with tempfile.TemporaryDirectory() as folder:
        write(output, Path(folder))
        for book in output.books:
            kept = FILES / book / output.name
            shutil.rmtree(kept, ignore_errors=True)
            kept.parent.mkdir(exist_ok=True)
            shutil.move(Path(folder, book, output.name), kept)


if __name__ == "__main__":
    for output in KEPT:
        if output.name in sys.argv[1:] or len(sys.argv) == 1:
            print(output.name)
            keep(output)
