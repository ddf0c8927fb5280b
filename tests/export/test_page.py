"""The web page of an export, as a file."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from html_page import grids, on_page, parse_page, terms, text_of, texts
from importer.config.formats import Format
from importer.domain.contents import Contents, OtcHolding
from importer.domain.entities import Otc
from importer.export.make import make_book, write_book
from page_ledger import (
    COMPANY,
    HOSTILE,
    LANGUAGES,
    NAMES,
    NOW,
    TODAY,
    Exported,
    code,
    company,
    run_now,
)

pytest_plugins = "page_fixtures"

HEADINGS = {
    "en": ["Avira licences", "Exceptions", "OTCs", "Customers"],
    "es": ["Licencias de Avira", "Excepciones", "OTC", "Clientes"],
}
HEADERS = {
    "en": ["OTC", "Company", "Total", "Used", "Pending", "Status", "Expiry Date", "Days Left",
           "Dedicated To"],
    "es": ["OTC", "Empresa", "Total", "Usadas", "Pendientes", "Estado", "Fecha de vencimiento",
           "Días restantes", "Dedicada a"],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_the_requested_language(language: str, exported: Exported) -> None:
    page = exported.html(language)
    headings = texts(page, ".//h1") + texts(page, ".//h2")
    assert page.get("lang") == language
    assert texts(page, ".//head/title") == headings[:1]
    assert headings == HEADINGS[language]
    [otcs], [customers] = grids(page, "otcs"), grids(page, "customers")
    assert otcs[0] == HEADERS[language]
    assert (len(otcs), len(customers)) == (1 + 40, 1 + 60)


def test_the_page_says_which_ledger_it_is_of_and_when(exported: Exported) -> None:
    assert terms(exported.html(), "origin") == {
        "Account": "default", "As of (UTC)": "2026-03-15 09:00:00", "Last batch": "1",
        "Ledger hash": exported.document["head"],
    }  # fmt: skip


def test_links_at_the_top_lead_to_each_table_and_count_its_rows(exported: Exported) -> None:
    page = exported.html()
    exceptions = len(exported.document["sheets"]["Exceptions"])
    assert exceptions == len(grids(page, "exceptions")[0]) - 1 >= 4
    assert {link.get("href"): text_of(link) for link in page.findall(".//nav/a")} == {
        "#figures": "Summary", "#exceptions": f"Exceptions ({exceptions})", "#otcs": "OTCs (40)",
        "#customers": "Customers (60)",
    }  # fmt: skip


def bars(figure: Element, side: str) -> list[tuple[str, float]]:
    """The title of each bar of a chart, and the length of its rectangle."""
    groups = figure.findall(".//svg//g[@class='bar']")
    return [(texts(group, "title")[0], float(group.findall("rect")[0].get(side, "0")))
            for group in groups]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "key", "side"),
    [(0, "fullest_otcs", "width"), (1, "expiring_by_month", "height"),
     (2, "largest_customers", "width")],
)  # fmt: skip
def test_a_chart_has_a_bar_for_each_figure(
    at: int, key: str, side: str, exported: Exported
) -> None:
    """Its length is in proportion, and the figures are in a table below it."""
    rows: list[list[Any]] = [list(row.values()) for row in exported.document["summary"][key]]
    figure = exported.html().findall(".//figure")[at]
    drawn = rows[::-1] if side == "width" else rows
    expected = [(row[0], row[series]) for series in range(1, len(rows[0])) for row in drawn]
    titles, lengths = zip(*bars(figure, side), strict=True)
    assert list(titles) == [f"{label}: {on_page(number)}" for label, number in expected]
    longest = max(lengths) / max(number for _, number in expected)
    assert list(lengths) == pytest.approx([number * longest for _, number in expected], abs=1)
    [_, *table] = grids(exported.html(), "figures")[at]
    assert table == [[on_page(value) for value in row] for row in rows]


def test_hostile_names_are_text(exported: Exported) -> None:
    """In the tables and in the chart."""
    page = exported.html()
    assert sorted(row[0] for row in grids(page, "customers")[0][1:]) == sorted(NAMES)
    assert grids(page, "otcs")[0][1][1] == COMPANY
    titles = [title for title, _ in bars(page.findall(".//figure")[2], "width")]
    assert [title.rpartition(": ")[0] for title in titles] == list(HOSTILE[:10])[::-1]
    tags = [element.tag for element in page.iter()]
    unwanted = {"img", "i", "b", "iframe", "object", "embed", "form", "base"}
    assert (tags.count("script"), unwanted & set(tags)) == (1, set())
    attributes = {name for element in page.iter() for name in element.attrib}
    assert not any(name.startswith("on") for name in attributes)


def test_all_links_stay_on_the_page_and_no_two_elements_have_one_id(exported: Exported) -> None:
    page = exported.html()
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    addresses = [value for element in page.iter() for name, value in element.items()
                 if name in ("src", "href", "action", "srcset")]  # fmt: skip
    targets = {address[1:] for address in addresses if address.startswith("#")}
    assert [url for url in addresses if not url.startswith(("#", "data:"))] == []
    for element in page.iter():
        targets |= {element.get("for", ""), *element.get("aria-labelledby", "").split(" ")}
    assert targets - {""} <= set(ids)


def test_the_policy_allows_only_the_pages_own_script(exported: Exported) -> None:
    page = exported.html()
    [script] = texts(page, ".//script")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    [policy] = page.findall(".//meta[@http-equiv='Content-Security-Policy']")
    assert set(policy.get("content", "").split("; ")) == {
        "default-src 'none'", "style-src 'unsafe-inline'", f"script-src 'sha256-{digest}'",
        "img-src data:", "base-uri 'none'", "form-action 'none'",
    }  # fmt: skip


NOTES = {
    "en": "This page shows and searches only the first 7 of 40 rows. For all rows: avira-importer "
    "export",
    "es": "Esta página solo muestra y busca en las primeras 7 filas de 40. Para todas las filas: "
    "avira-importer export",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_that_is_too_long_says_so(
    language: str, exported: Exported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its link still says how many rows there are."""
    monkeypatch.setattr("importer.export.overview.ROW_LIMIT", 7)
    page = parse_page(exported.export(tmp_path / "short.html", "--lang", language))
    assert len(page.findall(".//p[@class='note']")) == 2, "the exceptions are fewer"
    assert texts(page, ".//section[@id='otcs']/p[@class='note']") == [NOTES[language]]
    assert [row[0] for row in grids(page, "otcs")[0][1:]] == [code(n) for n in range(1, 8)]
    assert texts(page, ".//nav/a")[2].endswith("(40)")


@pytest.mark.parametrize(("limit", "notes"), [(60, 0), (59, 1)])
def test_a_table_of_exactly_the_limit_is_whole(
    limit: int, notes: int, exported: Exported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.export.overview.ROW_LIMIT", limit)
    page = parse_page(exported.export(tmp_path / "page.html"))
    assert len(page.findall(".//p[@class='note']")) == notes


@pytest.mark.thorough
def test_the_same_ledger_at_the_same_instant_gives_the_same_page_in_another_process(
    exported: Exported, tmp_path: Path
) -> None:
    """There sets have another order."""
    path = tmp_path / "other.html"
    words = ["export", "-o", str(path), "--ledger", str(exported.ledger), "--quiet"]
    script = (
        "import datetime, sys; from importer.base import clock; from importer.cli.main import run;"
        f"clock.now = lambda: {NOW!r}; clock.today = lambda: {TODAY!r}; sys.exit(run({words!r}))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment)
    assert path.read_bytes() == exported.pages["en"].read_bytes()


@pytest.mark.parametrize("name", [HOSTILE[0], "Sede N03"])
def test_a_customers_own_page_names_no_other(name: str, exported: Exported, tmp_path: Path) -> None:
    """Not even those that share its OTC; nor what the OTC still has."""
    [own] = [customer for customer in exported.customers if customer["name"] == name]
    [subscription] = own["subscriptions"]
    path = exported.export(tmp_path / "own.html", "--customer", name)
    page = parse_page(path)
    title = f"Avira licences of {name}"
    assert texts(page, ".//head/title") + texts(page, ".//h1") == [title, title]
    assert [row[0] for row in grids(page, "customers")[0][1:]] == [name]
    assert [row[:3] for row in grids(page, "otcs")[0][1:]] == [
        [subscription["otc"], company(int(subscription["otc"][-5:])), str(subscription["licenses"])]
    ]
    assert terms(page, "figures")["Licences"] == str(subscription["licenses"])
    assert len(page.findall(".//svg")) == 2
    text = text_of(page) + path.read_text("utf-8")
    secrets = {customer[key] for customer in exported.customers for key in ("name", "email")}
    assert [secret for secret in secrets - {own["name"], own["email"]} if secret in text] == []


def test_the_page_of_an_empty_ledger_says_that_there_is_nothing(
    ledger: Path, tmp_path: Path
) -> None:
    run_now("ledger", "init", "--ledger", ledger)
    run_now("export", "-o", "empty.html", "--ledger", ledger)
    page = parse_page(tmp_path / "empty.html")
    assert set(terms(page, "figures").values()) == {"0", "0.0%"}
    assert page.findall(".//svg") == []
    assert texts(page, ".//figure/p") == ["There are none."] * 3
    assert "Nothing needs attention." in texts(page, ".//section[@id='exceptions']/p")
    assert [len(grids(page, section)[0]) for section in ("otcs", "customers")] == [1, 1]


def test_no_number_of_licences_is_too_large_for_a_chart(tmp_path: Path) -> None:
    """Not even when OTCs with the most licences possible all expire in one month."""
    otcs = [
        OtcHolding(Otc(code(n), "a@b.example", "Acme", 1_000_000, expiry_date=TODAY), 0, None)
        for n in range(3_001)
    ]
    path = tmp_path / "large.html"
    book = make_book(Contents("acme", NOW, TODAY, 1, "", otcs, []), [], only_read=True)
    write_book(book, path, Format.HTML)
    [(title, _), *_] = bars(parse_page(path).findall(".//figure")[1], "height")
    assert title == f"2026-03: {on_page(3_001_000_000)}"
    assert re.search(r"\d{4,}", title.replace("2026", "")) is None, "thousands are apart"
