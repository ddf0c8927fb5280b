"""The rules of the domain as a plain model that applies workbooks row by row, in memory.

It deliberately shares no code with the program: it is written from the text of the rules, so that
a misreading in the program does not repeat itself here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from model_ledger import CONTACT, DEVICE, NAME, Cells, ModelLedger, is_installed, key
from model_rules import RULES, RowResult, needed_blank

Row = dict[str, object]  # header (English, without "*") -> cell value; absent or None = blank


def tidy(raw: Row) -> Cells:
    """The row without blank cells, as stored: stripped, names with runs of spaces collapsed."""
    row = dict(raw)
    for header, value in raw.items():
        if isinstance(value, str):
            is_name = header in (NAME, "New Name", "Company Name", DEVICE)
            row[header] = " ".join(value.split()) if is_name else value.strip()
    return {header: value for header, value in row.items() if value not in (None, "")}


def bad_cells(row: Cells, required: tuple[str, ...]) -> set[str]:
    """The codes of the cells that are wrong in themselves (rule 4)."""
    codes = {v[4:] for v in row.values() if isinstance(v, str) and v.startswith("BAD:")}
    return codes if all(header in row for header in required) else codes | {"missing-value"}


@dataclass(frozen=True, order=True)
class TooManyDevices:
    """The warning `more-devices-than-licenses`, and the row that it is given at."""

    sheet: str
    row: int
    customer: str
    installed: int
    licenses: int


@dataclass
class Model(ModelLedger):
    """The result of each row, and the ledger, under --partial. No row is blank."""

    # by customer, the last row of this workbook that made or left a device installed
    installed_at: dict[int, tuple[str, int]] = field(default_factory=dict)

    def apply(self, workbook: list[tuple[str, list[Row]]]) -> list[list[RowResult]]:
        """Apply the sheets left to right; one list per sheet, one result per row.

        A set holds every code that the refusal may name; it must name at least one.
        """
        self.created, self.installed_at = set(), {}
        results: list[list[RowResult]] = []
        for sheet, rows in workbook:
            results.append([])
            for number, raw in enumerate(rows, start=2):
                row = tidy(raw)
                results[-1].append(self._apply_row(sheet, row))
                if sheet == "Devices" and results[-1][-1] == "applied":
                    self._note_installed((sheet, number), row)
        return results

    def _apply_row(self, sheet: str, row: Cells) -> RowResult:
        rule = RULES[sheet]
        bad = bad_cells(row, rule.required)
        return bad | needed_blank(sheet, row) if bad else rule.apply(self, row)

    def _note_installed(self, at: tuple[str, int], row: Cells) -> None:
        site = self.find(row)
        assert site is not None, "the row was applied"
        if is_installed(self.devices[site, key(row[DEVICE]), None]):
            self.installed_at[site] = at

    def too_many_devices(self) -> list[TooManyDevices]:
        """The warnings of the workbook applied last: one a customer, by what all rows left."""
        return sorted(
            TooManyDevices(*at, self.customers[site].name, installed, licenses)
            for site, at in self.installed_at.items()
            if (installed := self.installed_devices(site)) > (licenses := self.licenses_of(site))
        )

    def ledger(self) -> dict[str, dict[str, dict[str, object]]]:
        """The OTCs by code, the customers by name; a detail never stated is None."""
        otcs: dict[str, dict[str, object]] = {}
        for code, cells in self.otcs.items():
            total, used = self.total(code), self.used(code)
            otcs[code] = {
                "total": total, "used": used, "pending": total - used, "email": cells["Email"],
                "company": cells["Company Name"], "expiry_date": cells.get("Expiry Date"),
            }  # fmt: skip
        customers: dict[str, dict[str, object]] = {}
        for site, customer in self.customers.items():
            email, first_name, last_name = map(customer.contact.get, CONTACT)
            customers[customer.name] = {
                "managed_by": "customer" if customer.whole else "admin",
                "status": "disabled" if customer.disabled else "active",
                "email": email, "first_name": first_name, "last_name": last_name,
                "subscriptions": {o: self.subscriptions[site, o] for o in self.otcs_of(site)},
            }  # fmt: skip
            owned = [cells for (owner, *_), cells in self.devices.items() if owner == site]
            if owned:
                customers[customer.name]["devices"] = {
                    cells[DEVICE]: {
                        header: value.isoformat() if isinstance(value, date) else value
                        for header, value in cells.items()
                        if header != DEVICE
                    }
                    for cells in owned
                }
        return {"otcs": otcs, "customers": customers}
