"""The declared words of a report on a plan, and the few ways they are filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from sojourn.errors import PublishError
from sojourn.relocation.proposal.proposal import Unplaced
from sojourn.relocation.proposal.reasons import full_of, rule_words
from sojourn.terminal.declared import packaged_words

UNDATED = date(1970, 1, 1)  # of a plan without a trip; printed nowhere
_THIN = "\u202f"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; call it with a key and what its sentence leaves open."""

    language: str
    catalogue: Mapping[str, str]
    undated: date = UNDATED

    def __call__(self, key: str, **parts: str) -> str:
        """Return a sentence, filled in."""
        return self.catalogue[key].format(**parts)

    def known(self, key: str, other: str) -> str:
        """Return a word, or what stands in the plan where the catalogue has none."""
        return self.catalogue.get(key, other)

    def known_event(self, kind: str, name: str) -> str:
        """Return an event as words."""
        sentence = self.known("event_" + kind.replace(" ", "_"), kind + ": {id}")
        return sentence.format(id=self.isolated(name))

    def isolated(self, text: str) -> str:
        """Return a text that keeps its own direction among words from right to left."""
        return f"\u2068{text}\u2069" if self.language == "ar" else text

    def number(self, value: float) -> str:
        """Return a number in the language's way of writing; up to six decimals, none for nothing."""
        text = f"{value:,.6f}".rstrip("0").rstrip(".")
        if self.language == "fr":
            return text.replace(",", _THIN).replace(".", ",")
        return text

    def reason(self, why: Unplaced) -> str:
        """Return why a case has no place."""
        full = full_of(why.reason)
        apart = "_apart" if full is not None and full.apart else ""
        return self._filled(why.kind + apart, why, why.reason)

    def fix(self, why: Unplaced) -> str:
        """Return what would give a case a place."""
        consent = "_consent" if why.kind == "conflict" and "R14" in why.conflict else ""
        return self._filled(f"{why.kind}{consent}_fix", why, why.fix)

    def _filled(self, key: str, why: Unplaced, other: str) -> str:
        if key not in self.catalogue:
            return self.isolated(other)
        rooms = sorted({c.partition(":")[2] for c in why.conflict})
        kinds = (self.known("room_" + r.replace(" ", "_"), r) for r in rooms if r)
        short = max(why.short_by, why.persons, 1)
        return self(
            key,
            rules=", ".join(map(self._rule, why.conflict)),
            rooms=", ".join(kinds),
            short=self.number(short),
        )

    def _rule(self, rule: str) -> str:
        """Return a rule with what it asks."""
        return f"{rule} ({self.isolated(self.known(f'asks_{rule}', self.known(rule, rule)))})"


@cache
def report_words(language: str) -> Words:
    """Return the words of a language.

    Raises
    ------
    PublishError
        There are none.
    """
    known = packaged_words("sojourn.relocation.lists", "report_words.toml")
    if language not in known:
        raise PublishError(f"no report in {language!r}", hint=f"there are: {', '.join(known)}")
    return Words(language, {**rule_words(language), **known[language]})
