"""One request, once it is known who asks: what every answer is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from babel.numbers import format_decimal
from starlette.responses import HTMLResponse, Response

from sojourn.relocation.desk.held import Held
from sojourn.relocation.desk.pages import page, words_of
from sojourn.relocation.desk.roles import Role


@dataclass(frozen=True)
class Asked:
    """Who asks for what.

    Attributes
    ----------
    fields : mapping of str to bytes
        Of the form, or of the query.
    """

    held: Held
    role: Role
    language: str
    csrf: str
    fields: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def words(self) -> Mapping[str, str]:
        """The words of the language."""
        return words_of(self.language)

    def number(self, count: int) -> str:
        """Return a count as the language writes it."""
        return str(format_decimal(count, locale=self.language))

    def text(self, name: str) -> str:
        """Return a field as text without what cannot be printed; empty where it is absent."""
        given = self.fields.get(name, b"").decode("utf-8", "replace")
        return "".join(c for c in given.strip() if c.isprintable())

    def page(self, template: str, title: str, status: int = 200, **given: Any) -> Response:
        """Return a page."""
        shown = page(
            template,
            self.language,
            role=self.role.value,
            csrf=self.csrf,
            synthetic=self.held.site.rules.operation.synthetic,
            title=title,
            **given,
        )
        return HTMLResponse(shown, status)
