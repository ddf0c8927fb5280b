"""LibreOffice, converting files."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tiers import installed


def convert(target: str, folder: Path, *paths: Path) -> None:
    """Open each file and save it in `folder`; `target` is a suffix, or one with a filter."""
    with tempfile.TemporaryDirectory() as profile:
        result = subprocess.run(
            [installed("libreoffice"), f"-env:UserInstallation=file://{profile}", "--headless",
             "--convert-to", target, "--outdir", folder, *paths],
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "rror" not in result.stderr + result.stdout, result.stderr
