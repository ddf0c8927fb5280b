"""What a person sees of a number with leading zeros or as a percentage: ECMA-376, 18.8.31."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from importer.workbook.markup import Markup

_PERCENT_FORMATS = {9: "0%", 10: "0.00%"}
"""The percentages among the formats that every workbook has: 18.8.30."""
_MOST_DIGITS = 15
"""Digits that Excel keeps of a number."""
_ZERO = "\0"
_SECTION = re.compile(r'(?:[^;"\\]|"[^"]*"|\\.)*')
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[[^\]]*\]|0(?P<zero>)|(?P<rest>.)'
)
_PERCENT = re.compile(r"[#0,?]*(?:\.(0*)([#?]*))?( *)%")
_SEPARATORS = " ()+-"
"""Characters that are shown as they are, also without quotation marks."""


def special_formats(formats: Mapping[int, str], styles: Iterable[int]) -> dict[int, str]:
    """By the index of a style, the codes of the formats that pad with zeros or give a percentage.

    `styles` are the numbers of their formats; `formats` are a workbook's own formats.
    """
    codes = {**_PERCENT_FORMATS, **formats}
    used = enumerate(codes.get(number, "") for number in styles)
    return {style: code for style, code in used if _is_percent(code) or _template(code)}


def shown(code: str, value: float) -> str | None:
    """What such a format shows of a number; None if that would not be the whole number."""
    number = Decimal(repr(value))
    if not number.is_finite() or abs(number) >= 10**_MOST_DIGITS:
        return None
    percent = _PERCENT.fullmatch(_first_section(code))
    if percent:
        always, sometimes, space = (len(part or "") for part in percent.groups())
        figure = f"{_rounded(number * 100, always + sometimes):f}"
        for _ in range(sometimes):
            figure = figure.removesuffix("0")
        return f"{figure.removesuffix('.')}{' ' * space}%"
    if number % 1:
        return None
    template = _template(code)
    digits = str(abs(int(number))).rjust(template.count(_ZERO), "0")
    surplus = len(digits) - template.count(_ZERO)
    figures = iter([digits[: surplus + 1], *digits[surplus + 1 :]])
    letters = (next(figures) if letter == _ZERO else letter for letter in template)
    return ("-" if number < 0 else "") + "".join(letters)


def note_shown(markup: Markup, at: tuple[int, int], code: str, value: float) -> None:
    """Record what such a format shows of the number at a row and column."""
    text = shown(code, value)
    if text is not None:
        markup.shown[at] = text


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _first_section(code: str) -> str:
    """The format of positive numbers, without colours and conditions."""
    section = _SECTION.match(code)
    return re.sub(r"\[[^\]]*\]|[_*].", "", section[0] if section else "")


def _is_percent(code: str) -> bool:
    return _PERCENT.fullmatch(_first_section(code)) is not None


@cache
def _template(code: str) -> str:
    """Literal characters and two or more placeholders of digits; "" for other formats."""
    template = ""
    for piece in _PIECE.finditer(_first_section(code)):
        if piece["rest"] and piece["rest"] not in _SEPARATORS:
            return ""
        literal = piece["quoted"] or piece["escaped"] or piece["rest"] or ""
        template += literal if piece["zero"] is None else _ZERO
    return template if template.count(_ZERO) > 1 else ""
