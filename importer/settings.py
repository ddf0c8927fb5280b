"""The configuration file: where it is, and what it says."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path

from importer.errors import MisuseError
from importer.files import said_by_system
from importer.limits import DEFAULT_LIMITS, LEAST_MEMORY, Limits
from importer.texts import LANGUAGES, N_, text

LONGEST_WAIT = 86_400
"""Seconds that a command may be told to wait for the ledger: a day."""

_HIGHEST = 2**31 - 1

FILE_NAME = "avira-importer.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the configuration file says; None where it says nothing."""

    ledger: str | None = None
    account: str | None = None
    lang: str | None = None
    wait: float | None = None
    limits: Limits = DEFAULT_LIMITS


def load_settings(path: Path | None) -> Settings:
    """Read `path`, else `avira-importer.toml` in this folder, else in the user's own.

    Raises MisuseError where a file was named but cannot be read, or says what it may not.
    """
    candidates = [path] if path else [Path(FILE_NAME), _user_config() / FILE_NAME]
    found = next((one for one in candidates if path or one.is_file()), None)
    if found is None:
        return Settings()
    try:
        content = tomllib.loads(found.read_text("utf-8"))
    except OSError as error:
        raise MisuseError(
            text(N_("The configuration file {path} cannot be read: {reason}."),
                 path=found, reason=said_by_system(error))
        ) from error  # fmt: skip
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MisuseError(
            text(N_("The configuration file {path} cannot be read: {reason}. Text stands in "
                    "quotes, paths in 'single' ones."), path=found, reason=error)
        ) from error  # fmt: skip
    for key, value in content.items():
        if key not in Settings.__slots__:
            raise MisuseError(
                text(N_("{path}: there is no setting {key}; there are: {known}."),
                     path=found, key=key, known=list(Settings.__slots__))
            )  # fmt: skip
        if key == "wait":
            _check_wait(found, value)
        elif key == "limits":
            content[key] = _limits(found, value)
        elif not isinstance(value, str):
            raise MisuseError(
                text(N_("{path}: the setting {key} must be text in quotes."), path=found, key=key)
            )
    if content.get("lang") not in (None, *LANGUAGES):
        raise MisuseError(
            text(N_("{path}: the setting {key} must be one of: {known}."),
                 path=found, key="lang", known=LANGUAGES)
        )  # fmt: skip
    if "ledger" in content and "://" not in content["ledger"]:
        content["ledger"] = str(found.parent / Path(content["ledger"]).expanduser())
    return Settings(**content)


def _check_wait(found: Path, value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= float(str(value)) <= LONGEST_WAIT:
        raise MisuseError(
            text(N_("{path}: the setting {key} must be a number of seconds, from 0 to {most}."),
                 path=found, key="wait", most=LONGEST_WAIT)
        )  # fmt: skip


def _limits(found: Path, value: object) -> Limits:
    names = list(Limits.__slots__)
    if not isinstance(value, dict):
        raise MisuseError(
            text(N_("{path}: {key} must be a table of its own: [{key}]."), path=found, key="limits")
        )
    for name, most in value.items():
        if name not in names:
            raise MisuseError(
                text(N_("{path}: there is no setting {key}; there are: {known}."),
                     path=found, key=f"limits.{name}", known=names)
            )  # fmt: skip
        least = LEAST_MEMORY if name == "memory_mb" else 1
        highest = LONGEST_WAIT if name == "seconds" else _HIGHEST
        if not isinstance(most, int) or isinstance(most, bool) or not least <= most <= highest:
            raise MisuseError(
                text(N_("{path}: the setting {key} must be a whole number, from {least} to "
                        "{most}."), path=found, key=f"limits.{name}", least=least, most=highest)
            )  # fmt: skip
    return Limits(**value)


def _user_config() -> Path:
    return user_config_path("avira-importer", appauthor=False)
