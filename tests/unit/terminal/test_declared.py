"""Declarations: every TOML and CSV is read against a model, and what is wrong is told by its place."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from sojourn.errors import BadDeclaration, SimulateError
from sojourn.terminal.declared import (
    NAMED,
    REST,
    SPLIT,
    keys_of,
    packaged,
    packaged_words,
    read_declared,
    read_rows,
)

SRC = Path(__file__).parents[3] / "src" / "sojourn"
#: Readers of what a user writes that tell all faults of a file at once, or take names of keys from
#: what another file says; each refuses a key that is none by itself, which the next test asks.
OWN_RULES = {
    "health/engine/parameters.py",
    "health/engine/scenario.py",
    "protect/table/policy.py",
    "publish/text/__init__.py",
    "relocation/counts/checks.py",
    "relocation/counts/counts.py",
    "relocation/counts/indicators.py",
    "relocation/site/mapping.py",
    "relocation/site/rules.py",
    "sources/declaration.py",
    "vocab/group.py",
}
#: Every declaration of the package that is read as a model: file, the module of its model, its name.
MODELS = {
    "explorer/model/questions.toml": ("explorer.model.measure", "Questions"),
    "factsheet/figures/figures.toml": ("factsheet.figures.declared_file", "Figures"),
    "factsheet/figures/figures_topics.toml": ("factsheet.figures.declared_file", "Figures"),
    "factsheet/figures/statements.toml": ("factsheet.figures.statement", "Statements"),
    "factsheet/figures/statements_topics.toml": ("factsheet.figures.statement", "Statements"),
    "flows/inputs/others.toml": ("flows.inputs.others", "Others"),
    "flows/inputs/units.toml": ("flows.inputs.counted_apart", "Units"),
    "harmonize/contracts.toml": ("harmonize.contracts", "Contracts"),
    "harmonize/corrections.toml": ("harmonize.corrections", "Corrections"),
    "query/quantities.toml": ("query.quantities", "Quantities"),
    "health/run/claims.toml": ("health.run.claims", "Claims"),
    "health/targets/targets.toml": ("health.targets.targets", "Strategies"),
    "query/table_rules.toml": ("query.table_rules", "Rules"),
    "relocation/counts/indicators.toml": ("relocation.counts.indicators", "Standards"),
    "relocation/replay/calais.toml": ("relocation.replay.facts", "Figures"),
    "relocation/replay/replay.toml": ("relocation.replay.facts", "Assumptions"),
    "relocation/site/example.toml": ("relocation.site.example_totals", "Totals"),
    "sdmx/model/structures.toml": ("sdmx.model.dsd", "Structures"),
}
#: As it is read: packaged("sojourn.ROOM", "FILE", MODEL).
CALL = re.compile(r'packaged\(\s*"sojourn\.([\w.]+)",\s*"([\w.]+)",\s*([\w\[\], ]+?),?\s*\)')


def read_as_models() -> dict[str, tuple[str, str]]:
    """What modules read as a model, by file: their own word for it."""
    return {
        f"{room.replace('.', '/')}/{name}": (module, model)
        for path in SRC.rglob("*.py")
        for room, name, model in CALL.findall(path.read_text("utf-8"))
        if (module := ".".join(path.relative_to(SRC).with_suffix("").parts))
    }


MODELS |= {f: m for f, m in read_as_models().items() if f not in MODELS and m[1].isidentifier()}


def model_of(name: str) -> Any:
    module, model = MODELS[name]
    return getattr(import_module(f"sojourn.{module}"), model)


def imports_of(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((a.name, "") for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", a.name) for a in node.names)


def test_toml_is_read_in_one_way_alone() -> None:
    """`tomllib` has one user; `read_toml` has the reader of models and those that are listed."""
    users = {path.relative_to(SRC).as_posix(): set(imports_of(path)) for path in SRC.rglob("*.py")}
    plain = {p for p, names in users.items() if any(m == "tomllib" for m, _ in names)}
    assert plain == {"terminal/typed.py"}
    raw = {p for p, names in users.items() if ("sojourn.terminal.typed", "read_toml") in names}
    assert raw == OWN_RULES | {"terminal/declared.py"}


def test_every_declaration_of_the_package_is_asked_here() -> None:
    """A TOML of the package is one of these, words by language, or asked by tests of its own."""
    words = {"publish/text", "relocation/desk", "relocation/lists", "relocation/proposal"}
    own = {"sources", "vocab", "protect/table", "relocation/site/mappings"}
    own |= {"relocation/site", "relocation/counts", "health/engine", "health/tb", "health/malaria"}
    mappings = {f for f, (_, model) in read_as_models().items() if not model.isidentifier()}
    for path in SRC.rglob("*.toml"):
        name = path.relative_to(SRC).as_posix()
        folder = path.parent.relative_to(SRC).as_posix()
        assert name in MODELS or name in mappings or folder in words | own, name


def tables_of(content: object, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every table of a document with the words by which a message names it."""
    if isinstance(content, dict):
        yield place, content
        for key, inside in content.items():
            yield from tables_of(inside, key)
    elif isinstance(content, list):
        for number, inside in enumerate(content, start=1):
            yield from tables_of(inside, f"{place} {number}")


def made(name: str, content: dict[str, Any]) -> Any:
    """Read a document again from what it holds; TOML is written for this by its own reader's kinds."""
    from sojourn.terminal.declared import _Reader

    return _Reader(BadDeclaration).made(content, model_of(name), Path(name).name, "")


def refusal(name: str, content: dict[str, Any]) -> str:
    """Return what is said of a document; empty when it is taken."""
    try:
        made(name, content)
    except BadDeclaration as error:
        return str(error)
    return ""


#: Tables whose keys are words of their own: columns, labels, languages, codes.
FREE = {"names", "where", "when", "any_of", "detail", "says", "nationality", "languages", "flags"}
FREE |= {"women_flags", "less"}


@pytest.mark.parametrize("name", MODELS)
def test_a_misspelt_key_of_any_entry_is_told_by_file_and_key(name: str) -> None:
    """Each kind of entry once: a key more is refused, or it is the name of a table."""
    content = tomllib.loads((SRC / name).read_text("utf-8"))
    seen = set[tuple[str, ...]]()
    for place, table in list(tables_of(content)):
        shape = (re.sub(r"\d+", "", place), *sorted(table))
        if not table or shape in seen or not any(isinstance(v, str | int) for v in table.values()):
            continue
        seen.add(shape)
        key = next(k for k, v in table.items() if isinstance(v, str | int | float))
        wrong = f"{key}z"
        table[wrong] = table.pop(key)
        told = refusal(name, content)
        assert not told or (told.startswith(Path(name).name) and key in told), told
        assert told or place.split()[0] in FREE or place.startswith("CL_"), (place, wrong)
        table[key] = table.pop(wrong)


@pytest.mark.parametrize("name", MODELS)
def test_a_value_of_another_kind_is_told_by_file_entry_and_key(name: str) -> None:
    """A table of tables where a text, number, date or list should be: nothing takes it."""
    content = tomllib.loads((SRC / name).read_text("utf-8"))
    seen = set[tuple[str, ...]]()
    for place, table in list(tables_of(content)):
        for key in [k for k, v in table.items() if not isinstance(v, dict)]:
            if (shape := (re.sub(r"\d+", "", place), key)) in seen:
                continue
            seen.add(shape)
            kept, table[key] = table[key], {"a": {"b": 1}}
            with pytest.raises(BadDeclaration) as refused:
                made(name, content)
            assert str(refused.value).startswith(f"{Path(name).name}")
            assert key in str(refused.value)
            table[key] = kept


# ------------------------------------------------------------------ the reader itself
@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A part."""

    kind: Literal["wheel"] = "wheel"
    spokes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """Another part."""

    kind: Literal["bell"] = "bell"
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """A thing with parts."""

    id: str = field(metadata={NAMED: True})
    year: int
    sold: date | None = None
    parts: tuple[Wheel | Bell, ...] = ()
    sizes: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.year < 1817:
            raise ValueError(f"year is {self.year}; nobody rode one before 1817")


@dataclass(frozen=True, slots=True)
class Shop:
    """A file of things."""

    owner: str
    cycles: dict[str, Cycle] = field(metadata={REST: True})


GOOD = (
    'owner = "A"\n[red]\nyear = 1900\nsizes = [1, 2]\n[[red.parts]]\nkind = "wheel"\nspokes = 36\n'
)


def test_what_is_written_is_what_is_read() -> None:
    shop = read_declared(GOOD, Shop, where="shop.toml")
    assert shop == Shop(
        "A", {"red": Cycle(id="red", year=1900, parts=(Wheel(spokes=36),), sizes=(1, 2))}
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("owner =", "ownr =", "shop.toml: unknown key 'ownr'|did you mean 'owner'"),
        ('owner = "A"\n', "", "shop.toml: no owner|an entry needs owner"),
        ('owner = "A"', "owner = 7", "shop.toml: owner is 7|expected a text"),
        (
            "year = 1900",
            "yaer = 1900",
            r"shop.toml, \[red\]: unknown key 'yaer'|did you mean 'year'",
        ),
        ("year = 1900", 'year = "x"', r"shop.toml, \[red\]: year is 'x'|a whole number"),
        ("year = 1900", "year = true", r"shop.toml, \[red\]: year is True|a whole number"),
        ("year = 1900", "year = 1700", r"shop.toml, \[red\]: year is 1700|before 1817"),
        ("[1, 2]", "[1, 2, 3]", r"shop.toml, \[red\]: sizes"),
        ("[1, 2]", '[1, "b"]', r"shop.toml, \[red\]: sizes"),
        ("spokes", "spoke", r"shop.toml, \[red\], parts 1: unknown key 'spoke'|'spokes'"),
        ('"wheel"', '"whel"', r"parts 1, kind: unknown key 'whel'|did you mean 'wheel'"),
        ('"wheel"', "[1]", r"parts 1, kind: unknown key"),
        ('kind = "wheel"\n', "", r"parts 1: no kind|one of wheel, bell"),
        ('"wheel"', '"bell"', r"parts 1: unknown key 'spokes'|known keys: kind, tone"),
        ("[[red.parts]]", "[red.parts]", r"shop.toml, \[red\]: parts is"),
        ("[red]", "[red", "shop.toml: not TOML"),
    ],
)
def test_every_fault_has_its_place_and_its_way_out(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(BadDeclaration) as refused:
        read_declared(GOOD.replace(old, new), Shop, where="shop.toml")
    told = f"{refused.value}\n{refused.value.hint}"
    for part in said.split("|"):
        assert re.search(part, told), (part, told)


def test_a_refusal_is_of_the_kind_that_was_asked_for() -> None:
    with pytest.raises(SimulateError, match="unknown key"):
        read_declared("a = 1", Wheel, where="x", error=SimulateError)


class Limits(msgspec.Struct, frozen=True):
    """A model of msgspec, with limits in its kinds."""

    share: float
    id: str = ""


def test_a_struct_of_msgspec_is_a_model_too() -> None:
    assert read_declared("share = 0.5", Limits, where="x") == Limits(0.5)
    assert list(keys_of(Limits)) == ["share", "id"]
    with pytest.raises(BadDeclaration, match="no share"):
        read_declared("", Limits, where="x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a CSV."""

    name: str
    value: float | None
    years: tuple[str, ...] = field(metadata={SPLIT: ";"})
    rank: int


ROWS = 'name,value,years,rank\n"a, b",1.5,2015;2016,1\nc,,,2\n'


def test_rows_keep_what_is_empty_apart_from_what_is_zero() -> None:
    first, second = read_rows(ROWS, Line, where="r.csv")
    assert first == Line(name="a, b", value=1.5, years=("2015", "2016"), rank=1)
    assert second.value is None
    assert second.years == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rank\n", "rnak\n", "r.csv, line 1: unknown key 'rnak'"),
        ("1.5", "x", "r.csv, line 2: value is 'x'"),
        (",1\nc", ",one\nc", "r.csv, line 2: rank is 'one'"),
        (",1\nc", ",\nc", "r.csv, line 2: rank is ''"),
        (",1\nc", ",1,9\nc", "r.csv, line 2: not 4 cells"),
        ("c,,,2", "c,,2", "r.csv, line 3: not 4 cells"),
        (",years,", ",", "r.csv, line 1: no column 'years'"),
    ],
)
def test_a_row_that_is_wrong_is_told_by_its_line(old: str, new: str, said: str) -> None:
    assert old in ROWS
    with pytest.raises(BadDeclaration) as refused:
        read_rows(ROWS.replace(old, new), Line, where="r.csv")
    assert re.search(said, str(refused.value)), refused.value


def test_words_of_a_language_are_those_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(text: str) -> Callable[..., Any]:
        return lambda _, name, model: read_declared(text, model, where=name)

    for text, said in (
        ('[en]\na = "x"\nb = "y"\n[fr]\na = "z"\n', r"w.toml, \[fr\]: no b"),
        ('[en]\nword = "x"\n[fr]\nword = "z"\nwrd = "q"\n', r"w.toml, \[fr\]: unknown key 'wrd'"),
        (
            '[en]\na = "at {call}"\n[fr]\na = "à {cal}"\n',
            r"w.toml, \[fr\]: a has {cal}\nHint.*{call}",
        ),
        ('[en]\na = "at {call}"\n[fr]\na = "à"\n', r"w.toml, \[fr\]: a has no blank"),
        (
            '[en]\na = "at {call}"\n[fr]\na = "à {call"\n',
            r"\[fr\]: a has a brace that is not closed",
        ),
    ):
        monkeypatch.setattr("sojourn.terminal.declared.packaged", told(text))
        packaged_words.cache_clear()
        with pytest.raises(BadDeclaration, match=said):
            packaged_words("sojourn.x", "w.toml")
    packaged_words.cache_clear()


def test_a_declaration_of_the_package_is_found_in_its_room() -> None:
    corrections = packaged(
        "sojourn.harmonize", "corrections.toml", model_of("harmonize/corrections.toml")
    )
    text = files("sojourn.harmonize").joinpath("corrections.toml").read_text("utf-8")
    assert len(corrections.correction) == text.count("[[correction]]")


@dataclass(frozen=True)
class Sized:
    """A declaration of two numbers."""

    size: float
    least: float | None = None


def test_a_whole_number_is_read_as_the_number_that_is_asked() -> None:
    made = read_declared("size = 35\nleast = 2\n", Sized, where="a.toml")
    assert isinstance(made.size, float)
    assert isinstance(made.least, float)
