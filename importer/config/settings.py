"""The settings of the configuration file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from importer.config.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from importer.config.service import ServiceSettings

LONGEST_WAIT = 86_400
"""Seconds that a command may wait for the ledger: a day."""

DateOrder = Literal["dmy", "mdy"]
"""How dates such as 03/04/2026 are read: day or month first."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the configuration file; None where it has none."""

    ledger: str | None = None
    account: str | None = None
    wait: float | None = None
    dates: DateOrder | None = None
    limits: Limits = DEFAULT_LIMITS
    service: ServiceSettings | None = None
