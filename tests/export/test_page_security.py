"""What a browser runs and requests for the page of an export, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from browser import Chromium, column, open_all_figures, opened, visible_rows, watched
from html_page import grids
from page_ledger import LANGUAGES, Exported
from tiers import needs

pytest_plugins = "page_fixtures"
pytestmark = needs("chromium")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_shows_every_cell_of_the_file(
    language: str, exported: Exported, chromium: Chromium
) -> None:
    """Hostile names too: nothing of them becomes an element or runs."""
    html = exported.html(language)
    with opened(chromium, exported.pages[language]) as page:
        assert not page.locator("details table").first.is_visible()
        open_all_figures(page)
        for section in ("exceptions", "otcs", "customers"):
            assert visible_rows(page, f"#{section}") == grids(html, section)[0][1:]
        for at, grid in enumerate(grids(html, "figures"), 1):
            assert visible_rows(page, f"figure:nth-of-type({at}) details") == grid[1:]
        for selector, count in {"script": 1, "img": 0, "i": 0, "b": 0, "iframe": 0}.items():
            assert page.locator(selector).count() == count, selector
        assert page.evaluate(
            "() => [...document.querySelectorAll('*')].flatMap(element => [...element.attributes])"
            ".filter(attribute => attribute.name.startsWith('on')).length"
        ) == 0  # fmt: skip


def test_without_scripts_everything_can_be_read(exported: Exported, chromium: Chromium) -> None:
    with opened(chromium, exported.pages["en"], java_script_enabled=False) as page:
        for section in ("otcs", "customers"):
            rows = page.locator(f"#{section} tbody tr")
            assert rows.count() == len(grids(exported.html(), section)[0]) - 1
            assert rows.last.is_visible()
            assert not page.locator(f"#{section} .search").is_visible()
        assert page.locator("th button").count() == 0
        assert page.locator("svg .bar").first.is_visible()


def test_the_page_works_without_a_network(exported: Exported, chromium: Chromium) -> None:
    """With everything but its own file blocked."""
    path = exported.pages["en"]
    with watched(chromium, path, offline=True) as (page, watch):
        page.route(re.compile("^(?!file:)"), lambda route: route.abort())
        page.reload()
        page.locator("#customers input").fill("oso")
        assert column(page, "#customers", 0) == ["Oso"]
        page.get_by_role("link", name="OTCs (40)").click()
        assert page.url == f"{path.as_uri()}#otcs"
    assert set(watch.requests) == {path.as_uri()}
    assert watch.messages == []


def edited(path: Path, old: str, new: str) -> Path:
    """A copy of the page with `new` instead of `old`."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    copy = Path("edited.html").resolve()
    copy.write_text(text.replace(old, new), encoding="utf-8")
    return copy


@contextmanager
def web_server() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and the paths that are requested from it."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", requests
        finally:
            server.shutdown()
            thread.join()


INJECTED = {
    "script": "<script>document.title = 'taken'</script>",
    "handler": "<img src='data:,' onerror=\"document.title = 'taken'\">",
    "link": "<iframe src=\"javascript:parent.document.title = 'taken'\"></iframe>",
    "picture": "<img src='{server}/picture'>",
    "style sheet": "<link rel='stylesheet' href='{server}/style'>",
    "script of another site": "<script src='{server}/script'></script>",
    "frame": "<iframe src='{server}/frame'></iframe>",
}


def test_the_policy_stops_whatever_is_injected_into_the_file(
    exported: Exported, chromium: Chromium
) -> None:
    """It neither runs nor requests anything. The control is the same file without its policy."""
    path = exported.pages["en"]
    policy = re.search(r"<meta http-equiv.*>", path.read_text("utf-8"))
    assert policy is not None
    with web_server() as (server, requests):
        for name, element in INJECTED.items():
            injected = element.format(server=server) + "</main>"
            with watched(chromium, edited(path, "</main>", injected)) as (page, watch):
                watch.wait_for("Content Security Policy", page)
                assert page.title() == "Avira licences", name
            assert requests == [], name
        everything = "".join(INJECTED.values()).format(server=server) + "</main>"
        unprotected = edited(edited(path, "</main>", everything), policy[0], "")
        with watched(chromium, unprotected) as (page, _):
            page.wait_for_function("() => document.title === 'taken'")
        assert sorted(requests) == ["/frame", "/picture", "/script", "/style"]


def test_the_policy_stops_the_pages_own_script_if_it_was_changed(
    exported: Exported, chromium: Chromium
) -> None:
    copy = edited(exported.pages["en"], '"use strict";', "document.title = 'taken';")
    with watched(chromium, copy) as (page, watch):
        watch.wait_for("Content Security Policy", page)
        assert page.title() == "Avira licences"
        assert not page.locator("#customers input").is_visible()
    assert len(watch.messages) == 1
