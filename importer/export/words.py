"""The words for the states of OTCs and customers, and their tones."""

from __future__ import annotations

import datetime as dt

from importer.base.texts import N_, _
from importer.domain.contents import OtcHolding, OtcStatus
from importer.domain.entities import ManagedBy, Status
from importer.messages.change_text import value_words
from importer.messages.lines import Tone

_OTC_STATUSES = {
    OtcStatus.VALID: (N_("Valid"), Tone.GOOD),
    OtcStatus.AVAILABLE: (N_("Available"), Tone.GOOD),
    OtcStatus.FULL: (N_("Full"), Tone.WATCH),
    OtcStatus.EXPIRES_SOON: (N_("Expires soon"), Tone.WATCH),
    OtcStatus.EXPIRED_IN_USE: (N_("Expired, in use"), Tone.BAD),
    OtcStatus.EXPIRED: (N_("Expired"), Tone.WATCH),
}
OTC_TONES = dict(_OTC_STATUSES.values())
_STATES = {
    Status.ACTIVE: (N_("Active"), Tone.GOOD),
    Status.DISABLED: (N_("Disabled"), Tone.WATCH),
}
STATE_TONES = dict(_STATES.values())


def otc_status(holding: OtcHolding, today: dt.date) -> str:
    """The status of an OTC in the current language."""
    return _(_OTC_STATUSES[holding.status(today)][0])


def state_words() -> dict[Status, str]:
    """The states of customers in the current language."""
    return {state: _(word) for state, (word, _tone) in _STATES.items()}


def manager_words() -> dict[ManagedBy, str]:
    """The kinds of manager in the current language."""
    return {manager: value_words("managed_by", manager) for manager in ManagedBy}
