"""Import with django-import-export in its fastest mode: bulk, no diffs, one transaction.

`python django_table.py WORKBOOK DATABASE`. tablib, which the library uses itself, reads both sheets
at once. A customer's OTC is a plain value, so there are no look-ups.
"""

import sys
from pathlib import Path

import django
import tablib
from django.conf import settings

BATCH = 5_000
"""Rows inserted at once. Sizes from 1,000 (the default) to 20,000 are equally fast: most of the
time goes into reading cells and into the library's work for each row."""


def main(workbook: str, database: str) -> None:
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

    class Customer(models.Model):  # type: ignore[misc]
        name = models.CharField(max_length=100, primary_key=True)
        managed_by = models.CharField(max_length=10)
        otc = models.CharField(max_length=23)
        licenses = models.IntegerField()
        email = models.CharField(max_length=320)

        class Meta:
            app_label = "bench"

    class Fastest:
        use_bulk = True
        batch_size = BATCH
        skip_diff = True
        skip_html_diff = True
        force_init_instance = True
        use_transactions = True
        clean_model_instances = False

    text, integer = CharWidget(), IntegerWidget()

    class Otcs(resources.ModelResource):  # type: ignore[misc]
        code = Field("code", "OTC", text)
        email = Field("email", "Email", text)
        company = Field("company", "Company Name", text)
        total = Field("total", "Total Licenses", integer)

        class Meta(Fastest):
            model = Otc
            import_id_fields = ("code",)

    class Customers(resources.ModelResource):  # type: ignore[misc]
        name = Field("name", "Customer (Site) Name", text)
        managed_by = Field("managed_by", "Managed By", text)
        otc = Field("otc", "Avira OTC", text)
        licenses = Field("licenses", "No of Licenses", integer)
        email = Field("email", "Email", text)

        class Meta(Fastest):
            model = Customer
            import_id_fields = ("name",)

    with connection.schema_editor() as editor:
        editor.create_model(Otc)
        editor.create_model(Customer)
    with Path(workbook).open("rb") as stream:
        book = tablib.Databook().load(stream.read(), "xlsx")
    sheets = {sheet.title: sheet for sheet in book.sheets()}
    with transaction.atomic():
        for resource, name in ((Otcs, "Add OTC"), (Customers, "Add Customer")):
            resource().import_data(sheets[name], raise_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
