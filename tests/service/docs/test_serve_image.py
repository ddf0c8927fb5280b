"""The container image of the service."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from importer.base.clock import now
from importer.config.file import load_settings
from scripts import ROOT
from serve_page import DOCKERFILE, EXAMPLE, IGNORED, SERVE, instructions


def faults_of(dockerfile: str, ignored: str) -> list[str]:
    """What is wrong with a Dockerfile that could leak secrets or rights."""
    lines, faults = instructions(dockerfile), []
    if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", lines.get("USER", ["root"])[-1]):
        faults.append("it runs as root, or as a user without a number")
    if "ADD" in lines:
        faults.append("ADD unpacks archives and downloads files")
    sources = [
        source
        for line in lines["COPY"]
        if not line.startswith("--from")
        for source in line.split()[:-1]
    ]
    faults += [f"there is no {source}" for source in sources if not (ROOT / source).exists()]
    sent = [line[1:] for line in ignored.splitlines() if line.startswith("!")]
    if sorted(sent) != sorted(sources) or "*" not in ignored.splitlines():
        faults.append("the context is not what is copied")
    words = [*lines.get("ENV", []), *lines.get("ARG", []), *lines["RUN"]]
    faults += [f"a secret: {word}" for word in words if re.search("PASS|SECRET|TOKEN", word, re.I)]
    for form in ("ENTRYPOINT", "CMD"):
        if not lines[form][-1].startswith("["):
            faults.append(f"{form} runs a shell, which forwards no signals")
    return faults


def test_the_image_has_no_secrets_and_no_root() -> None:
    """It is made of the program alone, and runs as a user with a number."""
    assert faults_of(DOCKERFILE, IGNORED) == []


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("USER 10001:10001", "USER root", "root"),
        ("STOPSIGNAL", "USER 0\nSTOPSIGNAL", "root"),
        ("WORKDIR", "ADD https://files.msp.example/key /key\nWORKDIR", "ADD"),
        ("COPY pyproject.toml", "COPY licences.db pyproject.toml", "no licences.db"),
        ("COPY importer", "COPY docs", "the context"),
        ("XDG_DATA_HOME", "PGPASSWORD=secret XDG_DATA_HOME", "secret"),
        ('CMD ["serve"', 'CMD serve "', "signals"),
    ],
)
def test_a_fault_of_the_image_would_be_found(right: str, wrong: str, fault: str) -> None:
    """The control: each of them is found."""
    changed = DOCKERFILE.replace(right, wrong, 1)
    assert changed != DOCKERFILE
    assert any(fault in known for known in faults_of(changed, IGNORED))


def test_the_image_has_volumes_for_all_that_the_example_writes() -> None:
    """Its metrics tell whether it is healthy."""
    lines = instructions(DOCKERFILE)
    volumes = json.loads(lines["VOLUME"][0])
    assert volumes == ["/var/lib/avira-importer", "/srv/avira-importer"]
    settings = load_settings(EXAMPLE)
    assert settings.service is not None
    assert f"'{settings.service.metrics_file}'" in lines["HEALTHCHECK"][0]
    compose = (SERVE / "compose.yaml").read_text("utf-8")
    assert (SERVE / "../.." / "docs/serve/Dockerfile").exists()
    for volume in volumes:
        assert f":{volume}\n" in compose
    for word in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
        assert word in compose


@pytest.mark.parametrize(("age", "healthy"), [(5, True), (3600, False), (None, False)])
def test_fresh_metrics_make_the_image_healthy(
    age: int | None, healthy: bool, tmp_path: Path
) -> None:
    """Old ones or none do not."""
    metrics = tmp_path / "avira.prom"
    if age is not None:
        metrics.touch()
        then = now().timestamp() - age
        os.utime(metrics, (then, then))
    command = json.loads(instructions(DOCKERFILE)["HEALTHCHECK"][0].partition("CMD ")[2])
    assert command[0] == "python"
    code = command[2].replace("/var/lib/avira-importer/avira.prom", str(metrics))
    check = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert (check.returncode == 0) is healthy
