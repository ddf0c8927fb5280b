"""The settings, events and metrics that docs/serve.md explains."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from importer.base.errors import MisuseError
from importer.config.file import load_settings
from importer.config.service import ExportSettings, InboxSettings, ServiceSettings, SmtpSettings
from importer.service.events import Event
from importer.service.metrics import Metrics
from serve_page import EXAMPLE, PAGE, blocks, section

MINIMUM = "[inbox]\nfolder = 'inbox'\n"
RELAY = "[smtp]\nhost = 'relay.msp.example'\nsender = 'licences@msp.example'\n"


@pytest.mark.parametrize("block", blocks("toml"), ids=lambda block: block.split("\n")[0])
def test_each_configuration_on_the_page_is_valid(block: str, tmp_path: Path) -> None:
    """Alone, or with an inbox beside it."""
    path = tmp_path / "avira-importer.toml"
    path.write_text(block if "[inbox]" in block else MINIMUM + block, "utf-8")
    settings = load_settings(path)
    assert settings.service is not None


def test_a_wrong_part_of_a_configuration_would_be_found(tmp_path: Path) -> None:
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
    return {field.name for field in fields(kind)} - set(leave_out.split())


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
    settings: set[str] = set()
    table = False
    for line in words.splitlines():
        table = line.startswith("|") and (table or line == "| setting | means |")
        if table:
            settings |= set(re.findall(r"`(\w+)`", line.split("|")[1]))
    return settings


@pytest.mark.parametrize("table", TABLES)
def test_the_page_explains_every_setting_and_no_other(table: str) -> None:
    """The table of each section has what the program takes, all of it and nothing else."""
    assert documented(section(SECTIONS[table])) == TABLES[table]


def test_a_setting_that_is_not_explained_would_be_found() -> None:
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
    paths = [settings.ledger, settings.service.state, settings.service.metrics_file]
    paths += [export.folder for export in settings.service.exports]
    assert settings.service.inbox is not None
    inbox = settings.service.inbox
    paths += [inbox.folder, inbox.applied, inbox.rejected]
    allowed = ("/srv/avira-importer/", "/var/lib/avira-importer")
    assert [path for path in paths if not str(path).startswith(allowed)] == []


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
    """Each key of each table is in it, in use or commented out."""
    tables = re.split(
        r"^\[+(\w+)\]+.*$", all_settings(EXAMPLE.read_text("utf-8")), flags=re.MULTILINE
    )
    shown: dict[str, set[str]] = {}
    for name, content in zip(tables[1::2], tables[2::2], strict=True):
        shown.setdefault(name, set()).update(re.findall(r"^(\w+) = ", content, re.MULTILINE))
    assert {name: shown[name] for name in TABLES} == TABLES
    assert set(re.findall(r"^(\w+) = ", tables[0], re.MULTILINE)) == {
        "ledger", "account", "lang", "wait", "dates",
    }  # fmt: skip


def documented_events(page: str) -> set[str]:
    """The events in the page's table of them."""
    table = page.partition("<!-- events: begin -->")[2].partition("<!-- events: end -->")[0]
    return set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))


def test_the_page_lists_every_event() -> None:
    """Its table has what the log can say, all of it and nothing else."""
    assert documented_events(PAGE) == {event.value for event in Event}


def test_an_event_that_is_not_listed_would_be_found() -> None:
    """The control: without its line, an event is missing."""
    for event in Event:
        page = re.sub(rf"^\| `{event.value}` \|.*\n", "", PAGE, flags=re.MULTILINE)
        assert documented_events(page) == {known.value for known in Event} - {event.value}


def test_the_page_names_no_unknown_event() -> None:
    """Nor does its advice: what looks like an event is one."""
    names = {event.value for event in Event}
    kinds = "|".join({name.partition("-")[0] for name in names if "-" in name} | {"inbox"})
    for word in re.findall(rf"`((?:{kinds})-[a-z-]+)`", PAGE):
        assert word in names, word


def metric_names() -> set[str]:
    """The metrics of the program."""
    from prometheus_client.exposition import generate_latest

    written = generate_latest(Metrics().registry).decode()
    names = re.findall(r"^# TYPE (\w+)", written, re.MULTILINE)
    return {name for name in names if not name.endswith("_created")}  # one beside each count


def test_the_page_lists_every_metric() -> None:
    """Its table has all of them with their labels, and its alarms ask for no other."""
    known = metric_names()
    listed = set(re.findall(r"^\| `(avira_importer_\w+)", section("What to watch"), re.MULTILINE))
    assert listed == known
    assert blocks("yaml")
    for alarm in blocks("yaml"):
        used = set(re.findall(r"avira_importer_\w+", alarm))
        assert used, alarm
        assert used <= known
