"""A validation is made once a run and kept beside it; of what was not tried nothing is claimed."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sojourn.errors import NoSuchObservation
from sojourn.health.run import claims as claimed
from sojourn.health.run.claims import claims, judged, validate, validated
from sojourn.health.run.scores import UNTRIED, Row

ROW = Row("a", "tb", "what is told", 2.0, 3.0, float("nan"), None, "near", "by hand")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was computed: the topic and the day, each time."""
    asked: list[Any] = []

    def rows_of(topic: str) -> Any:
        def rows(_: object, *, seed: int = 1, as_of: date | None = None) -> list[Row]:
            asked.append((topic, seed, as_of))
            return [ROW]

        return rows

    for topic in ("tb", "malaria"):
        monkeypatch.setattr(claimed, f"{topic}_rows", rows_of(topic))
    return asked


STORE: Any = None


@pytest.mark.parametrize("topic", ["tb", "malaria"])
def test_what_was_held_against_the_data_of_a_run_is_kept_beside_it(
    topic: str, made: list[Any], tmp_path: Path
) -> None:
    day = date(2020, 1, 1)
    first = validated(STORE, topic, "m", tmp_path, as_of=day)
    assert made == [(topic, 1, day)]
    [row] = first
    assert (row.id, row.ours, row.low, row.high, row.verdict) == ("a", 3.0, None, None, "near")
    assert json.loads((tmp_path / "validation.json").read_text("utf-8"))["run"] == "m"
    assert validated(STORE, topic, "m", tmp_path, as_of=day) == first
    assert len(made) == 1
    for another in ("l", "n"):
        validated(STORE, topic, another, tmp_path)
    assert len(made) == 3


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"run": "m"}', '{"run": "m", "rows": [{"id": "a"}]}', '{"rows": []}']
)
def test_a_validation_that_is_not_whole_is_made_again(
    text: str, made: list[Any], tmp_path: Path
) -> None:
    (tmp_path / "validation.json").write_text(text, "utf-8")
    assert [r.id for r in validated(STORE, "tb", "m", tmp_path)] == ["a"]
    assert len(made) == 1


@pytest.mark.parametrize("absent", [(), ("tb",), ("malaria",), ("tb", "malaria")])
def test_a_topic_whose_files_are_not_loaded_is_not_tried(
    absent: tuple[str, ...], made: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> list[Row]:
        raise NoSuchObservation("no loaded file holds it", hint="load it")

    for topic in absent:
        monkeypatch.setattr(claimed, f"{topic}_rows", refuse)
    if len(absent) == 2:
        with pytest.raises(NoSuchObservation):
            validate(STORE, seed=7)
        return
    rows = validate(STORE, seed=7)
    assert {(t, s) for t, s, _ in made} == {(t, 7) for t in ("tb", "malaria") if t not in absent}
    untried = [r for r in rows if r.verdict == UNTRIED]
    want = {r for t in absent for c in claims(t) for r in c.rests_on}
    assert {r.id for r in untried} == want
    assert {r.missing for r in untried} <= {"no loaded file holds it"}
    assert {(r.ours, r.published) for r in untried} <= {(None, None)}


@pytest.mark.parametrize(
    ("verdict", "holds"),
    [
        *((word, True) for word in ("met", "near", "within", "sign met")),
        *((word, False) for word in ("missed", "told", UNTRIED)),
    ],
)
def test_a_claim_is_kept_where_all_its_rows_hold(verdict: str, *, holds: bool) -> None:
    of = claims("malaria")
    names = [r for c in of for r in c.rests_on]
    rows = {n: Row(n, "malaria", "t", 1.0, 2.0, None, None, "met", "s") for n in names}
    one = names[0]
    rows[one] = Row(
        one,
        "malaria",
        "t",
        1.0,
        2.0,
        None,
        None,
        verdict,
        "s",
        "gone" if verdict == UNTRIED else "",
    )
    told = judged("malaria", list(rows.values()))
    for claim in of:
        found = told[claim.id]
        touched = one in claim.rests_on
        assert found["kept"] is (holds or not touched)
        assert found["untried"] == ({one: "gone"} if touched and verdict == UNTRIED else {})
        assert found["missed"] == ([one] if touched and not holds and verdict != UNTRIED else [])
        assert set(found["rows"]) == set(claim.rests_on)
    del rows[one]
    without = judged("malaria", list(rows.values()))
    assert all((one in without[c.id]["untried"]) == (one in c.rests_on) for c in of)
