"""What was nearly right is asked about, in the fix of its problem, and never used by itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from builders import HEADERS, write_cells, write_workbook
from command_line import CommandLine, CommandResult

CODE = "ABCDE-12345-FGHIJ-67890"
OTHER_CODE = "KLMNO-10100-PQRST-11011"
HEADER = HEADERS["Add OTC"][:4]

Cells = dict[str, list[tuple[Any, ...]]]

NEAR_CODES = {
    "ABCDE-12345-FGHIJ-6789O": CODE,  # a letter for a digit
    "ABCDE-I2345-FGHIJ-67890": CODE,
    "ABCDE-l2345-FGHIJ-6789o": CODE,
    "ABCDE-12345-FGH1J-67890": CODE,  # a digit for a letter
    "KLMN0-1OIOO-PQRST-IIOII": OTHER_CODE,
    "ABCDE-12345-FGHIJ-67891": CODE,  # another character
    "XBCDE-12345-FGHIJ-67890": CODE,
    "ABCDE-12354-FGHIJ-67890": CODE,  # two that changed places
    "ABCDE-12345-FGHIJ-6789": CODE,  # one missing
    "ABCDE-12345-FGHIJ-678900": CODE,  # one too many
    "ABCDE-12345-FGHIJ-67890.": CODE,  # something that does not belong
    "ABCDE/12345/FGHIJ/67890": CODE,
    "ABCDE 12345 FGHIJ 67890": CODE,
    "ＡBCDE-12345-FGHIJ-67890": CODE,
}
FAR_CODES = ["ZZZZZ-99999-YYYYY-88888", "ABCDE-54321-JIHGF-09876", "ABCDE", "pending", "67890"]


def fill(path: Path) -> Path:
    """A workbook that registers two OTCs and creates two customers."""
    otc = {"Email": "it@msp.example", "Company Name": "Acme", "Total Licenses": 50}
    customer = {"Managed By": "Admin", "Avira OTC": CODE, "No of Licenses": 5}
    return write_workbook(
        path,
        [
            ("Add OTC", [{"OTC": CODE, **otc}, {"OTC": OTHER_CODE, **otc}]),
            ("Add Customer", [
                {"Customer (Site) Name": name, **customer} for name in ("Clinica Norte", "Puerto")
            ]),
        ],
    )  # fmt: skip


def subscriptions(path: Path, codes: list[str], name: str = "Puerto") -> Path:
    """A workbook that asks for a licence of each of `codes`."""
    rows = [(name, code, 1) for code in codes]
    return write_cells(path, {"Add Avira Subscription": [HEADERS["Add Avira Subscription"], *rows]})


def suggested(said: CommandResult) -> list[str | None]:
    """Of every error, what its fix suggests, if it does."""
    [report] = said.json
    found = (
        re.search(r"Did you mean (.*?)\?", one["fix"])
        for one in report["problems"]
        if one["severity"] == "error"
    )
    return [match and match[1] for match in found]


def held(command: CommandLine) -> Any:
    """All that the ledger says of OTCs and customers."""
    return command("show", "otcs", "--json").json, command("show", "customers", "--json").json


# OTCs and customers of the ledger


@pytest.mark.both_engines
def test_a_near_otc_of_the_ledger_is_suggested_and_not_used(
    command: CommandLine, tmp_path: Path
) -> None:
    """O for 0, I for 1, one character off, swapped, missing or too many, other separators: each is
    answered with the OTC that is there, no row is applied, and the suggestion is taken when the
    person takes it."""
    command("apply", fill(tmp_path / "fill.xlsx"))
    before = held(command)
    path = subscriptions(tmp_path / "x.xlsx", list(NEAR_CODES))
    said = command("apply", "--partial", path, "--json")
    assert said.exit_code == 1
    assert dict(zip(NEAR_CODES, suggested(said), strict=True)) == NEAR_CODES
    assert held(command) == before
    taken = next(code for code in suggested(said) if code == OTHER_CODE)
    assert command("check", subscriptions(tmp_path / "y.xlsx", [taken])).exit_code == 0


@pytest.mark.both_engines
def test_an_otc_like_none_of_the_ledger_is_answered_without_a_suggestion(
    command: CommandLine, tmp_path: Path
) -> None:
    """Whoever reads a suggestion must be able to rely on it that there is some likeness."""
    command("apply", fill(tmp_path / "fill.xlsx"))
    said = command("check", subscriptions(tmp_path / "x.xlsx", FAR_CODES), "--json")
    assert suggested(said) == [None] * len(FAR_CODES)


@pytest.mark.both_engines
def test_a_near_customer_of_the_ledger_is_suggested_and_not_used(
    command: CommandLine, tmp_path: Path
) -> None:
    """Misspelt, a word too many, without a space: the name as the ledger has it; a customer that is
    like none gets no suggestion."""
    command("apply", fill(tmp_path / "fill.xlsx"))
    before = held(command)
    near = {"Clinica Nrote": "Clinica Norte", "clinica norte sl": "Clinica Norte",
            "ClinicaNorte": "Clinica Norte", "Clínica Nort": "Clinica Norte",
            "Puetro": "Puerto", "Hospital": None, "Clinica": None, "X": None}  # fmt: skip
    rows = [(name, "Yes") for name in near]
    path = write_cells(
        tmp_path / "x.xlsx", {"Disable Customer": [HEADERS["Disable Customer"][:2], *rows]}
    )
    said = command("apply", "--partial", path, "--json")
    assert {one["code"] for one in said.json[0]["problems"]} == {"unknown-customer"}
    assert dict(zip(near, suggested(said), strict=True)) == near
    assert held(command) == before


@pytest.mark.both_engines
def test_nothing_of_another_account_is_ever_suggested(command: CommandLine, tmp_path: Path) -> None:
    """One ledger serves many providers: an OTC or a name that is nearly another's says nothing of
    it."""
    if command.ledger.startswith("postgresql"):
        assert command("ledger", "init", "--account", "other").exit_code == 0
    mine = [{"OTC": "ZZZZZ-99999-YYYYY-88888", "Email": "it@msp.example", "Company Name": "Acme",
             "Total Licenses": 5}]  # fmt: skip
    path = write_workbook(tmp_path / "mine.xlsx", [("Add OTC", mine)])
    assert command("apply", fill(tmp_path / "fill.xlsx")).exit_code == 0
    assert command("apply", path, "--account", "other").exit_code == 0
    asked = subscriptions(tmp_path / "x.xlsx", list(NEAR_CODES)[:3], "Puetro")
    assert set(suggested(command("check", asked, "--json"))) == {CODE, "Puerto"}
    assert set(suggested(command("check", asked, "--json", "--account", "other"))) == {None}


def test_of_several_near_otcs_the_nearest_is_suggested(
    command: CommandLine, tmp_path: Path
) -> None:
    """Codes that were bought together differ little: a slip of the eye weighs less than another
    character."""
    codes = ["ABCDE-12345-FGHIJ-67890", "ABCDE-12345-FGHIJ-67891", "ABCDE-12345-FGHIJ-67899"]
    rows = [(code, "it@msp.example", "Acme", 50) for code in codes]
    command("apply", write_cells(tmp_path / "fill.xlsx", {"Add OTC": [HEADER, *rows]}))
    asked = ["ABCDE-12345-FGHIJ-6789O", "ABCDE-12345-FGHIJ-6789I", "ABCDE-1234S-FGHIJ-67899"]
    header = HEADERS["Edit OTC"][:2]
    edits = [(code, "new@msp.example") for code in asked]
    path = write_cells(tmp_path / "x.xlsx", {"Edit OTC": [header, *edits]})
    assert suggested(command("check", path, "--json")) == codes


def test_without_a_ledger_what_the_workbook_itself_adds_is_suggested(
    command: CommandLine, tmp_path: Path
) -> None:
    """An OTC and a customer that rows above create, mistyped below."""
    sheets: Cells = {
        "Add OTC": [HEADER, (CODE, "it@msp.example", "Acme", 50)],
        "Add Customer": [
            HEADERS["Add Customer"][:4],
            ("Clinica Norte", "Admin", CODE, 5),
            ("Puerto", "Admin", "ABCDE-12345-FGHIJ-6789O", 5),
        ],
        "Enable Customer": [HEADERS["Enable Customer"], ("Clinica Nrote",)],
    }
    said = command("check", write_cells(tmp_path / "x.xlsx", sheets), "--json")
    assert suggested(said) == [CODE, "Clinica Norte"]
    assert not Path(command.ledger).exists()


def test_a_suggestion_is_made_in_the_language_of_the_person(
    command: CommandLine, tmp_path: Path
) -> None:
    """In Spanish the sentence is Spanish, and the code is the code."""
    command("apply", fill(tmp_path / "fill.xlsx"))
    path = subscriptions(tmp_path / "x.xlsx", ["ABCDE-12345-FGHIJ-6789O"])
    fixes = [
        command("check", path, "--json", "--lang", language).json[0]["problems"][0]["fix"]
        for language in ("en", "es")
    ]
    assert all(CODE in fix for fix in fixes)
    assert fixes[0].startswith("Did you mean")
    assert fixes[1].startswith("¿")


# Words of ours


def test_a_misspelt_choice_is_asked_about(command: CommandLine, tmp_path: Path) -> None:
    """Managed By and Release Licenses, in both languages; what is like no word gets the words."""
    managed = {"Admn": "Admin", "Administrator": "Administrador", "Custmer": "Customer",
               "Clinte": "Cliente", "Somebody": None, "A": None}  # fmt: skip
    release = {"Yess": "Yes", "Sii": "Sí", "Noo": "No", "perhaps": None, "1": None}
    sheets: Cells = {
        "Add Customer": [HEADERS["Add Customer"][:4],
                         *(("Norte", word, CODE, 5) for word in managed)],
        "Disable Customer": [HEADERS["Disable Customer"][:2],
                             *(("Norte", word) for word in release)],
    }  # fmt: skip
    said = command("check", write_cells(tmp_path / "x.xlsx", sheets), "--json")
    assert {one["code"] for one in said.json[0]["problems"]} == {"bad-choice"}
    assert dict(zip([*managed, *release], suggested(said), strict=True)) == managed | release


@pytest.mark.parametrize(
    ("sheet", "header", "meant"),
    [
        ("Add OTC", "Expiri Date", "Expiry Date"),
        ("Add OTC", "Date of expiry", "Expiry Date"),
        ("Agregar OTC", "Fecha vencimiento", "Fecha de vencimiento"),
        ("Agregar OTC", "Fecha de vencimineto", "Fecha de vencimiento"),
        ("Agregar OTC", "Descripcion del OTC", "Descripción"),
        ("Add OTC", "Fecha de vencimineto", "Fecha de vencimiento"),
    ],
)
def test_a_misspelt_header_is_asked_about_in_its_language(
    sheet: str, header: str, meant: str, command: CommandLine, tmp_path: Path
) -> None:
    """The sheet is refused with what was probably meant; a blank column or one's own is not."""
    row = (CODE, "it@msp.example", "Acme", 50, "2040-02-29")
    path = write_cells(tmp_path / "x.xlsx", {sheet: [(*HEADER, header), row]})
    said = command("check", path, "--json")
    assert said.json[0]["rows"]["rejected"] == 1
    [suggestion] = suggested(said)
    assert suggestion is not None
    assert meant in suggestion


def test_a_misspelt_required_header_is_asked_about_once(
    command: CommandLine, tmp_path: Path
) -> None:
    """That it is missing is not said besides: whoever did both would have it twice. The corrections
    workbook has it once, so that renaming it is all there is to do."""
    header = ("OTC", "Email", "Company Name", "Total Licences")
    path = write_cells(
        tmp_path / "x.xlsx", {"Add OTC": [header, (CODE, "it@msp.example", "Acme", 50)]}
    )
    said = command("check", path, "--json")
    codes = {one["code"]: one for one in said.json[0]["problems"]}
    assert set(codes) == {"unknown-column"}
    assert "Did you mean Total Licenses?" in codes["unknown-column"]["fix"]
    place = Path(said.json[0]["corrections"])
    workbook = load_workbook(place)
    sheet = workbook["Add OTC"]
    [misspelt] = [cell for cell in sheet[1] if cell.value == "Total Licences"]
    misspelt.value = "Total Licenses"
    workbook.save(place)
    assert command("apply", place, "--json").json[0]["status"] == "applied"


@pytest.mark.parametrize(
    ("name", "meant"), [("Ad OTC", "Add OTC"), ("Agregar clinte", "Add Customer")]
)
def test_a_misspelt_sheet_is_asked_about(
    name: str, meant: str, command: CommandLine, tmp_path: Path
) -> None:
    """A name that is nearly ours, above headers of ours."""
    sheet = HEADERS["Add Customer" if "Customer" in meant else "Add OTC"]
    path = write_cells(tmp_path / "x.xlsx", {name: [sheet, (CODE,)]})
    said = command("check", path, "--json")
    assert said.json[0]["rows"]["rejected"] == 1
    [suggestion] = suggested(said)
    assert meant in str(suggestion)
