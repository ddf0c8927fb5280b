"""An export in Spanish, without and with the console's headers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from export_ledgers import export
from export_readers import as_in_excel, xlsx_sheets
from export_sql import SHEETS
from export_truth import ANYTHING, Table, Truth

pytest_plugins = "export_fixtures"

TITLES = {"Exceptions": "Excepciones", "Movements": "Movimientos"}
"""The sheets whose names are translated; the console's are not."""

ADDED = {
    "Customer Licenses": "Licencias del cliente", "Used": "Usadas", "Pending": "Pendientes",
    "Status": "Estado", "Expiry Date": "Fecha de vencimiento", "Days Left": "Días restantes",
    "Managed By": "Administrado por", "Dedicated To": "Dedicada a", "Installed": "Instalado",
    "Exception": "Excepción", "Customer": "Cliente", "What": "Qué", "What To Do": "Qué hacer",
    "Batch": "Lote", "At (UTC)": "Fecha (UTC)", "Device": "Dispositivo", "By": "Por",
    "File": "Archivo", "Sheet": "Hoja", "Row": "Fila", "Undo of": "Deshace", "Change": "Cambio",
}  # fmt: skip
CONSOLE = {
    "OTC Code": "Código OTC", "Email": "Correo electrónico", "Company Name": "Nombre de la empresa",
    "Description": "Descripción", "Licenses": "Licencias", "Purchase Date": "Fecha de compra",
    "Customer Name": "Nombre del cliente",
    "Total Devices Assigned": "Total de dispositivos asignados",
    "Number Of Devices": "Número de dispositivos", "Device ID": "ID de dispositivo",
    "Operating System": "Sistema operativo", "Model No.": "N.º de modelo",
    "Avira Installed": "Avira instalado", "Avira Uninstalled": "Avira desinstalado",
    "NH Installed": "NH instalado", "NH Unistalled": "NH desinstalado",
    "Avira Status": "Estado de Avira", "Product Name": "Nombre del producto",
    "FirstActivationDate": "Fecha de primera activación", "ExpiryDate": "Fecha de vencimiento",
    "AviraRuntime": "Duración de Avira", "AviraUsers": "Usuarios de Avira",
    "AviraProductID": "ID de producto de Avira", "AviraProductName": "Nombre de producto de Avira",
    "Name": "Nombre", "Company": "Empresa", "DaysActive": "Días de actividad",
    "LastAliveDate": "Última fecha con actividad",
}  # fmt: skip
"""The console's own headers; OTC is the same in both languages."""

VALUES = {
    "Status": {
        "Available": "Disponible", "Full": "Completa", "Expires soon": "Vence pronto",
        "Expired, in use": "Vencida, en uso", "Expired": "Vencida", "Active": "Activo",
        "Disabled": "Deshabilitado",
    },
    "Managed By": {"Admin": "Administrador", "Customer": "Cliente"},
    "Installed": {"Yes": "Sí", "No": "No"},
}  # fmt: skip
"""The translated cells, by column; those of Exception and What are not compared."""

FIGURES = {
    "otcs": "OTC", "customers": "Clientes", "total": "Total de licencias",
    "used": "Licencias usadas", "pending": "Licencias pendientes", "in_use": "Licencias en uso",
    "devices": "Dispositivos con Avira", "expired": "OTC vencidas",
    "expired_in_use": "OTC vencidas en uso",
    **{f"renew_within_{days}_days": f"OTC por renovar en {days} días" for days in (30, 60, 90)},
}  # fmt: skip
RANKINGS = {
    "fullest_otcs": ("Las OTC más llenas", ("OTC", "Usadas", "Pendientes")),
    "expiring_by_month": ("Licencias que vencen cada mes", ("Mes", "Licencias")),
    "largest_customers": ("Los clientes más grandes", ("Cliente", "Licencias")),
}


@pytest.mark.parametrize(
    "option", ["", "--translate-headers"], ids=["the console's headers", "all"]
)
def test_everything_is_translated_except_what_is_the_consoles(
    option: str, small_export: Path, small_truth: Truth, tmp_path: Path
) -> None:
    """The console's sheets keep their names, and its columns their headers unless translated ones
    are requested. The figures are the same, and so are the keys of a JSON document."""
    options = ["--lang", "es", *filter(None, [option])]
    headers = ADDED | (CONSOLE if option else {})
    sheets = xlsx_sheets(export(small_export / "ledger.db", tmp_path / "es.xlsx", *options))
    assert list(sheets) == ["Resumen", *(TITLES.get(name, name) for name in SHEETS)]
    differences: list[str] = []
    for name, sheet in small_truth.sheets.items():
        expected = [headers.get(header, header) for header in sheet.headers]
        rows = [
            tuple(ANYTHING if header in ("Exception", "What")
                  else VALUES.get(header, {}).get(value, value)
                  for header, value in zip(sheet.headers, row, strict=True))
            for row in sheet.rows
        ]  # fmt: skip
        title = TITLES.get(name, name)
        differences += Table(title, expected, rows).differences(sheets[title], as_in_excel)
    summary = sheets["Resumen"]
    values = {row[0]: row[1] for row in reversed(summary) if len(row) > 1}
    figures = {key: values[label] for key, label in FIGURES.items()}
    assert figures == pytest.approx(small_truth.figures)
    for key, (title, ranking_headers) in RANKINGS.items():
        top = 1 + next(at for at, row in enumerate(summary) if row[0] == title)
        ranking = Table(title, ranking_headers, small_truth.rankings[key].rows)
        grid = summary[top : top + len(ranking.rows) + 1]
        differences += ranking.differences(grid, as_in_excel)
    assert differences == []
    path = export(small_export / "ledger.db", tmp_path / "es.json", *options)
    document = json.loads(path.read_text("utf-8"))
    english = json.loads((small_export / "details.json").read_text("utf-8"))
    assert keys(document) == keys(english)
    assert document["summary"] == english["summary"]


def keys(document: Any) -> Any:
    """The keys of a document; of a list, those of its first item."""
    if isinstance(document, list):
        return [keys(item) for item in document[:1]]
    if isinstance(document, dict):
        return {key: keys(value) for key, value in document.items()}
    return None
