"""The console's own four sheets: their headers as it spells them, further columns on the right."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from importer.base.texts import N_, _, current_language, first_of
from importer.domain.contents import Contents, OtcHolding, OtcStatus
from importer.domain.entities import Device, ManagedBy, Status
from importer.export.book import Column, Row, Shown, Table
from importer.messages.change_text import value_words
from importer.messages.lines import Tone

Key = TypeVar("Key", OtcStatus, Status)

CUSTOMER_NOT_AVAILABLE = "Customer Not Available"
"""What the console writes for an OTC without customers, whatever the language."""

USED_COLOUR = "#5B8DB8"

PRODUCTS = 3
"""How many product names are listed for an OTC; of more, it says how many more there are."""

STATUS_WORDS = {
    OtcStatus.VALID: N_("Valid"),
    OtcStatus.AVAILABLE: N_("Available"),
    OtcStatus.FULL: N_("Full"),
    OtcStatus.EXPIRES_SOON: N_("Expires soon"),
    OtcStatus.EXPIRED_IN_USE: N_("Expired, in use"),
    OtcStatus.EXPIRED: N_("Expired"),
}
OTC_TONES = {
    OtcStatus.VALID: Tone.GOOD,
    OtcStatus.AVAILABLE: Tone.GOOD,
    OtcStatus.FULL: Tone.WATCH,
    OtcStatus.EXPIRES_SOON: Tone.WATCH,
    OtcStatus.EXPIRED_IN_USE: Tone.BAD,
    OtcStatus.EXPIRED: Tone.WATCH,
}

STATES = {Status.ACTIVE: N_("Active"), Status.DISABLED: N_("Disabled")}
STATE_TONES = {Status.ACTIVE: Tone.GOOD, Status.DISABLED: Tone.WATCH}


class _Header(NamedTuple):
    """A header in English, whether it is the console's own, and of what its cells are.

    `spanish` translates the console's headers; those that we add are in the catalogue.
    """

    header: str
    shown: Shown = Shown.TEXT
    spanish: str | None = None
    bar: str | None = None
    for_customers: bool = True
    """Whether a customer's own export has it: it says nothing of others."""


class _DetailSheet(NamedTuple):
    key: str
    headers: tuple[_Header, ...]
    rows: Callable[[Contents], Iterator[Row]]
    for_customers: bool = True


def detail_tables(
    contents: Contents, *, of_customer: bool = False, translate_headers: bool = False
) -> Iterator[Table]:
    """The console's sheets of `contents`, in its order.

    A customer's own export has no OTC Activation Details, and no columns that tell of others.
    """
    for sheet in DETAIL_SHEETS:
        if of_customer and not sheet.for_customers:
            continue
        kept = [
            at for at, one in enumerate(sheet.headers) if one.for_customers or not of_customer
        ]  # fmt: skip
        columns = tuple(_column(sheet.headers[at], translate_headers) for at in kept)
        rows: Sequence[Row] = list(sheet.rows(contents))
        if len(kept) < len(sheet.headers):
            rows = [tuple(row[at] for at in kept) for row in rows]
        yield Table(sheet.key, sheet.key, columns, rows)


def _column(one: _Header, translate_headers: bool) -> Column:
    header = one.header
    if one.spanish is None:
        header = _(one.header)
    elif translate_headers:
        header = _translated(one)
    return Column(one.header, header, one.shown, _tones(one), one.bar)


def _tones(one: _Header) -> Mapping[str, Tone]:
    if one.header != "Status":
        return {}
    of_otcs = translated_tones(STATUS_WORDS, OTC_TONES)
    return {**of_otcs, **translated_tones(STATES, STATE_TONES)}


def translated_tones(words: Mapping[Key, str], tones: Mapping[Key, Tone]) -> dict[str, Tone]:
    """The tone of each of `words` in the current language."""
    return {_(words[key]): tone for key, tone in tones.items()}


def _translated(one: _Header) -> str:
    return one.spanish if current_language() == "es" and one.spanish else one.header


def _otc_details(contents: Contents) -> Iterator[Row]:
    """A row per subscription, by OTC and customer; one row for an OTC without customers."""
    none: list[tuple[str, int | None, str | None]] = [(CUSTOMER_NOT_AVAILABLE, None, None)]
    held: dict[str, list[tuple[str, int | None, str | None]]] = defaultdict(list)
    managers = manager_words()
    for customer, subscriptions, _devices in contents.customers:
        managed_by = managers[customer.managed_by]
        for one in subscriptions:
            held[one.otc].append((customer.name, one.licenses, managed_by))
    for holding in contents.otcs:
        otc = holding.otc
        start = (
            otc.code, otc.email, otc.company, otc.description, otc.total, otc.purchase_date,
        )  # fmt: skip
        ours = _of_otc(holding, contents.today)
        for name, licenses, manager in held.pop(otc.code, none):
            yield (*start, name, licenses, *ours, manager, holding.dedicated_to)
    assert not held, "a subscription of an OTC that is not among the contents"


def _of_otc(holding: OtcHolding, today: dt.date) -> Row:
    """Used, pending, status, expiry date and days left."""
    return (
        holding.used, holding.pending, _(STATUS_WORDS[holding.status(today)]),
        holding.otc.expiry_date, holding.days_left(today),
    )  # fmt: skip


def _customer_details(contents: Contents) -> Iterator[Row]:
    """A row per subscription, by customer and OTC; one row for a customer without any."""
    expiries = {
        one.otc.code: (one.otc.expiry_date, one.days_left(contents.today)) for one in contents.otcs
    }
    managers = manager_words()
    states = {one: _(word) for one, word in STATES.items()}
    for holding in contents.customers:
        customer, installed = holding.customer, holding.installed
        managed_by, status = managers[customer.managed_by], states[customer.status]
        if not holding.subscriptions:
            yield customer.name, 0, installed, None, managed_by, status, None, None
        for one in holding.subscriptions:
            yield (
                customer.name, one.licenses, installed, one.otc, managed_by, status,
                *expiries[one.otc],
            )  # fmt: skip


def manager_words() -> dict[ManagedBy, str]:
    """Who manages a customer, in the current language; looked up once for all customers."""
    return {one: value_words("managed_by", one) for one in ManagedBy}


def _customer_devices(contents: Contents) -> Iterator[Row]:
    """A row per device, by customer and device id."""
    yes, no = _(N_("Yes")), _(N_("No"))
    for customer, _subscriptions, devices in contents.customers:
        for one in devices:
            yield customer.name, *one[1:], yes if one.is_installed else no


def _activation_details(contents: Contents) -> Iterator[Row]:
    """A row per OTC; product names and the last date are those of its customers' devices."""
    devices: dict[str, list[Device]] = defaultdict(list)
    for _customer, subscriptions, owned in contents.customers:
        for one in subscriptions:
            devices[one.otc].extend(owned)
    for holding in contents.otcs:
        otc, activated = holding.otc, holding.activated
        days_active = (contents.at.date() - activated).days if activated is not None else None
        of_otc = devices.get(otc.code, [])
        days = (one.last_date for one in of_otc)
        last_alive = max((day for day in days if day is not None), default=None)
        used, pending, status, _expiry, days_left = _of_otc(holding, contents.today)
        yield (
            otc.code, activated, otc.expiry_date, otc.runtime, otc.total, otc.product_id,
            _products(of_otc), holding.dedicated_to, otc.company, otc.email, days_active,
            last_alive, used, pending, status, days_left,
        )  # fmt: skip


def _products(devices: Sequence[Device]) -> str | None:
    names = sorted({one.product_name for one in devices if one.product_name is not None})
    return ", ".join(first_of(names, PRODUCTS)) or None


_NUMBER, _DATE = Shown.NUMBER, Shown.DATE

DETAIL_SHEETS = (
    _DetailSheet(
        "OTC Details",
        (
            _Header("OTC Code", spanish="Código OTC"),
            _Header("Email", spanish="Correo electrónico"),
            _Header("Company Name", spanish="Nombre de la empresa"),
            _Header("Description", spanish="Descripción"),
            _Header("Licenses", _NUMBER, "Licencias"),
            _Header("Purchase Date", _DATE, "Fecha de compra"),
            _Header("Customer Name", spanish="Nombre del cliente"),
            _Header(N_("Customer Licenses"), _NUMBER),
            _Header(N_("Used"), _NUMBER, bar=USED_COLOUR, for_customers=False),
            _Header(N_("Pending"), _NUMBER, for_customers=False),
            _Header(N_("Status")),
            _Header(N_("Expiry Date"), _DATE),
            _Header(N_("Days Left"), _NUMBER),
            _Header(N_("Managed By")),
            _Header(N_("Dedicated To")),
        ),
        _otc_details,
    ),
    _DetailSheet(
        "Customer's Details",
        (
            _Header("Customer Name", spanish="Nombre del cliente"),
            _Header("Total Devices Assigned", _NUMBER, "Total de dispositivos asignados"),
            _Header("Number Of Devices", _NUMBER, "Número de dispositivos"),
            _Header("OTC Code", spanish="Código OTC"),
            _Header(N_("Managed By")),
            _Header(N_("Status")),
            _Header(N_("Expiry Date"), _DATE),
            _Header(N_("Days Left"), _NUMBER),
        ),
        _customer_details,
    ),
    _DetailSheet(
        "Customer's Devices",
        (
            _Header("Customer Name", spanish="Nombre del cliente"),
            _Header("Device ID", spanish="ID de dispositivo"),
            _Header("Operating System", spanish="Sistema operativo"),
            _Header("Model No.", spanish="N.º de modelo"),
            _Header("Avira Installed", _DATE, "Avira instalado"),
            _Header("Avira Uninstalled", _DATE, "Avira desinstalado"),
            _Header("NH Installed", _DATE, "NH instalado"),
            _Header("NH Unistalled", _DATE, "NH desinstalado"),  # the console's spelling
            _Header("Avira Status", spanish="Estado de Avira"),
            _Header("Product Name", spanish="Nombre del producto"),
            _Header(N_("Installed")),
        ),
        _customer_devices,
    ),
    _DetailSheet(
        "OTC Activation Details",
        (
            _Header("OTC", spanish="OTC"),
            _Header("FirstActivationDate", _DATE, "Fecha de primera activación"),
            _Header("ExpiryDate", _DATE, "Fecha de vencimiento"),
            _Header("AviraRuntime", _NUMBER, "Duración de Avira"),
            _Header("AviraUsers", _NUMBER, "Usuarios de Avira"),
            _Header("AviraProductID", spanish="ID de producto de Avira"),
            _Header("AviraProductName", spanish="Nombre de producto de Avira"),
            _Header("Name", spanish="Nombre"),
            _Header("Company", spanish="Empresa"),
            _Header("Email", spanish="Correo electrónico"),
            _Header("DaysActive", _NUMBER, "Días de actividad"),
            _Header("LastAliveDate", _DATE, "Última fecha con actividad"),
            _Header(N_("Used"), _NUMBER, bar=USED_COLOUR),
            _Header(N_("Pending"), _NUMBER),
            _Header(N_("Status")),
            _Header(N_("Days Left"), _NUMBER),
        ),
        _activation_details,
        for_customers=False,
    ),
)
