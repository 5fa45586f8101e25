"""Who belongs to which group, by classification and vintage.

A group is what its classification of one vintage lists, nothing else: UN DESA moved countries
between development groups from revision to revision, and the World Bank revises income classes
every July. Classifications whose terms do not allow redistribution are not shipped; they are read
from the publisher's own file and added with `Classification.of`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

from sojourn.errors import HarmonizeError
from sojourn.vocab.table import rows_of


@dataclass(frozen=True, slots=True)
class Member:
    """One area in one group; ``scheme`` says by what kind of division."""

    scheme: str
    group_id: str
    member_id: str


@dataclass(frozen=True, slots=True)
class Classification:
    """The groups of one classification in one vintage.

    Attributes
    ----------
    name : str
        For instance ``undesa.ims``.
    vintage : str
        ISO date of the edition it belongs to.
    groups : mapping of str to tuple of str
        Area ids of the members by area id of the group.
    schemes : mapping of str to tuple of str
        Kinds of division by group: ``geographic_region``, ``development_group``,
        ``income_group`` ...; a group can serve two (927 is a subregion and an SDG region).
    """

    name: str
    vintage: str
    groups: Mapping[str, tuple[str, ...]]
    schemes: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, name: str, vintage: str, found: Iterable[Member]) -> "Classification":
        """Return the classification that a publisher's annex states.

        Examples
        --------
        >>> annex = [Member("development group", "901", "276")]
        >>> Classification.of("undesa.ims", "2015-12-01", annex).members("901")
        ('276',)
        """
        groups: dict[str, dict[str, None]] = {}
        schemes: dict[str, dict[str, None]] = {}
        for member in found:
            groups.setdefault(member.group_id, {})[member.member_id] = None
            schemes.setdefault(member.group_id, {})[member.scheme] = None
        return cls(
            name,
            vintage,
            MappingProxyType({group: tuple(ids) for group, ids in groups.items()}),
            MappingProxyType({group: tuple(kinds) for group, kinds in schemes.items()}),
        )

    def members(self, group_id: str) -> tuple[str, ...]:
        """Return the members of a group.

        Raises
        ------
        HarmonizeError
            The classification has no such group in this vintage.
        """
        try:
            return self.groups[group_id]
        except KeyError:
            raise HarmonizeError(
                f"{self.name}@{self.vintage} has no group {group_id!r}",
                hint=f"its groups are {', '.join(sorted(self.groups)) or 'none'}",
            ) from None


@cache
def _shipped() -> Mapping[tuple[str, str], Classification]:
    found: dict[tuple[str, str], list[Member]] = {}
    for classification, vintage, scheme, group_id, ids in rows_of("memberships.csv"):
        rows = found.setdefault((classification, vintage), [])
        rows += [Member(scheme, group_id, member_id) for member_id in ids.split()]
    return {key: Classification.of(*key, rows) for key, rows in found.items()}


def shipped() -> tuple[tuple[str, str], ...]:
    """Return name and vintage of the classifications shipped with the package."""
    return tuple(sorted(_shipped()))


def classification(name: str, vintage: str) -> Classification:
    """Return a shipped classification.

    Raises
    ------
    HarmonizeError
        It is not shipped in this vintage; the hint says which are.
    """
    try:
        return _shipped()[name, vintage]
    except KeyError:
        known = ", ".join(f"{n}@{v}" for n, v in shipped())
        raise HarmonizeError(
            f"the classification {name}@{vintage} is not shipped",
            hint=f"load the publisher's file that holds it; shipped are {known}",
        ) from None


def members(name: str, vintage: str) -> list[tuple[str, str]]:
    """Return pairs of group and member of a shipped classification; none if it is not shipped."""
    if (name, vintage) not in _shipped():
        return []
    return [
        (group, member)
        for group, ids in classification(name, vintage).groups.items()
        for member in ids
    ]


# ------------------------------------------------------------------------- income classes


@dataclass(frozen=True, slots=True)
class IncomeClass:
    """The World Bank's class of an economy in one fiscal year.

    ``income_class`` is ``L``, ``LM``, ``UM`` or ``H``; ``fiscal_year`` 2017 (FY17) rests on GNI
    per capita of ``data_year`` 2015 and was in force from 1 July 2016 to 30 June 2017.
    """

    iso3: str
    fiscal_year: int
    income_class: str

    @property
    def data_year(self) -> int:
        """Calendar year of the GNI per capita behind the class."""
        return self.fiscal_year - 2

    @property
    def in_force(self) -> tuple[date, date]:
        """First and last day of the fiscal year."""
        return date(self.fiscal_year - 1, 7, 1), date(self.fiscal_year, 6, 30)


@cache
def _income() -> Mapping[tuple[str, int], str]:
    table = {}
    for iso3, first, classes in rows_of("income_class.csv"):
        for offset, letter in enumerate(classes.split()):
            if letter != "..":
                table[iso3, int(first) + offset] = letter
    return table


def fiscal_years() -> range:
    """Return the fiscal years of the table, 1989 (FY89) onwards."""
    years = [year for _, year in _income()]
    return range(min(years), max(years) + 1)


def income_class(iso3: str, fiscal_year: int) -> IncomeClass | None:
    """Return the World Bank income class of an economy in a fiscal year.

    Parameters
    ----------
    iso3 : str
        Code of the economy as in the area table.
    fiscal_year : int
        The year in which the World Bank's fiscal year ends, 2017 for FY17.

    Returns
    -------
    IncomeClass or None
        ``None`` where the World Bank did not classify the economy in that year.

    Raises
    ------
    HarmonizeError
        The table does not cover the fiscal year.

    Examples
    --------
    >>> income_class("IND", 2017).income_class
    'LM'
    """
    if fiscal_year not in fiscal_years():
        years = fiscal_years()
        raise HarmonizeError(
            f"no World Bank income classes for fiscal year {fiscal_year}",
            hint=f"the table covers {years[0]} to {years[-1]}",
        )
    letter = _income().get((iso3, fiscal_year))
    return IncomeClass(iso3, fiscal_year, letter) if letter else None
