"""Rewrite what calamine misreads in the content of an ODS file: OpenDocument 1.3, part 3."""

from __future__ import annotations

import re

from importer.workbook.formats.xml.tags import plain

_INDENTED = tuple(
    space + tag for space in (b" ", b"\n", b"\t") for tag in (b"<table:", b"</table:")
)
_INDENTATION = re.compile(rb">\s+(?=</?table:|<text:p[ />])")
_BREAKS = b"\n", b"\t", b"\r"
_LINE_BREAK = re.compile(
    rb"(?<![ \t\n\r>]) *[\t\n\r][ \t\n\r]*|(?<=>) *[\t\n\r][ \t\n\r]*(?=[^ \t\n\r<])"
    rb"|(?<=</text:span>)[ \t\n\r]+(?=<text:span)"
)
"""White space that means one space, since it is within text: OpenDocument 1.3, part 3, 6.1.2."""
_TAG_NAME = re.compile(rb"<[^\s/>]+")
_TYPE = b' office:value-type="string"'


class Edits:
    """Changes of content.xml, by the positions of its bytes.

    calamine refuses white space between cells, which Gnumeric and SheetJS write, and comments; a
    file with these or with CDATA sections `is_marked`. calamine drops tabs and
    line breaks, takes the text of shapes for that of their cell, and text without a type for none.
    """

    def __init__(self) -> None:
        self._is_indented = self._is_broken = self.is_marked = False
        self._start = 0
        self._edits: list[tuple[int, int | None, bytes]] = []

    def __bool__(self) -> bool:
        return self._is_indented or self._is_broken or self.is_marked or bool(self._edits)

    def note_white_space(self, chunk: bytes) -> None:
        """Look for white space between cells, and line breaks in text."""
        if not self._is_broken and any(mark in chunk for mark in _BREAKS):  # which is faster
            self._is_broken = _LINE_BREAK.search(chunk) is not None
        self._is_indented = self._is_indented or any(mark in chunk for mark in _INDENTED)

    def begin(self, start: int) -> None:
        """Begin to replace the element whose first tag is at `start`."""
        self._start = start

    def end(self, last_tag: int, replacement: bytes) -> None:
        """Replace it; `last_tag` is its position, or the end of an empty tag."""
        self._edits.append((self._start, last_tag, replacement))

    def add_type(self, start: int) -> None:
        """Call the value of the cell at `start` text."""
        self._edits.append((start, None, _TYPE))

    def applied_to(self, content: bytes) -> bytes:
        """The content with all changes."""
        pieces = []
        at = 0
        for start, last_tag, replacement in sorted(self._edits, key=lambda edit: edit[0]):
            name = _TAG_NAME.match(content, start)
            assert name is not None, "a tag begins there"
            if last_tag is None:
                start = end = name.end()
            elif content.startswith(b"</" + name[0][1:], last_tag):
                end = content.index(b">", last_tag) + 1
            else:
                end = last_tag  # the tag is empty, and this is where it ends
            pieces += [self._without_breaks(content[at:start]), replacement]
            at = end
        changed = b"".join([*pieces, self._without_breaks(content[at:])])
        if self.is_marked:
            changed = plain(changed)
        is_indented = self._is_indented or self.is_marked
        return _INDENTATION.sub(b">", changed) if is_indented else changed

    def _without_breaks(self, content: bytes) -> bytes:
        return _LINE_BREAK.sub(_space, content) if self._is_broken else content


def _space(white: re.Match[bytes]) -> bytes:
    is_first = white.string.endswith(b"<text:p>", 0, white.start())
    is_last = white.string.startswith(b"</text:p>", white.end())
    return b"" if is_first or is_last else b" "
