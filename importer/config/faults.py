"""The sentences for faults of a configuration file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from importer.base.errors import MisuseError
from importer.base.similarity import is_misspelt
from importer.base.texts import N_, QUOTED, text

Location = tuple[Any, ...]
"""The way to a setting: keys of tables, and positions in lists from 0."""

_UNKNOWN = "unexpected_keyword_argument"
_MISSPELT = N_("{path}: {key} is not a setting. Did you mean {nearest}?")

_TEMPLATES = {
    # types of pydantic
    "bool_type": N_("{path}: {key} must be true or false, not {value}."),
    "dataclass_type": N_("{path}: {key} must be a table, not {value}. Begin it with the line "
                         "[{key}]."),
    "dict_type": N_("{path}: {key} must be a table in {{braces}}, not {value}."),
    "float_type": N_("{path}: {key} must be a number without quotes, not {value}."),
    "greater_than_equal": N_("{path}: {key} must be {ge} or more, not {value}."),
    "int_type": N_("{path}: {key} must be a whole number without quotes, not {value}."),
    "less_than_equal": N_("{path}: {key} must be {le} or less, not {value}."),
    "missing": N_('{path}: {key} is missing. Add the line {name} = "…".'),
    "string_too_short": N_("{path}: {key} must not be empty."),
    "string_type": N_("{path}: {key} must be text in quotes, not {value}."),
    "tuple_type": N_('{path}: {key} must be a list such as ["boss@msp.example"], not {value}.'),
    _UNKNOWN: N_("{path}: {key} is not a setting. Use one of {known}."),
    # types of types.py and contents.py
    "address": N_("{path}: {key} must be an email address such as us@msp.example, not {value}."),
    "choice": N_("{path}: {key} must be one of {choices}, not {value}."),
    "control": N_("{path}: {key} must not contain control characters."),
    "cron_only": N_("{path}: {key} works only with cron. Remove it, or use cron."),
    "cron_or_every": N_('{path}: {key} must have either cron = "0 6 * * MON" or every = "15m", and '
                        "not both."),
    "file_name": N_("{path}: {key} must be usable as a file name, not {value}. Use up to 80 "
                    'characters, none of < > : " / \\ | ? *, and no space or dot at the ends.'),
    "inbox_itself": N_("{path}: {key} must not be the inbox itself. Name another folder."),
    "interval": N_("{path}: {key} must be a number and a unit such as 30s, 15m, 12h, 1d or 1w, ten "
                   "years at most, not {value}."),
    "long_path": N_("{path}: {key} is too long for a path, or a part of it is."),
    "no_smtp": N_("{path}: {key} needs a mail server. Add a table [smtp]."),
    "number_or_all": N_('{path}: {key} must be "all", or a whole number without quotes, 1 or more, '
                        "not {value}."),
    "path": N_("{path}: {key} contains control characters, since a backslash is special in "
               "\"double quotes\". Put Windows paths in 'single quotes'."),
    "same_files": N_("{path}: {key} and {other} write files with the same name to the same folder. "
                     'Give one of them another name = "…".'),
    "tables": N_("{path}: {key} must be tables, not {value}. Begin each with the line [[{key}]]."),
}  # fmt: skip


def settings_error(
    file: Path, faults: Iterable[Mapping[str, Any]], known: Mapping[str, list[str]]
) -> MisuseError:
    """The error that reports `faults`, in the form of pydantic's error details, one per line.

    `known` has the settings of each table. A fault that a misspelt setting explains is left out.
    """
    first: dict[Location, Mapping[str, Any]] = {}
    nearest: dict[Location, str] = {}
    for fault in faults:
        at = fault["loc"]
        first.setdefault(at, fault)
        if fault["type"] == _UNKNOWN:
            like = [name for name in known[_table(at)] if is_misspelt(str(at[-1]).lower(), name)]
            nearest |= {at: like[0]} if like else {}
    meant = {(*at[:-1], name) for at, name in nearest.items()}
    lines: dict[str, object] = {}
    for at, fault in sorted(first.items()):
        ctx = fault.get("ctx", {}).items()
        facts: dict[str, Any] = {
            name: int(fact) if isinstance(fact, float) else fact for name, fact in ctx
        }
        if meant.isdisjoint(facts.pop("needed", [at] if fault["type"] == "missing" else [])):
            facts |= {"path": file, "key": key_path(at), "value": _shown(fault.get("input"))}
            facts |= {"name": at[-1], "nearest": nearest.get(at), "known": known[_table(at)]}
            template = _MISSPELT if at in nearest else _TEMPLATES[fault["type"]]
            lines[f"line{len(lines)}"] = text(template, **facts)
    return MisuseError(text("\n".join(f"{{{line}}}" for line in lines), **lines))


def key_path(at: Location) -> str:
    """A way through tables and lists as messages show it, such as exports[1].keep."""
    steps = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in at)
    return "".join(steps).removeprefix(".")


def _table(at: Location) -> str:
    return str(at[0]) if len(at) > 1 else ""


def _shown(value: object) -> object:
    """A value as a message may show it. URLs, lists and tables can hold passwords."""
    if isinstance(value, str):
        return text(N_("a URL")) if "://" in value else f'"{value[:QUOTED]}"'
    if isinstance(value, list | dict):
        return text(N_("a list") if isinstance(value, list) else N_("a table"))
    return str(value).lower() if isinstance(value, bool) else value
