"""Headings: what they say, whatever their case, blanks and note marks, and which role they name."""

import re
from collections.abc import Mapping, Set
from functools import lru_cache

_NOTE_MARK = re.compile(r"\s*(?:\([a-z0-9]{1,2}\)|\[[a-z0-9]{1,2}\]|[*†‡]+)$")


@lru_cache(maxsize=1 << 16)
def heading(label: str) -> str:
    """Return what a heading says, whatever its case, its blanks and its note mark.

    Examples
    --------
    >>> heading("Type of Data (a)") == heading("Type of  data*")
    True
    """
    return _NOTE_MARK.sub("", " ".join(label.split())).casefold()


class Headings:
    """Heading (see `heading`) to the role it names in one layout."""

    def __init__(self, columns: Mapping[str, tuple[str, ...]]) -> None:
        self._known: dict[str, str] = {}
        self._roles: list[str] = []
        patterns: list[str] = []
        for role, labels in columns.items():
            for label in labels:
                if len(label) > 2 and label.startswith("/") and label.endswith("/"):
                    patterns.append(f"(?P<r{len(patterns)}>{label[1:-1]})")
                    self._roles.append(role)
                else:
                    self._known[heading(label)] = role
        self._form = re.compile("|".join(patterns), re.I) if patterns else None

    def named(self, labels: Set[str]) -> dict[str, str]:
        """Return the headings among many that name a role, with it."""
        if self._form is None:
            return {label: self._known[label] for label in self._known.keys() & labels}
        roles = ((label, self.role(label)) for label in labels)
        return {label: role for label, role in roles if role is not None}

    def role(self, label: str) -> str | None:
        """Return the role a heading names; None when it names none."""
        if (role := self._known.get(label)) is not None or self._form is None:
            return role
        found = self._form.fullmatch(label)
        if found is None or found.lastgroup is None:
            return None
        return next(
            self._roles[i] for i in range(len(self._roles)) if found.group(f"r{i}") is not None
        )
