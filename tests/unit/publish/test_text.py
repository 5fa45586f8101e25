"""The catalogues say the same in every language; numbers, dates and lists are CLDR's."""

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import FOUND

import sojourn
from sojourn.cli import cli
from sojourn.errors import PublishError
from sojourn.factsheet.figures.figure import figures
from sojourn.publish.text import Catalogue, catalogue, languages
from sojourn.vocab.area import AREAS

SRC = Path(sojourn.__file__).parent
PLACEHOLDER = re.compile(r"\{(\w+)\}")
NUMBER = re.compile(r"\d+")
# Numbers that are names or definitions, not figures.
DEFINITIONS = {
    "2000",
    "28",
    "18",
    "5",
    "1244",
    "2011",
    "833",
    "1999",
    "2019",
    "100",
    "000",
    "1",
    "95",
}
OTHERS = [code for code in languages() if code != "en"]


def test_english_french_and_spanish_are_there() -> None:
    assert {"en", "fr", "es"} <= set(languages())
    assert languages()[0] == "en"


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_message_and_no_other(language: str) -> None:
    assert catalogue(language).messages.keys() == catalogue("en").messages.keys()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_binds_the_same_numbers(language: str) -> None:
    english = catalogue("en").messages
    for key, message in catalogue(language).messages.items():
        assert sorted(PLACEHOLDER.findall(message)) == sorted(PLACEHOLDER.findall(english[key])), (
            key
        )


@pytest.mark.parametrize("language", languages())
def test_no_figure_is_typed_into_a_text(language: str) -> None:
    for key, message in catalogue(language).messages.items():
        typed = set(NUMBER.findall(PLACEHOLDER.sub("", message))) - DEFINITIONS
        assert not typed, (key, typed)


def test_no_page_writes_its_decimals_itself() -> None:
    """A point is English: what a page prints is formatted by the language."""
    rooms = ("flows/pages", "factsheet/pages", "health/brief", "relocation/desk")
    for path in (p for room in rooms for p in (SRC / room).rglob("*.py")):
        text = path.read_text("utf-8")
        assert not re.findall(r"\{[^{}\"]+:[+]?(?:,|\.[1-9]f|g)\}", text), path.name


def test_ratios_are_written_as_the_language_writes_them() -> None:
    assert [catalogue(c).fixed(0.8984, 3) for c in ("en", "fr", "es")] == [
        "0.898",
        "0,898",
        "0,898",
    ]
    assert catalogue("fr").fixed(-1.0, 2) == "−1,00"


@pytest.mark.parametrize("language", languages())
def test_every_figure_and_every_area_has_its_name(language: str) -> None:
    words = catalogue(language)
    for figure_id in figures():
        assert words.text(f"figure.{figure_id}")
    assert words.area("900") not in {"900", ""}
    assert " → " in words.area("484>840")


def test_migrants_are_people_in_every_text() -> None:
    for language in languages():
        for message in catalogue(language).messages.values():
            assert not re.search(
                r"illegal|clandestin|ilegal|bring disease|flood|wave of", message, re.I
            )


@pytest.mark.parametrize(
    ("language", "value", "unit", "shown"),
    [
        ("en", 243_700_236, "PERSONS", "243.7\u00a0million"),
        ("fr", 243_700_236, "PERSONS", "243,7\u00a0millions"),
        ("es", 243_700_236, "PERSONS", "243,7\u00a0millones"),
        ("fr", 1_000_000, "PERSONS", "1,0\u00a0million"),
        ("en", 8_000_000, "PERSONS", "8.0\u00a0million"),
        ("fr", -1.08, "PERCENTAGE_POINTS", "−1,1 point"),
        ("fr", -2.08, "PERCENTAGE_POINTS", "−2,1 points"),
        ("es", -1.0, "PERCENTAGE_POINTS", "−1,0 punto"),
        ("fr", 68_957, "USD", "68\u202f957 dollars É.\u2011U."),
        ("en", 441_800, "PERSONS", "441,800"),
        ("es", 441_800, "PERSONS", "441.800"),
        ("en", 48.2498, "PERCENT", "48.2%"),
        ("fr", 48.2498, "PERCENT", "48,2\u202f%"),
        ("en", -2.4, "PERCENT", "−2.4%"),
        ("en", -8.75e9, "USD", "−US$ 8.8\u00a0billion"),
        ("en", -1.08, "PERCENTAGE_POINTS", "−1.1 points"),
        ("en", 0.041, "PERCENT", "0.04%"),  # what is not zero never reads as zero
        ("fr", -0.0004, "PERCENT", "−0,0004\u202f%"),
        ("en", 0.0, "PERCENT", "0.0%"),
        ("en", 0.044, "PERCENTAGE_POINTS", "+0.04 points"),
        ("en", 1e-12, "PERCENTAGE_POINTS", "0.0 points"),
        ("en", 6_111.5, "PERSONS", "6,112"),  # people are whole
    ],
)
def test_numbers_are_written_in_the_manner_of_the_language(
    language: str, value: float, unit: str, shown: str
) -> None:
    assert catalogue(language).number(value, unit) == shown


def test_dates_are_written_in_the_manner_of_the_language() -> None:
    day = date(2016, 12, 31)
    assert [catalogue(c).day(day) for c in ("en", "fr", "es")] == [
        "31 December 2016",
        "31 décembre 2016",
        "31 de diciembre de 2016",
    ]


def test_the_first_and_months_are_written_in_the_manner_of_the_language() -> None:
    first = {c: catalogue(c).dated("2015-12-01") for c in ("en", "fr", "es")}
    assert first == {
        "en": "1 December 2015",
        "fr": "1er décembre 2015",
        "es": "1 de diciembre de 2015",
    }
    assert catalogue("fr").dated("2015-12-21") == "21 décembre 2015"
    months = [catalogue(c).month("2016-04") for c in ("en", "fr", "es")]
    assert months == ["April 2016", "avril 2016", "abril de 2016"]


@pytest.mark.parametrize("language", languages())
def test_names_of_places_are_in_print_and_not_typed(language: str) -> None:
    words = catalogue(language)
    assert not [a for a in AREAS if "'" in words.area(a) + words.short(a)]


@pytest.mark.parametrize("language", OTHERS)
def test_what_a_page_is_called_is_bound_and_not_typed(language: str) -> None:
    """A text that names another page by a title of its own sends the reader astray."""
    for key in ("changes.cut", "iom.note"):
        assert "{page}" in catalogue(language).messages[key]


@pytest.mark.parametrize("language", OTHERS)
def test_a_missing_base_names_its_year_once(language: str) -> None:
    said = catalogue(language).reason("1985: undesa.ims@2025-01-16 does not hold 1985")
    assert said.count("1985") == 1
    assert "does not" not in said


def test_a_language_is_a_catalogue_away() -> None:
    arabic = Catalogue("ar", {"key.since": "{change} منذ"})
    assert arabic.direction == "rtl"
    assert arabic.text("key.since", change="1") == "1 منذ"
    assert arabic.area("276") == "ألمانيا"
    assert arabic.day(date(2016, 1, 2))


def test_what_is_missing_is_named() -> None:
    with pytest.raises(PublishError, match="no catalogue for the language 'tlh'"):
        catalogue("tlh")
    with pytest.raises(PublishError, match=r"no message .key\.nothing."):
        catalogue("en").text("key.nothing")
    with pytest.raises(PublishError, match=r"asks for \{change\}"):
        catalogue("en").text("key.since")


def _broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, text: str | bytes) -> str:
    """Return what is said of a catalogue that stands beside the real ones."""
    for language in languages():
        source = Path(str(files("sojourn.publish.text"))) / f"{language}.toml"
        (tmp_path / source.name).write_bytes(source.read_bytes())
    (tmp_path / f"{code}.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    monkeypatch.setattr("sojourn.publish.text.files", lambda _: tmp_path)
    known = (*languages(), code)
    monkeypatch.setattr("sojourn.terminal.asked.languages", lambda: known)
    option = next(p for p in FOUND["factsheet"].params if p.name == "language")
    monkeypatch.setattr(option.type, "known", lambda: known)
    out = tmp_path / "out"
    done = CliRunner().invoke(cli, ["factsheet", "2015", "--language", code, "--out", str(out)])
    catalogue.cache_clear()
    assert done.exit_code != 0
    assert isinstance(done.exception, PublishError)
    assert done.exception.exit_code == 70
    assert not out.exists()
    return str(done.exception)


@pytest.mark.parametrize(
    "code", sorted({"ar", "zh", "fa", "pt", "tlh", "xx-yy"} - set(languages()))
)
@pytest.mark.parametrize("how", ["empty", "copy", "half", "toml", "bytes", "placeholder"])
def test_an_unfinished_catalogue_is_refused_before_any_work(
    code: str, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = (Path(str(files("sojourn.publish.text"))) / "en.toml").read_text("utf-8")
    text: str | bytes = {
        "empty": "",
        "copy": english,
        "half": english[: english.index("[borders]")],
        "toml": english + "\n[[",
        "bytes": b"\xff\xfe",
        "placeholder": english.replace("{first}", "{erst}"),
    }[how]
    said = _broken(tmp_path, monkeypatch, code, text)
    assert "not finished" in said
    assert "\n" not in said.strip().splitlines()[0]


def test_no_french_line_begins_with_a_colon() -> None:
    for key, message in catalogue("fr").messages.items():
        assert not re.search(r" [:;?!»]|« ", message), key
    assert "Source\u202f:" in catalogue("fr").text("page.source") + catalogue("fr").text(
        "page.colon"
    )


#: Titles of publications and names of licences, which stand as they are in every language.
PROPER = re.compile(
    r"(International Migrant Stock|World Malaria Report|Global Trends: ).*|CC BY[A-Z0-9. -]*"
    r"|list beside the World Malaria Report 2022|dictionary of 31 May 2022"
    r"|World Malaria Report 2024, annex 4-F, data of 9 October 2024"
)


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_what_a_declaration_calls_an_edition_and_its_terms_is_told_in_the_language(
    language: str,
) -> None:
    from sojourn.sources.declaration import registry

    words = catalogue(language)
    declared = registry().editions.values()
    told = {e.title: words.edition_title(e.title) for e in declared}
    told |= {e.license: words.licence(e.license) for e in declared}
    english = [said for said, other in told.items() if said == other and not PROPER.fullmatch(said)]
    assert english == []
    assert all(
        catalogue("en").edition_title(title) == title for title in {e.title for e in declared}
    )


def test_terms_of_an_undeclared_copy_are_told_with_the_terms_inside_them() -> None:
    said = "not in the file; HDX: CC BY for intergovernmental organisations (terms of the newest declared edition)"
    assert catalogue("fr").licence(said) == (
        "non indiquées dans le fichier\u202f; HDX\u202f: CC BY pour les organisations "
        "intergouvernementales (conditions de la dernière édition déclarée)"
    )
    assert catalogue("es").edition_title("edition 2025, data of 13 May 2025") == (
        "edición 2025, datos del 13 de mayo de 2025"
    )


@pytest.mark.parametrize(("language", "short"), [("en", "UIS"), ("fr", "ISU"), ("es", "IEU")])
def test_an_institute_has_one_short_name_in_the_terms_and_in_the_title(
    language: str, short: str
) -> None:
    words = catalogue(language)
    terms = words.licence("not stated in the file (UIS: CC BY-SA 3.0 IGO)")
    title = words.edition_title("export of the UIS data browser, early 2025")
    assert re.findall(r"\b(?:UIS|ISU|IEU)\b", f"{terms} {title}") == [short, short]
