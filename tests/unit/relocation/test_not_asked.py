"""Needs that nobody was asked about are NOT_ASKED, never none: by what a form exports, and by a table of ours."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import SiteRefused
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.run.site import import_tables
from sojourn.relocation.site.needs import not_asked
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import NOT_ASKED

HEAD = """[person]
file = "person.csv"
{more}
[person.columns]
id = "id"
case_id = "id"
sex = "sex"
birth = {{ constant = "unknown" }}
age_source = {{ constant = "declared" }}
mobility = "moves"
{flags}
[person.values.flags]
none = ""
"""
IN_ONE = 'flags = { column = "needs", separator = " " }'
APART = 'flags = { choices = "needs/" }'


def brought_in(
    folder: Path, table: str, flags: str = "", more: str = ""
) -> tuple[dict[str, str], str]:
    (folder / "person.csv").write_text(table, "utf-8")
    text = HEAD.format(flags=flags, more=more)
    mapping = text if flags else text.partition("[person.values.flags]")[0]
    (folder / "m.toml").write_text(mapping, "utf-8")
    said = list[str]()
    import_tables(folder, folder / "m.toml", folder / "S", tell=said.append)
    rows = csv.DictReader(io.StringIO((folder / "S" / "person.csv").read_text("utf-8")))
    return {r["id"]: r["flags"] for r in rows}, " ".join(said)


def test_an_empty_cell_of_choices_is_not_an_answer(tmp_path: Path) -> None:
    table = "id,sex,moves,needs\na,F,none,\nb,F,none,none\nc,F,none,DS\n"
    found, said = brought_in(tmp_path, table, IN_ONE)
    assert found == {"a": NOT_ASKED, "b": "", "c": "DS"}
    assert "of 1 person nobody was asked about needs" in said


def test_an_empty_cell_is_none_where_the_form_says_so_and_that_is_told(tmp_path: Path) -> None:
    table = "id,sex,moves,needs\na,F,none,\nb,F,none,none\nc,F,none,DS\n"
    found, said = brought_in(tmp_path, table, IN_ONE, 'empty_is_none = ["flags"]')
    assert found == {"a": "", "b": "", "c": "DS"}
    assert "2 people are read as without a need; an empty cell is none" in said
    assert "nobody was asked" not in said


def test_a_column_a_choice_all_empty_is_not_asked_and_all_zero_is_none(tmp_path: Path) -> None:
    table = "id,sex,moves,needs/DS,needs/SC\na,F,none,,\nb,F,none,0,0\nc,F,none,0,1\n"
    found, _ = brought_in(tmp_path, table, APART)
    assert found == {"a": NOT_ASKED, "b": "", "c": "SC"}


def test_zeros_beside_an_empty_cell_of_the_question_itself_are_not_an_answer(
    tmp_path: Path,
) -> None:
    table = "id,sex,moves,needs,needs/DS,needs/none\na,F,none,,0,0\nb,F,none,none,0,1\nc,F,none,DS,1,0\n"
    found, _ = brought_in(tmp_path, table, APART)
    assert found == {"a": NOT_ASKED, "b": "", "c": "DS"}


@pytest.mark.parametrize("empty", ["[]", '[""]', "[nil]", "  "])
def test_a_printed_list_of_nothing_is_not_an_answer(tmp_path: Path, empty: str) -> None:
    cell = empty.replace('"', '""')
    table = f'id,sex,moves,needs\na,F,none,"{cell}"\nb,F,none,"[""DS""]"\n'
    found, _ = brought_in(tmp_path, table, IN_ONE)
    assert found == {"a": NOT_ASKED, "b": "DS"}


def test_without_a_column_of_needs_nobody_was_asked(tmp_path: Path) -> None:
    found, said = brought_in(tmp_path, "id,sex,moves\na,F,none\nb,M,none\n")
    assert set(found.values()) == {NOT_ASKED}
    assert "of 2 people nobody was asked" in said


def test_an_entry_that_says_another_thing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteRefused, match="empty_is_none"):
        brought_in(tmp_path, "id,sex,moves\na,F,none\n", "", 'empty_is_none = ["sex"]')


@pytest.mark.parametrize("column", ["flags", "needs-flags"])
def test_a_form_that_needs_no_mapping_is_held_to_the_same(tmp_path: Path, column: str) -> None:
    site = tmp_path / "SYNTHETIC"
    write_example_site(site, people=40, seed=1)
    before = read_site(site)
    assert not not_asked(before)
    rows = list(csv.DictReader(io.StringIO((site / "person.csv").read_text("utf-8"))))
    for row in rows:
        row[column], row["KEY"] = "", f"uuid:{row['id']}"
        if column != "flags":
            del row["flags"]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    (site / "person.csv").write_text(out.getvalue(), "utf-8")
    assert not_asked(read_site(site)) == len(rows)


def test_a_table_of_ours_without_the_column_is_told_by_check_plan_and_audit(tmp_path: Path) -> None:
    site = tmp_path / "SYNTHETIC"
    write_example_site(site, people=60, seed=1)
    rows = list(csv.reader(io.StringIO((site / "person.csv").read_text("utf-8"))))
    at = rows[0].index("flags")
    text = "\n".join(",".join(r[:at] + r[at + 1 :]) for r in rows) + "\n"
    (site / "person.csv").write_text(text, "utf-8")
    run = CliRunner().invoke(cli, ["site", "check", str(site)])
    assert f"of {len(rows) - 1} people nobody was asked about needs" in run.stdout
    read = read_site(site)
    plan = make_plan(read)
    assert any("nobody was asked about needs" in w for w in plan.warnings)
    groups = {g.group for g in plan.groups if g.dimension == "disability"}
    assert "unknown" in groups
    assert "no" not in groups
    assert not [v for c in audit(read, plan) for v in c.violations]
    told = tuple(g for g in plan.groups if g.dimension != "disability")
    named = tuple(
        replace(g, group="no") if g.group == "unknown" else g
        for g in plan.groups
        if g.dimension == "disability"
    )
    wrong = replace(
        plan, groups=tuple(sorted((*told, *named), key=lambda g: (g.dimension, g.group)))
    )
    assert [v for c in audit(read, wrong) for v in c.violations]
