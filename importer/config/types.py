"""Types of settings; faults.py has a sentence for each type of fault that they raise."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from email.utils import getaddresses
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, Strict, ValidationInfo
from pydantic_core import PydanticCustomError

from importer.base.paths import same_place, unusable_path
from importer.config.formats import MOST_MOVEMENTS

_ATOM = r'[^\s@<>()\[\],;:\\"]+'
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ADDRESS = re.compile(rf"({_ATOM})@({_ATOM})")
_INTERVAL = re.compile(r"([1-9]\d{0,5})([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST_INTERVAL = dt.timedelta(days=3_660)
_FILE_NAME = re.compile(r'(?![ .])[^<>:"/\\|?*]{1,80}(?<![ .])')
"""A file name on every operating system."""


def invalid(fault: str) -> PydanticCustomError:
    """The error for a fault of that type."""
    return PydanticCustomError(fault, "")


def choice(*known: str) -> BeforeValidator:
    """The type of texts that are one of `known`."""

    def validate(value: object) -> object:
        if value not in known:
            raise PydanticCustomError("choice", "", {"choices": [*known]})
        return value

    return BeforeValidator(validate)


def email_address(value: str) -> tuple[str, str, str] | None:
    """Name, user and host of one address such as “Us <us@msp.example>”; the name may be empty."""
    addresses = getaddresses([value])
    if len(addresses) != 1 or not value.isprintable():
        return None
    name, address = addresses[0]
    parts = _ADDRESS.fullmatch(address)
    return None if parts is None else (name, parts[1], parts[2])


def _unless_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _without_controls(value: str) -> str:
    if _CONTROL.search(value):
        raise invalid("control")
    return value


def _path(value: Any, info: ValidationInfo) -> Path:
    """A path relative to the folder of the file, which is the context of the validation."""
    if not isinstance(value, str) or not value:
        raise invalid("string_too_short" if value == "" else "string_type")
    if not value.isprintable():
        raise invalid("path")
    path = Path(str(info.context), os.path.expanduser(value))
    if unusable_path(path) is not None:
        raise invalid("long_path")
    return path


def _path_or_url(value: str, info: ValidationInfo) -> str:
    return value if "://" in value else str(_path(value, info))


def _path_in_inbox(value: Any, info: ValidationInfo) -> Path:
    """A path that defaults to a folder in the inbox, named like the setting."""
    inbox: Path = info.data.get("folder", Path())
    path = inbox / str(info.field_name) if value == "" else _path(value, info)
    if same_place(path, inbox):
        raise invalid("inbox_itself")
    return path


def _interval(value: object) -> dt.timedelta:
    match = _INTERVAL.fullmatch(str(value))
    if match is None or int(match[1]) > _LONGEST_INTERVAL / dt.timedelta(**{_UNITS[match[2]]: 1}):
        raise invalid("interval")
    return dt.timedelta(**{_UNITS[match[2]]: int(match[1])})


def _number_or_all(value: object) -> int | None:
    if value == "all":
        return None
    if type(value) is not int or not 1 <= value <= MOST_MOVEMENTS:
        raise invalid("number_or_all")
    return value


def _valid(fault: str, is_valid: Callable[[str], object]) -> AfterValidator:
    def validate(value: str) -> str:
        if not (value.isprintable() and is_valid(value)):
            raise invalid(fault)
        return value

    return AfterValidator(validate)


boolean = Annotated[bool, Strict()]
number = Annotated[float, Strict()]
text = Annotated[str, Field(min_length=1), AfterValidator(_without_controls)]
optional_text = Annotated[text | None, BeforeValidator(_unless_blank)]
file_name = Annotated[str, _valid("file_name", _FILE_NAME.fullmatch)]
address = Annotated[text, _valid("address", email_address)]
_bare = _valid("address", lambda value: email_address(value) == ("", *value.split("@")))
addresses = tuple[Annotated[str, _bare], ...]
interval = Annotated[dt.timedelta, BeforeValidator(_interval)]
number_or_all = Annotated[int | None, BeforeValidator(_number_or_all)]
path = Annotated[Path, BeforeValidator(_path)]
optional_path = Annotated[path | None, BeforeValidator(_unless_blank)]
path_in_inbox = Annotated[
    Path, BeforeValidator(_path_in_inbox), Field(default="", validate_default=True)
]
path_or_url = Annotated[text, AfterValidator(_path_or_url)]
optional_path_or_url = Annotated[path_or_url | None, BeforeValidator(_unless_blank)]
