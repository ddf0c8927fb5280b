"""Find the encoding of a text file."""

from __future__ import annotations

import codecs
import re
from collections import deque
from itertools import islice
from typing import NamedTuple

from importer.base.texts import N_, text
from importer.workbook.formats.refusals import RefusedError, unreadable
from importer.workbook.formats.text.spelling import plausibility

GUESSES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "DOS (cp850)"}
"""The encodings that only the letters of a text tell apart, the most common first; their names."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
KNOWN = (*GUESSES, *(encoding for _, encoding in _MARKS))
"""Every encoding that nobody has to name."""
_NOT_OF_FILES = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
"""Encodings of texts that Python needs for other things than files."""
_BEGINNING = 4_096  # bytes that are enough to tell whether every other one is 0
_CHUNK = 1 << 20
_ACCENTED = re.compile(rb"(?<![A-Za-z'])[A-Za-z']{0,50}+[\x80-\xff][A-Za-z'\x80-\xff]{0,50}")
"""A word with accented letters, if it is not so long that it would take time."""
_ENOUGH = 10_000
"""Words with accented letters that are enough to guess an encoding."""
_LINE_END = re.compile(r"\r\n?|\n")
_NAME_IT = N_("Name its encoding with --encoding, or save the file as CSV UTF-8.")


class Encoding(NamedTuple):
    """An encoding by Python's name, and by its usual name if it is only the most plausible."""

    codec: str
    guess: str | None = None


def text_encoding(name: str) -> str | None:
    """Python's own name of the encoding of texts that it knows as `name`, if it does."""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return codec.name if codec._is_text_encoding and codec.name not in _NOT_OF_FILES else None


def encoding_of(content: bytes, named: str | None) -> Encoding:
    """The encoding of a text; `named`, from `text_encoding`, decides.

    Raise RefusedError if none is plausible, or the text begins with the mark of another one.
    """
    marked = _marked(content)
    if named is None:
        stated = marked or _utf16_without_mark(content) or _utf8(content)
        return Encoding(stated) if stated else _most_plausible(content)
    if marked is not None and not marked.startswith(named.removesuffix("-sig")):
        reason = N_("it begins as a file in {marked} does, but --encoding says {named}")
        raise unreadable(text(reason, marked=marked.upper(), named=named))
    if named == "utf-16":  # it has two orders
        return Encoding(marked or _utf16_without_mark(content) or "utf-16-le")
    return Encoding(marked or named)


def beginning(content: bytes) -> str:
    """The first characters of a text, without those that are not Unicode."""
    encoding = _marked(content) or _utf16_without_mark(content) or "utf-8"
    return content[:_BEGINNING].decode(encoding, "ignore").lstrip("\ufeff")


def misfit(content: bytes, encoding: Encoding) -> RefusedError:
    """The refusal of a text that has bytes without a meaning in its encoding, with their line."""
    line = 1
    try:
        content.decode(encoding.codec)
    except UnicodeDecodeError as error:
        line += len(_LINE_END.findall(content[: error.start].decode(encoding.codec, "replace")))
    reason = N_("line {line} has bytes that are no character in {encoding}")
    named = encoding.guess or encoding.codec
    return unreadable(text(reason, line=line, encoding=named), text(_NAME_IT))


def _marked(content: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)


def _utf16_without_mark(content: bytes) -> str | None:
    zeros = [content[parity:_BEGINNING:2].count(0) for parity in (0, 1)]
    if max(zeros) <= len(content[:_BEGINNING]) // 4:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _utf8(content: bytes) -> str | None:
    """UTF-8 if every byte fits it."""
    chunks = (content[start : start + _CHUNK] for start in range(0, len(content), _CHUNK))
    try:
        deque(codecs.iterdecode(chunks, "utf-8"), maxlen=0)
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _most_plausible(content: bytes) -> Encoding:
    """The one of GUESSES in which the accented letters look most like words."""
    words = {match[0] for match in islice(_ACCENTED.finditer(content), _ENOUGH)}
    points: dict[str, float] = {}
    for codec in GUESSES:
        try:
            points[codec] = sum(plausibility(word.decode(codec)) for word in words)
        except UnicodeDecodeError:
            continue
    best = max(points, key=points.__getitem__)  # the first of equals
    if points[best] < 0:
        reason = N_("its accented letters make no words in {encodings}")
        names = ["UTF-8", "UTF-16", *GUESSES.values()]
        raise unreadable(text(reason, encodings=names), text(_NAME_IT))
    return Encoding(best, GUESSES[best])
