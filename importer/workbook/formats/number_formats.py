"""What a person sees of a number with leading zeros or as a percentage: ECMA-376, 18.8.31."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import chain, repeat

from importer.workbook.cell import number_text
from importer.workbook.markup import Markup

_PERCENT_FORMATS = {9: "0%", 10: "0.00%"}
"""The percentages among the formats that every workbook has: 18.8.30."""
_MOST_DIGITS = 15
"""Digits that Excel keeps of a number."""
_WHOLE, _ALWAYS, _SOMETIMES, _POINT = "\0", "\1", "\2", "\3"
"""In a template, a digit before the point, one after it, one after it that may be left out, and
the point."""
_LONGEST = 255
"""Characters that a format may have."""
_TOKEN = re.compile(r'"[^"]*"|\\.|.', re.DOTALL)
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|\[(?P<sign>[<>=]+)(?P<bound>-?[0-9]+(?:\.[0-9]+)?)\]|[_*].|\[[^\]]*\]|(?P<digit>[0#?])|(?P<rest>.)",
    re.DOTALL,
)
_SEPARATORS = " \xa0\u202f()+-$€"
"""Characters that are shown as they are, also without quotation marks."""
_COMPARE = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "<>": operator.ne,
}  # fmt: skip


def special_formats(formats: Mapping[int, str], styles: Iterable[int]) -> dict[int, str]:
    """By the index of a style, the codes of the formats that pad with zeros or show a percentage.

    `styles` are the numbers of their formats; `formats` are a workbook's own formats.
    """
    codes = {**_PERCENT_FORMATS, **formats}
    used = enumerate(codes.get(number, "") for number in styles)
    return {style: code for style, code in used if any(s.is_special for s in _sections(code))}


def shown(code: str, value: float) -> str | None:
    """What such a format shows of a number; None if that would not be the whole number."""
    number = Decimal(repr(value))
    if not number.is_finite() or abs(number) >= 10**_MOST_DIGITS:
        return None
    sections = _sections(code)
    is_conditional = any(section.condition for section in sections)
    if is_conditional:
        fitting = [section for section in sections if section.includes(number)]
        section = fitting[0] if fitting else sections[-1]
    else:
        index = 1 if number < 0 else 2 if number == 0 else 0
        section = sections[index if index < len(sections) else 0]
    if not section.is_special or (is_conditional and number < 0 and not section.is_percentage):
        return None
    has_sign = number < 0 and (is_conditional or len(sections) == 1)
    text = section.applied_to(abs(number))
    return text and ("-" if has_sign else "") + text


def note_shown(markup: Markup, at: tuple[int, int], code: str, value: float) -> None:
    """Record what such a format shows of the number at a row and column."""
    text = shown(code, value)
    if text is not None:
        (markup.not_text if "%" in text else markup.shown)[at] = text


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of a format between semicolons, with the fewest digits that it shows before the point.

    Its template is empty if it has anything but digits and literal characters.
    """

    template: str
    least: int
    percents: int
    condition: tuple[str, Decimal] | None

    @property
    def is_percentage(self) -> bool:
        return self.percents > 0 or "%" in self.template

    @property
    def is_special(self) -> bool:
        return self.is_percentage or (self.least > 1 and self.template != "")

    def includes(self, number: Decimal) -> bool:
        """Whether the section applies to `number`, if those before it do not."""
        return self.condition is None or _COMPARE[self.condition[0]](number, self.condition[1])

    def applied_to(self, number: Decimal) -> str | None:
        """What it shows of a number that is not negative; None if digits would be left out."""
        scaled = number * 100**self.percents
        if not self.template:
            return f"{number_text(float(scaled))}%"
        always = self.template.count(_ALWAYS)
        places = always + self.template.count(_SOMETIMES)
        rounded = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if rounded != scaled and not self.is_percentage:
            return None
        whole, _, fraction = f"{rounded:f}".partition(".")
        while len(fraction) > always and fraction.endswith("0"):
            fraction = fraction[:-1]
        whole = whole.lstrip("0").rjust(self.least, "0")
        width = self.template.count(_WHOLE)
        surplus = max(0, len(whole) - width)
        figures = [""] * (width - len(whole)) + [whole[: surplus + 1], *whole[surplus + 1 :]]
        fractions = chain(fraction, repeat(""))
        digits = {
            _WHOLE: chain(figures, repeat("")), _POINT: repeat("." if fraction else ""),
            _ALWAYS: fractions, _SOMETIMES: fractions,
        }  # fmt: skip
        return "".join(next(digits[c]) if c in digits else c for c in self.template).strip()


@cache
def _sections(code: str) -> list[_Section]:
    """The sections of a format for positive numbers, negative ones and zero, those that it has."""
    written = [""]
    for piece in _TOKEN.findall(code[:_LONGEST]):
        if piece == ";":
            written.append("")
        else:
            written[-1] += piece
    numeric = [text for text in written if "@" not in _TOKEN.findall(text)]
    return [_section(text) for text in (numeric or [""])[:3]]


def _section(code: str) -> _Section:
    template = ""
    least = percents = 0
    is_plain, has_comma = True, False
    condition = None
    for piece in _PIECE.finditer(code):
        rest, digit = piece["rest"], piece["digit"]
        if digit and _POINT in template:
            template += _ALWAYS if digit == "0" else _SOMETIMES
        elif digit:
            template += _WHOLE
            least += digit == "0" or least > 0
        elif rest == "." and _POINT not in template:
            template += _POINT
        elif piece["sign"] in _COMPARE:
            condition = piece["sign"], Decimal(piece["bound"])
        else:
            template += piece["quoted"] or piece["escaped"] or piece["currency"] or rest or ""
            percents += rest == "%"
            has_comma = has_comma or rest == ","
            is_plain = is_plain and (rest is None or rest in f",%{_SEPARATORS}")
    if has_comma:  # which is a point in some countries
        template = re.sub(",", "", template) if percents else ""
    return _Section(template if is_plain and _WHOLE in template else "", least, percents, condition)
