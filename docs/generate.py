"""Generate pages and parts of pages in docs/, and the templates.

Run it after a change of the sheets, problem codes, limits, events or commands.
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import click

from importer.base.texts import use_language
from importer.cli.history import history
from importer.cli.main import cli
from importer.cli.show import otc_json
from importer.config.limits import DEFAULT_LIMITS, Limits
from importer.domain.contents import OtcHolding
from importer.domain.entities import Otc
from importer.domain.problems import Code
from importer.domain.sheets import SHEETS, Column, Sheet
from importer.export.sheets import DETAIL_SHEETS
from importer.service.events import Event
from importer.workbook.checking.schemas import REQUIRED, RULES_BETWEEN, rules_of
from importer.workbook.writing.template import write_template

_UNTRUSTED = """\
Workbooks can come from anybody. Before a file is read, it is inspected: its size, the number of
files in its archive, whether they overlap, leave their folder, share a name, lie about their size
or inflate without bounds, whether a part that will be parsed declares a document type (which
makes XML read other files or fill the memory), and how far the cells with values reach. Macros
and links are never run or followed.

The file is then read in a separate process with limited memory and time, which cannot open files
or connections ([what each system guarantees](security.md)). If that process fails, the command
prints one line, ends with exit code 3 and leaves the ledger as it was; its other files are read all
the same.

| refused as | reason |
|---|---|
| `unreadable-file` | missing, empty, damaged or cut short, or a folder, device or pipe |
| `not-a-workbook` | a web page, an archive or another kind of document, whatever its name |
| `password-protected` | the file is encrypted |
| `too-large` | the file exceeds one of the limits below |
| `hostile-file` | no spreadsheet program writes such a file |

## Limits

Each limit can be changed in the configuration file:

```toml
[limits]
file_mb = 20
rows = 10000
```
"""

ROOT = Path(__file__).parent.parent


def sheets_page() -> str:
    """docs/sheets.md: every sheet and column of the onboarding workbook."""
    return "\n".join(_sheets_page()) + "\n"


def _sheets_page() -> Iterator[str]:
    yield "# The sheets of the onboarding workbook"
    yield ""
    yield "<!-- Written by docs/generate.py from importer/domain/sheets.py. -->"
    yield ""
    yield (
        "Sheets are applied from left to right and rows from top to bottom, as if you keyed them "
        "in one after another. Sheets and columns may be named in English or Spanish; case, "
        "accents and spacing do not matter. `*` marks a required column. Columns may be in any "
        "order, and optional columns may be left out. “Otherwise” lists the problems of a cell "
        "that the sheet's schema does not accept; `avira-importer template --schema` prints the "
        "schemas."
    )
    for sheet in SHEETS:
        yield ""
        yield f"## {sheet.name} ({sheet.title('es')})"
        yield ""
        yield sheet.help
        yield ""
        yield "| column | Spanish | format | meaning | example | otherwise |"
        yield "|---|---|---|---|---|---|"
        for column in sheet.columns:
            star = " *" if column.required else ""
            yield (
                f"| {column.header}{star} | {column.title('es')} | {column.kind.meaning} "
                f"| {column.help} | `{column.example}` | {', '.join(_otherwise(sheet, column))} |"
            )


def _otherwise(sheet: Sheet, column: Column) -> Iterator[str]:
    """The problems of the column's cells that break a rule of its schema."""
    between = [rule for rule in RULES_BETWEEN.get(sheet.request, ())
               if rule.figures["column"] == column.field]  # fmt: skip
    for rule in (*([REQUIRED] if column.required else between), *rules_of(column)):
        limit = f" (more than {rule.figures['limit']})" if "limit" in rule.figures else ""
        yield f"`{rule.code}`{limit}"


def limits_page() -> str:
    """docs/limits.md: the treatment of untrusted files, and every limit."""
    return "\n".join(_limits_page()) + "\n"


def _limits_page() -> Iterator[str]:
    yield "# Untrusted files, and limits"
    yield ""
    yield "<!-- Written by docs/generate.py from importer/config/limits.py. -->"
    yield ""
    yield _UNTRUSTED
    yield "| key | default | limits |"
    yield "|---|---|---|"
    for name, limit in get_type_hints(Limits, include_extras=True).items():
        explanation = limit.__metadata__[-1]
        yield f"| `{name}` | {getattr(DEFAULT_LIMITS, name):,} | {explanation} |"


def serve_page() -> str:
    """docs/serve.md with the current list of log events."""
    page = (ROOT / "docs" / "serve.md").read_text("utf-8")
    before, begin, rest = page.partition("<!-- events: begin -->\n")
    _, end, after = rest.partition("<!-- events: end -->")
    assert begin, "the page marks where the events begin"
    assert end, "the page marks where the events end"
    rows = (
        f"| `{event.value}` | {logging.getLevelName(event.level).lower()} | {event.template} |\n"
        for event in Event
    )
    table = "".join(["| event | level | message |\n|---|---|---|\n", *rows])
    return before + begin + table + end + after


def export_page() -> str:
    """docs/export.md with the columns that each of the console's sheets has to the right."""
    page = (ROOT / "docs" / "export.md").read_text("utf-8")
    for sheet in DETAIL_SHEETS:
        columns = ", ".join(column.header for column in sheet.own)
        row = rf"(?m)^(\| {re.escape(sheet.name)} \|.* to the right: ).*( \|)$"
        page, count = re.subn(row, rf"\g<1>{columns}\2", page)
        assert count == 1, f"the page has one row for {sheet.name}"
    return page


def json_page() -> str:
    """docs/json.md with the keys of an OTC."""
    page = (ROOT / "docs" / "json.md").read_text("utf-8")
    keys = ", ".join(f'"{key}"' for key in otc_json(OtcHolding(Otc("", "", "", 1), 0, None)))
    page, count = re.subn(r"(\| `show otcs \[CODE\]` \| `\[{)[^}]*", rf"\g<1>{keys}", page)
    assert count == 1, "the page has one row for show otcs"
    return page


def problems_page() -> str:
    """docs/problems.md: every problem code and its meaning."""
    return "\n".join(_problems_page()) + "\n"


def _problems_page() -> Iterator[str]:
    yield "# Problem codes"
    yield ""
    yield "<!-- Written by docs/generate.py from importer/domain/problems.py. -->"
    yield ""
    yield (
        "Every problem states its place, its reason and a fix. The code is the same in every "
        "language, so that scripts can rely on it. An error refuses its row; a warning does not."
    )
    yield ""
    yield "| code | severity | meaning |"
    yield "|---|---|---|"
    for code in Code:
        yield f"| `{code.value}` | {code.severity.value} | {code.meaning} |"


def commands_page() -> str:
    """docs/cli.md: every command with its examples and options."""
    return "\n".join(_commands_page()) + "\n"


def _commands_page() -> Iterator[str]:
    yield "# The command line"
    yield ""
    yield "<!-- Written by docs/generate.py from the commands themselves. -->"
    yield ""
    yield (
        "Run `avira-importer` or `python -m importer`. Command names, options, exit codes and JSON "
        "keys do not change, so that scripts can rely on them."
    )
    yield ""
    yield from _EXIT_CODES
    yield ""
    yield "Every command has these options:"
    yield ""
    yield from _option_table(_common_options())
    yield ""
    yield "`avira-importer --version` prints the version."
    yield from _commands(cli, "avira-importer")


_EXIT_CODES = (
    "| exit code | meaning |",
    "|---|---|",
    "| 0 | done; nothing was refused (or there was nothing to do) |",
    "| 1 | rows were refused (with `--partial` the others were applied) |",
    "| 2 | the command was used wrongly |",
    "| 3 | a file could not be read or written, or is not a supported workbook |",
    "| 4 | the ledger could not be used |",
    "| 5 | an undo was refused |",
    "| 70 | internal error; the message names the log |",
    "| 130, 143 | interrupted (Ctrl-C), terminated (SIGTERM); nothing is half done |",
    "",
    "Of several files, the worst decides: the highest number. If standard output cannot be "
    "written, the work is done nonetheless and the exit code is at least 3. A reader that closes "
    "it early, such as `head`, changes nothing.",
)


def _common_options() -> list[click.Option]:
    """The options that all commands share, taken from one of them."""
    return [option for option in _options(history) if option.name in _COMMON]


_COMMON = ("account", "ledger", "wait", "lang", "config", "as_json", "quiet", "verbose")


def _commands(group: click.Group, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        description, _, example = (command.help or "").partition("\n\n\b\n")
        context = click.Context(command)
        arguments = [parameter.make_metavar(context) for parameter in command.params
                     if isinstance(parameter, click.Argument)]  # fmt: skip
        yield ""
        yield f"## {' '.join([path, name, *arguments])}"
        yield ""
        yield description
        if example:
            yield ""
            yield "```sh"
            yield from (line.strip() for line in example.splitlines())
            yield "```"
        own = [option for option in _options(command) if option.name not in _COMMON]
        if own:
            yield ""
            yield from _option_table(own)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")


def _options(command: click.Command) -> list[click.Option]:
    return [option for option in command.params if isinstance(option, click.Option)]


def _option_table(options: list[click.Option]) -> Iterator[str]:
    yield "| option | meaning | environment variable |"
    yield "|---|---|---|"
    for option in options:
        value = "" if option.is_flag else f" {_value(option)}"
        variable = f"`{option.envvar}`" if option.envvar else ""
        yield f"| `{', '.join(option.opts)}{value}` | {option.help} | {variable} |".replace(
            "|DIR", "\\|DIR"
        )


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return " or ".join(option.type.choices)
    return option.metavar or ""


PAGES = {
    "docs/sheets.md": sheets_page,
    "docs/problems.md": problems_page,
    "docs/serve.md": serve_page,
    "docs/limits.md": limits_page,
    "docs/cli.md": commands_page,
    "docs/export.md": export_page,
    "docs/json.md": json_page,
}
TEMPLATES = {"templates/onboarding-en.xlsx": "en", "templates/onboarding-es.xlsx": "es"}


def main() -> None:
    """Write every generated page and template."""
    use_language("en")
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for name, language in TEMPLATES.items():
            current = Path(folder, language)
            write_template(current, language)
            if not (ROOT / name).exists() or _parts(ROOT / name) != _parts(current):
                shutil.copy(current, ROOT / name)


def _parts(workbook: Path) -> dict[str, bytes]:
    """The parts of a workbook, except the one with the time when it was written."""
    with zipfile.ZipFile(workbook) as archive:
        return {part: archive.read(part) for part in archive.namelist() if "core.xml" not in part}


if __name__ == "__main__":
    main()
