"""The Spanish catalogue, and the messages of the program that it should translate."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from scripts import load_script

update = load_script("importer/base/locale/update.py")
PO = update.po_path("es")

Forms = tuple[str, ...]
"""One form, or a singular and its plural."""


@cache
def messages() -> list[tuple[str, str | None]]:
    """Every message of the program with its context."""
    return list(update.messages())


@cache
def stored_catalogue() -> Catalog:
    """The Spanish catalogue of the repository."""
    with PO.open("rb") as stream:
        return read_po(stream)


def translations(catalogue: Catalog) -> dict[Forms, Forms]:
    """Each message of `catalogue`, without its head, and its translation."""
    return {_forms(entry.id): _forms(entry.string) for entry in catalogue if entry.id}


def _forms(message: str | Iterable[str] | None) -> Forms:
    if message is None or isinstance(message, str):
        return (message or "",)
    return tuple(message)


@cache
def _with_other_words() -> list[str]:
    """The longer messages that Spanish has other words for.

    Sheets and columns are named as the file names them, which is no message of the program.
    """
    known = translations(stored_catalogue())
    return [
        message
        for message, context in messages()
        if context not in ("sheet", "column")
        and len(message) > 12
        and known.get((message,)) != (message,)
    ]


def in_english(output: str) -> list[str]:
    """The messages that stand in `output` in English, though Spanish has other words for them."""
    words = " ".join(output.split())
    return [message for message in _with_other_words() if message in words]
