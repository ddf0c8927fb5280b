"""The page of an export with a keyboard, a screen reader, a telephone, and on paper."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from browser import Chromium, column, open_all_figures, opened, sort, visible_rows
from html_page import grids
from page_ledger import COMPANY, LANGUAGES, Exported
from tiers import needs

pytest_plugins = "page_fixtures"
pytestmark = needs("chromium")

FOCUSED = """() => {
    const element = document.activeElement;
    const {outlineStyle, outlineWidth} = getComputedStyle(element);
    const name = element.tagName === 'DIV' || element.tagName === 'INPUT'
        ? element.closest('section').id : element.textContent.trim();
    return [`${element.tagName} ${name}`, outlineStyle !== 'none' && outlineWidth !== '0px'];
}"""


def test_everything_can_be_done_with_a_keyboard(exported: Exported, chromium: Chromium) -> None:
    """Tab reaches everything in reading order, and the focus is visible."""
    [headers, *_] = grids(exported.html(), "otcs")[0]
    exceptions = len(exported.document["sheets"]["Exceptions"])
    with opened(chromium, exported.pages["en"]) as page:
        press = page.keyboard.press
        reached = []
        for _ in range(19):
            press("Tab")
            name, visible = page.evaluate(FOCUSED)
            assert visible, f"the focus on {name} cannot be seen"
            reached.append(name)
        assert reached == [
            "A Skip to the content", "A Summary", f"A Exceptions ({exceptions})", "A OTCs (40)",
            "A Customers (60)", *["SUMMARY The figures of this chart"] * 3, "DIV exceptions",
            "INPUT otcs", "DIV otcs", *(f"BUTTON {header}" for header in headers[:8]),
        ]  # fmt: skip
        press("Enter")
        days = column(page, "#otcs", 7)
        assert days[0].startswith("-")
        press("Space")
        assert column(page, "#otcs", 7)[0] == next(day for day in reversed(days) if day)
        for _ in range(8):
            press("Shift+Tab")
        assert page.evaluate(FOCUSED)[0] == "DIV otcs"
        press("End")
        page.wait_for_function("() => document.activeElement.scrollTop > 0")
        press("Shift+Tab")
        page.keyboard.type("muller")
        assert column(page, "#otcs", 1) == [COMPANY]


def test_the_skip_link_leads_to_the_content(exported: Exported, chromium: Chromium) -> None:
    with opened(chromium, exported.pages["en"]) as page:
        page.keyboard.press("Tab")
        assert page.locator(".skip").bounding_box() is not None
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def accessibility_tree(page: Page) -> list[tuple[str, str, dict[str, Any]]]:
    """Roles, names and properties as Chromium gives them to screen readers, in reading order."""
    answer = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    nodes = {node["nodeId"]: node for node in answer["nodes"]}
    tree = []

    def walk(node: dict[str, Any]) -> None:
        if not node["ignored"]:
            properties = {item["name"]: item["value"].get("value") for item in node["properties"]}
            name = str(node.get("name", {}).get("value", ""))
            tree.append((str(node["role"]["value"]), name, properties))
        for child in node.get("childIds", ()):
            walk(nodes[child])

    walk(answer["nodes"][0])
    return tree


def test_a_screen_reader_finds_landmarks_headings_and_named_tables(
    exported: Exported, chromium: Chromium
) -> None:
    """Charts are tables there."""
    with opened(chromium, exported.pages["en"]) as page:
        open_all_figures(page)
        sort(page, "otcs", "Total")
        tree = accessibility_tree(page)
        snapshot = page.locator("body").aria_snapshot()

    def names(*roles: str) -> list[str]:
        return [name for role, name, _ in tree if role in roles]

    landmarks = ["banner", "navigation", "main"]
    assert [role for role, *_ in tree if role in landmarks] == landmarks
    assert names("navigation") == ["On this page"]
    assert names("region") == ["Summary", "Exceptions", "OTCs", "Customers"]
    headings = [(name, properties["level"]) for role, name, properties in tree if role == "heading"]
    assert headings == [("Avira licences", 1), ("Exceptions", 2), ("OTCs", 2), ("Customers", 2)]
    charts = ["The fullest OTCs", "Licences expiring by month", "The largest customers"]
    assert names("figure") == charts
    assert names("table") == [*charts, "Exceptions", "OTCs", "Customers"]
    assert names("searchbox") == ["Search OTCs", "Search Customers"]
    headers = [header for section in ("figures", "exceptions", "otcs", "customers")
               for grid in grids(exported.html(), section) for header in grid[0]]  # fmt: skip
    assert names("columnheader") == headers
    assert names("button")[:9] == headers[12:21]
    assert not {role for role, *_ in tree} & {"image", "img", "SvgRoot", "graphics-document"}
    assert "↕" not in snapshot


CONTRASTS = """() => {
    const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1});
    const context = canvas.getContext('2d', {willReadFrequently: true});
    const colour = (css) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = css;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const light = ([...rgb]) => rgb.slice(0, 3).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const background = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const rgba = colour(getComputedStyle(at).backgroundColor);
            if (rgba[3] === 255) return rgba;
            if (rgba[3] !== 0) throw new Error('half transparent');
        }
        throw new Error('no background');
    };
    const contrasts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const text = walker.currentNode.textContent.trim();
        if (!text || !element.checkVisibility() || ['SCRIPT', 'STYLE', 'style', 'title', 'desc']
            .includes(element.tagName)) continue;
        const style = getComputedStyle(element), size = parseFloat(style.fontSize);
        const drawn = element instanceof SVGElement ? style.fill : style.color;
        const [a, b] = [light(colour(drawn)), light(background(element))].sort((x, y) => y - x);
        const large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
        contrasts.push([text, (a + 0.05) / (b + 0.05), large ? 3 : 4.5]);
    }
    return contrasts;
}"""
"""Each visible text, its contrast by WCAG 2, and the contrast that level AA requires."""


def texts_with_little_contrast(page: Page) -> list[tuple[str, float]]:
    """The visible texts with less contrast than WCAG 2 requires."""
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 800
    return [(text, contrast) for text, contrast, least in contrasts if contrast < least]


COLOURS = "() => ['backgroundColor', 'color'].map(key => getComputedStyle(document.body)[key])"


def test_every_text_has_enough_contrast_in_light_and_dark(
    exported: Exported, chromium: Chromium
) -> None:
    colours = {}
    with opened(chromium, exported.pages["en"]) as page:
        open_all_figures(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            colours[scheme] = page.evaluate(COLOURS)
            assert texts_with_little_contrast(page) == [], scheme
            lines = page.eval_on_selector_all(
                ".guide.line", "lines => lines.map(line => getComputedStyle(line).stroke)"
            )
            assert set(lines).isdisjoint({"rgb(0, 0, 0)", "none"})
        assert all(a != b for a, b in zip(colours["light"], colours["dark"], strict=True))
        page.evaluate("document.body.style.setProperty('--letters', '#777')")
        assert texts_with_little_contrast(page), "the control: grey letters would be found"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_telephone_shows_the_page_without_scrolling_sideways(
    language: str, exported: Exported, chromium: Chromium
) -> None:
    """Only tables scroll, each within its frame; what is tapped is large enough."""
    phone = {"width": 390, "height": 844}
    with opened(
        chromium, exported.pages[language], viewport=phone, has_touch=True, is_mobile=True
    ) as page:
        for summary in page.locator("summary").all():
            summary.tap()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("innerWidth") == 390
        small = page.eval_on_selector_all(
            "th button, input, summary, nav a",
            "all => all.filter(item => { const {width, height} = item.getBoundingClientRect();"
            " return width < 24 || height < 24 }).map(item => item.textContent)",
        )
        assert small == []
        size = page.locator("#otcs input").evaluate("input => getComputedStyle(input).fontSize")
        assert float(size.removesuffix("px")) >= 16, "iOS would enlarge the page"
        page.locator("#otcs th button").nth(2).tap()
        totals = [int(text.replace("\u202f", "")) for text in column(page, "#otcs", 2)]
        assert totals == sorted(totals)
        page.locator("#otcs input").tap()
        page.keyboard.type("sohne müll")
        assert column(page, "#otcs", 1) == [COMPANY]


PDF_PAGE = re.compile(rb"/Type\s*/Page\b")

PRINTED = """() => ({
    hidden: [...document.querySelectorAll('nav, .search, .skip, details')]
        .every(element => !element.checkVisibility()),
    frames: [...document.querySelectorAll('.wide')].map(frame => {
        const style = getComputedStyle(frame);
        return [style.overflowX, style.overflowY, style.maxHeight];
    }),
    fits: [...document.querySelectorAll('td, th, svg, dd')].filter(cell => cell.checkVisibility())
        .every(cell => cell.getBoundingClientRect().right <= innerWidth),
    arrows: [...document.querySelectorAll('th button')]
        .some(button => getComputedStyle(button, '::after').content !== 'none'),
})"""


def test_the_page_can_be_printed(exported: Exported, chromium: Chromium) -> None:
    """All rows are on paper, within its width, dark on light; what is clicked is not."""
    with opened(chromium, exported.pages["en"], color_scheme="dark") as page:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 718, "height": 1000})  # A4 without its margins
        assert page.evaluate(PRINTED) == {
            "hidden": True, "frames": [["visible", "visible", "none"]] * 3, "fits": True,
            "arrows": False,
        }  # fmt: skip
        assert page.evaluate(COLOURS) == ["rgb(255, 255, 255)", "rgb(22, 33, 44)"]
        assert len(visible_rows(page, "#customers")) == 60
        assert texts_with_little_contrast(page) == []
        paper = page.pdf(format="A4")
    assert 3 <= len(PDF_PAGE.findall(paper)) <= 6


def test_headers_are_repeated_on_every_printed_page(exported: Exported, chromium: Chromium) -> None:
    """With a high header, each page has room for fewer rows. The control is a header that is not
    repeated, and takes its room once."""

    def pages(page: Page, style: str) -> int:
        page.emulate_media(media="print")
        page.add_style_tag(content=style)
        return len(PDF_PAGE.findall(page.pdf(format="A4")))

    with opened(chromium, exported.pages["en"]) as page:
        hidden = "header, main > :not(#customers) { display: none }"
        repeated = pages(page, f"{hidden} #customers th {{ height: 20rem }}")
        single = pages(page, "thead { display: table-row-group !important }")
    assert repeated > single >= 2
