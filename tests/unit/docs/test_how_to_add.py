"""CONTRIBUTING.md walked as it is written: an edition, a publisher, a figure, a language, at the first try."""

import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import twins
from openpyxl.utils import get_column_letter

import sojourn
from sojourn.factsheet.figures import statement
from sojourn.factsheet.figures.opened import evaluator
from sojourn.factsheet.figures.statement import statements
from sojourn.factsheet.pages import document
from sojourn.factsheet.pages.document import Page, section
from sojourn.loading.declare import declare
from sojourn.publish import Notes, catalogue, languages, spoken
from sojourn.sources.declaration import registry

ROOT = Path(__file__).parents[3]


def told(heading: str, kind: str) -> list[str]:
    """The blocks of one kind under a heading of the text."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(rf"^( *)```{kind}\n(.*?)^ *```", part, re.M | re.S)
    return [
        "\n".join(x.removeprefix(pad) for x in body.splitlines()) + "\n" for pad, body in blocks
    ]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_new_edition_loads_with_the_entry_of_the_text(tmp_path: Path) -> None:
    path = twins.undesa_stock(tmp_path / "stock.xlsx", revision="2024")
    entry = told("A new edition of a table that is known", "toml")[0]
    declared = tmp_path / "edition.toml"
    declared.write_text(entry.replace("<sha256>", sha256(path)).replace("2024-12-01", "2024-12-02"))
    (outcome,) = sojourn.load([path], tmp_path / "data", declare=declared).outcomes
    assert outcome.status == "loaded"
    assert [e.edition for e in sojourn.open(tmp_path / "data").editions()] == [
        "undesa.ims@2024-12-02"
    ]


def test_a_new_publisher_loads_with_the_declaration_of_the_text(tmp_path: Path) -> None:
    (table,), (declaration,) = told("A new publisher", "csv"), told("A new publisher", "toml")
    path, declared = tmp_path / "freedonia.csv", tmp_path / "freedonia.toml"
    path.write_text(table, "utf-8")
    declared.write_text(declaration.replace("<sha256>", sha256(path)), "utf-8")
    (outcome,) = sojourn.load([path], tmp_path / "data", declare=declared).outcomes
    assert outcome.status == "loaded"
    (cell,) = sojourn.open(tmp_path / "data").trace("freedonia.emigrants@2021-12-01#D2")
    assert cell.value == 1200


def test_the_draft_of_a_new_table_holds_all_but_what_a_person_knows(tmp_path: Path) -> None:
    path = tmp_path / "freedonia.csv"
    path.write_text(told("A new publisher", "csv")[0], "utf-8")
    draft = declare(path, registry(), new=True).toml
    unasked = declare(path, registry(), new=False).toml  # no known table is like it
    assert draft.partition("publisher")[2] == unasked.partition("publisher")[2]
    said = re.sub(r"\s*#.*", "", told("A new publisher", "toml")[0])
    for line in said.partition("[[layout]]")[2].splitlines():
        if not any(word in line for word in ("freedonia", "missing", "match", "]", "roles")):
            assert line.strip() in draft, line


def in_a_copy(tmp_path: Path, code: str, *changed: tuple[str, str]) -> str:
    """What a copy of the package prints once files of it are changed."""
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "embedded*")
    )
    for data in (ROOT / "src" / "sojourn").glob("embedded*"):
        (tmp_path / "src" / "sojourn" / data.name).symlink_to(data)
    for name, text in changed:
        (tmp_path / "src" / "sojourn" / name).write_text(text, "utf-8")
    there = {**os.environ, "PYTHONPATH": str(tmp_path / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, env=there, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_figure_is_an_entry_and_its_names(tmp_path: Path, cuts: Path) -> None:
    entry, sentence, words = told("A new figure", "toml")
    room = ROOT / "src" / "sojourn"
    name = 'migrant_stock_of_mexico = "Migrants in Mexico"\n'
    changed = [
        (f"publish/text/{x}.toml", (room / f"publish/text/{x}.toml").read_text("utf-8"))
        for x in languages()
    ]
    heading, _, line = words.partition("\n")
    changed = [
        (p, t.replace("[figure]\n", f"[figure]\n{name}", 1).replace(f"{heading}\n", words, 1))
        for p, t in changed
    ]
    assert line
    for file, more in (("figures.toml", entry), ("statements.toml", sentence)):
        path = f"factsheet/figures/{file}"
        changed.append((path, (room / path).read_text("utf-8") + "\n" + more))
    code = (
        f"import sojourn; from sojourn.publish import catalogue; [catalogue(x) for x in {languages()!r}]\n"
        f"rows = sojourn.open({str(cuts)!r}).figure('migrant_stock_of_mexico', 2020)\n"
        "print(*(int(r.value) for r in rows))\n"
        "from sojourn.factsheet.figures.statement import statements\n"
        "print(statements()['women.fact_mexico'].section)"
    )
    assert in_a_copy(tmp_path, code, *changed) == "1197624 596115\nwomen\n"
    assert len(changed) == 2 + len(languages())


def test_a_new_language_is_a_catalogue_and_a_column(tmp_path: Path) -> None:
    room = ROOT / "src" / "sojourn"
    with (room / "vocab" / "areas.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    heads = list(rows[0])
    heads.insert(heads.index("name_zh") + 1, "name_de")
    written = tmp_path / "areas.csv"
    with written.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, heads, lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "name_de": f"de {row['name_en']}"} for row in rows)
    code = (
        "from sojourn.publish import catalogue; from sojourn.vocab.area import name\n"
        "print(catalogue('de').language, name('276', 'de'))"
    )
    english = (room / "publish/text/en.toml").read_text("utf-8")
    changed = (
        ("publish/text/de.toml", english),
        ("vocab/areas.csv", written.read_text("utf-8")),
    )
    assert in_a_copy(tmp_path, code, *changed) == "de de Germany\n"


def test_a_new_language_is_offered_by_every_table_command_without_code(tmp_path: Path) -> None:
    room = ROOT / "src" / "sojourn"
    heads = {"areas.csv": "name_de", "indicators.csv": "name_de", "words.csv": "de"}
    english = {"areas.csv": "name_en", "indicators.csv": "name_en", "words.csv": "en"}
    changed = []
    for name, head in heads.items():
        with (room / "vocab" / name).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        written = tmp_path / name
        with written.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, [*rows[0], head], lineterminator="\n")
            writer.writeheader()
            writer.writerows({**r, head: f"DE {r[english[name]]}"} for r in rows)
        changed.append((f"vocab/{name}", written.read_text("utf-8")))
    text = (room / "publish/text/en.toml").read_text("utf-8")
    for before, after in (
        ('_T = "both sexes"', '_T = "alle"'),
        ('editions = "editions:', 'editions = "Ausgaben:'),
        ('sources = "Sources:', 'sources = "Quellen:'),
        ('population = "per {scale} population"', 'population = "je {scale} Einwohner"'),
    ):
        assert before in text
        text = text.replace(before, after)
    changed.append(("publish/text/de.toml", text))
    code = (
        "from click.testing import CliRunner; from sojourn.cli import cli\n"
        "def run(*words):\n"
        "    done = CliRunner().invoke(cli, words)\n"
        "    assert done.exit_code == 0, (words, done.output, done.exception)\n"
        "    return done.output\n"
        "asked = ('migrant_stock', '--area', 'DEU', '--period', '2015')\n"
        "said = run('table', *asked, '--language', 'de')\n"
        "assert 'DE Germany' in said and 'alle' in said and 'Ausgaben:' in said, said\n"
        "assert 'DE International migrants' in said, said\n"
        "assert 'DE Germany' in run('areas', 'germany', '--language', 'de')\n"
        "assert 'DE ' in run('indicators', 'fertility', '--language', 'de')\n"
        "run('chart', 'ranking', *asked, '--per', 'population', '--language', 'de', '--out', 'c.svg')\n"
        "drawn = open('c.svg', encoding='utf-8').read()\n"
        "assert 'Quellen:' in drawn and 'je 1.000 Einwohner' in drawn, drawn\n"
        "from sojourn.vocab.place import place\n"
        "print(place('_T').name('de'), '|', place('DEU+FRA').name('de'), '|', place('WB_HIGH').name('de'))"
    )
    said = in_a_copy(tmp_path, code, *changed)
    assert said.startswith("DE all places | DE Germany + DE France | DE High-income")


def test_a_sentence_with_a_section_ends_the_facts_of_that_section(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = sojourn.open()
    page = Page(evaluator(data.store, 2015, data.newest), catalogue("en"), ())
    more = replace(statements()["women.fact_development"], section="borders")
    other = {k: s for k, s in statements().items() if s.section not in ("borders", "women")}
    known = {**other, more.key: more}
    monkeypatch.setattr(document, "statements", lambda: known)
    monkeypatch.setattr(statement, "statements", lambda: known)
    given = {"topic": "women.topic", "heading": "women.topic", "blocks": (Notes(items=()),)}
    for name, facts in (("borders", 1), ("women", 0)):
        made = section(page, name, **given)  # type: ignore[arg-type]
        assert made is not None
        assert len(made.blocks) == 1 + facts
    assert spoken(page.say(more.key))


def test_a_new_contract_is_an_entry_and_finds_its_cells(tmp_path: Path) -> None:
    (entry,) = told("A contract between numbers", "toml")
    path = twins.undesa_stock(tmp_path / "stock.xlsx")
    file = "harmonize/contracts.toml"
    text = (ROOT / "src" / "sojourn" / file).read_text("utf-8") + entry.replace("'2050'", "'2019'")
    code = (
        f"import sojourn; found = sojourn.load([{str(path)!r}], 'data').outcomes[0].found\n"
        "print('|'.join({p.place.rstrip('0123456789') for p in found if p.contract == 'no-year-to-come'}))"
    )
    newest = {first + len(twins.YEARS) - 1 for _, first in twins.GROUPS}  # the columns of 2020
    said = in_a_copy(tmp_path, code, (file, text)).strip().split("|")
    assert set(said) == {f"Table 1!{get_column_letter(column)}" for column in newest}


def test_a_new_rule_of_a_site_is_a_section_and_its_check(tmp_path: Path) -> None:
    room, rules, audit = ROOT / "src" / "sojourn", "site/rules.toml", "audit/audit.py"
    words = "proposal/rule_words.toml"
    texts = {f: (room / "relocation" / f).read_text("utf-8") for f in (rules, audit, words)}
    texts[words] = re.sub(r"(?m)^(R21 = .*\n)", '\\1R22 = "Nobody arrives"\n', texts[words])
    texts[rules] += "[R22]\non = false\nmost_persons = 50\n"
    last = '    ("R21", audit_people.frozen),\n'
    assert last in texts[audit]
    check = '    ("R22", lambda f: (f"{c} arrives" for c in f.assigned)),\n'
    texts[audit] = texts[audit].replace(last, last + check)
    code = (
        "import sojourn; from pathlib import Path; from sojourn.errors import PlanRefused\n"
        "site = sojourn.site_example('SITE', people=20); plan = site.plan()\n"
        "print([c.checked for c in plan.audit() if c.rule == 'R22'])\n"
        "own = Path('SITE/rules.toml')\n"
        "own.write_text(own.read_text() + '\\n[R22]\\non = true\\napproved_by = \"A. Person\"\\n')\n"
        "try: sojourn.site('SITE').plan('PLAN')\n"
        "except PlanRefused as error: print(error.exit_code, 'R22' in str(error))"
    )
    said = in_a_copy(tmp_path, code, *((f"relocation/{f}", t) for f, t in texts.items()))
    assert said == "[0]\n62 True\n"
