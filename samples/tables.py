"""The rows of the sample workbooks, as tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

OTCS = {
    # onboarding.xlsx and changes.xlsx
    "norte": "9V735-L8NRD-HRSVM-4J4N6",
    "rivas": "7PJUC-GW3XC-PN84M-SXGG3",
    "puerto": "H5C3U-JGR88-HBQ9J-42W7Y",
    "colegio": "YPS7E-DU5U9-PV8QG-U8ES7",
    "hostal": "6Q6CW-HMHWU-DA5AC-PEPG6",
    "mercado": "LW9Q9-NVCEV-CBANA-XUXJ3",
    "arce": "NA354-FH2SG-TB3WF-PQS5H",
    "notaria": "8K9EW-RX6QQ-5EPQ7-QQ6XG",
    "academia": "B3QUN-UNUMR-ERYLR-95L79",
    "lago": "AALAS-ER6S3-UN45V-RHD8W",
    "lago 2": "SXXAJ-9VPWL-JJL95-CTNUF",
    "trial": "4D9GE-FE3K7-YLFQ8-UDG7B",
    "hostal 2": "KG277-RNZC4-MZMR2-QR5EA",
    # overallocation.xlsx
    "thirty": "AVHKA-PZDLN-F9GDB-HRKAG",
    "ten": "97HZX-YMV79-N8R22-R8TV7",
    "five": "WQEVU-99587-25VA6-DTHGF",
    # problems.xlsx
    "fifty": "WUZ8L-MSZMA-PEQEV-WRR4D",
    "few": "5EVRX-39KKR-BNX7N-CVQVM",
    "expired": "ENW3T-YVUM6-UFLXF-U7MWV",
    "expiring": "NQEEY-P4YK3-A98Y6-DAU7J",
    "whole": "N8FC9-GEDB4-NJE5D-QS6ZL",
    "spare": "QVAA5-CP36N-FR5K5-AVMA9",
    "bad 1": "KN3AZ-UYTP4-XUGRA-L6TE6",
    "bad 2": "ZLEAB-GF9QN-PR3EZ-PHJM2",
    "bad 3": "PFM39-G832K-JZDHX-DSKSF",
    "bad 4": "842W4-MMDSL-9HG3K-QS7QE",
    "bad 5": "CZDL3-DMK32-4ZEDS-U7RKN",
    "bad 6": "L63HK-TYE66-ZTGH4-WPASA",
    "bad 7": "GR79T-NYD2F-F7SBX-4LVWN",
    "bad 8": "T7S3J-6PKQX-EU5NM-AAW2C",
    "bad 9": "3MJHD-Z6YVE-K8DUA-TQR5X",
    "bad 10": "T7XQA-9KMDE-V3HLU-W5YCN",
    "bad 11": "M4RWE-2UTPC-J8ZNA-Q6BGK",
    "formula": "XW4FC-29LEB-PSM7V-QDN6H",
    "accents": "D8TQL-J5WVS-7ANEC-RK3ZP",
    "no accents": "ME6YU-B2XRG-HV9FJ-3CSDK",
}
"""The OTCs, by their names in the tables below."""

MSP = "licences@msp.example"

Tables = Sequence[tuple[str, str]]
"""The name of each sheet, and its header and rows with | between the cells."""

ONBOARDING: Tables = (
    ("Add OTC", """
OTC     | Company Name     | Total Licenses | Purchase Date | Expiry Date | Product ID | Runtime
norte   | Grupo Norte      | 60             | 2026-09-01    | 2029-08-31  | AVPRO-36M  | 36
rivas   | Talleres Rivas   | 40             | 2026-09-14    | 2028-09-13  | AVPRO-24M  | 24
puerto  | Farmacias Puerto | 80             | 2026-10-05    | 2029-10-04  | AVPRO-36M  | 36
colegio | Colegio Encina   | 120            | 2026-08-20    | 2029-08-19  | AVEDU-36M  | 36
hostal  | Hostal La Loma   | 30             | 2026-10-12    | 2028-10-11  | AVPRO-24M  | 24
"""),
    ("Add OTC", """
OTC      | Company Name         | Total Licenses | Description                   | Purchase Date
mercado  | Mercado de Abastos   | 50             | Shared by the market stalls   | 2026-10-19
arce     | Oficinas Arce        | 100            | All offices of the group      | 2026-10-26
notaria  | Notaria Puente Viejo | 12             | Managed by the customer       | 2026-10-26
academia | Academia Brisa       | 25             | Managed by the customer       | 2026-10-26
lago     | Gestoria Lago Azul   | 18             | Managed by the customer       | 2026-10-28
lago 2   | Gestoria Lago Azul   | 6              | Managed by the customer       | 2026-10-28
trial    | Demo MSP             | 5              | Trial licences, not handed out| 2026-06-01
"""),
    ("Edit OTC", """
OTC      | Description                 | Expiry Date | Product ID | Runtime
norte    | Clinics of the north        |             |            |
colegio  | Classrooms and offices      |             |            |
mercado  |                             | 2029-10-18  | AVPRO-36M  | 36
trial    |                             | 2027-06-30  |            |
arce     |                             | 2028-10-25  | AVPRO-24M  | 24
notaria  |                             | 2029-10-25  | AVPRO-36M  | 36
academia |                             | 2028-10-25  | AVEDU-24M  | 24
lago     |                             | 2030-10-27  | AVPRO-48M  | 48
lago 2   |                             | 2030-10-27  | AVPRO-48M  | 48
"""),
    ("Add Customer", """
Customer (Site) Name      | Managed By | Avira OTC | No of Licenses | Email
Clinica Norte             | Admin      | norte     | 20             |
Clinica Norte Dental      | Admin      | norte     | 8              |
Fisio Norte               | Admin      | norte     | 6              |
Optica Norte              | Admin      | norte     | 10             | tienda@opticanorte.example
Laboratorio Norte         | Admin      | norte     | 12             |
Taller Rivas              | Admin      | rivas     | 9              | taller@rivas.example
Taller Rivas Motos        | Admin      | rivas     | 4              |
Chapa y Pintura Rivas     | Admin      | rivas     | 5              |
Recambios Rivas           | Admin      | rivas     | 7              |
Grua Rivas                | Admin      | rivas     | 3              |
Farmacia del Puerto       | Admin      | puerto    | 15             | puerto@farmacias.example
Farmacia del Faro         | Admin      | puerto    | 10             | faro@farmacias.example
Farmacia de la Lonja      | Admin      | puerto    | 8              | lonja@farmacias.example
Farmacia del Muelle       | Admin      | puerto    | 8              | muelle@farmacias.example
Farmacia Bahia            | Admin      | puerto    | 12             | bahia@farmacias.example
Parafarmacia La Ola       | Admin      | puerto    | 5              |
Encina Primaria           | Admin      | colegio   | 45             |
Encina Secundaria         | Admin      | colegio   | 50             |
Encina Secretaria         | Admin      | colegio   | 12             |
Encina Biblioteca         | Admin      | colegio   | 8              |
Hostal La Loma            | Admin      | hostal    | 10             | recepcion@laloma.example
Hotel Mirador del Valle   | Admin      | hostal    | 12             |
Albergue del Rio          | Admin      | hostal    | 4              |
Camping Los Pinos         | Admin      | hostal    | 3              |
Fruteria Verde            | Admin      | mercado   | 2              |
Panadería Alba            | Admin      | mercado   | 3              |
Pescaderia Marea          | Admin      | mercado   | 2              |
Carniceria Roble          | Admin      | mercado   | 3              |
Floristeria Jara          | Admin      | mercado   | 1              |
Queseria Monte            | Admin      | mercado   | 2              |
CAFE DEL MERCADO          | Admin      | mercado   | 4              |
Ferreteria Tornillo       | Admin      | mercado   | 6              |
Arce Oficina Centro       | Admin      | arce      | 25             |
Arce Oficina Norte        | Admin      | arce      | 15             |
Arce Oficina Sur          | Admin      | arce      | 15             |
Arce Almacen              | Admin      | arce      | 8              |
Arce Tienda               | Admin      | arce      | 6              |
"""),
    ("Add Customer", """
Customer (Site) Name | Managed By | Avira OTC | Email                | First Name | Last Name
Notaria Puente Viejo | Customer   | notaria   | it@notaria.example   | Admin      | Notaria
Academia Brisa       | Customer   | academia  | it@academia.example  | Admin      | Academia
Gestoria Lago Azul   | Customer   | lago      | it@lagoazul.example  | Admin      | Lago
"""),
    ("Add Avira Subscription", """
Customer (Site) Name | Avira OTC | No of Licenses
Clinica Norte        | arce      | 5
Farmacia del Puerto  | mercado   | 4
Hostal La Loma       | mercado   | 6
Encina Secundaria    | arce      | 10
Arce Oficina Centro  | norte     | 4
Gestoria Lago Azul   | lago 2    |
"""),
    ("Edit Customer", """
Customer (Site) Name | New Name         | Email                     | First Name | Last Name
Clinica Norte        |                  | it@clinicanorte.example   | Admin      | Norte
Encina Primaria      |                  | aulas@encina.example      | Admin      | Encina
Encina Secundaria    |                  | aulas@encina.example      | Admin      | Encina
CAFE DEL MERCADO     | Cafe del Mercado |                           |            |
"""),
    ("Edit Customer", """
Customer (Site) Name | Email                | Avira OTC | No of Licenses
Fisio Norte          | fisio@norte.example  |           | 6
Arce Oficina Centro  | centro@arce.example  | arce      | 25
Arce Oficina Norte   | norte@arce.example   | arce      | 15
Arce Oficina Sur     | sur@arce.example     | arce      | 15
"""),
    ("Update OTC", """
Customer (Site) Name | Current OTC | New OTC
Clinica Norte        | trial       | norte
Fruteria Verde       | trial       | mercado
                     | trial       | arce
"""),
    ("Disable Customer", """
Customer (Site) Name | Release Licenses | Reason
Camping Los Pinos    | No               | Closed in winter, opens again in April
Grua Rivas           | No               | Truck in repair
Parafarmacia La Ola  |                  | Being rebuilt
"""),
    ("Enable Customer", """
Customer (Site) Name
Taller Rivas
Clinica Norte Dental
"""),
    ("Devices", """
Customer (Site) Name | Device ID     | Operating System | Model No.     | Avira Installed | Avira Uninstalled | NH Installed | Avira Status | Product Name
Clinica Norte        | CN-RECEPCION  | Windows 11 Pro   | OptiPlex 7010 | 2026-09-03      |                   | 2026-09-03   | Active       | Avira Antivirus Pro
Clinica Norte        | CN-CONSULTA-1 | Windows 11 Pro   | OptiPlex 7010 | 2026-09-03      |                   | 2026-09-03   | Active       | Avira Antivirus Pro
Clinica Norte        | CN-CONSULTA-2 | Windows 10 Pro   | ProDesk 400   | 2026-09-04      | 2026-10-30        | 2026-09-04   | Removed      | Avira Antivirus Pro
Farmacia del Puerto  | FP-CAJA-1     | Windows 11 Pro   | ThinkCentre   | 2026-10-06      |                   | 2026-10-06   | Active       | Avira Antivirus Pro
Farmacia del Puerto  | FP-CAJA-2     | Windows 11 Pro   | ThinkCentre   | 2026-10-06      |                   | 2026-10-07   | Expired      | Avira Antivirus Pro
Encina Primaria      | EP-AULA-01    | Windows 10 Edu   | ProBook 450   | 2026-08-24      |                   | 2026-08-24   | Active       | Avira Education
Encina Primaria      | EP-AULA-02    | Windows 10 Edu   | ProBook 450   | 2026-08-24      |                   | 2026-08-24   | Active       | Avira Education
Floristeria Jara     | FJ-MOSTRADOR  | macOS 15         | Mac mini      | 2026-10-21      |                   |              | Active       | Avira Antivirus Pro
Notaria Puente Viejo | NPV-DESPACHO  | Windows 11 Pro   | OptiPlex 5000 | 2026-10-27      |                   | 2026-10-27   | Active       | Avira Antivirus Pro
Academia Brisa       | AB-AULA-1     | Windows 11 Edu   | ProBook 450   |                 |                   | 2026-10-28   | Pending      |
"""),
)  # fmt: skip

CHANGES: Tables = (
    ("Add OTC", """
OTC      | Company Name   | Total Licenses | Description          | Purchase Date | Expiry Date
hostal 2 | Hostal La Loma | 45             | Replaces the old OTC | 2026-11-16    | 2029-11-15
"""),
    ("Edit OTC", """
OTC     | Total Licenses | Description                          | Expiry Date
norte   | 75             | Clinics of the north, topped up      |
notaria | 15             | Managed by the customer, topped up   |
trial   |                | Trial licences, renewed              | 2027-12-31
"""),
    ("Edit Customer", """
Customer (Site) Name | New Name          | Email                 | Avira OTC | No of Licenses
Clinica Norte        |                   |                       | norte     | 26
Laboratorio Norte    |                   | lab@norte.example     |           | 10
Arce Tienda          | Arce Tienda Nueva | tienda@arce.example   |           | 9
Floristeria Jara     |                   |                       |           | 0
Encina Secundaria    |                   |                       | arce      | 0
"""),
    ("Update OTC", """
Customer (Site) Name | Current OTC | New OTC
Optica Norte         | norte       | arce
Clinica Norte        | arce        | norte
                     | hostal      | hostal 2
"""),
    ("Disable Customer", """
Customer (Site) Name | Release Licenses | Reason
Arce Almacen         | Yes              | Closed for good
Grua Rivas           | Yes              | Truck sold
Queseria Monte       | No               | Moving to another stall
"""),
    ("Enable Customer", """
Customer (Site) Name
Camping Los Pinos
"""),
    ("Devices", """
Customer (Site) Name | Device ID    | Avira Installed | Avira Uninstalled | Avira Status | Product Name
Farmacia del Puerto  | FP-CAJA-2    |                 |                   | Active       |
Academia Brisa       | AB-AULA-1    | 2026-11-16      |                   | Active       | Avira Education
Clinica Norte        | CN-SERVIDOR  | 2026-11-17      |                   | Active       | Avira Server
"""),
)  # fmt: skip

OVERALLOCATION: Tables = (
    ("Add OTC", """
OTC    | Company Name | Total Licenses | Description                         | Expiry Date
thirty | Grupo Sierra | 20             | Topped up to 30 on Edit OTC         | 2029-06-30
ten    | Grupo Sierra | 10             | Nothing is left after two customers | 2029-06-30
five   | Grupo Sierra | 5              | Too few to take over another OTC    | 2029-06-30
"""),
    ("Edit OTC", """
OTC    | Total Licenses
thirty | 30
"""),
    ("Add Customer", """
Customer (Site) Name | Managed By | Avira OTC | No of Licenses | Problems
Libreria Sierra      | Admin      | thirty    | 12             | Fits: 18 are left.
Imprenta Sierra      | Admin      | thirty    | 10             | Fits: 8 are left.
Biblioteca Sierra    | Admin      | thirty    | 15             | Asks 7 too many.
Papeleria Sierra     | Admin      | thirty    | 8              | Fits, since the row above does not.
Teatro Sierra        | Admin      | thirty    | 1              | Asks 1 too many.
Cine Sierra          | Admin      | ten       | 6              | Fits: 4 are left.
"""),
    ("Add Avira Subscription", """
Customer (Site) Name | Avira OTC | No of Licenses | Problems
Libreria Sierra      | ten       | 5              | Asks 1 too many.
Imprenta Sierra      | ten       | 4              | Fits: nothing is left.
"""),
    ("Edit Customer", """
Customer (Site) Name | No of Licenses | Problems
Cine Sierra          | 9              | Asks 3 more, and nothing is left.
Libreria Sierra      | 11             | Gives one back.
"""),
    ("Update OTC", """
Current OTC | New OTC | Problems
ten         | five    | 10 licences do not fit into an OTC of 5.
"""),
    ("Editar OTC", """
Código OTC | Total de licencias | Descripción
ten        | 20                 | Too late: the rows that need it stand further left
"""),
)  # fmt: skip

PROBLEMS: Tables = (
    ("Add OTC", """
OTC      | Company Name  | Total Licenses | Description                             | Expiry Date
fifty    | Grupo Muestra | 50             | Good: most rows below use it            | 2029-06-30
few      | Grupo Muestra | 5              | Good: but 5 are few                     | 2029-06-30
expired  | Grupo Muestra | 8              | Good: but nobody gets its licences      | 2026-10-31
expiring | Grupo Muestra | 10             | Good: but Add Avira Subscription warns  | 2026-12-10
whole    | Grupo Muestra | 10             | Good: one customer gets the whole of it | 2029-06-30
spare    | Grupo Muestra | 6              | Good: nobody gets it                    | 2029-06-30
gr79tnyd2ff7sbx4lvwn | Grupo Muestra | 7  | normalised: lower case, no dashes       |
formula  | Grupo Muestra | =20+5          | formula-value-used: total is =20+5      |
bad 1    | Grupo Muestra | =20+5          | formula-without-value: never calculated |
bad 2    | Grupo Muestra | #N/A           | cell-error: as a formula left it        |
bad 3    |               | 10             | missing-value: no company               |
KN3AZ-UYTP4-XUGRA | Grupo Muestra | 10    | bad-otc: a group is missing             |
bad 4    | Grupo Muestra | 2.5            | bad-number: licences are whole          |
bad 5    | Grupo Muestra | 5 pcs          | bad-number: the number only, please     |
bad 6    | Grupo Muestra | 10             | bad-date: 3 April or 4 March?           | 03/04/2026
bad 8    |               | many           | several: all bad cells are named        | soon
bad 9    | Grupo Muestra | 10             | bad-characters:                         |
few      | Grupo Muestra | 5              | duplicate-row: it is in row 3 already   |
accents  | Peñón y Cía   | 3              | console-limit: no accents there         |
no accents | Penon y Cia | 3              | similar-name: the same without accents? |
bad 11   | PeÃ±Ã³n y CÃ­a | 3            | garbled-text: saved with another encoding |
bad 10   | Grupo Muestra | 3              | not-text: Excel turned 1-2 into a date  |
"""),
    ("Add Customer", """
Customer (Site) Name | Managed By | Avira OTC | No of Licenses | Problems
Tienda Uno           | Admin      | fifty     | 10             | Good.
Tienda Dos           | Admin      | fifty     | 10             | Good.
Tienda Tres          | Admin      | fifty     |                | missing-value: how many?
Tienda Cuatro        | Boss       | fifty     | 5              | bad-choice: Admin or Customer.
Tienda Cinco         | Admin      | WUZ8L-MSZMA-PEQEV-WRR4X | 5 | unknown-otc: a typing error.
Tienda Seis          | Admin      | expired   | 2              | otc-expired: in October.
Tienda Siete         | Admin      | few       | 7              | overallocation: there are 5.
Tienda Ocho          | Admin      | few       | 4              | Good: fits after a refused row.
Tienda Uno           | Admin      | fifty     | 10             | duplicate-row: row 2 again.
Tienda Nueve         | Admin      | fifty     | 1              | Good, though C11:C12 are merged.
Tienda Diez          | Admin      |           | 1              | merged-cells: which OTC is meant?
Tienda Once          | Admin      | fifty     | 1              | too-long: the name.
Tienda Doce con un nombre largo | Admin | fifty | 1           | console-limit: 25 characters there.
Cafe Sol             | Admin      | fifty     | 1              | hidden-rows: read all the same.
Café Sol             | Admin      | fifty     | 1              | similar-name: the same customer?
"""),
    ("Add Customer", """
Customer (Site) Name | Managed By | Avira OTC | Email | First Name | Last Name | Problems
Estudio Uno    | Customer | whole | it@estudio.example    | Admin | Uno    | Good: gets all of it.
Estudio Dos    | Customer | spare | it@estudio.example    | Admin | Dos    | email-in-use: row 17.
Estudio Tres   | Customer | spare | it at estudio.example | Admin | Tres   | bad-email: has no @.
Estudio Cuatro | Customer | fifty | it@cuatro.example     | Admin | Cuatro | dedicated-needs-all.
"""),
    ("Add Customer", """
Customer (Site) Name | Managed By | Avira OTC | No of Licenses | Problems
Tienda Trece         | Admin      | whole     | 1              | otc-dedicated: to Estudio Uno.
"""),
    ("Add Avira Subscription", """
Customer (Site) Name | Avira OTC | No of Licenses | Problems
Tienda Uno           | expiring  | 2              | expires-soon: in December.
Tienda Cero          | fifty     | 2              | unknown-customer.
"""),
    ("Edit OTC", """
OTC   | Total Licenses | Description
fifty | 12             | total-below-used: customers hold more
spare | 8              | Good: a top-up
"""),
    ("Edit Customer", """
Customer (Site) Name | New Name   | Avira OTC | No of Licenses | Problems
Tienda Dos           | Tienda Uno |           |                | already-exists: the name is taken.
Tienda Dos           |            | few       | 1              | no-such-subscription: of that OTC.
Tienda Uno           |            |           | 12             | which-otc: it holds two.
Tienda Uno           |            | fifty     |                | missing-value: how many of it?
Tienda Ocho          |            |           | 0              | Good: cancels its subscription.
"""),
    ("Update OTC", """
Customer (Site) Name | Current OTC | New OTC | Problems
Tienda Dos           | fifty       | fifty   | same-otc: from itself to itself.
Tienda Dos           | spare       | fifty   | Unchanged: it is there already.
Tienda Dos           | spare       | few     | no-such-subscription: nothing to move.
                     | expiring    | spare   | moves-everyone: all customers of expiring.
"""),
    ("Disable Customer", """
Customer (Site) Name | Release Licenses | Reason
Tienda Dos           | No               | Good: the sheet Agregar suscripción Avira needs it
Tienda Uno           | Perhaps          | bad-choice: Yes or No
"""),
    ("Enable Customer", """
Customer (Site) Name | Problems
Tienda Cero          | unknown-customer.
"""),
    ("Devices", """
Customer (Site) Name | Device ID | Avira Installed | Problems
Tienda Ocho          | TO-CAJA   | 2026-11-02      | more-devices-than-licenses: none are left.
Tienda Once          | TX-CAJA   | 2026-11-02      | unknown-customer: its row is refused.
Tienda Dos           | TD-CAJA   | 02/11/2026      | bad-date: 2 November or 11 February?
Tienda Ocho          | to-caja   |                 | duplicate-row: row 2 again.
"""),
    ("Agregar suscripción Avira", """
Nombre del cliente | OTC de Avira | Número de licencias | Problems
Tienda Dos         | few          | 1                   | customer-disabled: one sheet further left.
"""),
    ("Agregar OTC", """
Código OTC | Correo electrónico | Nombre de la empresa | Total de licencias | Descripción
bad 7 | licences@msp.example | Grupo Muestra | 5 | duplicate-column: so all its rows are refused
"""),
    ("Editar OTC", """
Código OTC | Descripción
spare      | unknown-column: the header of G is misspelt
"""),
    ("Actualizar OTC", """
Nombre del cliente | OTC actual | OTC nueva | Problems
Tienda Uno         | fifty      | spare     | missing-column: its header is Notes.
"""),
    ("Deshabilitar cliente", """
Nombre del cliente | Liberar licencias | Motivo                   | Teléfono
Tienda Uno         | Sí                | title-rows: there is one | ignored-column: yours.
"""),
)  # fmt: skip

BY_HAND: Mapping[str, Mapping[str, str | dt.date]] = {
    "Add OTC": {"E18": "bad-characters:\na line break", "H23": dt.date(2026, 2, 1)},
    "Add Customer": {"A13": "Tienda Once " + "de la calle mas larga " * 4 + "x"},
    "Agregar OTC": {"J1": "Total de licencias", "J2": "6"},
    "Editar OTC": {"G1": "Fecha de vencimento", "G2": "2030-06-30"},
    "Actualizar OTC": {"C1": "Notes"},
}
"""Cells of problems.xlsx that no table above can express, by sheet and cell."""

CALCULATED = {("Add OTC", "D9"): "25"}
"""The stored results of formulas in problems.xlsx."""

UNKNOWN_SHEET = (
    ("Customer (Site) Name", "Managed By", "Avira OTC", "No of Licenses", "Problems"),
    ("Tienda Catorce", "Admin", OTCS["fifty"], 1, "unknown-sheet: which sheet?"),
)
IGNORED_SHEET = (
    ("Who to call", "Phone"),
    ("ignored-sheet: the front desk of Tienda Uno", "extension 12"),
)
