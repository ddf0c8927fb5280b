"""The web page of an export, in the real Chromium: what it says, does and never does."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from builders import Row, write_workbook
from importer.cli import main as program
from importer.config.formats import Format
from importer.domain.contents import Contents, OtcHolding
from importer.domain.entities import Otc
from importer.export.make import make_book, write_book
from tiers import installed, needs

NAMES = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = needs("chromium")

APPLIED = dt.datetime(2026, 1, 10, 9, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 3, 15, 9, tzinfo=dt.UTC)
TODAY = NOW.date()
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "{{ 7*7 }}",
    "</style><script>alert(3)</script>",
    "' onmouseover='alert(4)",
    "<!-- {shown}",
    "Tom &lt;b&gt; Co",
    "Peluquería Norte",
    "🐙 Pulpo & Hijos",
    "شركة الأمان",
    "W" * 100,
    "Compañía Internacional de Servicios Gestionados, Licencias y Soporte de Antivirus del Norte "
    "y el Sur",
)
OTHERS = ("Nube", "Ñandú", "Oso", "Ábaco", "Zorro", "Propia")
SITES = [*HOSTILE, *OTHERS, *(f"Sede N{n:02}" for n in range(42))]
COMPANY = "Müller &lt;b&gt; <i>Söhne</i>"
KINDS = ("otcs", "customers")


def code(number: int) -> str:
    """The OTC of that number."""
    return f"OTC{number:02}-LICEN-CIAS0-{number:05}"


def otc_row(number: int) -> Row:
    """An OTC as it is filled in: totals from 9 to thousands, one in six without an expiry date."""
    expiry = None if number % 6 == 0 else dt.date(2026, 2, 1) + dt.timedelta(days=11 * number)
    return {
        "OTC": code(number), "Email": "it@msp.example", "Expiry Date": expiry,
        "Company Name": COMPANY if number == 1 else f"Empresa {number}",
        "Total Licenses": (9, 10, 100, 1000, 2500, 40, 75)[number % 7] + number // 7,
    }  # fmt: skip


def customer_row(at: int, name: str) -> Row:
    """A customer as it is filled in; hostile names get the most licences, so that a chart has them.

    All of these are of one OTC; the last of the others manages itself.
    """
    row = {"Customer (Site) Name": name, "Email": f"site{at:03}@x.example"}
    if name == "Propia":
        return row | {"Managed By": "Customer", "Avira OTC": code(40), "First Name": "Ana",
                      "Last Name": "Paz"}  # fmt: skip
    many = name in HOSTILE
    otc = 4 if many else at % 35 + 1
    return row | {"Managed By": "Admin", "Avira OTC": code(otc),
                  "No of Licenses": 60 - at if many else at % 5 + 1}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """A ledger, its pages in both languages, and what other commands say of it."""

    ledger: Path
    pages: dict[str, Path]
    summary: dict[str, int]
    otcs: list[dict[str, Any]]
    customers: list[dict[str, Any]]
    document: dict[str, Any]


def run(*arguments: str | Path) -> str:
    """What a command that succeeds writes to standard output."""
    said = io.StringIO()
    with redirect_stdout(said):
        exit_code = program.run([str(argument) for argument in arguments])
    assert exit_code == 0, said.getvalue()
    return said.getvalue()


def at_instant(patch: pytest.MonkeyPatch, now: dt.datetime) -> None:
    """Let it be `now`."""
    patch.setattr("importer.base.clock.now", lambda: now)
    patch.setattr("importer.base.clock.today", now.date)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    """40 OTCs and 60 customers, applied in January and exported in March."""
    folder = tmp_path_factory.mktemp("page")
    ledger = folder / "ledger.db"
    workbook = write_workbook(
        folder / "in.xlsx",
        [
            ("Add OTC", [otc_row(number) for number in range(1, 41)]),
            ("Add Customer", [customer_row(at, name) for at, name in enumerate(SITES)]),
            ("Add Avira Subscription", [
                {"Customer (Site) Name": "Oso", "Avira OTC": code(39), "No of Licenses": 3},
            ]),
            ("Disable Customer", [
                {"Customer (Site) Name": "Sede N01", "Release Licenses": "Yes"},
                {"Customer (Site) Name": "Sede N02", "Release Licenses": "No"},
            ]),
            ("Devices", [
                {"Customer (Site) Name": "Sede N03", "Device ID": f"d{n}",
                 "Avira Installed": dt.date(2026, 1, 1)}
                for n in range(9)
            ]),
        ],
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.delenv(name, raising=False)
        patch.setenv("LANGUAGE", "en")
        of_ledger = ("--ledger", ledger, "--lang", "en")
        at_instant(patch, APPLIED)
        run("apply", workbook, *of_ledger)
        at_instant(patch, NOW)
        pages = {language: folder / f"{language}.html" for language in ("en", "es")}
        for language, path in pages.items():
            run("export", "--format", "html", "-o", path, "--ledger", ledger, "--lang", language)
        run("export", "-o", folder / "export.json", *of_ledger)
        summary, otcs, customers = (
            json.loads(run("show", what, "--json", *of_ledger))
            for what in ("summary", "otcs", "customers")
        )
        document = json.loads((folder / "export.json").read_text("utf-8"))
        yield Exported(ledger, pages, summary, otcs, customers, document)


@dataclass
class Watch:
    """What a page asks for, and says to whoever watches it."""

    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Watch whatever `page` does; close its dialogs, and wait for nothing too long."""

        def closed(dialog: Dialog) -> None:
            self.said.append(dialog.message)
            dialog.dismiss()

        page.on("request", lambda one: self.requests.append(one.url.partition("#")[0]))
        page.on("console", lambda one: self.said.append(one.text))
        page.on("pageerror", lambda one: self.said.append(str(one)))
        page.on("dialog", closed)
        page.set_default_timeout(10_000)


@dataclass(frozen=True, slots=True)
class Chromium:
    """The browser of all tests here, with a window that most of them use one after another."""

    browser: Browser
    page: Page
    watch: Watch


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """Chromium, with a home of its own."""
    home = str(tmp_path_factory.mktemp("home"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed("chromium"), args=SWITCHES, env={**os.environ, "HOME": home}
        )
        page, watch = browser.new_page(), Watch()
        watch.over(page)
        yield Chromium(browser, page, watch)
        browser.close()


@contextmanager
def watched(chromium: Chromium, path: Path, **options: Any) -> Iterator[tuple[Page, Watch]]:
    """The page in the file `path`, and what comes to be known of it.

    With `options`, it is in a window of its own.
    """
    page, watch = chromium.page, chromium.watch
    if options:
        page, watch = chromium.browser.new_page(**options), Watch()
        watch.over(page)
    else:
        page.emulate_media(media="screen", color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
        watch.requests.clear()
        watch.said.clear()
    page.goto(path.as_uri())
    try:
        yield page, watch
        page.evaluate("new Promise(done => setTimeout(done))")  # what was said comes before
    finally:
        if options:
            page.close()


@contextmanager
def opened(chromium: Chromium, path: Path, **options: Any) -> Iterator[Page]:
    """The page in the file `path`; it must ask for nothing else, and say nothing to the console."""
    with watched(chromium, path, **options) as (page, watch):
        yield page
    assert watch.requests == [path.as_uri()]
    assert watch.said == []


def read(text: str) -> str:
    """A shown figure without the spaces between its thousands."""
    return text.replace("\u202f", "")


def terms(page: Page, selector: str) -> dict[str, str]:
    """What a list of terms says, by term."""
    found: dict[str, str] = page.eval_on_selector_all(
        f"{selector} > div",
        "all => Object.fromEntries(all.map(one => [one.children[0].textContent,"
        " one.children[1].textContent]))",
    )
    return {term: read(text) for term, text in found.items()}


def cells(page: Page, selector: str) -> list[list[str]]:
    """The texts of the visible rows of a table's body, from the top."""
    found: list[list[str]] = page.eval_on_selector_all(
        f"{selector} tbody tr",
        "all => all.filter(row => row.checkVisibility())"
        ".map(row => [...row.cells].map(cell => cell.textContent.trim()))",
    )
    return [[read(text) for text in row] for row in found]


def column(page: Page, selector: str, at: int) -> list[str]:
    """The texts of one column, from the top, as far as its rows can be seen."""
    return [row[at] for row in cells(page, selector)]


def shown(value: object) -> str:
    """A value as the page has it, without spaces between thousands."""
    return "" if value is None else str(value)


# What it says


HEADINGS = {
    "en": ("Avira licences", "Exceptions", "OTCs", "Customers"),
    "es": ("Licencias de Avira", "Excepciones", "OTC", "Clientes"),
}
HEADERS = {
    "en": ["OTC", "Company", "Total", "Used", "Pending", "Status", "Expiry Date", "Days Left",
           "Dedicated To"],
    "es": ["OTC", "Empresa", "Total", "Usadas", "Pendientes", "Estado", "Fecha de vencimiento",
           "Días restantes", "Dedicada a"],
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_is_in_the_language_asked_for(
    language: str, exported: Exported, chromium: Chromium
) -> None:
    with opened(chromium, exported.pages[language]) as page:
        assert page.locator("html").get_attribute("lang") == language
        assert page.title() == HEADINGS[language][0]
        assert tuple(page.locator("h1, h2").all_text_contents()) == HEADINGS[language]
        assert page.locator("#otcs th").all_text_contents() == HEADERS[language]
        assert len(cells(page, "#otcs")) == 40
        assert len(cells(page, "#customers")) == 60


def test_the_figures_are_those_of_other_commands(exported: Exported, chromium: Chromium) -> None:
    summary, otcs = exported.summary, exported.otcs
    days = [
        (dt.date.fromisoformat(one["expiry_date"]) - TODAY).days
        for one in otcs
        if one["expiry_date"] is not None
    ]
    expired_in_use = [
        one
        for one in otcs
        if one["used"] and one["expiry_date"] and one["expiry_date"] < TODAY.isoformat()
    ]
    with opened(chromium, exported.pages["en"]) as page:
        said = terms(page, ".figures")
        assert said.pop("Licences in use") == f"{summary['used'] / summary['total']:.1%}"
        assert {label: int(text) for label, text in said.items()} == {
            "OTCs": summary["otcs"],
            "Customers": summary["customers"],
            "Total licences": summary["total"],
            "Used licences": summary["used"],
            "Pending licences": summary["pending"],
            "Devices with Avira": sum(one["devices"] for one in exported.customers),
            "Expired OTCs": summary["expired"],
            "Expired OTCs in use": len(expired_in_use),
            "OTCs to renew within 30 days": summary["renew_within_30_days"],
            "OTCs to renew within 60 days": sum(0 <= one <= 60 for one in days),
            "OTCs to renew within 90 days": sum(0 <= one <= 90 for one in days),
        }
        assert min(int(text) for text in said.values()) > 0, "a figure that proves nothing"
        origin = terms(page, ".origin")
    assert origin == {
        "Account": "default",
        "As of (UTC)": "2026-03-15 09:00:00",
        "Last batch": "1",
        "Ledger hash": exported.document["head"],
    }


def otc_status(otc: dict[str, Any], days: int | None) -> str:
    """The word for an OTC, by the rules of docs."""
    if days is not None and days < 0:
        return "Expired, in use" if otc["used"] else "Expired"
    if days is not None and days <= 30:
        return "Expires soon"
    return "Available" if otc["pending"] else "Full"


def test_the_tables_say_what_show_says(exported: Exported, chromium: Chromium) -> None:
    otcs, customers = [], []
    for one in exported.otcs:
        expiry = one["expiry_date"]
        days = None if expiry is None else (dt.date.fromisoformat(expiry) - TODAY).days
        otcs.append([one["otc"], one["company"], one["total"], one["used"], one["pending"],
                     otc_status(one, days), expiry, days, one["dedicated_to"]])  # fmt: skip
    for one in exported.customers:
        held = one["subscriptions"]
        customers.append([
            one["name"], sum(each["licenses"] for each in held), one["devices"],
            {"admin": "Admin", "customer": "Customer"}[one["managed_by"].lower()],
            {"active": "Active", "disabled": "Disabled"}[one["status"].lower()],
            ", ".join(f"{each['otc']} ({each['licenses']})" for each in held), one["email"],
        ])  # fmt: skip
    with opened(chromium, exported.pages["en"]) as page:
        assert cells(page, "#otcs") == [[shown(value) for value in row] for row in otcs]
        assert cells(page, "#customers") == [[shown(value) for value in row] for row in customers]
        found = exported.document["sheets"]["Exceptions"]
        assert len(found) >= 4
        assert cells(page, "#exceptions") == [[shown(v) for v in one.values()] for one in found]
        links = page.locator("nav a").all_text_contents()
    assert links == ["Summary", f"Exceptions ({len(found)})", "OTCs (40)", "Customers (60)"]


BARS = """figure => [...figure.querySelectorAll('svg .bar')].map(bar => {
    const {width, height} = bar.querySelector('rect').getBBox();
    return [bar.querySelector('title').textContent, width, height];
})"""


@pytest.mark.parametrize(
    ("at", "key", "lying"),
    [(0, "fullest_otcs", True), (1, "expiring_by_month", False), (2, "largest_customers", True)],
)
def test_a_chart_has_a_bar_for_each_figure(
    at: int, key: str, lying: bool, exported: Exported, chromium: Chromium
) -> None:
    """Its length is in proportion, and the figures stand in a table below it."""
    rows = [list(one.values()) for one in exported.document["summary"][key]]
    drawn = rows[::-1] if lying else rows
    expected = [
        (str(row[0]), int(row[series])) for series in range(1, len(rows[0])) for row in drawn
    ]
    with opened(chromium, exported.pages["en"]) as page:
        figure = page.locator("figure").nth(at)
        assert figure.locator("svg").count() == 1
        bars = figure.evaluate(BARS)
        details = figure.locator("details")
        assert not details.locator("table").is_visible()
        details.locator("summary").click()
        assert details.locator("table").is_visible()
        assert cells(page, f"figure:nth-of-type({at + 1}) details") == [
            [shown(value) for value in row] for row in rows
        ]
    assert [read(title) for title, *_ in bars] == [f"{label}: {n}" for label, n in expected]
    lengths = [width if lying else height for _, width, height in bars]
    longest = max(lengths) / max(n for _, n in expected)
    assert lengths == pytest.approx([n * longest for _, n in expected], abs=1)


def test_no_two_elements_have_one_id_and_all_links_stay_on_the_page(
    exported: Exported, chromium: Chromium
) -> None:
    with opened(chromium, exported.pages["en"]) as page:
        ids = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
        assert len(ids) == len(set(ids))
        named = page.eval_on_selector_all(
            "[aria-labelledby], label[for], a[href]",
            "all => all.flatMap(one => [...(one.getAttribute('aria-labelledby') ?? '').split(' '),"
            " one.getAttribute('for'), one.getAttribute('href')?.slice(1)]).filter(Boolean)",
        )
        assert set(named) <= set(ids)
        outside = page.eval_on_selector_all(
            "[src], [href], [action], [srcset]",
            "all => all.map(one => one.getAttribute('src') ?? one.getAttribute('href')"
            " ?? 'other').filter(url => !url.startsWith('#') && !url.startsWith('data:'))",
        )
        assert outside == []


# What it never does


def test_nothing_is_asked_of_a_network(exported: Exported, chromium: Chromium) -> None:
    """With everything but its file blocked, and no network, the page is whole and works."""
    own = exported.pages["en"]
    with watched(chromium, own, offline=True) as (page, watch):
        page.route(re.compile("^(?!file:)"), lambda route: route.abort())
        page.reload()
        page.locator("#customers input").fill("oso")
        assert column(page, "#customers", 0) == ["Oso"]
        page.get_by_role("link", name="OTCs (40)").click()
        assert page.url == f"{own.as_uri()}#otcs"
    assert set(watch.requests) == {own.as_uri()}
    assert watch.said == []


def edited(path: Path, old: str, new: str) -> Path:
    """A copy of the page in which somebody has put `new` for `old`."""
    words = path.read_text("utf-8")
    assert words.count(old) == 1
    copy = Path("edited.html").resolve()
    copy.write_text(words.replace(old, new), encoding="utf-8")
    return copy


@contextmanager
def web_server() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and the paths that it has been asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


INJECTED = {
    "a script": "<script>document.title = 'taken'</script>",
    "a handler": "<img src='data:,' onerror=\"document.title = 'taken'\">",
    "a link": "<iframe src=\"javascript:parent.document.title = 'taken'\"></iframe>",
    "a picture": "<img src='{server}/picture'>",
    "a style sheet": "<link rel='stylesheet' href='{server}/style'>",
    "another's script": "<script src='{server}/script'></script>",
    "a frame": "<iframe src='{server}/frame'></iframe>",
}


def test_the_policy_stops_what_does_not_belong_to_the_page(
    exported: Exported, chromium: Chromium
) -> None:
    """Neither runs nor asks for anything whatever somebody has put into the file.

    The control is the same file without its policy.
    """
    path = exported.pages["en"]
    policy = re.search(r"<meta http-equiv.*>", path.read_text("utf-8"))
    assert policy is not None
    with web_server() as (server, asked):
        for what, words in INJECTED.items():
            injected = words.format(server=server) + "</main>"
            with watched(chromium, edited(path, "</main>", injected)) as (page, watch):
                assert page.title() == "Avira licences"
            assert any("Content Security Policy" in said for said in watch.said), what
            assert asked == []
        everything = "".join(INJECTED.values()).format(server=server) + "</main>"
        unprotected = edited(edited(path, "</main>", everything), policy[0], "")
        with watched(chromium, unprotected) as (page, _):
            assert page.title() == "taken"
        assert sorted(asked) == ["/frame", "/picture", "/script", "/style"]


def test_not_even_the_page_s_own_script_may_be_changed(
    exported: Exported, chromium: Chromium
) -> None:
    copy = edited(exported.pages["en"], '"use strict";', "document.title = 'taken';")
    with watched(chromium, copy) as (page, watch):
        assert page.title() == "Avira licences"
        assert not page.locator("#customers input").is_visible()
    assert len(watch.said) == 1


def test_hostile_names_are_text(exported: Exported, chromium: Chromium) -> None:
    """In the table, in the chart and its figures; nothing of them is an element or a script."""
    with opened(chromium, exported.pages["en"]) as page:
        assert sorted(column(page, "#customers", 0)) == sorted(SITES)
        assert column(page, "#otcs", 1)[0] == COMPANY
        page.locator("summary").nth(2).click()
        told = column(page, "figure:nth-of-type(3) details", 0)
        assert told == list(HOSTILE[:10])
        titles = page.locator("figure:nth-of-type(3) svg title").all_text_contents()
        assert [title.rpartition(": ")[0] for title in titles] == told[::-1]
        for selector, count in {"script": 1, "img": 0, "i": 0, "b": 0, "iframe": 0}.items():
            assert page.locator(selector).count() == count
        handlers = page.evaluate(
            "() => [...document.querySelectorAll('*')].flatMap(one => [...one.attributes])"
            ".filter(one => one.name.startsWith('on')).length"
        )
        assert handlers == 0


# Searching


CUSTOMERS_FOUND = {
    "oso": ["Oso"],
    "NANDU": ["Ñandú"],
    "n\u0303andu\u0301": ["Ñandú"],
    "peluqueria": ["Peluquería Norte"],
    "norte  PELUQUERÍA": ["Peluquería Norte"],
    "Ｓｅｄｅ Ｎ０３": ["Sede N03"],
    "sede n03": ["Sede N03"],
    "disabled": ["Sede N01", "Sede N02"],
    "disabled sede otc": ["Sede N02"],
    code(39).lower(): ["Oso"],
    "SITE000@X.EXAMPLE": [HOSTILE[0]],
    "🐙": ["🐙 Pulpo & Hijos"],
    "شركة": ["شركة الأمان"],
    "<script>": [HOSTILE[3], HOSTILE[0]],
    "&lt;": ["Tom &lt;b&gt; Co"],
    "{shown}": [HOSTILE[5]],
    "alert(2)": [HOSTILE[1]],
    ".*": [],
    "\\": [],
    "oso nube": [],
}


def test_searching_narrows_the_rows(exported: Exported, chromium: Chromium) -> None:
    """All words must be in a row, whatever their order, case and accents; the number is told."""
    with opened(chromium, exported.pages["en"]) as page:
        field_, count = page.locator("#customers input"), page.locator("#customers output")
        everyone = column(page, "#customers", 0)
        assert count.get_attribute("aria-live") == "polite"
        assert count.text_content() == "Shown: 60 of 60"
        for query, names in CUSTOMERS_FOUND.items():
            field_.fill(query)
            assert column(page, "#customers", 0) == names, query
            assert count.text_content() == f"Shown: {len(names)} of 60"
        for nothing in ("", "   "):
            field_.fill(nothing)
            assert column(page, "#customers", 0) == everyone
            assert count.text_content() == "Shown: 60 of 60"
        assert len(cells(page, "#otcs")) == 40


def test_a_number_is_found_with_and_without_spaces_between_its_thousands(
    exported: Exported, chromium: Chromium
) -> None:
    [wanted] = [one["otc"] for one in exported.otcs if one["total"] == 1001]
    with opened(chromium, exported.pages["es"]) as page:
        for query in ("1001", "1 001", "1\u202f001 otc"):
            page.locator("#otcs input").fill(query)
            assert wanted in column(page, "#otcs", 0)
        page.locator("#otcs input").fill("1001")
        assert column(page, "#otcs", 0) == [wanted]
        assert page.locator("#otcs output").text_content() == "Se muestran: 1 de 40"


# Sorting


def sort(page: Page, kind: str, header: str) -> None:
    """Click on a header."""
    page.locator(f"#{kind}").get_by_role("button", name=header, exact=True).click()


def test_sorting_by_numbers_dates_and_texts(exported: Exported, chromium: Chromium) -> None:
    """Up, then down; rows that are equal there stay in order, and blank cells stay last."""
    keys = {"Total": "total", "Expiry Date": "expiry_date", "Dedicated To": "dedicated_to"}
    with opened(chromium, exported.pages["en"]) as page:
        for header, key in keys.items():
            known = [one for one in exported.otcs if one[key] is not None]
            blank = [one["otc"] for one in exported.otcs if one[key] is None]
            for down in (False, True):
                sort(page, "otcs", header)
                in_order = sorted(known, key=lambda one: one[key], reverse=down)
                assert column(page, "#otcs", 0) == [one["otc"] for one in in_order] + blank
        totals = sorted(one["total"] for one in exported.otcs)
        assert totals != sorted(totals, key=str), "or the order proves nothing"
        sort(page, "otcs", "Days Left")
        days = [int(text) for text in column(page, "#otcs", 7) if text]
        assert days == sorted(days)
        assert days[0] < 0
        sort(page, "otcs", "Company")
        companies = column(page, "#otcs", 1)
        assert companies == [*(f"Empresa {n}" for n in range(2, 41)), COMPANY]
        sort(page, "otcs", "Company")
        assert column(page, "#otcs", 1) == companies[::-1]


@pytest.mark.parametrize(
    ("language", "header", "names"),
    [
        ("en", "Customer", ["Ábaco", "Ñandú", "Nube", "Oso", "Propia", "Zorro"]),
        ("es", "Cliente", ["Ábaco", "Nube", "Ñandú", "Oso", "Propia", "Zorro"]),
    ],
)
def test_names_are_sorted_as_the_language_has_them(
    language: str, header: str, names: list[str], exported: Exported, chromium: Chromium
) -> None:
    with opened(chromium, exported.pages[language]) as page:
        sort(page, "customers", header)
        everyone = column(page, "#customers", 0)
        assert [name for name in everyone if name in OTHERS] == names
        sort(page, "customers", header)
        assert column(page, "#customers", 0) == everyone[::-1]


def test_one_header_says_how_the_rows_are_sorted(exported: Exported, chromium: Chromium) -> None:
    def said() -> list[tuple[str, str]]:
        return [
            (str(one.text_content()), str(one.get_attribute("aria-sort")))
            for one in page.locator("[aria-sort]").all()
        ]

    with opened(chromium, exported.pages["en"]) as page:
        assert said() == []
        for header, order in [("Used", "ascending"), ("Used", "descending"),
                              ("Used", "ascending"), ("Total", "ascending")]:  # fmt: skip
            sort(page, "otcs", header)
            assert said() == [(header, order)]
        sort(page, "customers", "Licences")
        assert said() == [("Total", "ascending"), ("Licences", "ascending")]


def test_what_is_found_stays_sorted_and_what_is_sorted_stays_found(
    exported: Exported, chromium: Chromium
) -> None:
    with opened(chromium, exported.pages["en"]) as page:
        page.locator("#customers input").fill("sede n0")
        sort(page, "customers", "Customer")
        sort(page, "customers", "Customer")
        assert column(page, "#customers", 0) == [f"Sede N{n:02}" for n in range(9, -1, -1)]
        page.locator("#customers input").fill("")
        everyone = column(page, "#customers", 0)
        assert len(everyone) == 60
        assert everyone.index("Sede N09") < everyone.index("Sede N08")


# Without a mouse, and without seeing


FOCUSED = """() => {
    const one = document.activeElement, {outlineStyle, outlineWidth} = getComputedStyle(one);
    const name = one.tagName === 'DIV' || one.tagName === 'INPUT'
        ? one.closest('section').id : one.textContent.trim();
    return [`${one.tagName} ${name}`, outlineStyle !== 'none' && outlineWidth !== '0px'];
}"""


def test_all_can_be_done_with_a_keyboard(exported: Exported, chromium: Chromium) -> None:
    """Tab reaches everything in reading order, and one sees where it is."""
    with opened(chromium, exported.pages["en"]) as page:
        press = page.keyboard.press
        reached = []
        for _ in range(19):
            press("Tab")
            name, seen = page.evaluate(FOCUSED)
            assert seen, f"{name} has the focus, and does not show it"
            reached.append(name)
        found = len(exported.document["sheets"]["Exceptions"])
        assert reached == [
            "A Skip to the content", "A Summary", f"A Exceptions ({found})", "A OTCs (40)",
            "A Customers (60)", *["SUMMARY The figures of this chart"] * 3, "DIV exceptions",
            "INPUT otcs", "DIV otcs", *(f"BUTTON {header}" for header in HEADERS["en"][:8]),
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


def told_to_screen_readers(page: Page) -> list[tuple[str, str, dict[str, Any]]]:
    """What Chromium tells assistive technology: roles, names and properties, in reading order."""
    answer = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    nodes = {one["nodeId"]: one for one in answer["nodes"]}
    told = []

    def walk(node: dict[str, Any]) -> None:
        if not node["ignored"]:
            properties = {one["name"]: one["value"].get("value") for one in node["properties"]}
            name = str(node.get("name", {}).get("value", ""))
            told.append((str(node["role"]["value"]), name, properties))
        for child in node.get("childIds", ()):
            walk(nodes[child])

    walk(answer["nodes"][0])
    return told


def test_a_screen_reader_finds_its_way(exported: Exported, chromium: Chromium) -> None:
    """Landmarks, headings in order, named tables with headers, and no charts, which are tables."""
    with opened(chromium, exported.pages["en"]) as page:
        for summary in page.locator("summary").all():
            summary.click()
        sort(page, "otcs", "Total")
        told = told_to_screen_readers(page)
        snapshot = page.locator("body").aria_snapshot()

    def named(*roles: str) -> list[str]:
        return [name for role, name, _ in told if role in roles]

    assert [role for role, *_ in told if role in ("banner", "navigation", "main")] == [
        "banner", "navigation", "main",
    ]  # fmt: skip
    assert named("navigation") == ["On this page"]
    assert named("region") == ["Summary", "Exceptions", "OTCs", "Customers"]
    headings = [(name, properties["level"]) for role, name, properties in told if role == "heading"]
    assert headings == [("Avira licences", 1), ("Exceptions", 2), ("OTCs", 2), ("Customers", 2)]
    charts = ["The fullest OTCs", "Licences expiring by month", "The largest customers"]
    assert named("figure") == charts
    assert named("table") == [*charts, "Exceptions", "OTCs", "Customers"]
    assert named("searchbox") == ["Search OTCs", "Search Customers"]
    headers = named("columnheader")
    assert len(headers) == 3 + 2 + 2 + 5 + 9 + 7
    assert headers[12:21] == named("button")[:9] == HEADERS["en"]
    assert not {role for role, *_ in told} & {"image", "img", "SvgRoot", "graphics-document"}
    assert "↕" not in snapshot


# On a telephone, in the dark, on paper, and with less than a browser has today


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_telephone_shows_it_without_scrolling_sideways(
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
            "all => all.filter(one => { const {width, height} = one.getBoundingClientRect();"
            " return width < 24 || height < 24 }).map(one => one.textContent)",
        )
        assert small == []
        letters = page.locator("#otcs input").evaluate("one => getComputedStyle(one).fontSize")
        assert float(letters.removesuffix("px")) >= 16, "iOS would enlarge the page"
        page.locator("#otcs th button").nth(2).tap()
        assert column(page, "#otcs", 2) == sorted(column(page, "#otcs", 2), key=int)
        page.locator("#otcs input").tap()
        page.keyboard.type("sohne müll")
        assert column(page, "#otcs", 1) == [COMPANY]


CONTRASTS = """() => {
    const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1});
    const pen = canvas.getContext('2d', {willReadFrequently: true});
    const colour = (words) => {
        pen.clearRect(0, 0, 1, 1);
        pen.fillStyle = words;
        pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data];
    };
    const light = ([...rgb]) => rgb.slice(0, 3).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = (one) => {
        for (let at = one; at; at = at.parentElement) {
            const found = colour(getComputedStyle(at).backgroundColor);
            if (found[3] === 255) return found;
            if (found[3] !== 0) throw new Error('half transparent');
        }
        throw new Error('no background');
    };
    const told = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const one = walker.currentNode.parentElement;
        const words = walker.currentNode.textContent.trim();
        if (!words || !one.checkVisibility() || ['SCRIPT', 'STYLE', 'style', 'title', 'desc']
            .includes(one.tagName)) continue;
        const style = getComputedStyle(one), size = parseFloat(style.fontSize);
        const drawn = one instanceof SVGElement ? style.fill : style.color;
        const [a, b] = [light(colour(drawn)), light(ground(one))].sort((x, y) => y - x);
        const large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
        told.push([words, (a + 0.05) / (b + 0.05), large ? 3 : 4.5]);
    }
    return told;
}"""


def pale(page: Page) -> list[tuple[str, float]]:
    """The visible texts that are too much like what they stand on."""
    told = page.evaluate(CONTRASTS)
    assert len(told) > 800
    return [(words, ratio) for words, ratio, least in told if ratio < least]


def test_every_text_can_be_read_in_light_and_in_the_dark(
    exported: Exported, chromium: Chromium
) -> None:
    colours = "() => ['backgroundColor', 'color'].map(key => getComputedStyle(document.body)[key])"
    grounds = {}
    with opened(chromium, exported.pages["en"]) as page:
        for summary in page.locator("summary").all():
            summary.click()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            grounds[scheme] = page.evaluate(colours)
            assert pale(page) == []
            lines = page.eval_on_selector_all(
                ".guide.line", "all => all.map(one => getComputedStyle(one).stroke)"
            )
            assert set(lines).isdisjoint({"rgb(0, 0, 0)", "none"})
        assert all(a != b for a, b in zip(grounds["light"], grounds["dark"], strict=True))
        page.evaluate("document.body.style.setProperty('--letters', '#777')")
        assert pale(page), "the control: grey letters would be told"


PDF_PAGE = re.compile(rb"/Type\s*/Page\b")

PRINTED = """() => ({
    hidden: [...document.querySelectorAll('nav, .search, .skip, details')]
        .every(one => !one.checkVisibility()),
    frames: [...document.querySelectorAll('.wide')].map(one => {
        const style = getComputedStyle(one);
        return [style.overflowX, style.overflowY, style.maxHeight];
    }),
    right: Math.max(...[...document.querySelectorAll('td, th, svg, dd')]
        .filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().right)),
    arrows: [...document.querySelectorAll('th button')]
        .some(one => getComputedStyle(one, '::after').content !== 'none'),
    colours: ['backgroundColor', 'color'].map(key => getComputedStyle(document.body)[key]),
})"""


def test_it_can_be_printed(exported: Exported, chromium: Chromium) -> None:
    """All rows are on paper, within its width, dark on light; what is clicked is not."""
    with opened(chromium, exported.pages["en"], color_scheme="dark") as page:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 718, "height": 1000})  # A4 without its margins
        printed = page.evaluate(PRINTED)
        assert printed["hidden"]
        assert printed["frames"] == [["visible", "visible", "none"]] * 3
        assert printed["right"] <= 718
        assert not printed["arrows"]
        assert printed["colours"] == ["rgb(255, 255, 255)", "rgb(22, 33, 44)"]
        assert len(cells(page, "#customers")) == 60
        assert pale(page) == []
        paper = page.pdf(format="A4")
    assert 3 <= len(PDF_PAGE.findall(paper)) <= 6


def test_headers_are_repeated_on_every_printed_page(exported: Exported, chromium: Chromium) -> None:
    """With a high header, each page has room for fewer rows.

    The control is a header that is not repeated, and takes its room once.
    """

    def pages(page: Page, style: str) -> int:
        page.emulate_media(media="print")  # whatever a test before has left
        page.add_style_tag(content=style)
        return len(PDF_PAGE.findall(page.pdf(format="A4")))

    with opened(chromium, exported.pages["en"]) as page:
        hidden = "header, main > :not(#customers) { display: none }"
        repeated = pages(page, f"{hidden} #customers th {{ height: 20rem }}")
        once = pages(page, "thead { display: table-row-group !important }")
    assert repeated > once >= 2


def test_without_scripts_all_is_there_to_read(exported: Exported, chromium: Chromium) -> None:
    page = chromium.browser.new_page(java_script_enabled=False)
    page.goto(exported.pages["en"].as_uri())
    for kind, count in zip(KINDS, (40, 60), strict=True):
        rows = page.locator(f"#{kind} tbody tr")
        assert rows.count() == count
        assert rows.last.is_visible()
        assert not page.locator(f"#{kind} .search").is_visible()
    assert page.locator("th button").count() == 0
    assert page.locator("svg .bar").first.is_visible()
    page.close()


# What is exported


NOTES = {
    "en": "This page shows and searches only the first 7 of 40 rows. For all rows: avira-importer "
    "export",
    "es": "Esta página solo muestra y busca en las primeras 7 filas de 40. Para todas las filas: "
    "avira-importer export",
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_table_that_is_too_long_says_so(
    language: str,
    exported: Exported,
    chromium: Chromium,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its link still says how many rows there are, and the search how many it looks through."""
    monkeypatch.setattr("importer.export.writers.page.ROW_LIMIT", 7)
    path = export(exported, tmp_path / "short.html", "--lang", language)
    with opened(chromium, path) as page:
        assert page.locator("#otcs .note").text_content() == NOTES[language]
        assert page.locator(".note").count() == 2, "the exceptions are fewer"
        assert column(page, "#otcs", 0) == [code(number) for number in range(1, 8)]
        assert str(page.locator("nav a").nth(2).text_content()).endswith("(40)")
        assert re.findall(r"\d+", str(page.locator("#otcs output").text_content())) == ["7", "7"]


def test_a_table_of_just_the_limit_is_whole(
    exported: Exported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.export.writers.page.ROW_LIMIT", 60)
    assert 'class="note"' not in export(exported, tmp_path / "whole.html").read_text("utf-8")
    monkeypatch.setattr("importer.export.writers.page.ROW_LIMIT", 59)
    assert 'class="note"' in export(exported, tmp_path / "cut.html").read_text("utf-8")


def export(exported: Exported, path: Path, *options: str) -> Path:
    """Export the ledger once more, as the web page `path`."""
    run("export", "-o", path, "--ledger", exported.ledger, *options)
    return path


def test_the_same_ledger_at_the_same_instant_gives_the_same_bytes(
    exported: Exported, tmp_path: Path
) -> None:
    """Also in another process, where sets and dictionaries are in another order."""
    again = export(exported, tmp_path / "again.html").read_bytes()
    assert again == exported.pages["en"].read_bytes()
    path = tmp_path / "other.html"
    words = ["export", "-o", str(path), "--ledger", str(exported.ledger), "--quiet"]
    script = (
        "import datetime as dt, sys; from importer.base import clock;"
        "from importer.cli.main import run;"
        f"clock.now = lambda: {NOW!r}; clock.today = lambda: {TODAY!r}; sys.exit(run({words!r}))"
    ).replace("datetime.", "dt.")
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment)
    assert path.read_bytes() == again


@pytest.mark.parametrize("name", [HOSTILE[0], "Sede N03"])
def test_a_customer_s_own_page_names_no_other(
    name: str, exported: Exported, chromium: Chromium, tmp_path: Path
) -> None:
    """Not those that share its OTC either; nor what is left of that OTC."""
    [ours] = [one for one in exported.customers if one["name"] == name]
    [held] = ours["subscriptions"]
    path = export(exported, tmp_path / "own.html", "--customer", name)
    with opened(chromium, path) as page:
        assert page.title() == page.locator("h1").text_content() == f"Avira licences of {name}"
        assert column(page, "#customers", 0) == [name]
        assert [row[:3] for row in cells(page, "#otcs")] == [
            [held["otc"], COMPANY if held["otc"] == code(1) else f"Empresa {int(held['otc'][-5:])}",
             str(held["licenses"])]
        ]  # fmt: skip
        assert terms(page, ".figures")["Licences"] == str(held["licenses"])
        assert page.locator("svg").count() == 2
        words = page.locator("html").evaluate("one => one.textContent + one.outerHTML")
    for other in exported.customers:
        if other is not ours:
            assert other["name"] not in words
            assert str(other["email"]) not in words


def test_an_empty_ledger_has_a_page(chromium: Chromium, ledger: Path, tmp_path: Path) -> None:
    """It says that there is nothing, and its controls do no harm."""
    run("ledger", "init", "--ledger", ledger)
    path = tmp_path / "empty.html"
    run("export", "-o", path, "--ledger", ledger)
    with opened(chromium, path) as page:
        assert set(terms(page, ".figures").values()) == {"0", "0.0%"}
        assert page.locator("svg").count() == 0
        assert page.locator("figure .quiet").all_text_contents() == ["There are none."] * 3
        assert "Nothing needs attention." in page.locator("#exceptions").inner_text()
        for kind in KINDS:
            assert cells(page, f"#{kind}") == []
            assert page.locator(f"#{kind} output").text_content() == "Shown: 0 of 0"
            page.locator(f"#{kind} input").fill("x")
            page.locator(f"#{kind} th button").first.click()


def test_there_is_no_number_of_licences_too_large_for_a_chart(
    chromium: Chromium, tmp_path: Path
) -> None:
    """Not even when OTCs of the most licences that one may have all expire in one month."""
    otcs = [
        OtcHolding(Otc(code(n), "a@b.example", "Acme", 1_000_000, expiry_date=TODAY), 0, None, None)
        for n in range(3_001)
    ]
    path = tmp_path / "large.html"
    book = make_book(Contents("acme", NOW, TODAY, 1, "", otcs, []), [], only_read=True)
    write_book(book, path, Format.HTML)
    with opened(chromium, path) as page:
        titles = page.locator("figure:nth-of-type(2) svg title").all_text_contents()
        assert read(titles[0]) == "2026-03: 3001000000"
