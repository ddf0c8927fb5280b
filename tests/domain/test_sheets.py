"""Sheets and headers in both languages, as the console and its users write them."""

from __future__ import annotations

from importer.domain.sheets import SHEETS

OTC_COLUMNS = (
    ("Email", "Correo electrónico"), ("Company Name", "Nombre de la empresa"),
    ("Total Licenses", "Total de licencias"), ("Description", "Descripción"),
    ("Purchase Date", "Fecha de compra"), ("Expiry Date", "Fecha de vencimiento"),
    ("Product ID", "ID de producto"), ("Runtime", "Duración"),
)  # fmt: skip
CUSTOMER = ("Customer (Site) Name", "Nombre del cliente")
PERSON = (("Email", "Correo electrónico"), ("First Name", "Nombre"), ("Last Name", "Apellido"))
AVIRA_OTC = ("Avira OTC", "OTC de Avira")
LICENSES = ("No of Licenses", "Número de licencias")

HEADERS = {
    ("Add OTC", "Agregar OTC"): (("OTC", "Código OTC"), *OTC_COLUMNS),
    ("Edit OTC", "Editar OTC"): (("OTC", "Código OTC"), *OTC_COLUMNS),
    ("Add Customer", "Agregar cliente"): (
        CUSTOMER, ("Managed By", "Administrado por"), AVIRA_OTC, LICENSES, *PERSON,
    ),
    ("Add Avira Subscription", "Agregar suscripción Avira"): (CUSTOMER, AVIRA_OTC, LICENSES),
    ("Edit Customer", "Editar cliente"): (
        CUSTOMER, ("New Name", "Nombre nuevo"), *PERSON, AVIRA_OTC, LICENSES,
    ),
    ("Update OTC", "Actualizar OTC"): (
        CUSTOMER, ("Current OTC", "OTC actual"), ("New OTC", "OTC nueva"),
    ),
    ("Disable Customer", "Deshabilitar cliente"): (
        CUSTOMER, ("Release Licenses", "Liberar licencias"), ("Reason", "Motivo"),
    ),
    ("Enable Customer", "Habilitar cliente"): (CUSTOMER,),
    ("Devices", "Dispositivos"): (
        CUSTOMER, ("Device ID", "ID de dispositivo"), ("Operating System", "Sistema operativo"),
        ("Model No.", "N.º de modelo"), ("Avira Installed", "Avira instalado"),
        ("Avira Uninstalled", "Avira desinstalado"), ("NH Installed", "NH instalado"),
        ("NH Uninstalled", "NH desinstalado"), ("Avira Status", "Estado de Avira"),
        ("Product Name", "Nombre del producto"),
    ),
}  # fmt: skip
"""Written out here, since other tests take them from the declaration."""


def test_sheets_and_headers_are_those_of_the_console_and_of_its_spanish_users() -> None:
    assert {
        (sheet.title("en"), sheet.title("es")): tuple(
            (column.title("en"), column.title("es")) for column in sheet.columns
        )
        for sheet in SHEETS
    } == HEADERS
