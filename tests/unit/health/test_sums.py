"""Who is in no sum of a brief, and why: read off WHO's own files, cell by cell."""

import csv
from pathlib import Path

from sojourn.health.brief.page import Page
from sojourn.health.brief.stands import stands
from sojourn.health.run.brief import gather
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
