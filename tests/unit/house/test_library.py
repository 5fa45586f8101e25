"""Whatever a command does, a line of Python does, by the same names."""

import ast
import importlib
import inspect
import re
from dataclasses import is_dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from commands import FOUND, twin

import sojourn
import sojourn.extras
from sojourn import api
from sojourn.cli import cli
from sojourn.errors import Misasked, NotInstalled, SojournError, StoreError
from sojourn.flows.cli.options import METHOD_NAMES
from sojourn.flows.model import METHODS
from sojourn.flows.run.asked import Asked
from sojourn.health.run.asked import AskedPlace
from sojourn.terminal.rows import Rows

#: Options that say how a screen shows something, or where the data are: a program has no use for
#: them, or says it by what it opens and prints.
OF_THE_SCREEN = {
    "data",
    "json",
    "csv",
    "tidy",
    "format",
    "limit",
    "files",
    "coverage",
    "receipt",
    "every",
    "all",
    "names",
    "help",
    "list",
    "newer",
    "dry-run",
    "no-keep",
}
#: Of a screen, or kept unless a switch says no: what Python does unasked is told by its own docstring.
UNLIKE = {"limit", "keep"}
#: Names that Python has for what the command calls otherwise, each with its reason.
OTHERWISE = {
    ("flows", "lambda"): "weight",  # a keyword of Python
    ("flows annual", "lambda"): "weight",
    ("flows annual", "from"): "first",  # a keyword of Python
    ("flows annual", "to"): "last",
    ("custody merge", "out"): "self",  # the ledger that is merged into
    ("site indicators", "site"): "self",
}
#: Twins that take their options as the fields of a dataclass, or pass them to another verb.
BY_FIELDS = {"flows": Asked, "simulate place": AskedPlace}


def test_every_command_has_its_twin_or_a_reason() -> None:
    without = set(FOUND) - set(api.TWINS)
    assert without <= set(api.WITHOUT_TWIN), "give these a twin in sojourn.api, or a reason"
    assert all(len(reason) > 20 for reason in api.WITHOUT_TWIN.values())
    assert set(api.TWINS) <= set(FOUND), "these commands are gone"


@pytest.mark.parametrize("name", sorted(api.TWINS))
def test_a_twin_takes_what_its_command_takes(name: str) -> None:
    taken = inspect.signature(twin(name)).parameters  # type: ignore[arg-type]
    names = set(taken) | (set(BY_FIELDS[name].__dataclass_fields__) if name in BY_FIELDS else set())
    if name == "chart":
        names |= set(inspect.signature(sojourn.Data.table).parameters)
    if name in ("table", "chart"):
        from sojourn.query.table import Transforms

        names |= set(Transforms.__dataclass_fields__)
    if name == "observations":
        names |= {"dataset", "edition", "indicator", "ref_area", "origin", "destination"}
        names |= {"sex", "period", "criterion"}
    if name == "protect run":  # those of one method each, told by the docstring
        names |= {"base", "key", "id", "noise", "epsilon", "budget"}
    for parameter in FOUND[name].params:
        if not isinstance(parameter, click.Option):
            continue
        options = [o.lstrip("-") for o in parameter.opts if o.startswith("--")]
        if set(options) & OF_THE_SCREEN:
            continue
        option = options[0]  # an older name may follow
        said = OTHERWISE.get((name, option), option.replace("-", "_"))
        assert said in names, f"{name} --{option}: {sorted(names)}"


@pytest.mark.parametrize("name", sorted(api.TWINS))
def test_what_a_command_does_unasked_its_twin_does_unasked(name: str) -> None:
    """No switch is on in Python that is off on the command line, and no other number is taken."""
    taken = inspect.signature(twin(name)).parameters  # type: ignore[arg-type]
    for option in FOUND[name].params:
        said = option.to_info_dict()["default"]
        if said is not None and option.name in taken and option.name not in UNLIKE:
            found = taken[option.name].default
            said = str(said) if isinstance(said, Path) else said
            assert found == said, f"{name} {option.name}: {found!r} in Python, {said!r} here"


@pytest.mark.parametrize("name", sorted(set(api.TWINS.values())))
def test_a_twin_is_documented_and_annotated(name: str) -> None:
    found = twin(next(c for c, t in api.TWINS.items() if t == name))
    assert inspect.getdoc(found)
    assert inspect.signature(found).return_annotation is not inspect.Signature.empty  # type: ignore[arg-type]


def test_public_names_are_sorted_and_there() -> None:
    assert sojourn.__all__ == sorted(sojourn.__all__)
    for name in sojourn.__all__:
        assert getattr(sojourn, name) is not None
    assert dir(sojourn) == sojourn.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        sojourn.nothing  # noqa: B018 - asked for


def test_methods_of_the_command_are_those_of_the_model() -> None:
    assert set(METHOD_NAMES) == set(METHODS)


def _absent(name: str, package: str) -> object:
    if name == package:
        raise ModuleNotFoundError(name)
    return importlib.import_module(name)


@pytest.mark.parametrize("package", ["pandas", "pyarrow"])
def test_without_an_extra_the_error_names_it(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever hands over a frame says what to install, never that a module is not there."""
    data = sojourn.open()
    found = [
        data.observations(indicator="migrant_stock", ref_area="Germany"),
        data.sql("SELECT 1 AS one").limit(1),
        data.table("migrant_stock", area="DEU", period=2015),
        data.editions(),
    ]
    monkeypatch.setattr(sojourn.extras, "import_module", lambda name: _absent(name, package))
    for one in found:
        with pytest.raises(NotInstalled, match=rf"needs {package}(.|\n)*sojourn\[dataframe\]"):
            one.df() if package == "pandas" else one.arrow()


@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
@pytest.mark.parametrize(
    "line", ["serve", "relocate desk SITE --ledger L --device D"], ids=["serve", "desk"]
)
def test_a_command_without_its_extra_says_what_to_install(
    line: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "SITE").mkdir()
    monkeypatch.setattr(sojourn.extras, "import_module", lambda name: _absent(name, package))
    ran = CliRunner().invoke(cli, line.split())
    assert isinstance(ran.exception, NotInstalled), ran.output
    assert ran.exception.exit_code == 4
    assert f"needs {package}" in str(ran.exception)
    assert "sojourn[serve]" in ran.exception.hint


def test_a_relation_hands_itself_over_and_leaves_the_connection_free() -> None:
    data = sojourn.open()
    table = data.observations(indicator="migrant_stock", period=2015)
    assert table.arrow().num_rows == len(table) == len(table.df()) == len(table.fetchall())
    assert len(data.editions()) > 10
    with pytest.raises(SojournError, match="no table of it"):
        data.diff("undesa.ims@2015-12-01", "undesa.ims@2015-12-01")
    assert data.figure("migrant_stock", 2015)[0].value == 247_958_644
    with pytest.raises(StoreError, match="the question failed"):
        table.project("nothing")


def test_rows_are_a_sequence_and_a_table() -> None:
    found = Rows([{"a": 1, "b": None}, {"a": float("nan"), "c": ("x", {"y": 1})}])
    assert found.columns == ("a", "b", "c")
    assert found.records()[1] == {"a": None, "b": None, "c": '["x", {"y": 1}]'}
    assert len(found[1:]) == 1
    assert found == [found[0], found[1]]
    assert found.df().shape == found.arrow().shape == (2, 3)
    assert "<td>–</td>" in found._repr_html_()
    assert repr(Rows([])) == "<no rows>"
    assert repr(found) == "<2 × dict: a, b, c>"


def test_what_comes_back_is_shown_in_a_line() -> None:
    data = sojourn.open()
    (ims,) = (e for e in data.editions() if e.edition == "undesa.ims@2015-12-01")
    figure = data.figure("migrant_stock", 2015, as_of="2016-12-31")[0]
    assert repr(figure) == "<migrant_stock 2015, 900, _T: 243,700,236 PERSONS>"
    assert repr(ims).startswith("<edition undesa.ims@2015-12-01: ")
    table = data.table("migrant_stock", area="900", period=2015)
    assert repr(table) == "<table migrant_stock: 1 number>"
    same = data.diff("undesa.ims@2021-01-15", "undesa.ims@2021-01-15")
    assert repr(same) == "<undesa.ims@2021-01-15 → undesa.ims@2021-01-15: nothing changed>"
    for shown in (data, figure, ims, table, data.check(), sojourn.indicators("asylum")):
        assert len(repr(shown)) < 120


def test_a_notebook_is_told_how_many_rows_there_are() -> None:
    data = sojourn.open()
    many = data.sql("SELECT i AS n FROM range(5000) t(i)")._repr_html_()
    assert "<p>5,000 rows; the first 20</p>" in many
    assert many.count("<tr>") == 21
    assert "<th>n</th>" in data.sql("SELECT 1 AS n WHERE false")._repr_html_()


def test_rows_of_nothing_keep_their_columns() -> None:
    found = sojourn.open().check(contract="no-negative-stock")
    assert len(found) == 0
    assert {"edition", "cell", "message"} <= set(found.df().columns)
    assert found.arrow().column_names == list(found.df().columns)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda d: d.figure("migrant_stock", 2015, as_of="yesterday"), "not a date"),
        (lambda d: d.table("migrant_stock", perr="population"), "did you mean|nearest: per"),
        (lambda d: d.targets("tuberculosis"), "one of: malaria, tb"),
        (lambda d: d.flows("2010-2015", method="bayes"), "pseudo-bayes"),
        (lambda d: d.flows("2010-2015", methd="independence"), "nearest: method"),
        (lambda d: d.simulate_place(r00=1.6), "nearest: r0"),
        (lambda d: d.simulate_place(), "--mobile"),
        (lambda d: d.disagreements(by="size"), "one of: spread, share"),
        (lambda d: d.disagreements(keep=True), "not written to"),
        (lambda _: sojourn.site_mapping("kobbo"), "nearest: kobo"),
        (lambda _: sojourn.site_schema("persn"), "nearest: person"),
        (lambda _: sojourn.site(5), "5 is not a folder of a site"),  # type: ignore[arg-type]
        (lambda _: sojourn.custody(None), "None is not a ledger"),  # type: ignore[arg-type]
        (lambda _: sojourn.indicators(None), "None is not a search"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_word_is_named_with_the_nearest(ask: object, says: str) -> None:
    with pytest.raises(Misasked, match=says):
        ask(sojourn.open())  # type: ignore[operator]


@pytest.mark.parametrize("as_of", ["2016-12-31", "2016-12", "2016", 2016])
def test_a_day_has_one_grammar(as_of: str | int) -> None:
    [found] = sojourn.open().figure("migrant_stock", 2015, as_of=as_of)[:1]
    assert found.value == 243_700_236


@pytest.mark.parametrize("area", ["Germany", "DEU", "DE", "276", 276, "Allemagne"])
def test_an_area_has_one_grammar_in_every_verb(area: str | int) -> None:
    data = sojourn.open()
    [figure] = data.figures(2015, "migrant_stock_by_country", area=area)
    [number] = data.table("migrant_stock", area=area, period=2015).numbers
    rows = data.observations(indicator="migrant_stock", ref_area=area, period=2015, origin="_T")
    counted = data.disagreements(indicator="migrant_stock", area=area, sex="_T", period=2015)
    assert figure.value == number.value == 10_220_418
    assert 10_220_418.0 in {v for (v,) in rows.project("obs_value").fetchall()}
    assert counted[0].largest[0].area == "276"


def test_an_area_that_is_none_is_an_error_in_every_verb() -> None:
    data = sojourn.open()
    for ask in (
        lambda: data.figures(2015, "migrant_stock", area="Narnia"),
        lambda: data.table("migrant_stock", area="Narnia"),
        lambda: data.observations(ref_area="Narnia"),
        lambda: data.disagreements(area="Narnia"),
        lambda: data.diff("undesa.ims@2021-01-15", "undesa.ims@2019-09-17", area="Narnia"),
        lambda: data.targets("tb", area="Narnia"),
        lambda: data.simulate("tb", area="Narnia"),
        lambda: data.simulate_place(area="Narnia"),
        lambda: data.brief("tb", "out", area="Narnia"),
        lambda: sojourn.areas(members="Narnia"),
    ):
        with pytest.raises(sojourn.errors.UnknownArea, match="Narnia"):
            ask()


def returned() -> dict[str, type]:
    """Return each dataclass of ours that a public name gives back as one thing, by its name."""
    kinds = (sojourn.Data, sojourn.SiteFolder, sojourn.Plan, sojourn.Ledger)
    verbs = [getattr(sojourn, n) for n in sojourn.__all__ if n != "__version__"]
    verbs += [member for kind in kinds for member in vars(kind).values()]
    verbs += [member for kind in sojourn.Data.__mro__ for member in vars(kind).values()]
    found: dict[str, type] = {}
    for verb in filter(inspect.isfunction, verbs):
        said = str(inspect.get_annotations(verb).get("return", "")).strip("'")
        for name in re.split(r"\s*\|\s*", said):
            kind = named(verb.__module__, name.rpartition(".")[2].rstrip("'>"))
            if is_dataclass(kind):
                found[f"{verb.__qualname__} -> {name}"] = kind
    return found


def named(module: str, name: str) -> object:
    """Return what a module calls by a name, also where only its types import it."""
    there = importlib.import_module(module)
    if hasattr(there, name):
        return getattr(there, name)
    for node in ast.walk(ast.parse(inspect.getsource(there))):
        if isinstance(node, ast.ImportFrom) and name in {a.asname or a.name for a in node.names}:
            return getattr(importlib.import_module(str(node.module)), name, None)
    return None


def test_what_python_gives_back_is_one_line_and_a_table_in_a_notebook() -> None:
    kinds = returned()
    assert len(kinds) > 15
    for said, kind in kinds.items():
        generated = getattr(kind.__repr__, "__wrapped__", None)
        assert generated is None, f"{said}: its line is every field; see terminal/one_line.py"
        assert hasattr(kind, "_repr_html_") or kind is sojourn.Data, said
