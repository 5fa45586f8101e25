"""Whatever somebody misspells in a file of their own, the answer names the nearest that is known."""

import ast
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from spoiled_toml import written

from sojourn.errors import SojournError
from sojourn.health.engine.parameters import parameters, replaced
from sojourn.health.engine.question import read_own, read_questions
from sojourn.health.engine.scenario import read_scenarios
from sojourn.protect.run.read import counted
from sojourn.protect.table.policy import packaged, read_policy
from sojourn.protect.table.table import read_table
from sojourn.query.quantities import read_quantities as read_counted
from sojourn.relocation.counts.checks import answer_checks
from sojourn.relocation.counts.counts import read_counts
from sojourn.relocation.counts.indicators import read_quantities
from sojourn.relocation.site.mapping import read_column_maps
from sojourn.relocation.site.rules import default_rules_text, read_rules
from sojourn.relocation.site.table import read_table as read_site_table
from sojourn.terminal.declared import read_rows
from sojourn.terminal.nearest import near
from sojourn.vocab.group import groups, read_groups
from sojourn.vocab.indicator import Row

SRC = Path(__file__).parents[3] / "src" / "sojourn"
COUNTS = (
    "id,value,group,scope,method,day,publisher,reference\n"
    "March,150,people,a,census,2016-03-01,p,r\nApril,200,people,a,census,2016-04-01,p,r\n"
)
CHECK = '[[check]]\nid = "n"\nkind = "net"\nearlier = "March"\nlater = "April"\n'
GROUP = '[MINE]\nname_en = "m"\nmembers = ["276"]\n'


def checks(told: str) -> object:
    return answer_checks(told, read_counts(COUNTS, where="c.csv"), where="mine.toml")


def maps(told: str) -> object:
    found, faults = read_column_maps(told, file="columns.toml")
    if faults:
        raise SojournError("\n".join(f"{f} {f.hint}" for f in faults))
    return found


def persons(told: str) -> object:
    found = read_site_table("persons.csv", told, "person")
    raise SojournError("\n".join(f"{f} {f.hint}" for f in found.faults))


def policy() -> str:
    text = (SRC / "protect" / "table" / "policies.toml").read_text("utf-8")
    return written(tomllib.loads(text)["default"])


def rules(told: str) -> object:
    return read_rules(default_rules_text() + told)


#: What is read, its text with one word misspelt, and the word that was meant.
MISSPELT: list[tuple[str, Callable[[str], object], str, str]] = [
    (
        "groups",
        lambda t: read_groups(t, where="m", known=groups()),
        GROUP + 'sorce = "x"',
        "source",
    ),
    (
        "a member",
        lambda t: read_groups(t, where="m", known=groups()),
        '[MINE]\nname_en = "m"\nmembers = [{ area = "276", sinse = 2004-05-01 }]',
        "since",
    ),
    (
        "a base",
        lambda t: read_groups(t, where="m", known=groups()),
        '[MINE]\nname_en = "m"\nof = "EU287"\non = 2014-01-01',
        "EU28",
    ),
    ("rules: section", lambda t: read_rules(t), "[operations]\nlat = 1", "operation"),
    (
        "rules: parameter",
        lambda t: read_rules(t),
        "[R01]\npromised_facter = 0.5",
        "promised_factor",
    ),
    ("rules: field", lambda t: read_rules(t), "[operation]\ndepartur = 2016-10-24", "departure"),
    (
        "counts: column",
        lambda t: read_counts(t, where="c.csv"),
        COUNTS.replace("publisher", "publsher"),
        "publisher",
    ),
    ("counts: list", lambda t: read_counts(t, where="c.toml"), "[[counts]]\nid = 'a'", "count"),
    ("checks: list", checks, CHECK.replace("[[check]]", "[[chek]]"), "check"),
    ("checks: key", checks, CHECK + "statd = 50\n", "stated"),
    ("checks: kind", checks, CHECK.replace('"net"', '"nett"'), "net"),
    ("checks: count", checks, CHECK.replace('"March"', '"Mach"'), "March"),
    ("standards", lambda t: read_quantities(t, where="m"), "toilet = 3", "toilets"),
    ("columns: table", maps, '[persn]\nfile = "a.csv"', "person"),
    ("columns: entry", maps, "[person]\ncolums = {}", "columns"),
    ("columns: field", maps, '[person.columns]\ncase_idd = "x"', "case_id"),
    (
        "columns: part",
        maps,
        '[person.columns]\ncase_id = { colum = "x" }',
        "column",
    ),
    ("a site's table", persons, "id,case_idd\na,b\n", "case_id"),
    (
        "parameters: list",
        lambda t: replaced(dict(parameters("tb")), t, where="m"),
        "[[paramter]]\nid = 'x'",
        "parameter",
    ),
    (
        "parameters: key",
        lambda t: replaced(dict(parameters("tb")), t, where="m"),
        f"[[parameter]]\nid = '{next(iter(parameters('tb')))}'\nvalu = 1",
        "value",
    ),
    (
        "policy: key",
        lambda t: read_policy(t, where="m"),
        policy() + "\ncontributr = 1",
        "contributor",
    ),
    ("policy: name", packaged, "traficking", "trafficking"),
    (
        "scenarios",
        lambda t: read_scenarios(t, where="m"),
        "[mine]\ncovr = 0.8\nstart = 2020",
        "cover",
    ),
    ("question", lambda t: read_questions(t, where="m"), "[mine]\ncovr = 0.8", "cover"),
    ("own numbers", lambda t: read_own([{"what": t}], "m"), "incidense", "incidence"),
    ("microdata", lambda t: counted(t, ["sexx"], name="m"), "sex,age\nF,1\n", "sex"),
    ("a table to protect", lambda t: read_table(t, name="m"), "sex,OBS_VALUE\nF,1\n", "OBS_VALUE"),
    (
        "what is counted",
        lambda t: read_counted(t, where="m"),
        '[q]\nunit="PS"\nreason="r"\ncounts = [{ dataset="a", indicator="b", says="c", where = { origon = "_T" } }]',
        "origin",
    ),
    (
        "columns of a declared CSV",
        lambda t: read_rows(t, Row, where="m.csv"),
        "indicater\nx\n",
        "indicator",
    ),
]


@pytest.mark.parametrize(
    ("read", "told", "meant"), [m[1:] for m in MISSPELT], ids=[m[0] for m in MISSPELT]
)
def test_a_misspelt_word_is_refused_with_the_nearest(
    read: Callable[[str], object], told: str, meant: str
) -> None:
    with pytest.raises(SojournError) as raised:
        read(told)
    said = f"{raised.value.problem}\n{raised.value.hint}"
    assert f"did you mean {meant!r}?" in said


def test_a_word_in_capitals_is_near_to_itself() -> None:
    assert near("obs_value", ["sex", "OBS_VALUE"]) == ["OBS_VALUE"]
    assert near("Bedz", ["beds", "BEDS", "rooms"], most=2) == ["beds", "BEDS"]


def test_one_place_alone_decides_what_is_near() -> None:
    """A reader that compares words by itself would again say the nearest, or not, as it likes."""
    others = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and "get_close_matches" in {a.name for a in node.names}
    }
    assert others == {"terminal/nearest.py"}
