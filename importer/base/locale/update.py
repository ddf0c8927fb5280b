"""Update the message catalogues. Run it as a script, then translate what is new.

Every message of the program and of click's own goes into each .po file, which keeps what was
translated and loses what is no longer said; each .mo file is made from its .po file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
PACKAGE = HERE.parent.parent
LANGUAGES = ("es",)
FROM_CLICK = "click"
SOME_DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # so that the files change with their messages
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "C_": ((1, "c"), 2),
    "ngettext": (1, 2),
}
METHODS = [("**.py", "python"), ("**.jinja", "jinja2")]
CLICK = ("core", "decorators", "exceptions", "formatting", "parser", "types")
"""click's modules whose words reach a person."""
CLICK_BY_NAME = ("required",)
"""What click translates out of a variable, where no extraction finds it."""


def messages() -> Iterator[tuple[str, str | None]]:
    """Every message of the program with its context, in the order of its files."""
    for extracted in extract_from_dir(PACKAGE, METHODS, keywords=KEYWORDS):
        _file, _line, message, _comments, context = extracted
        assert isinstance(message, str), f"a plural of our own: {message}"
        if message:
            yield message, context


def click_messages() -> Iterator[str | tuple[str, ...]]:
    """Every message of click's that a person may see; a pair is a singular and its plural."""
    for module in CLICK:
        path = Path(click.__file__).parent / f"{module}.py"
        for _line, message, *_rest in extract_from_file("python", path, KEYWORDS):
            if not isinstance(message, str) or message.strip():
                yield message
    yield from CLICK_BY_NAME


def updated(language: str) -> Catalog:
    """The catalogue of `language` with every message, translated as far as it was.

    No locale is named: a message has a form for one and a form for more, in which English and
    Spanish are alike, while versions of Babel differ in how many forms Spanish has.
    """
    path = po_path(language)
    catalogue = Catalog(project="avira-importer", fuzzy=False,
                        creation_date=SOME_DAY, revision_date=SOME_DAY)  # fmt: skip
    for message, context in messages():
        catalogue.add(message, context=context)
    for click_message in click_messages():
        if click_message not in catalogue:
            catalogue.add(click_message, auto_comments=[FROM_CLICK])
    if path.exists():
        with path.open("rb") as stream:
            known = read_po(stream)
        for entry in catalogue:
            before = known.get(entry.id, entry.context) if entry.id else None
            if before is not None:
                entry.string = before.string
    return catalogue


def po_path(language: str) -> Path:
    """Where the translations into `language` are kept."""
    return HERE / language / "LC_MESSAGES" / "importer.po"


def main() -> None:
    """Write every catalogue anew."""
    for language in LANGUAGES:
        catalogue = updated(language)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            write_po(stream, catalogue, width=100, sort_output=True, no_location=True,
                     omit_header=True)  # fmt: skip
        with path.with_suffix(".mo").open("wb") as stream:
            write_mo(stream, catalogue)
        missing = [str(one.id) for one in catalogue if one.id and not all(_strings(one.string))]
        print(f"{path}: {len(catalogue)} messages, {len(missing)} not translated")


def _strings(string: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (string or "",) if isinstance(string, str | None) else tuple(string)


if __name__ == "__main__":
    main()
