"""The configuration file: where it is, and what it says."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path

from importer.base.errors import MisuseError
from importer.base.files import os_error_reason
from importer.base.texts import LANGUAGES, N_, text
from importer.config.limits import DEFAULT_LIMITS, LEAST_MEMORY, Limits
from importer.config.service import ServiceSettings, service_settings
from importer.config.table import ConfigTable

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
    service: ServiceSettings | None = None


def load_settings(path: Path | None, speak: Callable[[str], object] = lambda _: None) -> Settings:
    """Read `path`, else `avira-importer.toml` in this folder, else in the user's own.

    `speak` is called with its language, before anything can be wrong with the rest. Raises
    MisuseError where a file was named but cannot be read, or says what it may not.
    """
    candidates = [path] if path else [Path(FILE_NAME), _user_config() / FILE_NAME]
    found = next((one for one in candidates if path or one.is_file()), None)
    if found is None:
        return Settings()
    found = found.absolute()  # the working folder may go while the service runs
    try:
        content = tomllib.loads(found.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise MisuseError(
            text(N_("The configuration file {path} is not there."), path=found)
        ) from error
    except OSError as error:
        raise MisuseError(
            text(N_("The configuration file {path} cannot be read: {reason}."),
                 path=found, reason=os_error_reason(error))
        ) from error  # fmt: skip
    except UnicodeDecodeError as error:
        raise MisuseError(
            text(N_("The configuration file {path} is not in UTF-8; save it so, as the editor's "
                    "“Save as” offers."), path=found)
        ) from error  # fmt: skip
    except tomllib.TOMLDecodeError as error:
        raise MisuseError(
            text(N_("The configuration file {path} cannot be read: {reason}. Text stands in "
                    "quotes, paths in 'single' ones."), path=found, reason=error)
        ) from error  # fmt: skip
    if content.get("lang") in LANGUAGES:
        speak(content["lang"])
    config = ConfigTable(found, content)
    ledger = config.words("ledger")
    if ledger and "://" not in ledger:
        ledger = str(found.parent / Path(ledger).expanduser())
    settings = Settings(
        ledger,
        config.words("account"),
        config.choice("lang", LANGUAGES),
        config.seconds("wait", LONGEST_WAIT),
        _limits(config.table("limits")),
        service_settings(config),
    )
    config.nothing_else()
    return settings


def _limits(table: ConfigTable | None) -> Limits:
    if table is None:
        return DEFAULT_LIMITS
    found = {}
    for name in Limits.__slots__:
        least = LEAST_MEMORY if name == "memory_mb" else 1
        value = table.whole(name, least, LONGEST_WAIT if name == "seconds" else _HIGHEST)
        if value is not None:
            found[name] = value
    table.nothing_else()
    return Limits(**found)


def _user_config() -> Path:
    return user_config_path("avira-importer", appauthor=False)
