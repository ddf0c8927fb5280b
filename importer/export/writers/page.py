"""Write an export as one page for a browser, which needs no network and no other file.

It has the Summary's figures and charts, the exceptions, and the OTCs and customers to search and
sort. Whatever a person has typed is text in it: Jinja escapes it, and the page's own policy lets
no other script run than the one that belongs to it.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from itertools import count
from pathlib import Path
from xml.etree.ElementTree import Element

import pygal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pygal.style import Style

from importer.base.files import whole_file
from importer.base.texts import N_, _, current_language, text
from importer.export.book import Block, Book, CellFormat, Table, readable
from importer.export.recognition import MARK

# pygal leaves an importer of its plugins in every import, of a kind that Python has given up.
sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != pygal.__name__]

WEB = Path(__file__).parent / "web"
ROW_LIMIT = 5_000
"""The rows of a table that are put on a page: a telephone cannot show many more."""
BAR_HEIGHT = 24
"""Pixels that a bar and its label take."""
COLUMNS_HEIGHT = 280
WIDTH = 480
"""A telephone is not much narrower, so letters are not much smaller there."""
LABEL = 24
"""Characters of a label that are drawn; an OTC has 23. A bar tells the whole of it."""
TICKS = 6
"""At most so many numbers beside 0 stand along the bars."""

_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="var(--quiet)",
    foreground_strong="var(--letters)",
    foreground_subtle="var(--line)",
    guide_stroke_color="var(--line)",
    major_guide_stroke_color="var(--line)",
    colors=("var(--first)", "var(--second)"),
    font_family="inherit",
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=13,
    opacity="1",
    transition="none",
)  # fmt: skip
"""The page's own colours, so that charts are as light or dark as it is."""


def write_page(book: Book, path: Path) -> dict[str, int]:
    """Write `book` to the HTML file `path`, which appears whole or not at all.

    Returns how many rows each table of the page has, by its key: a table that has more than it can
    show says so. Raises OutputError where the file cannot be written.
    """
    script = (WEB / "page.js").read_text("utf-8")
    digest = hashlib.sha256(script.encode()).digest()
    page = _environment().get_template("page.html.jinja").render(
        language=current_language(),
        mark=MARK,
        summary=book.summary,
        charts=[(block, _chart(block)) for block in book.summary.blocks],
        exceptions=book.exceptions,
        overview=book.overview,
        row_limit=ROW_LIMIT,
        style=(WEB / "page.css").read_text("utf-8"),
        script=script,
        script_hash="sha256-" + base64.b64encode(digest).decode(),
    )  # fmt: skip
    with whole_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")
    return {table.key: len(table.rows) for table in (book.exceptions, *book.overview)}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined,
    )  # fmt: skip
    environment.globals.update({"_": _, "zip": zip, "too_long": _too_long})
    environment.filters["shown"] = readable
    return environment


def _too_long(table: Table) -> Markup:
    """What a table says that has more rows than a page shows."""
    if len(table.rows) <= ROW_LIMIT:
        return Markup("")
    said = text(N_("This page shows and searches only the first {shown} of {all} rows. For all "
                   "rows: avira-importer export"),
                shown=ROW_LIMIT, all=len(table.rows))  # fmt: skip
    return Markup('<p class="note">{}</p>').format(str(said))


def _chart(block: Block) -> Markup | None:
    """The block's chart as SVG, the same text for the same block; None if all figures are 0."""
    table = block.table
    longest = max((sum(value for value in row[1:] if isinstance(value, int)) for row in table.rows),
                  default=0)  # fmt: skip
    if not longest:
        return None
    kinds = {
        "column": pygal.Bar, "bar": pygal.HorizontalBar, "stacked bar": pygal.HorizontalStackedBar,
    }  # fmt: skip
    lying = block.chart != "column"
    chart = kinds[block.chart](
        style=_STYLE,
        width=WIDTH,
        height=len(table.rows) * BAR_HEIGHT + 90 if lying else COLUMNS_HEIGHT,
        js=[],
        show_legend=len(table.columns) > 2,
        legend_at_bottom=True,
        x_label_rotation=0 if lying else 45,
        disable_xml_declaration=True,
        include_x_axis=True,
        truncate_label=LABEL,
        y_labels=_ticks(longest),
        spacing=6,
        margin=8,
        margin_left=24 if lying else 8,
        margin_bottom=8 if lying else 24,
        value_formatter=lambda value: readable(int(value), CellFormat.NUMBER),
    )
    chart.uuid = table.key  # else it is another one each time
    chart.add_xml_filter(_without_script)
    rows = list(reversed(table.rows)) if lying else list(table.rows)  # the first row on top
    chart.x_labels = [str(row[0]) for row in rows]
    for at, column in enumerate(table.columns[1:], 1):
        chart.add(column.header, [row[at] for row in rows])
    return Markup(chart.render(is_unicode=True))  # noqa: S704 - pygal escapes labels


def _ticks(longest: int) -> list[int]:
    """Whole, round numbers from 0 to `longest` or just beyond it: licences are not halved."""
    step = next(
        factor * 10**power
        for power in count()
        for factor in (1, 2, 5)
        if factor * 10**power * TICKS >= longest
    )
    return list(range(0, longest + step, step))


def _without_script(svg: Element) -> Element:
    """What pygal draws, without scripts, comments and its own title; a bar tells its figure."""
    for parent in list(svg.iter()):
        for child in list(parent):
            if _name(child) in ("", "script", "title"):
                parent.remove(child)
    for bar in list(svg.iter()):
        if bar.get("class") == "bar":
            told = {one.get("class"): one.text for one in bar if _name(one) == "desc"}
            title = bar.makeelement("title", {})
            title.text = f"{told.get('x_label')}: {told.get('value')}"
            bar.insert(0, title)
    return svg


def _name(element: Element) -> str:
    """The element's name without its namespace; nothing for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
