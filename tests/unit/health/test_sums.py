"""Who is in no sum of a brief, and why: read off WHO's own files, cell by cell."""

import csv
from pathlib import Path

from sojourn.health.brief.page import Page
from sojourn.health.brief.stands import stands
from sojourn.health.run.brief import gather
from sojourn.health.run.by_country import path_rows
from sojourn.health.run.claims import judged
from sojourn.health.run.scores import Row, read_known
from sojourn.publish.text import catalogue
from sojourn.query.opening import open_data

SINCE, LAST = 2015, 2021


def test_who_is_in_no_sum_lacks_a_value_or_people_and_nothing_else_is_said(
    loaded: Path, publisher_files: Path
) -> None:
    who = publisher_files / "who"
    with (who / "2022-12" / "MALARIA_EST_CASES.csv").open(encoding="utf-8") as file:
        table = list(csv.reader(file))
    years = [cell.strip() for cell in table[1]]
    cases = {row[0]: dict(zip(years, row, strict=True)) for row in table[2:]}
    with (who / "2024-06" / "TB_burden_countries_2024-06-23.csv").open(encoding="utf-8") as file:
        people = {(row["country"], int(row["year"])) for row in csv.DictReader(file)}
    wanted = range(SINCE, LAST + 1)
    value = {c: all(of[str(y)].strip() for y in wanted) for c, of in cases.items()}
    counted = {c: all((c, y) in people for y in wanted) for c in cases}
    store, _ = open_data(loaded)
    found = gather(store, "malaria")
    told = found.trackings[0]
    words = catalogue("en")
    names = {words.area(a) for a in told.left_out}
    assert names == {"French Guiana", "Mauritius", "Mayotte"}
    assert not any(value[n] and counted[n] for n in names)
    assert value["French Guiana"]  # what is lacking is not WHO's value
    said = str(stands(Page(found, "en")).blocks[0])
    assert f"value or population of some year since {SINCE}" in said
    assert not any(f"no value of {n}" in said for n in names)


def test_a_country_whose_later_years_are_missed_is_told_by_name_and_has_no_path(
    loaded: Path, publisher_files: Path
) -> None:
    """WHO's deaths of Uganda, Kenya or Zambia fell by more than any band: nobody had declared them."""
    burden = publisher_files / "who" / "2024-06" / "TB_burden_countries_2024-06-23.csv"
    with burden.open(encoding="utf-8") as file:
        who = {(row["iso3"], int(row["year"])): row for row in csv.DictReader(file)}

    def ratio(column: str, iso: str) -> float:
        later, base = (
            float(who[iso, y][column]) / float(who[iso, y]["e_pop_num"]) for y in (2022, 2015)
        )
        return later / base

    store, _ = open_data(loaded)
    rows = path_rows(read_known(store))
    missed = {row.id: row for row in rows if row.verdict == "missed"}
    for iso, column, what in (
        ("UGA", "e_mort_num", "deaths"),
        ("ZMB", "e_mort_num", "deaths"),
        ("KEN", "e_mort_num", "deaths"),
        ("QAT", "e_inc_num", "cases"),
        ("ZAF", "e_inc_num", "cases"),
    ):
        row = missed[f"{what}_2022_over_2015_{iso}"]
        assert row.low is not None
        assert row.high is not None
        assert not row.low <= ratio(column, iso) <= row.high
        assert abs((row.published or 0.0) / ratio(column, iso) - 1.0) < 0.02
    kept = [
        Row(n, "tb", "", 1.0, 1.0, None, None, "met", "")
        for n in judged("tb", [])["country_path"]["untried"]
    ]
    for iso, told in (("UGA", False), ("QAT", False), ("FRA", True), ("IND", True)):
        assert judged("tb", [*kept, *rows], countries=(iso,))["country_path"]["kept"] is told
    # of fewer than twenty a miss is chance
    few = {r.id.rpartition("_")[2] for r in rows if r.id.startswith("deaths")}
    assert "ISL" not in few
