"""What docs/serve.md says, and its files, fit the program and the systems that they are for."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from cronsim import CronSim

from importer.base.clock import now
from importer.base.errors import MisuseError
from importer.cli.main import cli
from importer.config.file import load_settings
from importer.config.service import ExportSettings, InboxSettings, ServiceSettings, SmtpSettings
from importer.service.events import Event
from importer.service.metrics import Metrics
from scripts import ROOT
from tiers import installed, needs

SERVE = ROOT / "docs" / "serve"
PAGE = (ROOT / "docs" / "serve.md").read_text("utf-8")
EXAMPLE = SERVE / "avira-importer.toml"
UNIT, UNIT_ONCE = SERVE / "avira-importer.service", SERVE / "avira-importer-once.service"
TASK = SERVE / "avira-importer-once.xml"
TASKS = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
PROGRAM = "/opt/avira-importer/bin/avira-importer"

needs_systemd = needs("systemd")


def blocks(language: str) -> list[str]:
    """The blocks of the page in a language, without the indent of the list that they stand in."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", PAGE, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


def section(title: str) -> str:
    """What stands on the page from a title up to the next."""
    _, _, rest = PAGE.partition(f"\n## {title}\n")
    assert rest, title
    return rest.partition("\n## ")[0]


# What systemd makes of the units


def verified(unit: Path, folder: Path) -> str:
    """What `systemd-analyze verify` says of a unit, whose program is one that is there."""
    for one in SERVE.glob("avira-importer*"):  # a timer asks for its service
        content = (unit if one.name == unit.name else one).read_bytes()
        (folder / one.name).write_bytes(content.replace(PROGRAM.encode(), sys.executable.encode()))
    said = subprocess.run(
        [installed("systemd"), "verify", "--man=no", folder / unit.name],
        capture_output=True, text=True, timeout=60,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:"},
    )  # fmt: skip
    about = [line for line in said.stderr.splitlines() if "avira-importer" in line]
    return "\n".join(about) or ("" if said.returncode == 0 else said.stderr)


@needs_systemd
@pytest.mark.parametrize("unit", ["avira-importer.service", "avira-importer-once.timer"])
def test_systemd_finds_nothing_wrong_with_a_unit(unit: str, tmp_path: Path) -> None:
    """No unknown setting, no bad value, no unit that is missing; the timer brings its service."""
    assert verified(SERVE / unit, tmp_path) == ""


@needs_systemd
def test_systemd_would_find_a_misspelt_setting(tmp_path: Path) -> None:
    """The control: a setting of another name is told."""
    bad = tmp_path / "bad" / UNIT.name
    bad.parent.mkdir()
    bad.write_text(UNIT.read_text("utf-8").replace("ProtectHome=", "ProtectHouse="), "utf-8")
    (tmp_path / "units").mkdir()
    assert "ProtectHouse" in verified(bad, tmp_path / "units")


def exposure(unit: Path) -> float:
    """How far systemd holds a unit to be exposed, from 0 to 10."""
    said = subprocess.run(
        [installed("systemd"), "security", "--offline=true", "--no-pager", unit],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", said.stdout)
    if found is None and "unrecognized option" in said.stderr:
        pytest.skip("this systemd cannot judge a unit that is not loaded")
    assert found, said.stderr
    return float(found[1])


@needs_systemd
@pytest.mark.parametrize("unit", [UNIT, UNIT_ONCE], ids=lambda unit: unit.name)
def test_the_service_is_fenced_in(unit: Path) -> None:
    """At most 2.0 of 10, and what the page says of it."""
    found = exposure(unit)
    assert found <= 2.0
    said = re.search(r"rates it ([\d.]+) of 10", PAGE)
    assert said
    assert abs(float(said[1]) - found) <= 0.3, "versions of systemd count a little differently"


@needs_systemd
def test_a_service_that_is_not_fenced_in_would_be_seen(tmp_path: Path) -> None:
    """The control: the same unit without its fences is far beyond."""
    bare = tmp_path / UNIT.name
    kept = UNIT.read_text("utf-8").partition("# All that may be written")[0]
    bare.write_text(kept, "utf-8")
    assert exposure(bare) > 8


def settings_of(unit: Path) -> list[str]:
    """The lines of a unit that say something."""
    lines = unit.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "["))]


def test_both_units_are_fenced_in_alike() -> None:
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


# The configuration


MINIMUM = "[inbox]\nfolder = 'inbox'\n"
RELAY = "[smtp]\nhost = 'relay.msp.example'\nsender = 'licences@msp.example'\n"


@pytest.mark.parametrize("block", blocks("toml"), ids=lambda block: block.split("\n")[0])
def test_each_part_of_a_configuration_on_the_page_is_taken(block: str, tmp_path: Path) -> None:
    """Alone, or with an inbox beside it."""
    path = tmp_path / "avira-importer.toml"
    path.write_text(block if "[inbox]" in block else MINIMUM + block, "utf-8")
    settings = load_settings(path)
    assert settings.service is not None


def test_a_wrong_part_of_a_configuration_would_be_seen(tmp_path: Path) -> None:
    """The control: each setting of the page's blocks, misspelt, is refused."""
    path = tmp_path / "avira-importer.toml"
    tried = 0
    for block in blocks("toml"):
        whole = block if "[inbox]" in block else MINIMUM + block
        for key in re.findall(r"^(\w+) = ", whole, re.MULTILINE):
            path.write_text(re.sub(rf"^{key} = ", f"{key}x = ", whole, flags=re.MULTILINE), "utf-8")
            with pytest.raises(MisuseError):
                load_settings(path)
            tried += 1
    assert tried > 40


def keys(kind: type, leave_out: str = "") -> set[str]:
    """The settings that a table may have."""
    return {one.name for one in fields(kind)} - set(leave_out.split())


TABLES = {
    "inbox": keys(InboxSettings),
    "exports": keys(ExportSettings, "key"),
    "smtp": keys(SmtpSettings),
    "service": keys(ServiceSettings, "file inbox exports smtp"),
}
SECTIONS = {
    "inbox": "The inbox",
    "exports": "Exports",
    "smtp": "Mail",
    "service": "The ledger, and what is remembered",
}


def documented(words: str) -> set[str]:
    """The settings that tables of `words` explain, in their first column."""
    found: set[str] = set()
    table = False
    for line in words.splitlines():
        table = line.startswith("|") and (table or line == "| setting | means |")
        if table:
            found |= set(re.findall(r"`(\w+)`", line.split("|")[1]))
    return found


@pytest.mark.parametrize("table", TABLES)
def test_the_page_explains_every_setting_and_no_other(table: str) -> None:
    """The table of each section has what the program takes, all of it and nothing else."""
    assert documented(section(SECTIONS[table])) == TABLES[table]


def test_a_setting_that_is_not_explained_would_be_seen() -> None:
    """The control: without its line, a setting is missing."""
    for table, known in TABLES.items():
        words = section(SECTIONS[table])
        lines = words.splitlines(keepends=True)
        for line in lines:
            if documented("| setting | means |\n" + line) and not line.startswith("| setting"):
                assert documented(words.replace(line, "")) < known


def test_the_example_is_taken_as_it_is() -> None:
    """And with it the setup of the page: its folders are those that the unit lets it write to."""
    settings = load_settings(EXAMPLE)
    assert settings.service is not None
    places = [settings.ledger, settings.service.state, settings.service.metrics_file]
    places += [one.folder for one in settings.service.exports]
    assert settings.service.inbox is not None
    inbox = settings.service.inbox
    places += [inbox.folder, inbox.applied, inbox.rejected]
    for place in places:
        assert str(place).startswith(("/srv/avira-importer/", "/var/lib/avira-importer")), place


def all_settings(example: str) -> str:
    """The example with what it only shows, taken in use: lines that begin with # and no space."""
    return re.sub(r"^#(?=[\[a-z])", "", example, flags=re.MULTILINE)


def test_the_example_is_taken_with_all_that_it_shows(tmp_path: Path) -> None:
    """Every line that is commented out is right, too."""
    path = tmp_path / "avira-importer.toml"
    path.write_text(all_settings(EXAMPLE.read_text("utf-8")), "utf-8")
    settings = load_settings(path)
    assert settings.service is not None
    assert settings.service.smtp is not None
    assert len(settings.service.exports) == 3
    assert settings.account


def test_the_example_has_every_setting() -> None:
    """Each key of each table stands in it, in use or commented out."""
    tables = re.split(
        r"^\[+(\w+)\]+.*$", all_settings(EXAMPLE.read_text("utf-8")), flags=re.MULTILINE
    )
    shown: dict[str, set[str]] = {}
    for name, content in zip(tables[1::2], tables[2::2], strict=True):
        shown.setdefault(name, set()).update(re.findall(r"^(\w+) = ", content, re.MULTILINE))
    assert {name: shown[name] for name in TABLES} == TABLES
    assert set(re.findall(r"^(\w+) = ", tables[0], re.MULTILINE)) == {
        "ledger", "account", "lang", "wait",
    }  # fmt: skip


# Events and metrics


def told_events(page: str) -> set[str]:
    """The events in the page's table of them."""
    table = page.partition("<!-- events: begin -->")[2].partition("<!-- events: end -->")[0]
    return set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))


def test_the_page_tells_every_event() -> None:
    """Its table has what the log can say, all of it and nothing else."""
    assert told_events(PAGE) == {event.value for event in Event}


def test_an_event_that_is_not_told_would_be_seen() -> None:
    """The control: without its line, an event is missing."""
    for event in Event:
        page = re.sub(rf"^\| `{event.value}` \|.*\n", "", PAGE, flags=re.MULTILINE)
        assert told_events(page) == {one.value for one in Event} - {event.value}


def test_the_page_names_no_event_that_is_none() -> None:
    """Nor does its advice: what looks like an event is one."""
    names = {event.value for event in Event}
    kinds = "|".join({name.partition("-")[0] for name in names if "-" in name} | {"inbox"})
    for word in re.findall(rf"`((?:{kinds})-[a-z-]+)`", PAGE):
        assert word in names, word


def metric_names() -> set[str]:
    """The metrics of the program."""
    from prometheus_client.exposition import generate_latest

    written = generate_latest(Metrics().registry).decode()
    found = re.findall(r"^# TYPE (\w+)", written, re.MULTILINE)
    return {name for name in found if not name.endswith("_created")}  # one beside each count


def test_the_page_tells_every_metric() -> None:
    """Its table has all of them with their labels, and its alarms ask for no other."""
    known = metric_names()
    told = set(re.findall(r"^\| `(avira_importer_\w+)", section("What to watch"), re.MULTILINE))
    assert told == known
    for alarm in blocks("yaml"):
        asked = set(re.findall(r"avira_importer_\w+", alarm))
        assert asked
        assert asked <= known


# Commands


def command_lines(language: str) -> Iterator[list[str]]:
    """What the page's blocks have the program do, as words."""
    for block in blocks(language):
        for line in block.splitlines():
            words = shlex.split(line, posix=language != "bat")
            for at, word in enumerate(words):
                is_program = re.search(r"[/\\](bin|Scripts)[/\\]avira-importer$", word)
                if is_program or (at == 0 and word == "avira-importer"):
                    yield words[at + 1 :]


def in_sentences() -> Iterator[list[str]]:
    """The same of what stands in the page's sentences and tables."""
    for words in re.findall(r"`((?:avira-importer|serve|ledger) [^`]+)`", PAGE):
        yield words.removeprefix("avira-importer ").split()


def in_files() -> Iterator[list[str]]:
    """The same of units, crontab, task and container."""
    for unit in (UNIT, UNIT_ONCE):
        yield next(one for one in settings_of(unit) if one.startswith("ExecStart=")).split()[1:]
    for line in cron_lines((SERVE / "crontab").read_text("utf-8")):
        yield line.split()[6:]
    arguments = ET.parse(TASK).findtext(f".//{TASKS}Arguments") or ""
    yield arguments.partition("avira-importer.exe ")[2].partition("2>>")[0].split()
    yield json.loads(instructions(DOCKERFILE)["CMD"][-1])


def cron_lines(words: str) -> list[str]:
    """Those lines of `words` that cron would run."""
    return [line for line in words.splitlines() if re.match(r"[\d*@]", line)]


def fault_of(words: list[str]) -> str:
    """What the command line would not take of `words`; nothing if it would run them."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        if not words or words[0] not in command.commands:
            return f"{command.name} has no {words[:1]}"
        command, words = command.commands[words[0]], words[1:]
    known = {name for one in command.params if isinstance(one, click.Option) for name in one.opts}
    unknown = [word for word in words if word.startswith("-") and word not in known]
    return f"{command.name} has no {unknown}" if unknown else ""


@pytest.mark.parametrize(
    ("told", "least"),
    [
        (lambda: command_lines("sh"), 4), (lambda: command_lines("bat"), 1),
        (in_sentences, 15), (in_files, 5),
    ],
    ids=["sh", "bat", "sentences", "files"],
)  # fmt: skip
def test_every_command_that_is_told_is_one(
    told: Callable[[], Iterator[list[str]]], least: int
) -> None:
    """The program has it, with these options."""
    found = list(told())
    assert len(found) >= least
    assert [fault for fault in map(fault_of, found) if fault] == []


def test_a_command_that_is_none_would_be_seen() -> None:
    """The control: another name, another option."""
    assert fault_of(["service", "--config", "x.toml"])
    assert fault_of(["ledger", "prove"])
    assert fault_of(["serve", "--conf", "x.toml"])
    assert not fault_of(["serve", "--config", "x.toml"])


@pytest.mark.parametrize("source", ["page", "crontab"])
def test_cron_lines_are_understood(source: str) -> None:
    """Five fields that name times to come, and a program with its whole path."""
    words = (SERVE / "crontab").read_text("utf-8")
    lines = cron_lines("\n".join(blocks("sh")) if source == "page" else words)
    assert lines
    for line in lines:
        *times, command = line.split(maxsplit=5)
        assert next(CronSim(" ".join(times), now())) > now()
        assert command.startswith(PROGRAM + " ")


def test_the_crontab_holds_nothing_that_cron_does_not_take() -> None:
    """Comments, variables and lines with times; it ends with a line's end, as cron insists."""
    words = (SERVE / "crontab").read_text("utf-8")
    assert words.endswith("\n")
    lines = [line for line in words.splitlines() if line and not line.startswith("#")]
    variables = [line for line in lines if re.match(r"[A-Z_]+=\S+$", line)]
    assert sorted(variables + cron_lines(words)) == sorted(lines)
    assert "%" not in words, "cron takes that for a line break"


def test_the_first_steps_of_the_page_work(tmp_path: Path) -> None:
    """Its file, its check, and a workbook in the inbox: applied, with a report beside it."""
    (tmp_path / "avira-importer.toml").write_text(blocks("toml")[0], "utf-8")
    for folder in ("inbox", "exports"):
        (tmp_path / folder).mkdir()

    def serve(*options: str) -> dict[str, object]:
        told = ["serve", *options, "--json", "--config", "avira-importer.toml"]
        done = subprocess.run(
            [sys.executable, "-m", "importer", *told], capture_output=True, text=True, timeout=120,
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        document: dict[str, object] = json.loads(done.stdout)
        return document

    checked = serve("--check")
    assert checked["ok"] is True
    shutil.copy(ROOT / "samples" / "onboarding.xlsx", tmp_path / "inbox")
    applied = serve("--once")
    names = sorted(path.name for path in (tmp_path / "inbox" / "applied").iterdir())
    assert [re.sub(r"^\d{8}T\d{6}Z-", "", name) for name in names] == [
        "onboarding.xlsx", "onboarding.xlsx.report.txt",
    ]  # fmt: skip
    for document in (checked, applied):
        for value in document.values():
            told = value[0] if isinstance(value, list) and value else {}
            for key in [*document, *told]:
                assert f'"{key}"' in PAGE, key


# The task for Windows


def test_the_task_is_one_that_schtasks_takes() -> None:
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


def test_the_task_says_all_that_a_task_must() -> None:
    """When, as whom, what; one at a time, on batteries too, and not for ever."""
    task = ET.parse(TASK).getroot()
    assert task.tag == f"{TASKS}Task"
    assert task.get("version") == "1.2"
    assert [one.tag.removeprefix(TASKS) for one in task] == [
        "RegistrationInfo", "Triggers", "Principals", "Settings", "Actions",
    ]  # fmt: skip

    def said(path: str) -> str | None:
        return task.findtext("/".join(TASKS + name for name in path.split("/")))

    assert said("Triggers/TimeTrigger/Repetition/Interval") == "PT5M"
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", said("Triggers/TimeTrigger/StartBoundary") or ""
    )
    assert said("Principals/Principal/UserId") == "S-1-5-19"
    principal, actions = (task.find(f".//{TASKS}{one}") for one in ("Principal", "Actions"))
    assert principal is not None
    assert actions is not None
    assert actions.get("Context") == principal.get("id")
    assert said("Settings/MultipleInstancesPolicy") == "IgnoreNew"
    assert said("Settings/DisallowStartIfOnBatteries") == "false"
    assert said("Settings/ExecutionTimeLimit") == "PT1H"
    assert said("Actions/Exec/Command")
    folder = said("Actions/Exec/WorkingDirectory")
    assert folder
    assert folder in blocks("bat")[0], "the page makes that folder"


# The container


DOCKERFILE = (SERVE / "Dockerfile").read_text("utf-8")
IGNORED = (ROOT / ".dockerignore").read_text("utf-8")


def instructions(dockerfile: str) -> dict[str, list[str]]:
    """What a Dockerfile says, by instruction in the order of their lines."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", dockerfile, flags=re.MULTILINE))
    found: dict[str, list[str]] = {}
    for line in filter(None, joined.splitlines()):
        word, _, rest = line.partition(" ")
        found.setdefault(word, []).append(rest)
    return found


def faults_of(dockerfile: str, ignored: str) -> list[str]:
    """What is wrong with a Dockerfile for people who mind their secrets."""
    said, found = instructions(dockerfile), []
    if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", said.get("USER", ["root"])[-1]):
        found.append("it runs as root, or as a user whose number nobody knows")
    if "ADD" in said:
        found.append("ADD takes archives apart and fetches what it is told to")
    sources = [
        source
        for line in said["COPY"]
        if not line.startswith("--from")
        for source in line.split()[:-1]
    ]
    found += [f"there is no {source}" for source in sources if not (ROOT / source).exists()]
    sent = [line[1:] for line in ignored.splitlines() if line.startswith("!")]
    if sorted(sent) != sorted(sources) or "*" not in ignored.splitlines():
        found.append("what is sent is not what is copied")
    words = [*said.get("ENV", []), *said.get("ARG", []), *said["RUN"]]
    found += [f"a secret: {one}" for one in words if re.search("PASS|SECRET|TOKEN", one, re.I)]
    for form in ("ENTRYPOINT", "CMD"):
        if not said[form][-1].startswith("["):
            found.append(f"{form} has a shell between, which hands on no signals")
    return found


def test_the_image_has_no_secrets_and_no_root() -> None:
    """It is made of the program alone, and runs as a user with a number."""
    assert faults_of(DOCKERFILE, IGNORED) == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("USER 10001:10001", "USER root", "root"),
        ("STOPSIGNAL", "USER 0\nSTOPSIGNAL", "root"),
        ("WORKDIR", "ADD https://files.msp.example/key /key\nWORKDIR", "ADD"),
        ("COPY pyproject.toml", "COPY licences.db pyproject.toml", "no licences.db"),
        ("COPY importer", "COPY docs", "what is sent"),
        ("XDG_DATA_HOME", "PGPASSWORD=secret XDG_DATA_HOME", "secret"),
        ('CMD ["serve"', 'CMD serve "', "signals"),
    ],
)
def test_a_fault_of_the_image_would_be_seen(right: str, wrong: str, told: str) -> None:
    """The control: each of them is found."""
    changed = DOCKERFILE.replace(right, wrong, 1)
    assert changed != DOCKERFILE
    assert any(told in fault for fault in faults_of(changed, IGNORED))


def test_the_image_takes_what_the_example_says() -> None:
    """Everything that the example writes is in a volume, and its metrics tell of its health."""
    said = instructions(DOCKERFILE)
    volumes = json.loads(said["VOLUME"][0])
    assert volumes == ["/var/lib/avira-importer", "/srv/avira-importer"]
    settings = load_settings(EXAMPLE)
    assert settings.service is not None
    assert f"'{settings.service.metrics_file}'" in said["HEALTHCHECK"][0]
    compose = (SERVE / "compose.yaml").read_text("utf-8")
    assert (SERVE / "../.." / "docs/serve/Dockerfile").exists()
    for volume in volumes:
        assert f":{volume}\n" in compose
    for word in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
        assert word in compose


@pytest.mark.parametrize(("age", "healthy"), [(5, True), (3600, False), (None, False)])
def test_the_image_knows_whether_it_is_well(age: int | None, healthy: bool, tmp_path: Path) -> None:
    """Metrics that are fresh say so; old ones or none say that it is not."""
    metrics = tmp_path / "avira.prom"
    if age is not None:
        metrics.touch()
        then = now().timestamp() - age
        os.utime(metrics, (then, then))
    command = json.loads(instructions(DOCKERFILE)["HEALTHCHECK"][0].partition("CMD ")[2])
    assert command[0] == "python"
    code = command[2].replace("/var/lib/avira-importer/avira.prom", str(metrics))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert (done.returncode == 0) is healthy
