"""Metrics for Prometheus: in a file, over HTTP on this computer, or both."""

from __future__ import annotations

import datetime as dt
import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
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
from importer.base.files import os_error_reason, whole_file
from importer.base.texts import N_, text
from importer.config.service import ServiceSettings
from importer.service.inbox.result import InboxResult

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter


class Metrics:
    """What happened since the service started, and its present state."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()

        def counter(name: str, help_text: str, *labels: str) -> Counter:
            return Counter(f"avira_importer_{name}", help_text, labels, registry=registry)

        def gauge(name: str, help_text: str, *labels: str) -> Gauge:
            return Gauge(f"avira_importer_{name}", help_text, labels, registry=registry)

        self._workbooks = counter("workbooks", "Workbooks filed.", "result")
        self._rows = counter("rows", "Rows of the workbooks filed.", "outcome")
        self._batches = counter("batches", "Batches applied.")
        self._exports = counter("exports", "Exports made or failed.", "export", "outcome")
        self._last_export = gauge("last_export_timestamp_seconds", "When an export was last made.",
                                  "export")  # fmt: skip
        self._export_lag = gauge(
            "export_lag_seconds", "How long after its time the last export was made.", "export"
        )
        self.inbox_files = gauge("inbox_files", "Files waiting in the inbox.")
        self.inbox_lag = gauge("inbox_lag_seconds", "Age of the oldest file in the inbox.")
        self.mails_waiting = gauge("mails_waiting", "Mails waiting to be sent.")
        self.ledger_up = gauge("ledger_up", "1 if the last use of the ledger succeeded.")
        self.ledger_up.set(1)
        self.last_round = gauge("last_round_timestamp_seconds",
                                "When all parts of the service were last at work.")  # fmt: skip

    def filed(self, result: InboxResult) -> None:
        """Count a workbook."""
        self._workbooks.labels(result.result).inc()
        if result.batch is not None:
            self._batches.inc()
        for kind, count in result.rows.items():
            if kind == "rejected" or (kind != "read" and not result.nothing_done):
                self._rows.labels(kind).inc(count)

    def exported(self, export: str, at: dt.datetime, lag: dt.timedelta) -> None:
        """Count an export written at the instant `at`."""
        self._exports.labels(export, "made").inc()
        self._export_lag.labels(export).set(lag.total_seconds())
        self.exported_before(export, at)

    def exported_before(self, export: str, at: dt.datetime) -> None:
        """Note when an export was last written, perhaps by an earlier process."""
        self._last_export.labels(export).set(at.timestamp())

    def export_failed(self, export: str) -> None:
        """Count a failed export."""
        self._exports.labels(export, "failed").inc()

    def write(self, path: Path) -> None:
        """Replace the file `path`; raise OutputError on failure."""
        with whole_file(path, 0o644) as temporary:
            temporary.write_bytes(generate_latest(self.registry))


class PortInUseError(MisuseError):
    """The port is in use: by a service that runs already, or by another program."""


def try_port(settings: ServiceSettings) -> None:
    """Raise MisuseError if the metrics port cannot be used; never listen on it."""
    host, port = settings.metrics_host, settings.metrics_port
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name != "nt":  # where that would take the port of another program
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortInUseError(text(
                N_("Port {port} of {host} is in use. If this service is not already running, "
                   "choose another port."), host=host, port=port)) from error  # fmt: skip
        raise _unusable(settings, error) from error


def _unusable(settings: ServiceSettings, error: OSError | ValueError) -> MisuseError:
    reason = os_error_reason(error) if isinstance(error, OSError) else error
    return MisuseError(text(N_("{path}: {key} cannot be used: {reason}."), path=settings.file,
                            key="service.metrics_port", reason=reason))  # fmt: skip


@contextmanager
def endpoint(settings: ServiceSettings, metrics: Metrics) -> Iterator[None]:
    """Serve the metrics over HTTP meanwhile, if the settings have a port."""
    if settings.metrics_port is None:
        yield
        return
    port, host = settings.metrics_port, settings.metrics_host
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except (OSError, ValueError) as error:  # ValueError for an invalid host name
        raise _unusable(settings, error) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
