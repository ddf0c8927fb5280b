"""Names and OTCs: what is the same however it is typed, and what is invalid."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.base.texts import INVISIBLE, visible
from importer.domain.names import (
    accentless_key,
    fits_console,
    has_bad_characters,
    name_key,
)
from importer.domain.otc_code import masked, normalise_otc
from importer.domain.tidying import ODD_DASHES, tidy_text

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
GROUPS = st.lists(st.text(ALPHABET, min_size=5, max_size=5), min_size=4, max_size=4)


@given(
    GROUPS,
    st.lists(st.sampled_from(["-", "", "_", ".", " ", " - ", *ODD_DASHES]), min_size=3, max_size=3),
    st.sampled_from(["", " ", "\t", "\u00a0"]) | st.from_regex(f"[{INVISIBLE}]", fullmatch=True),
    st.booleans(),
)
def test_an_otc_is_the_same_however_it_is_typed(
    groups: list[str], dashes: list[str], around: str, lower: bool
) -> None:
    typed = "".join(group + dash for group, dash in zip(groups, [*dashes, ""], strict=True))
    typed = around + (typed.lower() if lower else typed) + around
    assert normalise_otc(typed) == "-".join(groups)


@given(st.text())
def test_the_normal_form_of_an_otc_is_its_own(typed: str) -> None:
    otc = normalise_otc(typed)
    assert otc is None or normalise_otc(otc) == otc


@pytest.mark.parametrize(
    "typed",
    ["", "AAAAA", "AAAAA-AAAAA-AAAAA-AAAA", "AAAAA-AAAAA-AAAAA-AAAAAA", "AAAAA/AAAAA/AAAAA/AAAAA",
     "AAAA-AAAAAA-AAAAA-AAAAA", "ÁAAAA-AAAAA-AAAAA-AAAAA", "AAAAſ-AAAAA-AAAAA-AAAAA",
     "AAAAA-_AAAAA-AAAAA-AAAAA", "AAAAA--AAAAA-AAAAA-AAAAA", "AAAAA-AAAAA-AAAAA-AAAAⅠ"],
)  # fmt: skip
def test_what_only_looks_like_an_otc_is_invalid(typed: str) -> None:
    """Nothing is folded, guessed or filled in."""
    assert normalise_otc(typed) is None


def test_a_masked_otc_shows_its_last_five_characters() -> None:
    assert masked("AAAAA-BBBBB-CCCCC-DDDD5") == "…DDDD5"


@given(st.text())
def test_the_key_of_a_name_is_its_own_key(name: str) -> None:
    """So keys can be compared with keys; tidying changes no key."""
    assert name_key(name_key(name)) == name_key(name) == name_key(tidy_text(name))
    assert tidy_text(tidy_text(name)) == tidy_text(name)


@given(st.text(alphabet=st.characters(categories=["L", "N", "Zs"])))
def test_a_name_is_the_same_in_every_case_and_form(name: str) -> None:
    assert name_key(unicodedata.normalize("NFD", name)) == name_key(name)
    assert name_key(f"  {name} ") == name_key(name)
    if name.isascii():
        assert name_key(name.upper()) == name_key(name)


@pytest.mark.parametrize(
    ("name", "other"), [("Peña", "Pena"), ("Norte", "Norte 2"), ("A B", "AB")]
)  # fmt: skip
def test_accents_digits_and_spaces_distinguish_names(name: str, other: str) -> None:
    assert name_key(name) != name_key(other)


def test_names_that_differ_in_accents_have_the_same_accentless_key() -> None:
    assert accentless_key("Peñón y Cía") == accentless_key("PENON  Y CIA")
    assert accentless_key("Norte") != accentless_key("Sur")


def test_a_name_is_the_same_whatever_cannot_be_seen_in_it() -> None:
    """A variation selector, joiners, fillers, a blank of Braille, tags, the unassigned."""
    for unseen in "\ufe0f\u034f\u2063\u3164\u115f\u2800\u206a\ufffc\U000e0020\U000e0fff":
        assert name_key(f"Clinica{unseen} Norte") == name_key("Clinica Norte"), hex(ord(unseen))
        assert visible(unseen) == f"‹U+{ord(unseen):04X}›"


@pytest.mark.parametrize(
    ("name", "fits"),
    [("Clinica Norte", True), ("a-b_c.d", True), ("x" * 25, True), ("x" * 26, False),
     ("Clínica", False), ("a__b", False), ("A&B", False)],
)  # fmt: skip
def test_the_console_accepts_short_plain_names(name: str, fits: bool) -> None:
    assert fits_console(name) is fits


@pytest.mark.parametrize("bad", ["a\nb", "a\x00b", "a\u2028b", "a\ud800b", "a\ufffeb"])
def test_no_name_has_control_or_invalid_characters(bad: str) -> None:
    assert has_bad_characters(bad)
    assert not has_bad_characters(bad.replace(bad[1], "ñ"))
