"""Read an XML part tag by tag, in constant memory."""

from __future__ import annotations

import re
from html import escape
from xml.parsers import expat
from zipfile import ZipFile

from importer.base.texts import N_, text
from importer.workbook.formats.refusals import (
    RefusedError,
    hostile,
    unreadable_list,
    unreadable_part,
)
from importer.workbook.formats.xml.archive import CHUNK

_DEEPEST = 1_000  # nested tags; the parser keeps all of them, and no spreadsheet needs a hundred
_MARKS = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[(?P<text>.*?)\]\]>|&#(?P<hexadecimal>x?)(?P<code>[0-9a-fA-F]+);",
    re.DOTALL,
)
_MOST = 100_000  # tags of one name that are kept; there is one for each sheet or part


def plain(content: bytes) -> bytes:
    """XML without comments, CDATA sections and numbers of characters.

    calamine loses what stands before or after them.
    """
    return _MARKS.sub(_plain_mark, content)


def _plain_mark(mark: re.Match[bytes]) -> bytes:
    if mark["code"] is None:
        return escape((mark["text"] or b"").decode(), quote=False).encode()
    letter = chr(int(mark["code"], 16 if mark["hexadecimal"] else 10))
    # A parser would take a bare one for a line break or an end of an attribute.
    return mark[0] if letter in "\t\n\r\"'" else escape(letter, quote=False).encode()


class TagReader:
    """Receives each tag by its written name: prefixes are not resolved.

    calamine does not resolve them either, and both must see the same.
    """

    def __init__(self) -> None:
        # The search for a document type read the bytes as UTF-8, so the parser must too.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._enter
        self.parser.EndElementHandler = self._leave
        self.nested = 0

    def _look_at(self, chunk: bytes) -> None:
        """Receive bytes of the part, before their tags."""

    def _start_tag(self, name: str, attributes: dict[str, str]) -> None:
        """Receive the start of a tag."""

    def _end_tag(self, name: str) -> None:
        """Receive the end of a tag."""

    def _refusal(self, part: str) -> RefusedError:
        """The reason to refuse a file of which `part` is invalid."""
        return unreadable_part(part)

    def read(self, archive: ZipFile, part: str) -> None:
        """Read `part`; raise KeyError where it is missing.

        Raises RefusedError where it is invalid, or its tags are nested deeper than those of any
        spreadsheet program.
        """
        try:
            with archive.open(part) as stream:
                while chunk := stream.read(CHUNK):
                    self._look_at(chunk)
                    self.parser.Parse(chunk, False)
            self.parser.Parse(b"", True)
        except (expat.ExpatError, OverflowError, ValueError) as error:
            raise self._refusal(part) from error

    def _enter(self, name: str, attributes: dict[str, str]) -> None:
        self.nested += 1
        if self.nested > _DEEPEST:
            raise hostile(text(N_("its tags are nested too deeply")))
        self._start_tag(name, attributes)

    def _leave(self, name: str) -> None:
        self.nested -= 1
        self._end_tag(name)


class _Collector(TagReader):
    """Keeps the attributes of the tags of one name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.tags: list[dict[str, str]] = []
        self._name = name

    def _refusal(self, part: str) -> RefusedError:
        return unreadable_list()

    def _start_tag(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == self._name:
            if len(self.tags) == _MOST:
                raise hostile(text(N_("it names more sheets or parts than any workbook has")))
            self.tags.append({local(key): value for key, value in attributes.items()})


def tags_of(archive: ZipFile, part: str, name: str) -> list[dict[str, str]]:
    """The attributes of each tag of `part` with that local name."""
    collector = _Collector(name)
    collector.read(archive, part)
    return collector.tags


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]
