"""The Spanish catalogue is complete, correct and current."""

from __future__ import annotations

import gettext
import string
from collections.abc import Iterable, Mapping

import pytest
from babel.messages.mofile import read_mo

from catalogue import PO, Forms, messages, stored_catalogue, translations, update


def untranslated(wanted: Iterable[str], known: Mapping[Forms, Forms]) -> list[str]:
    """The messages of which `known` has no translation, or an empty one."""
    return [message for message in wanted if not all(known.get((message,), ("",)))]


def placeholders(message: str) -> list[tuple[str, str | None, str | None]]:
    """The fields of a format string, of either style, with their conversions."""
    if "%(" in message:
        return [(part.partition(")")[0], None, None) for part in sorted(message.split("%(")[1:])]
    fields = ((name, how, spec) for _, name, spec, how in string.Formatter().parse(message) if name)
    return sorted(fields, key=str)


def edges(message: str) -> str:
    """The white space before and after a message, around a bar."""
    return message.replace(message.strip(), "|", 1)


def test_every_message_of_the_program_has_a_spanish_translation() -> None:
    known = translations(stored_catalogue())
    assert untranslated([message for message, _context in messages()], known) == []


@pytest.mark.parametrize("known", [{}, {("New.",): ("",)}], ids=["missing", "empty"])
def test_a_message_without_a_translation_is_noticed(known: dict[Forms, Forms]) -> None:
    known[("Known.",)] = ("Conocido.",)
    assert untranslated(["Known.", "New."], known) == ["New."]


def test_a_translation_has_the_placeholders_and_outer_spaces_of_its_original() -> None:
    for message, translation in translations(stored_catalogue()).items():
        for original, spanish in zip(message, translation, strict=True):
            assert placeholders(spanish) == placeholders(original), original
            assert edges(spanish) == edges(original), original


def test_spanish_has_the_quotation_marks_of_english() -> None:
    """“…”, and not «…» as well."""
    for translation in translations(stored_catalogue()).values():
        assert not {"«", "»"} & set("".join(translation)), translation


def test_a_placeholder_that_is_renamed_lost_or_converted_is_noticed() -> None:
    assert placeholders("{one} {two!r}") == placeholders("{two!r} {one}")
    assert placeholders("{one!r}") != placeholders("{one}") != placeholders("{two}")
    assert placeholders("%(one)s, %(two)s") == placeholders("%(two)s: %(one)s")
    assert placeholders("%(one)s") != placeholders("one")


def test_the_catalogue_has_no_message_that_the_program_lacks() -> None:
    """Except those of click, whose versions differ."""
    catalogue = stored_catalogue()
    own = {entry.id for entry in catalogue if update.FROM_CLICK not in entry.auto_comments}
    assert own - {"", *(message for message, _context in messages())} == set()


def test_the_compiled_catalogue_is_current() -> None:
    with PO.with_suffix(".mo").open("rb") as stream:
        assert translations(read_mo(stream)) == translations(stored_catalogue())


@pytest.mark.parametrize("count", [0, 1, 2, 1_000_000])
def test_every_count_has_its_form(count: int) -> None:
    """The first form for one, the second for any other, in English and Spanish."""
    with PO.with_suffix(".mo").open("rb") as stream:
        catalogue = gettext.GNUTranslations(stream)
    plurals = {f: s for f, s in translations(stored_catalogue()).items() if len(f) > 1}
    assert plurals
    for (singular, plural), spanish in plurals.items():
        assert catalogue.ngettext(singular, plural, count) == spanish[count != 1]
