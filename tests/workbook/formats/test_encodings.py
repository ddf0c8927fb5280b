"""Encodings of text files: recognised, guessed or named."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest

from accented_words import WORDS
from command_line import CommandLine
from corpus.expected import EMAIL, OTC_HEADER, code, otc_row
from corpus.texts import write_text
from importer.workbook.formats.text import spelling
from importer.workbook.formats.text.encodings import GUESSES, encoding_of
from reports import problem_of, refusal_of

pytestmark = pytest.mark.thorough

HEADER = OTC_HEADER[:4]

ENCODINGS = [
    (b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
    (b"", "utf-16-le"), (b"", "utf-16-be"),
    (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
    (b"", "cp1252"), (b"", "mac_roman"), (b"", "cp850"),
]  # fmt: skip
FORMS = (str.lower, str.capitalize, str.upper)


def test_every_encoding_is_recognised_and_a_guess_is_reported(command: CommandLine) -> None:
    """With a byte order mark and without, every letter is itself, so that only the first file asks
    for anything. An encoding that only the letters tell from others is a guess."""
    company = "Clínica «Ñandú», S.L."
    paths = []
    for number, (mark, encoding) in enumerate(ENCODINGS):
        rows = [HEADER, otc_row(1, company)]
        path = write_text(f"{number} Add OTC.csv", rows, ";", encoding)
        path.write_bytes(mark + path.read_bytes())
        paths.append(path)
    reports = command("apply", *paths, "--json").json
    assert [report["status"] for report in reports] == ["applied"] + ["unchanged"] * 10
    assert command("show", "otcs", "--json").json[0]["company"] == company
    guesses = [[problem for problem in report["problems"] if problem["code"] == "normalised"]
               for report in reports]  # fmt: skip
    assert list(map(len, guesses)) == [0] * 8 + [1] * 3
    for [guess], name in zip(guesses[8:], GUESSES.values(), strict=True):
        assert name in guess["message"]
        assert "--encoding" in guess["fix"]


def decoded(words: Sequence[str], encoding: str) -> bool:
    """Whether a file of these words alone is read in the encoding it was written in, or in one in
    which it says the same."""
    content = "\r\n".join(words).encode(encoding)
    return content.decode(encoding_of(content, None).codec) == content.decode(encoding)


def test_one_spanish_word_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """In any case of its letters. The control takes all letters for equally common."""

    def misread() -> list[str]:
        words = product(WORDS["Spanish"], FORMS, GUESSES)
        return [form(word) for word, form, encoding in words if not decoded([form(word)], encoding)]

    assert not misread()
    monkeypatch.setattr(spelling, "_POINTS", dict.fromkeys(spelling._POINTS, 1))
    assert len(misread()) > 10


@pytest.mark.parametrize("language", WORDS)
def test_four_words_of_a_western_language_are_enough(language: str) -> None:
    words = WORDS[language]
    for start, form, encoding in product(range(len(words) - 3), FORMS, GUESSES):
        few = list(map(form, words[start : start + 4]))
        assert decoded(few, encoding), (few, encoding)


@pytest.mark.parametrize("name", [
    "Acme – Norte", "5 €", "“Acme”", "O’Neill", "L’Hospitalet", "N.º 5", "Mª Luz", "20 °C",
    "¿Qué?", "Col·legi", "Díaz", "Peter’s", "París",
    "O´Neill", "Pérez–Núñez", "Norte–Sur", "Clínica\xa0Norte", "La\xa0Bañeza",
])  # fmt: skip
def test_signs_between_words_are_no_letters(name: str) -> None:
    for encoding in GUESSES:
        try:
            name.encode(encoding)
        except UnicodeEncodeError:  # DOS has no quotation marks
            continue
        assert decoded([name], encoding), encoding


@pytest.mark.parametrize(("name", "encoding"), [
    ("Клиника Север", "cp1251"), ("Κλινική Αθηνών", "cp1253"), ("Łódź", "cp1250"),
    ("日本語の会社", "shift_jis"),
])  # fmt: skip
def test_letters_of_other_languages_are_refused_until_their_encoding_is_named(
    name: str, encoding: str, command: CommandLine
) -> None:
    path = write_text("Add OTC.csv", [HEADER, otc_row(1, name)], encoding=encoding)
    problem = refusal_of(command("apply", path, "--json"))
    assert problem["code"] == "unreadable-file"
    assert "Mac Roman" in problem["message"]
    assert "--encoding" in problem["fix"]
    result = command("apply", "--encoding", encoding, path, "--json")
    assert result.row_counts == (1, 1, 0, 0)
    assert not [p for p in result.report["problems"] if "encoding" in p["message"]]
    assert command("show", "otcs", "--json").json[0]["company"] == name


def test_a_file_that_mixes_encodings_is_read_without_the_garbled_names(
    command: CommandLine,
) -> None:
    """As when two files are joined: whatever it is read in, some of its letters are wrong."""
    path = Path("Add OTC.csv")
    rows = [HEADER, otc_row(1, "Peluquería"), otc_row(2, "Peluquería"), otc_row(3, "Bar Núñez")]
    lines = [",".join(map(str, row)) + "\n" for row in rows]
    path.write_bytes("".join(lines[:2]).encode() + "".join(lines[2:]).encode("cp1252"))
    problem = problem_of(command("check", path, "--json"), "garbled-text")
    assert problem["cell"] == "C2"
    assert "Peluquería" in problem["fix"]


def test_the_named_encoding_decides(command: CommandLine) -> None:
    """There is nothing left to guess, so there is no warning, even if it is wrong."""
    path = write_text("Add OTC.csv", [HEADER, otc_row(1, "Ñandú")], encoding="cp1252")
    for name, company in (("mac_roman", "—and˙"), ("Windows-1252", "Ñandú"), ("latin1", "Ñandú")):
        result = command("check", "--encoding", name, path, "--json")
        assert not [p for p in result.report["problems"] if p["code"] == "normalised"]
        assert company in command("check", "--encoding", name, path, "-v").out


@pytest.mark.parametrize(("mark", "encoding", "name"), [
    (b"\xef\xbb\xbf", "utf-8", "utf8"), (b"", "utf-8", "utf-8-sig"),
    (b"\xff\xfe", "utf-16-le", "utf-16"), (b"\xfe\xff", "utf-16-be", "utf-16"),
    (b"\xfe\xff", "utf-16-be", "utf-16-be"), (b"", "utf-16-be", "utf-16"),
    (b"", "utf-16-le", "utf-16"), (b"", "utf-32-le", "utf-32-le"), (b"", "utf-7", "utf-7"),
])  # fmt: skip
def test_a_named_unicode_encoding_needs_no_mark_and_allows_one(
    mark: bytes, encoding: str, name: str, command: CommandLine
) -> None:
    path = write_text("Add OTC.csv", [HEADER, otc_row(1, "Ñandú")], encoding=encoding)
    path.write_bytes(mark + path.read_bytes())
    result = command("apply", "--encoding", name, path, "--json")
    assert result.row_counts == (1, 1, 0, 0)
    assert command("show", "otcs", "--json").json[0]["company"] == "Ñandú"


@pytest.mark.parametrize(("name", "content", "words"), [
    ("ascii", "a\r\nb\nÑ".encode(), ("line 4 ", "ascii")),
    ("utf-8", "a\r\nÑ".encode("cp1252"), ("line 3 ", "utf-8")),
    ("cp1252", b"\x81", ("line 2 ", "cp1252")),
    ("utf-16-be", "a\nb".encode("utf-16-be") + b"\xd8\0", ("line 3 ", "utf-16-be")),
])  # fmt: skip
def test_bytes_that_do_not_fit_the_named_encoding_are_refused_with_their_line(
    name: str, content: bytes, words: tuple[str, str], command: CommandLine
) -> None:
    path = Path("Add OTC.csv")
    encoding = name if name.startswith("utf-16") else "ascii"
    path.write_bytes((",".join(HEADER) + "\n").encode(encoding) + content)
    problem = refusal_of(command("check", "--encoding", name, path, "--json"))
    assert problem["code"] == "unreadable-file"
    for word in words:
        assert word in problem["message"]
    assert "CSV UTF-8" in problem["fix"]


def test_the_named_encoding_does_not_overrule_a_byte_order_mark(command: CommandLine) -> None:
    path = write_text("Add OTC.csv", [HEADER, otc_row(1)], encoding="utf-8-sig")
    problem = refusal_of(command("check", "--encoding", "cp1252", path, "--json"))
    assert "UTF-8" in problem["message"]
    assert "cp1252" in problem["message"]


@pytest.mark.parametrize("name", ["nonsense", "base64", "rot13", "idna", "ñ"])
@pytest.mark.parametrize("verb", ["check", "apply"])
def test_an_unknown_encoding_is_wrong_use(verb: str, name: str, command: CommandLine) -> None:
    """And so are those of Python's that are not for texts in files."""
    path = write_text("Add OTC.csv", [HEADER, otc_row(1)])
    result = command(verb, "--encoding", name, path)
    assert result.exit_code == 2
    assert "cp1252, mac_roman, cp850" in result.err
    assert not Path(command.ledger).exists()


def test_workbooks_ignore_the_named_encoding(command: CommandLine, workbook: Path) -> None:
    plain = command("check", workbook, "--json")
    assert command("check", "--encoding", "cp850", workbook, "--json").json == plain.json


def test_utf_7_is_never_guessed(command: CommandLine) -> None:
    """Its letters are ASCII, which a name may contain as they are."""
    path = write_text("Add OTC.csv", [HEADER, otc_row(1, "Mu+APE-oz")])
    assert command("apply", path).exit_code == 0
    assert command("show", "otcs", "--json").json[0]["company"] == "Mu+APE-oz"


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_byte_order_marks_are_no_part_of_a_text(
    encoding: str, quote: str, command: CommandLine
) -> None:
    """Programs that join files leave one where each began, or two at the beginning. The first is no
    part of the text; others are tidied away and listed like any invisible character."""
    lines = [HEADER, (code(1), EMAIL, "Acme", 5), (f"{code(2)}", EMAIL, "\ufeffAcme", 5)]
    texts = [",".join(f"{quote}{cell}{quote}" for cell in line) for line in lines]
    path = Path("Add OTC.csv")
    path.write_bytes(("\ufeff\ufeff" + "\n\ufeff".join(texts)).encode(encoding))
    result = command("apply", path, "--json")
    assert result.row_counts == (2, 2, 0, 0)
    otcs = command("show", "otcs", "--json").json
    assert [(otc["otc"], otc["company"]) for otc in otcs] == [(code(1), "Acme"), (code(2), "Acme")]
    tidied = {p["cell"] for p in result.report["problems"] if p["code"] == "normalised"}
    assert tidied == {"A1", "A2", "A3", "C3"}


def test_a_second_mark_does_not_hide_the_separator_line(command: CommandLine) -> None:
    path = Path("Add OTC.csv")
    rows = [";".join(HEADER), f"{code(1)};{EMAIL};Acme, Norte;x"]
    path.write_text("\ufeff\ufeffsep=;\n" + "\n".join(rows), encoding="utf-8")
    assert problem_of(command("check", path, "--json"), "bad-number")["cell"] == "D2"
