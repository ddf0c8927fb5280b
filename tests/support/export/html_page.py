"""Web pages, parsed into elements."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder

_VOID = {"meta", "link", "input", "img", "br"}


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.builder = TreeBuilder()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self.builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.builder.end(tag).tag == tag, f"{tag} ends another element, at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        self.builder.data(data)


def parse_page(path: Path) -> Element:
    """The page's `html` element; each element in it must be closed."""
    parser = _Parser()
    parser.feed(path.read_text("utf-8"))
    return parser.builder.close()


def text_of(element: Element) -> str:
    """All text in an element."""
    return "".join(element.itertext())


def texts(page: Element, path: str) -> list[str]:
    """The text of each element at `path`, a path of ElementTree."""
    return [text_of(element) for element in page.findall(path)]


def grids(page: Element, section: str) -> list[list[list[str]]]:
    """The cells of each table in the section with that id, row by row, the headers first."""
    return [
        [[text_of(cell).strip(" \n") for cell in row] for row in table.iter("tr")]
        for table in page.findall(f".//section[@id='{section}']//table")
    ]


def terms(page: Element, name: str) -> dict[str, str]:
    """The list of terms of that class: texts by term."""
    pairs = page.findall(f".//dl[@class='{name}']/div")
    return {text_of(term): text_of(description) for term, description in pairs}


def on_page(value: object) -> str:
    """A value as a page shows it, with thin spaces between thousands."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f")
    return "" if value is None else str(value)
