"""Which names are similar."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from importer.base.similarity import similar_lengths, similar_names


@given(st.text("abc ", max_size=14), st.text("abc ", max_size=22))
def test_names_of_other_lengths_than_allowed_are_never_similar(typed: str, meant: str) -> None:
    shortest, longest = similar_lengths(typed)
    if similar_names({typed}, {meant}):
        assert shortest <= len(meant) <= longest


def test_names_of_every_allowed_length_may_be_similar() -> None:
    """The limits are those of names that differ in their length alone."""
    for length in range(1, 60):
        name = "a" * length
        similar = [size for size in range(1, 100) if similar_names({name}, {"a" * size})]
        assert (similar[0], similar[-1]) == similar_lengths(name), length
