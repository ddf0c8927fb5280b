"""Chromium, and what a page shows, requests and reports in it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from tiers import installed

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
LIMIT = 120  # seconds, on a machine with much other work


@dataclass
class Watch:
    """What a page requests, and the messages of its console, errors and dialogs."""

    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def observe(self, page: Page) -> None:
        """Note whatever `page` does, and close its dialogs."""

        def dismiss(dialog: Dialog) -> None:
            self.messages.append(dialog.message)
            dialog.dismiss()

        page.on("request", lambda request: self.requests.append(request.url.partition("#")[0]))
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("dialog", dismiss)
        page.set_default_timeout(LIMIT * 1000)

    def wait_for(self, text: str, page: Page) -> None:
        """Wait for a message that contains `text`."""
        end = time.monotonic() + LIMIT
        while not any(text in message for message in self.messages):
            assert time.monotonic() < end, self.messages
            page.wait_for_timeout(10)


@dataclass(frozen=True, slots=True)
class Chromium:
    """The browser, and a window that most tests use one after another."""

    browser: Browser
    page: Page
    watch: Watch


@contextmanager
def started_chromium(home: Path) -> Iterator[Chromium]:
    """Chromium with a home of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed("chromium"), args=SWITCHES, timeout=LIMIT * 1000,
            env={**os.environ, "HOME": str(home)},
        )  # fmt: skip
        page, watch = browser.new_page(), Watch()
        watch.observe(page)
        yield Chromium(browser, page, watch)
        browser.close()


@contextmanager
def watched(chromium: Chromium, path: Path, **options: Any) -> Iterator[tuple[Page, Watch]]:
    """The page in the file `path`; with `options`, in a window of its own."""
    page, watch = chromium.page, chromium.watch
    if options:
        page, watch = chromium.browser.new_page(**options), Watch()
        watch.observe(page)
    else:
        page.emulate_media(media="screen", color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
        watch.requests.clear()
        watch.messages.clear()
    page.goto(path.as_uri())
    try:
        yield page, watch
        if options.get("java_script_enabled", True):
            page.evaluate("new Promise(done => setTimeout(done))")  # messages arrive before
    finally:
        if options:
            page.close()


@contextmanager
def opened(chromium: Chromium, path: Path, **options: Any) -> Iterator[Page]:
    """The page in the file `path`; it must request nothing else, and report nothing."""
    with watched(chromium, path, **options) as (page, watch):
        yield page
    assert watch.requests == [path.as_uri()]
    assert watch.messages == []


def visible_rows(page: Page, selector: str) -> list[list[str]]:
    """The texts of the visible rows of a table's body, from the top."""
    rows: list[list[str]] = page.eval_on_selector_all(
        f"{selector} tbody tr",
        "rows => rows.filter(row => row.checkVisibility())"
        ".map(row => [...row.cells].map(cell => cell.textContent.trim()))",
    )
    return rows


def column(page: Page, selector: str, at: int) -> list[str]:
    """The texts of a column in the visible rows, from the top."""
    return [row[at] for row in visible_rows(page, selector)]


def sort(page: Page, section: str, header: str) -> None:
    """Click a header."""
    page.locator(f"#{section}").get_by_role("button", name=header, exact=True).click()


def open_all_figures(page: Page) -> None:
    """Open the table of figures below each chart."""
    for summary in page.locator("summary").all():
        summary.click()
