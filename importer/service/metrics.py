"""Figures for Prometheus: in a file, over HTTP on this computer, or both."""

from __future__ import annotations

import datetime as dt
import errno
import os
import socket
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

disable_created_metrics()  # type: ignore[no-untyped-call]  # a further series for each counter, of use to nobody here


class Metrics:
    """What has happened since the service started, and how things are."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()

        def counter(name: str, told: str, *labels: str) -> Counter:
            return Counter(f"avira_importer_{name}", told, labels, registry=registry)

        def gauge(name: str, told: str, *labels: str) -> Gauge:
            return Gauge(f"avira_importer_{name}", told, labels, registry=registry)

        self._workbooks = counter("workbooks", "Workbooks that were filed.", "result")
        self._rows = counter("rows", "Rows of workbooks that were filed.", "outcome")
        self._batches = counter("batches", "Batches that were made.")
        self._exports = counter("exports", "Exports that were made or failed.", "export", "outcome")
        self._last_export = gauge(
            "last_export_timestamp_seconds", "When an export was last made.", "export"
        )
        self._export_lag = gauge(
            "export_lag_seconds", "How long after it was due an export was made.", "export"
        )
        self.inbox_files = gauge("inbox_files", "Files that wait in the inbox.")
        self.inbox_lag = gauge("inbox_lag_seconds", "Age of the oldest file in the inbox.")
        self.mails_waiting = gauge("mails_waiting", "Mails that wait to be sent.")
        self.ledger_up = gauge("ledger_up", "1 if the ledger could be used the last time.")
        self.ledger_up.set(1)
        self._last_round = gauge(
            "last_round_timestamp_seconds", "When the service was last seen at work."
        )

    def filed(self, outcome: InboxResult) -> None:
        """Count a workbook."""
        self._workbooks.labels(outcome.result).inc()
        if outcome.batch is not None:
            self._batches.inc()
        for kind, count in outcome.rows.items():
            if kind == "rejected" or (kind != "read" and not outcome.nothing_done):
                self._rows.labels(kind).inc(count)

    def exported(self, export: str, at: dt.datetime, late: dt.timedelta) -> None:
        """Count an export that was made at the instant `at`."""
        self._exports.labels(export, "made").inc()
        self._last_export.labels(export).set(at.timestamp())
        self._export_lag.labels(export).set(late.total_seconds())

    def exported_before(self, export: str, due: dt.datetime) -> None:
        """Say when an export was made before this service began: about when it was due."""
        self._last_export.labels(export).set(due.timestamp())

    def export_failed(self, export: str) -> None:
        """Count an export that failed."""
        self._exports.labels(export, "failed").inc()

    def worked(self, at: dt.datetime) -> None:
        """Say when the service was last seen at work."""
        self._last_round.set(at.timestamp())

    def write(self, path: Path) -> None:
        """Write all figures to a file, which appears whole; raise OutputError."""
        with whole_file(path, 0o644) as temporary:
            temporary.write_bytes(generate_latest(self.registry))


class PortInUseError(MisuseError):
    """Something listens at the port: a service that runs already, or another program."""


def try_port(settings: ServiceSettings) -> None:
    """See whether the port of the figures can be had; raise MisuseError, and nobody hears of it."""
    host, port = settings.metrics_host, settings.metrics_port
    try:
        family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            if os.name != "nt":  # where that would take the port of another program
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(place)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                text(N_("Port {port} of {host} is in use. If that is not by this service, which "
                        "runs already, name another port."), host=host, port=port)
            ) from error  # fmt: skip
        raise _unusable(settings, error) from error


def _unusable(settings: ServiceSettings, error: OSError | ValueError) -> MisuseError:
    reason = os_error_reason(error) if isinstance(error, OSError) else error
    return MisuseError(
        text(N_("{path}: {key} cannot be used: {reason}."), path=settings.file,
             key="service.metrics_port", reason=reason)
    )  # fmt: skip


class Endpoint:
    """The figures over HTTP, until it is closed."""

    def __init__(self, settings: ServiceSettings, metrics: Metrics) -> None:
        assert settings.metrics_port is not None
        try:
            self._server, self._thread = start_http_server(
                settings.metrics_port, settings.metrics_host, metrics.registry
            )
        except (OSError, ValueError) as error:  # ValueError: a host's name that is none
            raise _unusable(settings, error) from error
        self.port: int = self._server.server_port

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
