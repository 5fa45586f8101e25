"""Pages of the desk, made on this machine: no script, nothing from outside."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from sojourn.terminal.declared import packaged_words

LANGUAGES = ("en", "fr", "ar")


@cache
def words_of(language: str) -> Mapping[str, str]:
    """Return the words of a language; English for any other."""
    known = packaged_words("sojourn.relocation.desk", "words.toml")
    return dict(known.get(language, known["en"]))


def states_of(language: str) -> dict[str, str]:
    """Return how each state of a custody event is said."""
    words = words_of(language)
    begun = "state_"
    return {
        key.removeprefix(begun).replace("_", " "): word
        for key, word in words.items()
        if key.startswith(begun)
    }


def page(template: str, language: str, **given: Any) -> str:
    """Return a page of the desk."""
    known = {"role": "", "csrf": "", "said": "", "bad": False, "synthetic": False} | given
    return (
        _templates()
        .get_template(template)
        .render(w=words_of(language), language=language, languages=LANGUAGES, **known)
    )


def style() -> str:
    """Return the one style sheet."""
    return files("sojourn.relocation.desk").joinpath("templates", "desk.css").read_text("utf-8")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("sojourn.relocation.desk", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
    )
