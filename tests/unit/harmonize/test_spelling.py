"""Garbled letters are mended, right ones are never touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.harmonize.labels import coder
from sojourn.harmonize.spelling import unmangled
from sojourn.vocab.area import AREAS


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F), min_size=1))
def test_utf8_taken_for_latin_1_is_read_back(label: str) -> None:
    garbled = label.encode().decode("latin-1")
    assert unmangled(garbled) == label


def test_no_name_of_a_place_is_touched_and_each_is_found_garbled() -> None:
    named = [name for area in AREAS.values() for name in area.names.values()]
    assert [n for n in named if unmangled(n) != n] == []
    accented = [n for n in named if not n.isascii()]
    assert len(accented) > 100
    assert [n for n in accented if unmangled(n.encode().decode("latin-1")) != n] == []


@pytest.mark.parametrize("printed", ["Türkiye", "TÃ¼rkiye", "TÃ¼rkiye *"])
def test_a_place_keeps_its_code_however_its_letters_came(printed: str) -> None:
    assert coder("unodc", "name", {}, "")(printed) == "792"


def test_what_is_lost_stays_lost() -> None:
    assert unmangled("Ciudadanos de su pa\ufffds") == "Ciudadanos de su pa\ufffds"
