"""Searching and sorting the tables of an exported page."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser import Chromium, column, opened, sort, visible_rows
from page_ledger import COMPANY, HOSTILE, NAMES, OTHERS, Exported, code, run_now
from tiers import needs

pytest_plugins = "page_fixtures"
pytestmark = needs("chromium")

MATCHES = {
    "oso": ["Oso"], "NANDU": ["Ñandú"], "n\u0303andu\u0301": ["Ñandú"],
    "peluqueria": ["Peluquería Norte"], "norte  PELUQUERÍA": ["Peluquería Norte"],
    "Ｓｅｄｅ Ｎ０３": ["Sede N03"], "sede n03": ["Sede N03"],
    "disabled": ["Sede N01", "Sede N02"], "disabled sede otc": ["Sede N02"],
    code(39).lower(): ["Oso"], "SITE000@X.EXAMPLE": [HOSTILE[0]],
    "🐙": ["🐙 Pulpo & Hijos"], "شركة": ["شركة الأمان"], "<script>": [HOSTILE[3], HOSTILE[0]],
    "&lt;": ["Tom &lt;b&gt; Co"], "{shown}": [HOSTILE[5]], "alert(2)": [HOSTILE[1]],
    ".*": [], "\\": [], "oso nube": [],
}  # fmt: skip
"""The customers that a query finds: their rows have all of its words, in any order and case."""


def test_searching_leaves_the_rows_with_all_words_and_counts_them(
    exported: Exported, chromium: Chromium
) -> None:
    with opened(chromium, exported.pages["en"]) as page:
        search, count = page.locator("#customers input"), page.locator("#customers output")
        everyone = column(page, "#customers", 0)
        assert sorted(everyone) == sorted(NAMES)
        assert count.get_attribute("aria-live") == "polite"
        for query, names in {**MATCHES, "": everyone, "   ": everyone}.items():
            search.fill(query)
            assert column(page, "#customers", 0) == names, query
            assert count.text_content() == f"Shown: {len(names)} of 60", query
        assert len(visible_rows(page, "#otcs")) == 40


def test_a_number_is_found_with_and_without_spaces_between_its_thousands(
    exported: Exported, chromium: Chromium
) -> None:
    [expected] = [otc["otc"] for otc in exported.otcs if otc["total"] == 1001]
    with opened(chromium, exported.pages["es"]) as page:
        for query in ("1 001", "1\u202f001 otc"):
            page.locator("#otcs input").fill(query)
            assert expected in column(page, "#otcs", 0), query
        page.locator("#otcs input").fill("1001")
        assert column(page, "#otcs", 0) == [expected]
        assert page.locator("#otcs output").text_content() == "Se muestran: 1 de 40"


def test_the_search_counts_only_the_rows_of_a_table_that_is_too_long(
    exported: Exported, chromium: Chromium, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.export.overview.ROW_LIMIT", 7)
    with opened(chromium, exported.export(tmp_path / "short.html")) as page:
        assert page.locator("#otcs output").text_content() == "Shown: 7 of 7"


def test_searching_and_sorting_an_empty_page_does_nothing(
    chromium: Chromium, ledger: Path, tmp_path: Path
) -> None:
    run_now("ledger", "init", "--ledger", ledger)
    run_now("export", "-o", "empty.html", "--ledger", ledger)
    with opened(chromium, tmp_path / "empty.html") as page:
        for section in ("otcs", "customers"):
            page.locator(f"#{section} input").fill("x")
            page.locator(f"#{section} th button").first.click()
            assert visible_rows(page, f"#{section}") == []
            assert page.locator(f"#{section} output").text_content() == "Shown: 0 of 0"


def test_numbers_dates_and_texts_are_sorted_up_and_then_down(
    exported: Exported, chromium: Chromium
) -> None:
    """Equal rows keep their order, and blank cells stay last."""
    keys = {"Total": "total", "Expiry Date": "expiry_date", "Dedicated To": "dedicated_to"}
    totals = sorted(otc["total"] for otc in exported.otcs)
    assert totals != sorted(totals, key=str), "or the order proves nothing"
    with opened(chromium, exported.pages["en"]) as page:
        for header, key in keys.items():
            filled = [otc for otc in exported.otcs if otc[key] is not None]
            blank = [otc["otc"] for otc in exported.otcs if otc[key] is None]
            for down in (False, True):
                sort(page, "otcs", header)
                in_order = sorted(filled, key=lambda otc: otc[key], reverse=down)
                expected = [otc["otc"] for otc in in_order] + blank
                assert column(page, "#otcs", 0) == expected, header
        sort(page, "otcs", "Days Left")
        days = [int(text) for text in column(page, "#otcs", 7) if text]
        assert days == sorted(days)
        assert days[0] < 0
        companies = [*(f"Empresa {n}" for n in range(2, 41)), COMPANY]
        for expected in (companies, companies[::-1]):
            sort(page, "otcs", "Company")
            assert column(page, "#otcs", 1) == expected


@pytest.mark.parametrize(
    ("language", "header", "names"),
    [
        ("en", "Customer", ["Ábaco", "Ñandú", "Nube", "Oso", "Propia", "Zorro"]),
        ("es", "Cliente", ["Ábaco", "Nube", "Ñandú", "Oso", "Propia", "Zorro"]),
    ],
)
def test_names_are_sorted_as_in_the_language_of_the_page(
    language: str, header: str, names: list[str], exported: Exported, chromium: Chromium
) -> None:
    with opened(chromium, exported.pages[language]) as page:
        sort(page, "customers", header)
        everyone = column(page, "#customers", 0)
        assert [name for name in everyone if name in OTHERS] == names
        sort(page, "customers", header)
        assert column(page, "#customers", 0) == everyone[::-1]


def test_the_header_by_which_a_table_is_sorted_says_so(
    exported: Exported, chromium: Chromium
) -> None:
    def sorted_headers() -> list[tuple[str, str]]:
        return [
            (str(header.text_content()), str(header.get_attribute("aria-sort")))
            for header in page.locator("[aria-sort]").all()
        ]

    with opened(chromium, exported.pages["en"]) as page:
        assert sorted_headers() == []
        for header, order in [("Used", "ascending"), ("Used", "descending"),
                              ("Used", "ascending"), ("Total", "ascending")]:  # fmt: skip
            sort(page, "otcs", header)
            assert sorted_headers() == [(header, order)]
        sort(page, "customers", "Licences")
        assert sorted_headers() == [("Total", "ascending"), ("Licences", "ascending")]


def test_a_search_keeps_the_order_and_sorting_keeps_the_search(
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
