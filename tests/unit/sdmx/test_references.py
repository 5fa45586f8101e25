"""What may be asked for beside structures, walked by hand over the names that they bear inside."""

import json
import re
from collections.abc import Iterator

import pytest
from guarded import TestClient

from sojourn.query.opening import open_data
from sojourn.sdmx.run.structures import STANDARD
from sojourn.sdmx.run.surface import opened
from sojourn.sdmx.server.app import application

KINDS = {
    "dataflow": "dataflows",
    "datastructure": "dataStructures",
    "conceptscheme": "conceptSchemes",
    "codelist": "codelists",
}
URN = re.compile(r"\.(Dataflow|DataStructure|Codelist|Concept)=SOJOURN:([A-Z0-9_]+)\(")
Named = tuple[str, str]
ASKED = [
    ("dataflow", "UNDESA_IMS"),
    ("datastructure", "CORRIDOR"),
    ("conceptscheme", "CONCEPTS"),
    ("codelist", "CL_SEX"),
    ("codelist", "CL_AREA"),
]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    store, _ = open_data(None)
    with opened(store, public=False) as surface:
        yield TestClient(application(surface, None), raise_server_exceptions=False)


def held(client: TestClient, url: str) -> dict[Named, str]:
    """The artefacts of an answer, each with its text."""
    answer = client.get(url)
    told = answer.json()["data"] if answer.status_code == 200 else {}
    return {
        (kind, one["id"]): json.dumps(one) for kind in KINDS.values() for one in told.get(kind, ())
    }


@pytest.fixture(scope="module")
def whole(client: TestClient) -> dict[Named, set[Named]]:
    """Every artefact with those whose names stand in it."""
    kinds = dict(
        zip(("Dataflow", "DataStructure", "Concept", "Codelist"), KINDS.values(), strict=True)
    )
    found = {}
    for one, text in held(client, "/structure/*/SOJOURN/*").items():
        found[one] = {(kinds[kind], name) for kind, name in URN.findall(text)} - {one}
    return found


def walked(whole: dict[Named, set[Named]], start: set[Named], word: str) -> set[Named]:
    """The standard: parents use an artefact, siblings are what parents use; children it uses itself."""

    def children(of: set[Named]) -> set[Named]:
        return {to for one in of for to in whole[one]}

    def parents(of: set[Named]) -> set[Named]:
        return {one for one, to in whole.items() if to & of}

    def all_of(step: object, of: set[Named]) -> set[Named]:
        found = set(of)
        while more := step(found) - found:  # type: ignore[operator]
            found |= more
        return found

    beside = start | parents(start) | children(parents(start))
    below, above = all_of(children, start), all_of(parents, start)
    known = {
        "none": start,
        "children": start | children(start),
        "parents": start | parents(start),
        "parentsandsiblings": beside,
        "descendants": below,
        "ancestors": above,
        "all": beside | below,
    }
    of_kind = {one for one in below | above if one[0] == KINDS.get(word)}
    return known.get(word, start | of_kind)


@pytest.mark.parametrize(("kind", "name"), ASKED)
def test_references_are_those_of_the_standard(
    client: TestClient, whole: dict[Named, set[Named]], kind: str, name: str
) -> None:
    start = {(KINDS[kind], name)}
    assert start < set(whole)
    words = ("none", "parents", "parentsandsiblings", "ancestors", "children", "descendants", "all")
    for word in (*words, *KINDS, "categoryscheme"):
        found = held(client, f"/structure/{kind}/SOJOURN/{name}?references={word}")
        assert set(found) == walked(whole, start, word), word


@pytest.mark.parametrize("word", ["none", "children", "descendants", "all", *KINDS])
def test_an_availability_names_what_it_is_asked_to(
    client: TestClient, whole: dict[Named, set[Named]], word: str
) -> None:
    flow = {("dataflows", "UNDESA_IMS")}
    below = walked(whole, flow, "descendants")
    want = {
        "none": set(),
        "children": flow,
        "descendants": below,
        "all": below,
    }.get(word, {one for one in below if one[0] == KINDS.get(word)})
    url = f"/availability/dataflow/SOJOURN/UNDESA_IMS/1.0.0?references={word}"
    assert set(held(client, url)) == want


@pytest.mark.parametrize("kind", sorted(STANDARD - set(KINDS) - {"*", "structure"}))
def test_a_kind_that_is_not_held_holds_nothing(client: TestClient, kind: str) -> None:
    assert client.get(f"/structure/{kind}/SOJOURN/*").status_code == 204


@pytest.mark.parametrize("word", ["nonsense", "child"])
def test_references_that_the_standard_does_not_have_are_refused(
    client: TestClient, word: str
) -> None:
    assert client.get(f"/structure/dataflow/SOJOURN/*?references={word}").status_code == 400
