"""Goes through a part in XML tag by tag, in memory that does not grow with it."""

from __future__ import annotations

from xml.parsers import expat
from zipfile import ZipFile

from importer.base.texts import N_, text
from importer.workbook.formats.archive import CHUNK
from importer.workbook.formats.refusals import hostile

_DEEPEST = 1_000
"""Tags within each other; the parser keeps all of them, and no spreadsheet needs a hundred."""
_MOST = 100_000
"""Tags of a kind that are kept; there is one for each sheet or part."""


class Look:
    """Is told of each tag as it comes, by the name that stands there: prefixes are not looked up.

    calamine does not look them up either, and both must see the same.
    """

    def __init__(self) -> None:
        # In no other encoding was the part looked over for a document type.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._enter
        self.parser.EndElementHandler = self._leave
        self._nested = 0

    def begins(self, name: str, facts: dict[str, str]) -> None:
        """A tag begins, with these attributes."""

    def ends(self, name: str) -> None:
        """A tag ends."""

    def read(self, archive: ZipFile, part: str) -> None:
        """Go through `part`; raise KeyError where it is missing, ExpatError where it is damaged.

        Raises RefusedError for tags that are nested as no spreadsheet program nests them.
        """
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                self.parser.Parse(chunk, False)
        self.parser.Parse(b"", True)

    def _enter(self, name: str, facts: dict[str, str]) -> None:
        self._nested += 1
        if self._nested > _DEEPEST:
            raise hostile(text(N_("its tags are nested too deeply")))
        self.begins(name, facts)

    def _leave(self, name: str) -> None:
        self._nested -= 1
        self.ends(name)


class _Kept(Look):
    """Keeps the attributes of the tags with one name."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self._wanted = wanted

    def begins(self, name: str, facts: dict[str, str]) -> None:
        if local(name) == self._wanted:
            if len(self.found) == _MOST:
                raise hostile(text(N_("it names more sheets or parts than any workbook has")))
            self.found.append({local(key): value for key, value in facts.items()})


def tags_of(archive: ZipFile, part: str, wanted: str) -> list[dict[str, str]]:
    """The attributes of each tag of `part` that is named `wanted`; prefixes do not matter."""
    kept = _Kept(wanted)
    kept.read(archive, part)
    return kept.found


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]
