"""Write an export as one page for a browser, which needs no network and no other file."""

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

# pygal adds a finder for its plugins to every import, of a kind that Python has deprecated.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

WEB = Path(__file__).parent / "web"
BAR_HEIGHT = 24  # pixels of a bar and its label
COLUMNS_HEIGHT = 280
WIDTH = 480  # a telephone is not much narrower, so letters are not much smaller there
LABEL = 24  # characters of a label that are drawn; an OTC has 23
TICKS = 6  # the most numbers besides 0 along the bars

_STYLE = Style(
    background="transparent", plot_background="transparent",
    foreground="var(--quiet)", foreground_strong="var(--letters)",
    foreground_subtle="var(--line)",
    guide_stroke_color="var(--line)", major_guide_stroke_color="var(--line)",
    colors=("var(--first)", "var(--second)"),
    font_family="inherit",
    label_font_size=13, major_label_font_size=13, legend_font_size=13,
    opacity="1", transition="none",
)  # fmt: skip
"""The page's own colours, so that charts are as light or dark as it is."""
_CHARTS = {
    "column": pygal.Bar, "bar": pygal.HorizontalBar, "stacked bar": pygal.HorizontalStackedBar,
}  # fmt: skip


def write_page(book: Book, path: Path) -> dict[str, int]:
    """Write `book` to the HTML file `path`, which appears whole or not at all.

    Returns the number of rows of each table by its key, including those that are not shown.
    Raises OutputError where the file cannot be written.
    """
    script = (WEB / "page.js").read_text("utf-8")
    digest = hashlib.sha256(script.encode()).digest()
    environment = Environment(
        loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined,
    )  # fmt: skip
    environment.globals.update({"_": _, "zip": zip, "too_long": _too_long})
    environment.filters["shown"] = readable
    exceptions, *overview = book.tables
    page = environment.get_template("page.html.jinja").render(
        language=current_language(), mark=MARK, summary=book.summary,
        charts=[(block, _chart(block)) for block in book.summary.blocks],
        exceptions=exceptions, overview=overview,
        style=(WEB / "page.css").read_text("utf-8"), script=script,
        # besides Jinja, which escapes whatever people have typed, a policy allows this script only
        script_hash="sha256-" + base64.b64encode(digest).decode(),
    )  # fmt: skip
    with whole_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")
    return {table.key: table.count for table in book.tables}


def _too_long(table: Table) -> Markup:
    """The note about a table that has more rows than a page shows."""
    if len(table.rows) == table.count:
        return Markup("")
    note = text(N_("This page shows and searches only the first {shown} of {all} rows. For all "
                   "rows: avira-importer export"),
                shown=len(table.rows), all=table.count)  # fmt: skip
    return Markup('<p class="note">{}</p>').format(str(note))


def _chart(block: Block) -> Markup | None:
    """The block's chart as SVG, the same text for the same block; None if all figures are 0."""
    table = block.table
    sums = [sum(value for value in row[1:] if isinstance(value, int)) for row in table.rows]
    longest = max(sums, default=0)
    if not longest:
        return None
    lying = block.chart != "column"
    chart = _CHARTS[block.chart](
        style=_STYLE,
        width=WIDTH, height=len(table.rows) * BAR_HEIGHT + 90 if lying else COLUMNS_HEIGHT,
        js=[], disable_xml_declaration=True,
        show_legend=len(table.columns) > 2, legend_at_bottom=True,
        include_x_axis=True, x_label_rotation=0 if lying else 45, truncate_label=LABEL,
        y_labels=_ticks(longest),
        spacing=6, margin=8, margin_left=24 if lying else 8, margin_bottom=8 if lying else 24,
        value_formatter=lambda value: readable(int(value), CellFormat.NUMBER),
    )  # fmt: skip
    chart.uuid = table.key  # a random one otherwise
    chart.add_xml_filter(_without_script)
    rows = table.rows[::-1] if lying else table.rows  # the first row on top
    chart.x_labels = [str(row[0]) for row in rows]
    for at, column in enumerate(table.columns[1:], 1):
        chart.add(column.header, [row[at] for row in rows])
    return Markup(chart.render(is_unicode=True))  # noqa: S704 - pygal escapes labels


def _ticks(longest: int) -> list[int]:
    """Round numbers from 0 to `longest` or just beyond it, without fractions of licences."""
    steps = (factor * 10**power for power in count() for factor in (1, 2, 5))
    step = next(step for step in steps if step * TICKS >= longest)
    return list(range(0, longest + step, step))


def _without_script(svg: Element) -> Element:
    """The chart without scripts, comments and pygal's title; each bar gets its figure as title."""
    for parent in list(svg.iter()):
        for child in list(parent):
            if _name(child) in ("", "script", "title"):
                parent.remove(child)
    for bar in list(svg.iter()):
        if bar.get("class") == "bar":
            parts = {child.get("class"): child.text for child in bar if _name(child) == "desc"}
            title = bar.makeelement("title", {})
            title.text = f"{parts.get('x_label')}: {parts.get('value')}"
            bar.insert(0, title)
    return svg


def _name(element: Element) -> str:
    """The element's name without its namespace; nothing for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
