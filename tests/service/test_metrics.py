"""The figures of the service for Prometheus, in a file and over HTTP."""

from __future__ import annotations

import shutil
import socket
import time
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from inbox_workbooks import bad, good
from ports import HOST, free_port
from scheduled_files import NAME, export_files, instant_of
from service_folders import NO_MAIL_SERVER, Folders, table
from services import Serve, running
from systems import IS_WINDOWS
from waiting import PATIENCE, wait_until

pytest_plugins = ["service_fixtures"]

Figures = dict[tuple[str, tuple[str, ...]], float]


def figures(exposition: str) -> Figures:
    """The figures by name and values of labels, as Prometheus reads them."""
    return {
        (sample.name.removeprefix("avira_importer_"), tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }


def test_figures_tell_what_has_happened(full_folders: Folders) -> None:
    """In the file and over HTTP alike."""
    port, path = free_port(), full_folders.folder / "figures.prom"
    full_folders.configure(
        f"metrics_port = {port}\nmetrics_file = 'figures.prom'\n"
        + table(every="1h", format="json")
        + table(every="1h", name="No", customer="Nobody")
    )

    def over_http() -> Figures:
        with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=PATIENCE) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            return figures(answer.read().decode())

    with running(full_folders) as service:
        service.wait_for("export-written", "export-failed", count=2)
        wait_until(lambda: ("exports_total", (NAME, "made")) in over_http())
        at_first = over_http()
        full_folders.drop("good.xlsx", good(1))
        full_folders.drop("rejected.xlsx", bad(2))
        (full_folders.inbox / "none.xlsx").write_bytes(b"none")
        service.wait_for("workbook-applied", "workbook-rejected", "workbook-unreadable", count=3)
        filed = next(full_folders.applied.glob("*-good.xlsx"))
        shutil.copyfile(filed, full_folders.folder / "copy.xlsx")
        (full_folders.folder / "copy.xlsx").rename(full_folders.inbox / "copy.xlsx")
        service.wait_for("workbook-applied-before")
        wait_until(lambda: over_http()["inbox_files", ()] == 0)
        last = over_http()
    assert at_first["ledger_up", ()] == at_first["exports_total", (NAME, "made")] == 1
    assert at_first["batches_total", ()] == 0
    in_file = figures(path.read_text("utf-8"))
    if not IS_WINDOWS:
        assert path.stat().st_mode & 0o777 == 0o644
    assert set(in_file) == set(last)
    written_at = instant_of(export_files(full_folders)[0]).timestamp()
    exact = {
        ("workbooks_total", ("applied",)): 1, ("workbooks_total", ("rejected",)): 1,
        ("workbooks_total", ("unreadable",)): 1, ("workbooks_total", ("unchanged",)): 1,
        ("rows_total", ("applied",)): 2,
        ("rows_total", ("rejected",)): service.named("workbook-rejected")[0]["rejected"],
        ("batches_total", ()): 1, ("exports_total", (NAME, "made")): 1,
        ("exports_total", ("No", "failed")): 1, ("inbox_files", ()): 0,
        ("inbox_lag_seconds", ()): 0, ("mails_waiting", ()): 0, ("ledger_up", ()): 1,
    }  # fmt: skip
    for source in (last, in_file):
        assert {key: source[key] for key in exact} == exact
        assert source["rows_total", ("unchanged",)] in (0, 2)
        assert 0 <= source["last_export_timestamp_seconds", (NAME,)] - written_at <= PATIENCE
        assert 0 <= source["export_lag_seconds", (NAME,)] <= PATIENCE
        assert abs(source["last_round_timestamp_seconds", ()] - time.time()) < PATIENCE


def test_after_a_single_run_the_figures_tell_how_it_left_things(
    full_folders: Folders, serve: Serve
) -> None:
    """Nothing waits in the inbox; a mail that could not be sent does wait."""
    full_folders.configure(
        "metrics_file = 'figures.prom'\n" + table("[smtp]", **NO_MAIL_SERVER)
        + table(every="1h", format="json", mail_to=["boss@msp.example"])
    )  # fmt: skip
    full_folders.drop("good.xlsx", good(1))
    assert serve("--once").exit_code == 0
    in_file = figures((full_folders.folder / "figures.prom").read_text("utf-8"))
    expected = {
        ("workbooks_total", ("applied",)): 1, ("inbox_files", ()): 0, ("inbox_lag_seconds", ()): 0,
        ("mails_waiting", ()): 1,
    }  # fmt: skip
    assert {key: in_file[key] for key in expected} == expected


@pytest.mark.parametrize("work", ["workbook", "export"])
def test_an_unusable_ledger_is_down_in_the_figures_of_a_single_run(
    work: str, folders: Folders, serve: Serve
) -> None:
    """The exit code is the ledger's."""
    Path(folders.ledger).write_text("no ledger " * 100)
    if work == "workbook":
        folders.configure("metrics_file = 'figures.prom'\n")
        folders.drop("good.xlsx", good(1))
    else:
        folders.configure("metrics_file = 'figures.prom'\n" + table(every="1h"), inbox=None)
    assert serve("--once").exit_code == 4
    in_file = figures((folders.folder / "figures.prom").read_text("utf-8"))
    assert in_file["ledger_up", ()] == 0


def test_a_port_in_use_is_refused_with_its_setting(folders: Folders, serve: Serve) -> None:
    with socket.create_server((HOST, 0)) as listening:
        folders.configure(f"metrics_port = {listening.getsockname()[1]}\n")
        result = serve()
    assert result.exit_code == 2
    [line] = result.err.splitlines()
    assert "service.metrics_port" in line
