"""The words that people write above the columns of their own lists, by language and field.

They are only ever suggested; the headers themselves are declared in `domain/sheets.py`. Case,
accents, punctuation, plurals and small words such as "de" make no difference.
"""

from __future__ import annotations

SYNONYMS: dict[str, dict[str, str]] = {
    "en": {
        "customer": "Customer, Customer name, Client, Client name, Site, Site name",
        "new_name": "Rename to, New customer name",
        "email": "E-mail, Mail, E-mail address, Email address, Contact email",
        "company": "Company, Firm, Organisation, Organization",
        "otc": "OTC, OTC code, Code, Avira code, Key, Avira key, Licence key, License key, "
               "Activation code, One-time code",
        "current_otc": "Old OTC, Previous OTC, From OTC, From, Old code, Current code",
        "new_otc": "To OTC, To, New code, Target OTC",
        "licenses": "Licence, Licence count, License count, Quantity, Qty, Seat, Count, Amount",
        "total": "Licence, License, License count, Quantity, Qty, Seat, Count, Amount",
        "managed_by": "Manager, Managed, Administrator, Administered by",
        "first_name": "Given name, Forename",
        "last_name": "Surname, Family name",
        "purchase_date": "Purchased, Bought, Date bought",
        "expiry_date": "Expires, Expires on, Expiration, Valid until, End date, Renewal date",
        "product_id": "Product code, SKU",
        "runtime": "Months, Term",
        "release": "Release, Free licences",
        "reason": "Why, Cause",
        "device_id": "Device, Device name, Computer, Computer name, Host, Hostname, PC, PC name, "
                     "Machine",
        "avira_installed": "Installed, Installed on, Installation date",
        "avira_uninstalled": "Uninstalled, Uninstalled on, Removed",
        "operating_system": "OS, System",
        "avira_status": "Status",
        "product_name": "Product",
    },
    "es": {
        "customer": "Cliente, Sede, Nombre de la sede, Centro",
        "new_name": "Renombrar a",
        "email": "Correo, Correo-e, Dirección de correo, Mail, E-mail",
        "company": "Empresa, Compañía, Razón social, Sociedad",
        "otc": "OTC, Código, Código OTC, Clave, Código de Avira, Clave de Avira, Clave de "
               "licencia, Código de licencia, Clave de activación, Código de activación",
        "current_otc": "OTC antigua, OTC antiguo, OTC vieja, OTC viejo, OTC anterior, Desde, OTC "
                       "de origen, Código actual, Código antiguo, Código anterior",
        "new_otc": "OTC nuevo, Hacia, OTC de destino, Código nuevo",
        "licenses": "Lic, Cantidad, Unidades, Puesto",
        "total": "Licencia, Lic, Cantidad, Unidades, Puesto",
        "managed_by": "Gestionado por, Gestionada por, Gestor, Gestiona, Administra, Administrador",
        "first_name": "Nombre de pila",
        "purchase_date": "Compra, Comprado, Comprada",
        "expiry_date": "Vence, Caduca, Caducidad, Fecha de caducidad, Válido hasta, Fecha de "
                       "renovación",
        "product_id": "Código de producto, Referencia",
        "runtime": "Meses, Vigencia, Plazo",
        "release": "Liberar, Liberación",
        "reason": "Causa, Razón",
        "device_id": "Equipo, Nombre del equipo, Dispositivo, Nombre del dispositivo, Ordenador, "
                     "Computadora, PC, Nombre del PC, Máquina",
        "avira_installed": "Instalado, Instalada, Fecha de instalación",
        "avira_uninstalled": "Desinstalado, Desinstalada, Fecha de desinstalación",
        "operating_system": "Sistema, SO",
        "model": "Modelo",
        "avira_status": "Estado",
        "product_name": "Producto",
    },
}  # fmt: skip
