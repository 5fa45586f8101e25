"""Message catalogues, one TOML file a language; numbers and lists by CLDR.

No number stands in a text: a message holds placeholders in braces, each bound to a figure when
the document is built. A language is added by adding a catalogue with the same keys.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list

from sojourn.errors import PublishError, counted
from sojourn.publish.content import Number, RichText, Run
from sojourn.publish.text.digits import compact, decimal, decimals, exact, locale
from sojourn.publish.text.english import PLACEHOLDER, day_in, forms
from sojourn.terminal.languages import languages as languages
from sojourn.terminal.typed import read_toml
from sojourn.vocab.area import AREAS
from sojourn.vocab.short_names import short_names

HUNDRED = 100.0  # from here on a count is read without decimals
NOISE = 1e-9  # below it a number is the rounding of a computation
NOUN = 1e6  # from here on a number is written with a noun: 1.2 million
_DATES = {"en": "en_GB"}  # the United Nations write the day first


@dataclass(frozen=True)
class Catalogue:
    """The messages of one language."""

    language: str
    messages: Mapping[str, str]
    #: Numbers already written: a page asks for the same one many times (bar, table, card, picture).
    _written: dict[tuple[float, str, int], str] = field(
        default_factory=dict, repr=False, compare=False
    )
    #: Texts of declarations already told, by room: a card repeats what many cards say.
    _told_once: dict[tuple[str, str], str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Writing direction of the language, by CLDR."""
        return "rtl" if locale(self.language).text_direction == "rtl" else "ltr"

    def text(self, key: str, **values: str) -> str:
        """Return a message whose placeholders are words.

        Raises
        ------
        PublishError
            The catalogue lacks the message, or the message asks for a value nobody gave.
        """
        return spoken(self.rich(key, **values))

    def rich(self, key: str, **values: Run | RichText) -> RichText:
        """Return a message as runs; placeholders may be words, numbers or rich text.

        ``{n#one:person#other:people}`` gives the words that the number ``n`` asks for, by the
        plural rules of the language; ``noun`` is a number that is written with a noun (millions).
        """
        if key not in self.messages:
            raise PublishError(
                f"the catalogue {self.language!r} has no message {key!r}",
                hint=f"add it to text/{self.language}.toml",
            )
        runs: list[Run] = []
        end, message = 0, self.messages[key]
        if "{" not in message:
            return (message,) if message else ()
        for found in PLACEHOLDER.finditer(message):
            runs += [message[end : found.start()]] if found.start() > end else []
            end = found.end()
            name = found[1] or found[2]
            if name not in values:
                raise PublishError(f"message {key!r} asks for {{{name}}}, which nobody gave")
            value = values[name]
            if found[1]:
                runs += value if isinstance(value, tuple) else [value]
            elif words := self._form(found[3], value):
                runs.append(words)
        runs += [message[end:]] if end < len(message) else []
        return tuple(runs)

    def _form(self, forms: str, value: Run | RichText) -> str:
        """Return the words that a number asks for; without a number, those of ``other``."""
        given = dict(part.split(":", 1) for part in forms[1:].split("#"))
        runs = value if isinstance(value, tuple) else (value,)
        amount = next((run.amount for run in runs if isinstance(run, Number)), None)
        if amount is None:
            return given.get("other", "")
        if "noun" in given and abs(amount) >= NOUN:
            return given["noun"]
        shown = int(amount) if amount == int(amount) else amount
        form = str(locale(self.language).plural_form(shown))
        return given.get(form, given.get("other", ""))

    def reason(self, reason: str) -> str:
        """Return why a number is missing, in the language; as it stands where no message fits."""
        english = catalogue("en").messages
        of, _, rest = reason.partition(": ")
        if rest and (of.isdigit() or f"figure.{of}" in english):
            told = self.reason(rest)
            if of.isdigit():  # the year of a base; a reason that names it says it once
                return told if of in rest else f"{of}{self.text('page.colon')} {told}"
            return f"{self.text(f'figure.{of}')}{self.text('page.colon')} {told}"
        if told := self._of_english("reason", reason):
            return told
        plain = re.sub(r" \([^)]*\)", "", reason)  # what stands in brackets is a detail
        return reason if plain == reason else self.reason(plain)

    def mark(self, mark: str) -> str:
        """Return what must be said beside a number, in the language; publishers' words as they are."""
        return self.listed(self._of_english("mark", part) or part for part in mark.split("; "))

    def edition_title(self, title: str) -> str:
        """Return what a declaration calls an edition; proper names as they are."""
        if day := day_in(title):
            return self.dated(day)
        return self._of_english("edition_title", title) or title

    def made(self, transform: str) -> str:
        """Return what was made of a number, as the query's English says it, in the language."""
        return self._of_english("made", transform) or transform

    def licence(self, terms: str) -> str:
        """Return the terms of an edition in the language; names of licences as they are."""
        return self._of_english("licence", terms) or terms

    def source(self, source: str) -> str:
        """Return the publication that a number is cited from: its title as it is, our words told."""
        return self._of_english("source", source) or source

    def _of_english(self, room: str, said: str) -> str:
        """Return a text that was written in English by one of the messages of a room; else ""."""
        if (room, said) not in self._told_once:
            self._told_once[room, said] = self._recognised(room, said)
        return self._told_once[room, said]

    def _recognised(self, room: str, said: str) -> str:
        for key, pattern in _english(room):
            if found := pattern.fullmatch(said):
                given = {k: self._told(room, v) for k, v in found.groupdict().items()}
                return spoken(self.rich(key, **given))
        return ""

    def _told(self, room: str, text: str) -> Run:
        """Return a day or a count in the manner of the language, terms too; other words as they are."""
        day = day_in(text)
        if day:
            return self.dated(day)
        if re.fullmatch(r"\d{1,3}(,\d{3})+|\d+\.\d+", text):
            amount = float(text.replace(",", ""))
            return Number(exact(amount, self.language), amount=amount)
        if text.isdecimal():  # a year too, which asks for no words
            return Number(text, amount=float(text))
        if f"short_publisher.{text}" in self.messages:
            return self.messages[f"short_publisher.{text}"]
        return self.licence(text) if room == "licence" else text

    def area(self, area_id: str) -> str:
        """Return the UN short name of an area; of a corridor, both ends."""
        if ">" in area_id:
            start, end = area_id.split(">")
            return f"{self.area(start)} → {self.area(end)}"
        area = AREAS.get(area_id)
        if area is None:
            return area_id
        return _curly(area.names.get(self.language) or area.names["en"])

    def short(self, area_id: str) -> str:
        """Return the name of an area for a chart's label; of a corridor, both ends.

        Where the UN's name is long, the short form of `vocab/short_names.csv`.
        """
        if ">" in area_id:
            start, end = area_id.split(">")
            return f"{self.short(start)} → {self.short(end)}"
        return _curly(short_names().get((area_id, self.language), "")) or self.area(area_id)

    def join(self, parts: list[str]) -> str:
        """Return words as a list in the manner of the language."""
        return str(format_list(parts, locale=self.language))

    def listed(self, parts: Iterable[str]) -> str:
        """Return names that hold commas themselves as a list."""
        return ("\u202f; " if self.language == "fr" else "; ").join(parts)

    def number(self, value: float, unit: str, digits: int = 1) -> str:
        """Return a number with its unit, rounded for reading; what is not zero never reads as zero.

        Millions and billions have one decimal, or so many, per cents too; smaller counts every digit.
        """
        if (value, unit, digits) not in self._written:
            self._written[value, unit, digits] = self._number(value, unit, digits)
        return self._written[value, unit, digits]

    def digits_apart(self, first: float, second: float, unit: str) -> int:
        """Return the fewest decimals with which two numbers read differently; 0 where none do."""
        return next(
            (n for n in range(1, 8) if self.number(first, unit, n) != self.number(second, unit, n)),
            0,
        )

    def _number(self, value: float, unit: str, digits: int) -> str:
        if unit.startswith("PERCENT"):
            value = 0.0 if abs(value) < NOISE else value
            places = max(digits, decimals(value))
            tenths = f"0.{'0' * places}"
            if unit == "PERCENTAGE_POINTS":
                form = f"+{tenths};−{tenths}" if value else tenths
                points = decimal(value, form, self.language)
                amount = round(value, places)
                return spoken(self.rich("unit.points", value=Number(points, amount=amount)))
            form = f"#,##{tenths}%" if self.language == "en" else f"#,##{tenths}\u202f%"
            return decimal(value / 100, f"{form};−{form}", self.language)
        if abs(value) >= NOUN:
            text = compact(abs(value), self.language, digits)
        else:
            form = f"#,##0.{'#' * (digits - 1 if abs(value) >= HUNDRED else max(digits, 2))}"
            text = decimal(abs(value), form, self.language)
        if unit == "USD":
            text = spoken(self.rich("unit.usd", value=Number(text, amount=abs(value))))
        return ("−" if value < 0 else "") + text

    def day(self, day: date) -> str:
        """Return a date in the manner of the language."""
        return _long_date(day, _DATES.get(self.language, self.language))

    def month(self, month: str) -> str:
        """Return a month, given as YYYY-MM, in the manner of the language."""
        day = date.fromisoformat(f"{month}-01")
        return str(format_skeleton("yMMMM", day, locale=self.language))

    def period(self, period: str) -> str:
        """Return a year, or a month given as YYYY-MM, in the manner of the language."""
        return self.month(period) if re.fullmatch(r"\d{4}-\d{2}", period) else period

    def dated(self, day: str) -> str:
        """Return a day or a month, given as YYYY-MM-DD or YYYY-MM, in the manner of the language."""
        whole = len(day) == len("YYYY-MM-DD")
        return self.day(date.fromisoformat(day)) if whole else self.month(day)

    def printed(self, value: float, unit: str, precision: float | None) -> str:
        """Return a number with the digits that a publisher printed, as its precision tells them."""
        if unit != "PERCENT":
            plain = abs(value) < 1e6 and unit != "USD"
            if plain:
                return self.exact(value, unit)
            return re.sub(r"[.,]0(?=\s)", "", self.number(value, unit), count=1)
        whole = float(value).is_integer() and (precision is None or precision >= 1)
        form = "#,##0%" if whole else "#,##0.0%"
        if self.language != "en":
            form = form.replace("%", "\u202f%")
        return decimal(value / 100, f"{form};−{form}", self.language)

    def exact(self, value: float, unit: str) -> str:
        """Return every digit of a count; other units as in ``number``."""
        if unit.startswith("PERCENT"):
            return self.number(value, unit)
        return exact(value, self.language)

    def significant(self, value: float, digits: int = 3) -> str:
        """Return a number with its first digits, however small it is: 0.000793 is not zero."""
        rounded = float(f"{value:.{digits}g}")
        form = "#,##0.##########"
        return decimal(rounded, f"{form};−{form}", self.language)

    def fixed(self, value: float, digits: int) -> str:
        """Return a ratio or a coefficient with so many decimals, as the language writes them."""
        form = f"#,##0.{'0' * digits}"
        return decimal(value, f"{form};−{form}", self.language)

    def change(self, value: float, unit: str, digits: int = 1) -> str:
        """Return a number with its sign; ``digits`` as in `number`."""
        if unit == "PERCENTAGE_POINTS":
            return self.number(value, unit, digits)
        nothing = unit.startswith("PERCENT") and abs(value) < NOISE
        return ("+" if value > 0 and not nothing else "") + self.number(value, unit, digits)


@cache
def _english(room: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return forms(catalogue("en").messages, room)


@cache
def _long_date(day: date, locale: str) -> str:
    said = str(format_date(day, format="long", locale=locale))
    return re.sub(r"^1 ", "1er ", said) if locale == "fr" else said  # the first is an ordinal


def spoken(content: RichText) -> str:
    """Return rich text as the words a reader hears."""
    return "".join(run if isinstance(run, str) else getattr(run, "display", "") for run in content)


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language.

    Raises
    ------
    PublishError
        No catalogue is written for it, or it is not finished.
    """
    path = files("sojourn.publish.text").joinpath(f"{language}.toml")
    if not path.is_file():
        raise PublishError(
            f"no catalogue for the language {language!r}",
            hint=f"there are: {', '.join(languages())}; CONTRIBUTING.md shows how to add one",
        )
    try:
        Locale.parse(language)
        messages = _flatten(read_toml(path.read_text("utf-8")))
        found = Catalogue(language, {k: _unbroken(t, language) for k, t in messages.items()})
    except (ValueError, UnknownLocaleError) as error:  # not a locale, not UTF-8, not TOML
        raise _unfinished(language, str(error).splitlines()[0]) from error
    if language != "en" and (lacks := unfinished(found, catalogue("en"))):
        raise _unfinished(language, lacks)
    return found


def _curly(name: str) -> str:
    """Return a name with the apostrophe of print, which the UN's lists type straight."""
    return name.replace("'", "\u2019")


def _unbroken(message: str, language: str) -> str:
    """Return a French message whose marks of two strokes never begin a line, nor guillemets end one."""
    if language != "fr":
        return message
    return re.sub(r"[ \u00a0](?=[:;?!»])|(?<=«)[ \u00a0]", "\u202f", message)


def unfinished(found: Catalogue, model: Catalogue) -> str:
    """Return what a catalogue lacks of its model, in one line; empty when it is finished."""
    lacking = [k for k, text in model.messages.items() if text and not found.messages.get(k)]
    if lacking:
        return f"{len(lacking)} of {counted(len(model.messages), 'message')} {'is' if len(lacking) == 1 else 'are'} missing, the first: {lacking[0]}"
    if strange := [k for k in found.messages if k not in model.messages]:
        return f"{counted(len(strange), 'message is', 'messages are')} unknown, the first: {strange[0]}"
    for key, text in model.messages.items():
        asked, given = (_placeholders(t) for t in (text, found.messages.get(key, "")))
        if asked != given:
            return (
                f"{key} binds {', '.join(given) or 'nothing'}, not {', '.join(asked) or 'nothing'}"
            )
    nameless = [a for a in AREAS.values() if found.language not in a.names]
    if nameless:
        first = nameless[0]
        return f"{counted(len(nameless), 'area has', 'areas have')} no name in it, the first: {first.area_id} {first.names['en']}"
    return ""


def _placeholders(message: str) -> list[str]:
    """Return the values a message is bound to; the words a number asks for may differ."""
    return sorted({m[1] for m in PLACEHOLDER.finditer(message) if m[1]})


def _unfinished(language: str, problem: str) -> PublishError:
    return PublishError(
        f"the catalogue of {language!r} is not finished: {problem}",
        hint="CONTRIBUTING.md says what a language needs",
    )


def _flatten(content: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in content.items():
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat
