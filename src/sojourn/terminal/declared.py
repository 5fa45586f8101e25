"""The one way a declaration is read: TOML or CSV against its model, every key by name and kind.

A model is a frozen dataclass (or a msgspec Struct): its fields are the keys. A key that is none, a
key that lacks, a value of another kind and keys that do not go together are refused with file,
entry, key and the nearest known one. Keys that must fit each other are checked in ``__post_init__``,
which raises ``ValueError("what is wrong; what is expected")``.

Examples
--------
>>> from dataclasses import dataclass
>>> @dataclass(frozen=True)
... class Place:
...     beds: int
>>> read_declared("beds = 12", Place, where="mine.toml")
Place(beds=12)
>>> read_declared("bedz = 12", Place, where="mine.toml")
Traceback (most recent call last):
sojourn.errors.BadDeclaration: mine.toml: unknown key 'bedz'
Hint: did you mean 'beds'? known keys: beds
"""

import csv
import dataclasses
import io
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from sojourn.errors import BadDeclaration, SojournError, counted
from sojourn.terminal.nearest import near
from sojourn.terminal.typed import NotToml, check_one, read_toml, refuse_unknown

T = TypeVar("T")
#: Metadata of a field: its key where that is no name (``from``); filled by the name of the table;
#: filled by every table (or column of a CSV) that is no key of its own; the sign between the values of a CSV cell.
KEY, NAMED, REST, SPLIT = "key", "named", "rest", "split"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a model: the field it fills, its kind, and whether it must be there."""

    field: str
    kind: Any
    required: bool
    default: object = None
    named: bool = False
    rest: bool = False
    split: str = ""


@cache
def keys_of(model: type) -> Mapping[str, Key]:
    """Return the keys of a model as its author writes them, in the order of its fields.

    A model of a family names in ``SHARED`` the keys that only some of the family have, and in
    ``NEEDS`` and ``MAY`` those of them that are its own.
    """
    hints, needs = get_type_hints(model), getattr(model, "NEEDS", ())
    shared = set(getattr(model, "SHARED", ())) - {*needs, *getattr(model, "MAY", ())}
    if issubclass(model, msgspec.Struct):
        return {
            f.encode_name: Key(f.name, hints[f.name], f.required, f.default)
            for f in msgspec.structs.fields(model)
        }
    found = {}
    for f in dataclasses.fields(model):  # type: ignore[arg-type] # the caller's model is one
        if f.init:
            said, default = f.metadata, None if f.default is dataclasses.MISSING else f.default
            if made := f.default_factory is not dataclasses.MISSING:
                default = f.default_factory()
            if (key := said.get(KEY, f.name)) in shared:
                continue
            found[key] = Key(
                f.name,
                hints[f.name],
                key in needs or (f.default is dataclasses.MISSING and not made),
                default,
                NAMED in said,
                REST in said,
                said.get(SPLIT, ""),
            )
    return found


def read_declared(
    text: str, model: type[T], *, where: str, error: type[SojournError] = BadDeclaration
) -> T:
    """Return the content of a TOML text as its model.

    Parameters
    ----------
    where : str
        Name of the file, for the message.

    Raises
    ------
    SojournError
        Of the kind ``error``: file, entry, key, what was found and what was expected.
    """
    try:
        content = read_toml(text)
    except NotToml as fault:
        raise error(f"{where}: not TOML: {fault}", hint="correct the line that is named") from None
    found: T = _Reader(error).made(content, model, where, "")
    return found


def packaged(room: str, name: str, model: type[T]) -> T:
    """Return a declaration of the package; each is read once, by the module that owns it.

    Parameters
    ----------
    room : str
        The folder as a module: ``sojourn.factsheet.figures``.

    Raises
    ------
    BadDeclaration
        As `read_declared`.
    """
    return read_declared(files(room).joinpath(name).read_text("utf-8"), model, where=name)


@cache
def packaged_words(room: str, name: str) -> Mapping[str, Mapping[str, str]]:
    """Return words of the package by language, each language with the keys of the first.

    Raises
    ------
    BadDeclaration
        A language lacks a word, has one that no other has, or leaves other blanks open in one
        (``{call}``); the first such is named.
    """
    known: Mapping[str, Mapping[str, str]] = packaged(room, name, dict[str, dict[str, str]])
    first, model = next(iter(known.items()))
    for language, words in known.items():
        for key in words.keys() - model.keys():
            refuse_unknown(key, model, where=f"{name}, [{language}]")
        if lacking := sorted(model.keys() - words.keys()):
            raise BadDeclaration(
                f"{name}, [{language}]: no {lacking[0]}", hint=f"[{first}] has it: translate it"
            )
        for key, text in model.items():
            _require_blanks(words[key], text, where=f"{name}, [{language}]: {key}", first=first)
    return known


def _require_blanks(text: str, model: str, *, where: str, first: str) -> None:
    """Refuse a text whose blanks are not those of the first language's."""
    wanted, found = _blanks(model), _blanks(text)
    if wanted is not None and found != wanted:
        told = "a brace that is not closed" if found is None else _braced(found)
        raise BadDeclaration(f"{where} has {told}", hint=f"[{first}] has {_braced(wanted)}")


def _blanks(text: str) -> frozenset[str] | None:
    """Return the names between braces; None where a brace is not closed."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return None


def _braced(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no blank"


def read_rows(
    text: str, model: type[T], *, where: str, error: type[SojournError] = BadDeclaration
) -> tuple[T, ...]:
    """Return the rows of a CSV text as models; an empty cell is None, or an empty text.

    A model's field of the rest is given the texts of the columns that are no key of its own.

    Raises
    ------
    SojournError
        Of the kind ``error``: file, line, column, what was found and what was expected.
    """
    every = keys_of(model)  # type: ignore[arg-type] # a class can be hashed
    rest = any(k.rest for k in every.values())
    known = {c: k for c, k in every.items() if not k.rest}
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    lacking = [c for c in known if c not in (reader.fieldnames or ())]
    strange = [c for c in reader.fieldnames or () if c not in known]
    for column in strange:
        if not rest or near(column, lacking):
            refuse_unknown(column, known, where=f"{where}, line 1", error=error)
    if lacking:
        raise error(
            f"{where}, line 1: no column {lacking[0]!r}", hint=f"expected {', '.join(known)}"
        )
    out = []
    for row in reader:
        place = f"{where}, line {reader.line_num}"
        if None in row or None in row.values():
            raise error(
                f"{place}: not {counted(len(reader.fieldnames or ()), 'cell')}",
                hint="quote a cell that has a comma",
            )
        cells = {
            c: _cell(c, t, known[c], place, error) if c in known else t for c, t in row.items()
        }
        out.append(_Reader(error).entry(cells, model, place))
    return tuple(out)


def _cell(column: str, text: str, key: Key, place: str, error: type[SojournError]) -> object:
    """Return a cell of a CSV as TOML would write it; None where it is empty and may be."""
    if key.split:
        return [part for part in text.split(key.split) if part]
    if not text and type(None) in get_args(key.kind):
        return None
    try:
        return msgspec.convert(text, key.kind, strict=False)
    except msgspec.ValidationError:
        check_one(column, text, key.kind, place, error)
        raise


def _models(hint: Any) -> tuple[type, ...]:
    """Return the models that a kind is, or is one of."""
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return tuple(
        p
        for p in parts
        if isinstance(p, type)
        and (dataclasses.is_dataclass(p) or issubclass(p, msgspec.Struct))
        and get_origin(p) is None
    )


def models_of(hint: Any) -> tuple[type, ...]:
    """Return the models that a kind is, or that a list, table or choice of it holds."""
    found = _models(hint)
    return found or tuple(m for part in get_args(hint) for m in models_of(part))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes models of what TOML gives; ``error`` is the kind of its refusals."""

    error: type[SojournError]

    def made(self, value: Any, hint: Any, where: str, key: str, name: str = "") -> Any:
        """Return a value as its kind: models of tables, tuples of lists, the rest as it is."""
        kind, inside = get_origin(hint), get_args(hint)
        models = _models(hint)
        if models and isinstance(value, Mapping):
            place = where if not key else f"{where}, {key}"
            return self.entry(value, self._one_of(models, value, place), place, name)
        if kind in (tuple, list) and isinstance(value, list) and inside[1:] in ((), (...,)):
            tables = bool(_models(inside[0]))
            return tuple(
                self.made(v, inside[0], where, _numbered(key, n, v, tables=tables))
                for n, v in enumerate(value)
            )
        if isinstance(kind, type) and issubclass(kind, Mapping) and isinstance(value, Mapping):
            return {
                k: self.made(v, inside[1], where, _within(key, k, v), k) for k, v in value.items()
            }
        if models:
            self._refuse_kind(where, key, value, "a table: key = value lines")
        if kind in (tuple, list) and inside[1:] in ((), (...,)):
            self._refuse_kind(where, key, value, f"a list: {key} = [ … ], or [[{key}]] tables")
        if isinstance(kind, type) and issubclass(kind, Mapping):
            self._refuse_kind(where, key, value, "a table: key = value lines")
        check_one(key, value, hint, where, self.error)
        whole = msgspec.convert(value, hint)  # 35 is 35.0 where a number is asked
        return tuple(whole) if isinstance(whole, list) else whole

    def entry(self, given: Mapping[str, Any], model: type, place: str, name: str = "") -> Any:
        """Return a table as its model."""
        known = keys_of(model)
        own = {k: v for k, v in known.items() if not (v.named or v.rest)}
        rest = next((k for k in known.values() if k.rest), None)
        if strange := [k for k in given if k not in own]:
            for key in strange if rest is None else self._misfit(rest, given, strange):
                refuse_unknown(key, own, where=place, error=self.error)
        if lacking := [k for k, v in own.items() if v.required and k not in given]:
            needed = ", ".join(k for k, v in own.items() if v.required)
            raise self.error(f"{place}: no {lacking[0]}", hint=f"an entry needs {needed}")
        fields = {
            own[k].field: None if v is None else self.made(v, own[k].kind, place, k)
            for k, v in given.items()
            if k in own
        }
        if rest is not None:
            tables = {k: given[k] for k in strange}
            fields[rest.field] = self.made(tables, rest.kind, place, "")
        fields |= {k.field: name for k in known.values() if k.named}
        try:
            return model(**fields)
        except ValueError as fault:
            said, _, way = str(fault).partition("; ")
            raise self.error(f"{place}: {said}", hint=way or "see the other entries") from None

    @staticmethod
    def _misfit(rest: Key, given: Mapping[str, Any], strange: Sequence[str]) -> Iterator[str]:
        wanted = str if get_args(rest.kind)[1:] == (str,) else Mapping
        return (k for k in strange if not isinstance(given[k], wanted))

    def _one_of(self, models: Sequence[type], given: Mapping[str, Any], place: str) -> type:
        """Return the model that an entry names by its one word (``op = "sum"``)."""
        if len(models) == 1:
            return models[0]
        kinds = {word: m for m in models for word in _word(m)[1]}
        key = _word(models[0])[0]
        if key not in given:
            raise self.error(f"{place}: no {key}", hint=f"one of {', '.join(kinds)}")
        if not isinstance(given[key], str) or given[key] not in kinds:
            refuse_unknown(str(given[key]), kinds, where=f"{place}, {key}", error=self.error)
        return kinds[given[key]]

    def _refuse_kind(self, where: str, key: str, value: object, expected: str) -> None:
        place = where if not key else f"{where}: {key}"
        raise self.error(f"{place} is {value!r:.80}", hint=f"expected {expected}")


@cache
def _word(model: type) -> tuple[str, tuple[str, ...]]:
    """Return the key whose words tell a model from its likes, and its words."""
    found = ((n, k.kind) for n, k in keys_of(model).items() if get_origin(k.kind) is Literal)
    name, kind = next(found)
    return name, get_args(kind)


def _numbered(key: str, number: int, value: object, *, tables: bool) -> str:
    """Return how an item of a list is called: by its number, and its name where it has one."""
    if not tables:
        return f"{key}[{number}]"
    named = value if isinstance(value, Mapping) else {}
    said = next((named[k] for k in ("id", "key", "name", "cell", "figure") if k in named), "")
    return f"{key} {number + 1}" + (f" ({said})" if isinstance(said, str) and said else "")


def _within(key: str, name: str, value: object) -> str:
    """Return how an item of a table is called."""
    if not isinstance(value, Mapping):
        return f"{key}.{name}" if key else name
    return f"{key}.{name}" if key else f"[{name}]"
