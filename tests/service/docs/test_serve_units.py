"""The units for systemd, and the task for Windows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from serve_page import PAGE, PROGRAM, SERVE, TASK, TASKS, UNIT, UNIT_ONCE, blocks, settings_of
from tiers import installed, needs

needs_systemd = needs("systemd")


def verified(unit: Path, folder: Path) -> str:
    """What `systemd-analyze verify` says of a unit, whose program is one that is there."""
    for path in SERVE.glob("avira-importer*"):  # a timer needs its service
        content = (unit if path.name == unit.name else path).read_bytes()
        (folder / path.name).write_bytes(content.replace(PROGRAM.encode(), sys.executable.encode()))
    result = subprocess.run(
        [installed("systemd"), "verify", "--man=no", folder / unit.name],
        capture_output=True, text=True,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:"},
    )  # fmt: skip
    about = [line for line in result.stderr.splitlines() if "avira-importer" in line]
    return "\n".join(about) or ("" if result.returncode == 0 else result.stderr)


@needs_systemd
@pytest.mark.parametrize("unit", ["avira-importer.service", "avira-importer-once.timer"])
def test_systemd_finds_nothing_wrong_with_a_unit(unit: str, tmp_path: Path) -> None:
    """No unknown setting, no bad value, no unit that is missing; the timer brings its service."""
    assert verified(SERVE / unit, tmp_path) == ""


@needs_systemd
def test_systemd_would_find_a_misspelt_setting(tmp_path: Path) -> None:
    """The control: a setting of another name is reported."""
    bad = tmp_path / "bad" / UNIT.name
    bad.parent.mkdir()
    bad.write_text(UNIT.read_text("utf-8").replace("ProtectHome=", "ProtectHouse="), "utf-8")
    (tmp_path / "units").mkdir()
    assert "ProtectHouse" in verified(bad, tmp_path / "units")


def exposure(unit: Path) -> float:
    """How exposed a unit is in the judgement of systemd, from 0 to 10."""
    result = subprocess.run(
        [installed("systemd"), "security", "--offline=true", "--no-pager", unit],
        capture_output=True, text=True,
    )  # fmt: skip
    level = re.search(r"Overall exposure level for .*: ([\d.]+)", result.stdout)
    if level is None and "unrecognized option" in result.stderr:
        pytest.skip("this systemd cannot judge a unit that is not loaded")
    assert level, result.stderr
    return float(level[1])


@needs_systemd
@pytest.mark.parametrize("unit", [UNIT, UNIT_ONCE], ids=lambda unit: unit.name)
def test_a_unit_is_sandboxed(unit: Path) -> None:
    """At most 2.0 of 10, as the page says."""
    level = exposure(unit)
    assert level <= 2.0
    documented_level = re.search(r"rates it ([\d.]+) of 10", PAGE)
    assert documented_level
    difference = abs(float(documented_level[1]) - level)
    assert difference <= 0.3, "versions of systemd count a little differently"


@needs_systemd
def test_a_unit_without_a_sandbox_would_be_found(tmp_path: Path) -> None:
    """The control: the same unit without its sandbox is far above."""
    bare = tmp_path / UNIT.name
    kept = UNIT.read_text("utf-8").partition("# All that may be written")[0]
    bare.write_text(kept, "utf-8")
    assert exposure(bare) > 8


def test_both_units_are_sandboxed_alike() -> None:
    """From the environment on, the unit for one run is the service's, line by line."""
    service, once = (
        [line for line in settings_of(unit) if not line.startswith("WantedBy=")]
        for unit in (UNIT, UNIT_ONCE)
    )
    at = "EnvironmentFile=-/etc/avira-importer/environment"
    assert once[once.index(at) :] == service[service.index(at) :]
    assert len(once[once.index(at) :]) > 30


def test_the_units_run_what_the_page_says() -> None:
    """The service tells systemd when it is ready, and is not started again on a wrong file."""
    service, once = settings_of(UNIT), settings_of(UNIT_ONCE)
    assert {"Type=notify", "Restart=on-failure", "RestartPreventExitStatus=2"} <= set(service)
    assert any(line.startswith("WatchdogSec=") for line in service)
    assert "Type=oneshot" in once
    assert any(line.startswith("SuccessExitStatus=1") for line in once)


def test_schtasks_can_read_the_task() -> None:
    """Plain ASCII without a word of its encoding, or UTF-16 that says so: else schtasks ends with
    "unable to switch the encoding" or "incorrect document syntax"."""
    content = TASK.read_bytes()
    declaration = re.match(
        r"<\?xml[^>]*>", content.decode("utf-16" if content[0] > 0x7F else "ascii")
    )
    assert declaration
    if content.startswith(b"\xff\xfe"):
        assert 'encoding="UTF-16"' in declaration[0]
    else:
        assert content.isascii()
        assert "encoding" not in declaration[0]


def test_the_task_is_complete() -> None:
    """When, as whom, what; one run at a time, on batteries too, and with a time limit."""
    task = ET.parse(TASK).getroot()
    assert task.tag == f"{TASKS}Task"
    assert task.get("version") == "1.2"
    assert [element.tag.removeprefix(TASKS) for element in task] == [
        "RegistrationInfo", "Triggers", "Principals", "Settings", "Actions",
    ]  # fmt: skip

    def text_of(path: str) -> str | None:
        return task.findtext("/".join(TASKS + name for name in path.split("/")))

    assert text_of("Triggers/TimeTrigger/Repetition/Interval") == "PT5M"
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text_of("Triggers/TimeTrigger/StartBoundary") or ""
    )
    assert text_of("Principals/Principal/UserId") == "S-1-5-19"
    principal, actions = (task.find(f".//{TASKS}{tag}") for tag in ("Principal", "Actions"))
    assert principal is not None
    assert actions is not None
    assert actions.get("Context") == principal.get("id")
    assert text_of("Settings/MultipleInstancesPolicy") == "IgnoreNew"
    assert text_of("Settings/DisallowStartIfOnBatteries") == "false"
    assert text_of("Settings/ExecutionTimeLimit") == "PT1H"
    assert text_of("Actions/Exec/Command")
    folder = text_of("Actions/Exec/WorkingDirectory")
    assert folder
    assert folder in blocks("powershell")[0], "the page makes that folder"
