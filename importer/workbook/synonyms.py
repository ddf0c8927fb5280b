"""The words that people write above the columns of their own lists, by field and language.

They are only ever suggested; the headers themselves are declared in `domain/sheets.py`. Case,
accents, punctuation, plurals and small words such as "de" make no difference.
"""

from __future__ import annotations

_LICENSES = {
    "en": ("Licence", "License", "Licence count", "License count", "Quantity", "Qty", "Seat",
           "Count", "Amount"),
    "es": ("Licencia", "Lic", "Cantidad", "Unidades", "Puesto"),
}  # fmt: skip

SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "customer": {
        "en": ("Customer", "Customer name", "Client", "Client name", "Site", "Site name"),
        "es": ("Cliente", "Sede", "Nombre de la sede", "Centro"),
    },
    "new_name": {"en": ("Rename to", "New customer name"), "es": ("Renombrar a", "Nuevo nombre")},
    "email": {
        "en": ("E-mail", "Mail", "E-mail address", "Email address", "Contact email"),
        "es": ("Correo", "Correo-e", "E-correo", "Dirección de correo", "Mail", "E-mail"),
    },
    "company": {
        "en": ("Company", "Firm", "Organisation", "Organization"),
        "es": ("Empresa", "Compañía", "Razón social", "Sociedad"),
    },
    "otc": {
        "en": ("OTC", "OTC code", "Code", "Avira code", "Key", "Avira key", "Licence key",
               "License key", "Activation code", "One-time code"),
        "es": ("OTC", "Código", "Código OTC", "Clave", "Código de Avira", "Clave de Avira",
               "Clave de licencia", "Código de licencia", "Clave de activación",
               "Código de activación"),
    },
    "current_otc": {
        "en": ("Old OTC", "Previous OTC", "From OTC", "From", "Old code", "Current code"),
        "es": ("OTC antigua", "OTC antiguo", "OTC vieja", "OTC viejo", "OTC anterior", "Desde",
               "OTC de origen", "Código actual", "Código antiguo", "Código anterior"),
    },
    "new_otc": {
        "en": ("To OTC", "To", "New code", "Target OTC"),
        "es": ("OTC nuevo", "Hacia", "OTC de destino", "Código nuevo", "Nuevo código"),
    },
    "licenses": _LICENSES,
    "total": _LICENSES,
    "managed_by": {
        "en": ("Manager", "Managed", "Administrator", "Administered by"),
        "es": ("Gestionado por", "Gestionada por", "Gestor", "Gestiona", "Administra",
               "Administrador"),
    },
    "first_name": {"en": ("Given name", "Forename"), "es": ("Nombre de pila",)},
    "last_name": {"en": ("Surname", "Family name"), "es": ("Apellido",)},
    "purchase_date": {
        "en": ("Purchased", "Bought", "Date bought"),
        "es": ("Compra", "Comprado", "Comprada"),
    },
    "expiry_date": {
        "en": ("Expires", "Expires on", "Expiration", "Valid until", "End date", "Renewal date"),
        "es": ("Vence", "Caduca", "Caducidad", "Fecha de caducidad", "Válido hasta",
               "Fecha de renovación"),
    },
    "product_id": {"en": ("Product code", "SKU"), "es": ("Código de producto", "Referencia")},
    "runtime": {"en": ("Months", "Term"), "es": ("Meses", "Vigencia", "Plazo")},
    "release": {"en": ("Release", "Free licences"), "es": ("Liberar", "Liberación")},
    "reason": {"en": ("Why", "Cause"), "es": ("Causa", "Razón")},
    "device_id": {
        "en": ("Device", "Device name", "Computer", "Computer name", "Host", "Hostname", "PC",
               "PC name", "Machine"),
        "es": ("Equipo", "Nombre del equipo", "Dispositivo", "Nombre del dispositivo",
               "Ordenador", "Computadora", "PC", "Nombre del PC", "Máquina"),
    },
    "avira_installed": {
        "en": ("Installed", "Installed on", "Installation date"),
        "es": ("Instalado", "Instalada", "Fecha de instalación"),
    },
    "avira_uninstalled": {
        "en": ("Uninstalled", "Uninstalled on", "Removed"),
        "es": ("Desinstalado", "Desinstalada", "Fecha de desinstalación"),
    },
    "operating_system": {"en": ("OS", "System"), "es": ("Sistema", "SO")},
    "model": {"en": ("Model",), "es": ("Modelo",)},
    "avira_status": {"en": ("Status",), "es": ("Estado",)},
    "product_name": {"en": ("Product",), "es": ("Producto",)},
}  # fmt: skip
