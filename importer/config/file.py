"""Find and read the configuration file."""

from __future__ import annotations

import errno
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from importer.base.errors import MisuseError
from importer.base.os_errors import os_error_reason
from importer.base.texts import LANGUAGES, N_, text
from importer.config.settings import Settings

FILE_NAME = "avira-importer.toml"
MAX_BYTES = 1_000_000


def load_settings(
    file: Path | None, use_language: Callable[[str], object] = lambda _: None
) -> Settings:
    """Read `file`, else `avira-importer.toml` in this folder, else in the user's own.

    `use_language` is called with its language before anything is checked. Raises MisuseError if
    the named file cannot be read, or if a setting is wrong.
    """
    own = user_config_path("avira-importer", appauthor=False) / FILE_NAME
    path = file or next(filter(Path.is_file, (Path(FILE_NAME), own)), None)
    if path is None:
        return Settings()
    path = path.absolute()  # the working folder may be deleted while the service runs
    content = _read(path)
    if content.get("lang") in LANGUAGES:
        use_language(content["lang"])
    from importer.config.contents import parse_settings  # pydantic takes a tenth of a second

    return parse_settings(path, content)


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:  # perhaps a device without end
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise MisuseError(text(N_("The configuration file {path} cannot be read: {reason}."),
                               path=path, reason=os_error_reason(error))) from error  # fmt: skip
    except UnicodeDecodeError as error:
        raise MisuseError(text(
            N_("The configuration file {path} is not in UTF-8. In the editor, choose UTF-8 under "
               "“Save as”."), path=path)) from error  # fmt: skip
    except (ValueError, RecursionError) as error:  # also of a number with too many digits
        raise MisuseError(text(
            N_("The configuration file {path} is not valid TOML: {reason}. Put text in "
               "\"quotes\" and Windows paths in 'single' ones."), path=path, reason=error)
        ) from error  # fmt: skip
