"""Reasons why an interval has no estimate or no comparison, in every language of the pages."""

from collections.abc import Mapping

from sojourn.errors import EstimateError
from sojourn.publish import Catalogue, catalogue


class Why(str):
    """A reason in English that knows its words in every language of the pages."""

    __slots__ = ("key", "values")
    key: str
    values: Mapping[str, str]

    def told(self, words: Catalogue) -> str:
        """Return the reason in a language; a reason within it, and a direction, too."""
        said = {
            name: value.told(words) if isinstance(value, Why) else value
            for name, value in self.values.items()
        }
        if "direction" in said:
            said["direction"] = words.text(f"validation.{said['direction']}")
        return words.text(f"validation.why_{self.key}", **said)


def why_not(key: str, **values: str) -> Why:
    """Return the reason of a key of the catalogues (``validation.why_...``)."""
    made = Why(catalogue("en").text(f"validation.why_{key}", **values))
    made.key, made.values = key, values
    return made


class Unmet(EstimateError):
    """An interval lacks an input: the reason is known in every language.

    Parameters
    ----------
    why : Why
    hint : str
    """

    def __init__(self, why: Why, *, hint: str = "") -> None:
        super().__init__(str(why), hint=hint)
        self.why = why

    def __reduce__(self) -> tuple[object, ...]:
        """Come out of another process as it went in."""
        return _unmet_again, (self.why.key, dict(self.why.values), self.hint)


def _unmet_again(key: str, values: dict[str, str], hint: str) -> Unmet:
    return Unmet(why_not(key, **values), hint=hint)


def reason_of(error: EstimateError) -> Why:
    """Return the reason of an error; the words of an unknown one stay as the program says them."""
    if isinstance(error, Unmet):
        return error.why
    return why_not("estimate", said=str(error).splitlines()[0])
