"""Import with django-import-export in its fastest mode: bulk, no diffs, one transaction.

`python django_table.py WORKBOOK DATABASE READER`. Widgets check each cell, as is documented. READER
is `tablib`, which the library uses itself, with openpyxl; or `calamine`.
"""
# It does not look for rows that exist, validate models (which asks the database about each row),
# see unknown OTCs, overallocation or any rule beyond cells, name cells, or keep a journal.

import re
import sys
from pathlib import Path

import django
import tablib
from django.conf import settings

BATCH = 5_000
"""Rows inserted at once. Sizes from 1,000 (the default) to 20,000 are equally fast: most of the
time goes into reading cells and into the library's work for each row."""

EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
CODE = r"[A-Z0-9]{5}(-[A-Z0-9]{5}){3}"
NAME = r".{1,100}"


def read(workbook: str, reader: str) -> list[tablib.Dataset]:
    """The rows of both sheets."""
    names = ("Add OTC", "Add Customer")
    if reader == "tablib":
        with Path(workbook).open("rb") as stream:
            book = tablib.Databook().load(stream.read(), "xlsx")
        sheets = {sheet.title: sheet for sheet in book.sheets()}
        return [sheets[name] for name in names]
    from python_calamine import CalamineWorkbook

    opened = CalamineWorkbook.from_path(workbook)
    rows = [opened.get_sheet_by_name(name).to_python() for name in names]
    return [tablib.Dataset(*values, headers=header) for header, *values in rows]


def main(workbook: str, database: str, reader: str) -> None:
    """Import both sheets in one transaction."""
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        INSTALLED_APPS=["import_export"],
        IMPORT_EXPORT_USE_TRANSACTIONS=True,
        USE_TZ=True,
    )
    django.setup()
    from django.db import connection, models, transaction
    from import_export import resources
    from import_export.fields import Field
    from import_export.widgets import CharWidget, IntegerWidget

    class Otc(models.Model):  # type: ignore[misc] # Django and the library have no types
        code = models.CharField(max_length=23, primary_key=True)
        email = models.CharField(max_length=320)
        company = models.CharField(max_length=100)
        total = models.IntegerField()

        class Meta:
            app_label = "bench"
            db_table = "otc"

    class Customer(models.Model):  # type: ignore[misc]
        name = models.CharField(max_length=100, primary_key=True)
        managed_by = models.CharField(max_length=10)
        otc = models.CharField(max_length=23)
        licenses = models.IntegerField()
        email = models.CharField(max_length=320)

        class Meta:
            app_label = "bench"
            db_table = "customer"

    class Text(CharWidget):  # type: ignore[misc]
        def __init__(self, pattern: str) -> None:
            super().__init__()
            self.matches = re.compile(pattern).fullmatch

        def clean(self, value: object, row: object = None, **options: object) -> str:
            text: str = super().clean(value, row, **options)
            if not self.matches(text):
                raise ValueError(f"invalid: {text}")
            return text

    class Licenses(IntegerWidget):  # type: ignore[misc]
        def clean(self, value: object, row: object = None, **options: object) -> int:
            number: int | None = super().clean(value, row, **options)
            if number is None or not 1 <= number <= 1_000_000:
                raise ValueError(f"invalid: {number}")
            return number

    class Fastest:
        use_bulk = True
        batch_size = BATCH
        skip_diff = True
        skip_html_diff = True
        force_init_instance = True
        use_transactions = True
        clean_model_instances = False

    class Otcs(resources.ModelResource):  # type: ignore[misc]
        code = Field("code", "OTC", Text(CODE))
        email = Field("email", "Email", Text(EMAIL))
        company = Field("company", "Company Name", Text(NAME))
        total = Field("total", "Total Licenses", Licenses())

        class Meta(Fastest):
            model = Otc
            import_id_fields = ("code",)

    class Customers(resources.ModelResource):  # type: ignore[misc]
        name = Field("name", "Customer (Site) Name", Text(NAME))
        managed_by = Field("managed_by", "Managed By", Text("Admin|Customer"))
        otc = Field("otc", "Avira OTC", Text(CODE))
        licenses = Field("licenses", "No of Licenses", Licenses())
        email = Field("email", "Email", Text(rf"({EMAIL})?"))

        class Meta(Fastest):
            model = Customer
            import_id_fields = ("name",)

    with connection.schema_editor() as editor:
        editor.create_model(Otc)
        editor.create_model(Customer)
    otcs, customers = read(workbook, reader)
    with transaction.atomic():
        Otcs().import_data(otcs, raise_errors=True)
        Customers().import_data(customers, raise_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
