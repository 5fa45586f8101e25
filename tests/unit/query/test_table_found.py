"""Datasets that count a measure are read when they are first asked, once, and no other is."""

from sojourn.query.table_asked import Candidate
from sojourn.query.table_found import Sources
from sojourn.query.table_numbers import Edition


def _sources(asked: list[str]) -> Sources:
    listed = [Candidate(d, "stock", "", {}) for d in ("first", "empty", "last")]

    def read(one: Candidate) -> list[Edition]:
        asked.append(one.dataset)
        held = [] if one.dataset == "empty" else [f"{one.dataset}@2015-01-01"]
        return [Edition(e, one.dataset, one.indicator, "", {}) for e in held]

    return Sources(listed, read)


def test_a_rival_is_not_read_when_the_first_dataset_answers() -> None:
    asked: list[str] = []
    sources = _sources(asked)
    assert next(iter(sources))[0].dataset == "first"
    assert asked == ["first"]


def test_each_dataset_is_read_once_and_one_that_holds_nothing_is_left_out() -> None:
    asked: list[str] = []
    sources = _sources(asked)
    for _ in range(2):
        assert [editions[0].dataset for editions in sources] == ["first", "last"]
    assert asked == ["first", "empty", "last"]


def test_only_the_datasets_named_are_read() -> None:
    asked: list[str] = []
    sources = _sources(asked)
    assert [editions[0].dataset for editions in sources.among(("last",))] == ["last"]
    assert asked == ["last"]
