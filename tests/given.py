"""What each option of a command takes and refuses, held at the front door of the command line.

A table says it in words: ``flag``, ``file``, ``folder``, ``file or folder``, ``words``, ``date``, ``year``, ``A or
B``, or numbers: ``1..`` from one on, ``0..65535`` both ends taken, ``(0..1)`` neither. A default may follow, after
``=``. What has to be given stands first; the name of what is no option is in capitals.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import pytest
from commands import FOUND

Needed = tuple[tuple[str, ...], ...]
#: Command: what has to be given, and what each option takes.
Options = Mapping[str, tuple[Needed, Mapping[str, str]]]


def options_of(table: Options) -> list[tuple[str, str]]:
    """Return each option of a table with its command, to run a test over them."""
    return [(command, option) for command, (_, options) in table.items() for option in options]


def names_of(command: str) -> set[str]:
    """Return the names of the options of a command, without that of its help."""
    found = FOUND[command].params
    return {p.opts[0] if isinstance(p, click.Option) else p.opts[0].upper() for p in found}


def parsed(command: str, words: Sequence[str]) -> Mapping[str, object]:
    """Return what a command line says, by the names of the command's own parameters."""
    return FOUND[command].make_context(command, list(words)).params


def must_be_given(table: Options, command: str) -> None:
    """Hold a command to what has to be given: all of it goes, one left out does not."""
    needed = table[command][0]
    parsed(command, [w for part in needed for w in part])
    for left in needed:
        rest = [w for part in needed if part is not left for w in part]
        with pytest.raises(click.UsageError, match="Missing"):
            parsed(command, rest)


def takes(table: Options, command: str, option: str, folder: Path) -> None:
    """Hold an option to what the table says of it."""
    needed, options = table[command]
    kind, _, default = (part.strip() for part in options[option].partition("="))
    [one] = [p for p in FOUND[command].params if option in p.opts or option.lower() in p.opts]
    plain = [w for part in needed for w in part if not part[0].startswith("-")]
    options_ = [w for part in needed if part[0].startswith("-") and part[0] != option for w in part]
    arguments = [p for p in FOUND[command].params if isinstance(p, click.Argument)]
    begun = [*options_, *plain]

    def asked(*words: str) -> object:
        if one not in arguments:
            said = [*begun, option, *words] if words else begun
        else:
            at = arguments.index(one)
            said = [*options_, *plain[:at], *words, *plain[at + 1 :]]
        return parsed(command, said)[str(one.name)]

    if kind == "flag":
        assert (parsed(command, [*begun, option])[str(one.name)], asked()) == (True, False)
        with pytest.raises(click.UsageError):
            parsed(command, [*begun, f"{option}=more"])
        return
    good, bad = _tried(kind, folder)
    for word in good:
        told = asked(word)
        told = told[0] if isinstance(told, tuple) else told
        assert str(told) == word or float(str(told)) == float(word)
    for word in bad:
        with pytest.raises(click.BadParameter):
            asked(word)
    if default:
        assert str(asked()) == default
        context = FOUND[command].make_context(command, [w for part in needed for w in part])
        assert f"default: {default}" in str(one.get_help_record(context))


def _tried(kind: str, folder: Path) -> tuple[list[str], list[str]]:
    """Return words that go and words that do not."""
    file = folder / "a.txt"
    file.write_text("", "utf-8")
    if kind in ("file", "folder", "file or folder"):
        held = {"file": str(file), "folder": str(folder)}
        good = [held[k] for k in kind.split(" or ")]
        return [*good, str(folder / "new")], [w for w in held.values() if w not in good]
    if kind in ("date", "year"):
        words = {"date": "2015-12-31", "year": "2015"}
        return [words[kind]], ["soon", "2015.5"]
    if ".." in kind:
        return _numbers(kind)
    if " or " in kind:
        return kind.split(" or "), ["none of these"]
    return ["words and more"], []


def _numbers(kind: str) -> tuple[list[str], list[str]]:
    """Return numbers at and beside the ends."""
    least, _, most = kind.strip("()").partition("..")
    step = 0.001 if kind.startswith("(") or "." in least else 1
    ends = [(float(end), way) for end, way in ((least, -1), (most, 1)) if end]
    inside = [f"{end - way * step:g}" for end, way in ends]
    outside = [f"{end + way * step:g}" for end, way in ends]
    at = [f"{end:g}" for end, _ in ends]
    return (inside, outside + at) if kind.startswith("(") else (inside + at, outside)
