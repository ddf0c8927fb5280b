"""Metrics for Prometheus: in a file, over HTTP on this computer, or both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    disable_created_metrics,
    start_http_server,
)
from prometheus_client.exposition import generate_latest

from importer.base.errors import MisuseError
from importer.base.files import whole_file
from importer.base.os_errors import os_error_reason
from importer.base.texts import N_, text
from importer.config.service import ServiceSettings
from importer.service.inbox.result import InboxResult

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter


class Metrics:
    """What happened since the service started, and its present state."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter = partial(Counter, namespace="avira_importer", registry=self.registry)
        gauge = partial(Gauge, namespace="avira_importer", registry=self.registry)
        self._workbooks = counter("workbooks", "Workbooks filed.", ["result"])
        self._rows = counter("rows", "Rows of the workbooks filed.", ["outcome"])
        self._batches = counter("batches", "Batches applied.")
        self.exports = counter("exports", "Exports made or failed.", ["export", "outcome"])
        self.last_export = gauge(
            "last_export_timestamp_seconds", "When an export was last made.", ["export"]
        )
        self.export_lag = gauge(
            "export_lag_seconds", "How long after its time the last export was made.", ["export"]
        )
        self.inbox_files = gauge("inbox_files", "Files waiting in the inbox.")
        self.inbox_lag = gauge("inbox_lag_seconds", "Age of the oldest file in the inbox.")
        self.mails_waiting = gauge("mails_waiting", "Mails waiting to be sent.")
        self.ledger_up = gauge("ledger_up", "1 if the last use of the ledger succeeded.")
        self.ledger_up.set(1)
        self.last_round = gauge(
            "last_round_timestamp_seconds", "When all parts of the service were last at work."
        )

    def filed(self, result: InboxResult) -> None:
        """Count a workbook."""
        self._workbooks.labels(result.result).inc()
        if result.batch is not None:
            self._batches.inc()
        nothing_done = result.returned and result.batch is None  # its good rows are not applied
        for kind, count in result.rows.items():
            if kind == "rejected" or (kind != "read" and not nothing_done):
                self._rows.labels(kind).inc(count)

    def write(self, path: Path) -> None:
        """Replace the file `path`; raise OutputError on failure."""
        with whole_file(path, 0o644) as temporary:
            temporary.write_bytes(generate_latest(self.registry))


def unusable_port(settings: ServiceSettings, error: OSError | ValueError) -> MisuseError:
    """The error for a metrics port that cannot be used."""
    reason = os_error_reason(error) if isinstance(error, OSError) else error
    return MisuseError(text(N_("{path}: {key} cannot be used: {reason}."), path=settings.file,
                            key="service.metrics_port", reason=reason))  # fmt: skip


@contextmanager
def endpoint(settings: ServiceSettings, metrics: Metrics) -> Iterator[None]:
    """Serve the metrics over HTTP meanwhile, if the settings have a port."""
    if settings.metrics_port is None:
        yield
        return
    try:
        server, thread = start_http_server(
            settings.metrics_port, settings.metrics_host, metrics.registry
        )
    except (OSError, ValueError) as error:  # ValueError for an invalid host name
        raise unusable_port(settings, error) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
