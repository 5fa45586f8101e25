"""Everything that can go wrong, as a tree on one screen; and a count with its noun, for what they say.

Exit codes of the command line: 0 success, 1 an unexpected fault, 2 wrong usage, and one code
per kind of error below. Tens are rooms: 10 sources, 20 harmonize, 40 store, 30 estimate,
50 simulate, 60 plan, 70 publish.
"""


class SojournError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    problem : str
        What is wrong: the place (file, sheet, cell, row), what was found, what was expected.
    hint : str, optional
        What the reader can do next.
    """

    exit_code = 3
    #: The rule of ``docs/convention.md`` that it upholds; empty where none is numbered.
    rule = ""

    def __init__(self, problem: str, *, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(f"{problem}\nHint: {hint}" if hint else problem)

    def __reduce__(self) -> tuple[object, ...]:
        """Come out of another process as it went in: problem and hint apart."""
        return _made_again, (type(self), self.problem, self.hint)


def _made_again(kind: type[SojournError], problem: str, hint: str) -> SojournError:
    return kind(problem, hint=hint)


class Misasked(SojournError, ValueError):
    """A word that was asked with is not of its kind: a date that is none, a verb of no subject."""

    exit_code = 2


class NotInstalled(SojournError, ImportError):
    """An optional part is not installed; the message names the extra that brings it."""

    exit_code = 4


class SourceError(SojournError):
    """A publisher's file is not what its declaration says."""

    exit_code = 10


class ChecksumMismatch(SourceError):
    """The bytes differ from the declared edition."""

    exit_code = 11
    rule = "§6"


class LayoutChanged(SourceError):
    """A sheet, header or column is not where the layout says."""

    exit_code = 12
    rule = "§11"


class UnreadableFile(SourceError):
    """The bytes are not a complete table of the kind they claim to be."""

    exit_code = 13


class UnknownFile(SourceError):
    """No declared layout recognises the file."""

    exit_code = 14


class EditionUnclear(SourceError):
    """The file states no edition, or several."""

    exit_code = 15
    rule = "§6"


class BadDeclaration(SourceError):
    """A declaration (TOML) is incomplete or contradicts itself."""

    exit_code = 16
    rule = "§11"


class FetchFailed(SourceError):
    """A publisher's address did not deliver the file."""

    exit_code = 17


class HarmonizeError(SojournError):
    """A table cannot be turned into observations."""

    exit_code = 20


class UnknownArea(HarmonizeError):
    """A place is not in the area table of this edition."""

    exit_code = 21
    rule = "§3"


class StaleCorrection(HarmonizeError):
    """The publisher changed the number a correction was written for."""

    exit_code = 22
    rule = "§4"


class NotANumber(HarmonizeError):
    """A cell holds text where a number belongs."""

    exit_code = 23
    rule = "§4"


class ImpossibleValue(HarmonizeError):
    """A number that cannot be true: a negative stock, more migrants than people."""

    exit_code = 24
    rule = "§8"


class DuplicateKey(HarmonizeError):
    """Two rows give different values for one key."""

    exit_code = 25
    rule = "§1"


class ContractBroken(HarmonizeError):
    """Parts and totals, or men, women and both, disagree beyond what may be loaded."""

    exit_code = 26
    rule = "§8"


class UnknownIndicator(HarmonizeError):
    """No indicator of the vocabulary has this id or name."""

    exit_code = 27


class CoverageInDoubt(HarmonizeError):
    """An edition looks like a part, or unlike the one before, and nobody said that it is right."""

    exit_code = 28
    rule = "§7"


class EstimateError(SojournError):
    """An estimate could not be made."""

    exit_code = 30


class NotConverged(EstimateError):
    """An iteration ran out of sweeps."""

    exit_code = 31


class StoreError(SojournError):
    """The store cannot be read or written."""

    exit_code = 40


class StoreBusy(StoreError):
    """Another process is writing to the store."""

    exit_code = 41


class NoSuchObservation(StoreError):
    """Nothing in the store answers the question."""

    exit_code = 42


class SimulateError(SojournError):
    """A simulation could not be run."""

    exit_code = 50


class PlanError(SojournError):
    """A relocation could not be planned."""

    exit_code = 60


class SiteRefused(PlanError):
    """A table of a relocation site is not what its schema says; nothing is planned on it."""

    exit_code = 61


class PlanRefused(PlanError):
    """The independent audit found a hard rule broken; no plan is written."""

    exit_code = 62


class CustodyAlarm(PlanError):
    """Somebody has to be looked for now."""

    exit_code = 65


class PlanMismatch(PlanError):
    """The plan was made from other inputs than those given, or its files were changed."""

    exit_code = 63


class PlanSigned(PlanError):
    """The plan bears a signature already; another takes its place only where that is said."""

    exit_code = 66


class NoSuchCase(PlanError):
    """The site or the plan knows no such case, place, vehicle or trip."""

    exit_code = 64


class PublishError(SojournError):
    """A publication could not be made."""

    exit_code = 70


class UnknownFigure(PublishError):
    """No figure has this id."""

    exit_code = 71


class ForbiddenSum(PublishError):
    """Two quantities that must not be added."""

    exit_code = 72
    rule = "§9"


class LicenceForbids(PublishError):
    """The publisher's terms do not allow this redistribution."""

    exit_code = 73
    rule = "§12"


class DisclosureRisk(PublishError):
    """What would be published gives away a number that must be withheld; nothing is written."""

    exit_code = 74


class TableRefused(PublishError):
    """A table to be protected, or its hierarchy, contradicts itself."""

    exit_code = 75


class LedgerBroken(PublishError):
    """The memory of releases was edited or is not whole; the first broken entry is named."""

    exit_code = 76


class ForbiddenRatio(PublishError):
    """A ratio or a comparison of quantities of different concept or unit."""

    exit_code = 77
    rule = "§9"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count and what is counted, in the number that it asks for.

    Parameters
    ----------
    one, many : str
        What is said of one, and of any other count; ``many`` is ``one`` with an s where it is not given.

    Examples
    --------
    >>> counted(1, "place"), counted(2345, "place"), counted(0, "key is", "keys are")
    ('1 place', '2,345 places', '0 keys are')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
