"""A label names an area only if somebody wrote that spelling down.

Publishers spell places in many ways, and some spellings differ by one letter from those of
another country. sojourn compares labels letter by letter, after Unicode normalisation and with
blanks collapsed, with the spellings each publisher is known to print. Anything else is an error,
whose hint lists near spellings for a person to choose from.

==========================  ==========================
the label                   is never
==========================  ==========================
Niger                       Nigeria
Republic of Korea           the Democratic People's Republic of Korea
Congo                       the Democratic Republic of the Congo
Guinea                      Guinea-Bissau, Equatorial Guinea, Papua New Guinea
Taiwan Province of China    China
Serbia and Montenegro       Serbia
Sudan (former)              Sudan
==========================  ==========================
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import UnknownArea
from sojourn.vocab.area import AREAS, aliases, name, resolve

WITH_FORMER = {
    "Germany (until 1990 former territory of the FRG)",
    "Germany including former GDR",
}  # the Germany of today, which its publisher names by what it was or took in
COUNTRIES = sorted(a.area_id for a in AREAS.values() if a.kind == "country")
PUBLISHERS = ["undesa", "wpp", "unhcr", "idmc", "worldbank", "who", "eurostat", "iom"]


@pytest.mark.parametrize("publisher", PUBLISHERS)
@pytest.mark.parametrize(
    ("label", "area_id"),
    [
        ("Niger", "562"),
        ("Nigeria", "566"),
        ("Republic of Korea", "410"),
        ("Democratic People's Republic of Korea", "408"),
        ("Congo", "178"),
        ("Democratic Republic of the Congo", "180"),
        ("Guinea", "324"),
        ("Guinea-Bissau", "624"),
        ("Dominica", "212"),
        ("Dominican Republic", "214"),
        ("Austria", "040"),
        ("Australia", "036"),
        ("China", "156"),
        ("Taiwan Province of China", "158"),
        ("Serbia", "688"),
        ("Serbia and Montenegro", "891"),
        ("Sudan", "729"),
        ("Sudan (former)", "736"),
        ("South Sudan", "728"),
        ("Samoa", "882"),
        ("American Samoa", "016"),
    ],
)
def test_labels_that_look_alike_are_different_places(
    publisher: str, label: str, area_id: str
) -> None:
    assert resolve(label, publisher=publisher) == area_id


@pytest.mark.parametrize("publisher", PUBLISHERS)
@pytest.mark.parametrize(
    "label", ["", "Frence", "france", "FRANCE", "Nigér", "Korea North", "Turkey36", "Ger many", "4"]
)
def test_a_spelling_nobody_wrote_down_is_an_error(publisher: str, label: str) -> None:
    with pytest.raises(UnknownArea):
        resolve(label, publisher=publisher)


def test_korea_alone_is_known_only_to_the_publisher_who_prints_a_code_beside_it() -> None:
    assert resolve("Korea", publisher="idmc") == "410"
    with pytest.raises(UnknownArea):
        resolve("Korea", publisher="worldbank")


@given(st.sampled_from(COUNTRIES), st.data())
def test_one_letter_less_never_names_the_same_country(area_id: str, data: st.DataObject) -> None:
    label = name(area_id, "en")
    cut = data.draw(st.integers(0, len(label) - 1))
    shorter = label[:cut] + label[cut + 1 :]
    if " ".join(shorter.split()) in {alias.label for alias in aliases()} | {label}:
        return  # a spelling of its own
    try:
        found = resolve(shorter, publisher="undesa")
    except UnknownArea:
        return
    assert name(found, "en") == " ".join(shorter.split()) != label


def test_a_historical_area_stays_itself_and_has_no_successor() -> None:
    historical = {a.area_id for a in AREAS.values() if a.kind == "historical"}
    assert {"810", "890", "891", "200", "530", "736"} <= historical
    for area_id in historical:
        assert not any("successor" in field for field in AREAS[area_id].__slots__)
        assert resolve(name(area_id), publisher="undesa") == area_id
    for alias in aliases():
        if "former" in alias.label.lower() and "yug" not in alias.label.lower():
            assert alias.area_id in historical or alias.label in WITH_FORMER, alias


def test_the_same_letters_in_another_composition_are_the_same_label() -> None:
    composed, decomposed = "Côte d'Ivoire", "Co\u0302te d'Ivoire"
    assert composed != decomposed
    assert resolve(decomposed, publisher="undesa") == resolve(composed, publisher="undesa")
    assert resolve("  Viet\u00a0Nam ", publisher="undesa") == "704"


def test_kosovo_carries_the_note_of_the_security_council_resolution() -> None:
    assert "resolution 1244 (1999)" in AREAS["XKX"].note
