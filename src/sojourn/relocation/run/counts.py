"""Read counts of a site, the packaged ones of Calais or a user's own, and compare them."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sojourn.errors import SiteRefused
from sojourn.relocation.counts.checks import Answer, answer_checks
from sojourn.relocation.counts.counts import Count, Net, changes, read_counts, rivals
from sojourn.relocation.counts.indicators import Indicator, quantities_of, read_quantities, weigh
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.table import read_bytes
from sojourn.terminal.one_line import OneLine

CALAIS = ("calais.csv", "calais.toml")


@dataclass(frozen=True)
class Compared(OneLine):
    """Counts side by side.

    Attributes
    ----------
    rivals : list
        Lowest, highest and the counts of one scope, group and month.
    changes : list of Net
        From each count of a publisher to its next, like with like.
    answers : tuple of Answer
        To the comparisons that the files declare.
    """

    counts: tuple[Count, ...]
    rivals: list[tuple[float, float, tuple[Count, ...]]]
    changes: list[Net]
    answers: tuple[Answer, ...]


def compare(paths: Sequence[Path]) -> Compared:
    """Read counts (CSV or TOML) and the comparisons declared in TOML files.

    Parameters
    ----------
    paths : sequence of Path
        Without any, the published counts of Calais, 2015-16.

    Raises
    ------
    SiteRefused
        A file cannot be read, a count lacks its scope or source, or two counts have one id.
    """
    texts = [(p.name, text_of(p)) for p in paths] or [
        (n, files("sojourn.relocation.counts").joinpath(n).read_text("utf-8")) for n in CALAIS
    ]
    counts = tuple(c for name, text in texts for c in read_counts(text, where=name))
    if not counts:
        raise SiteRefused(
            f"{', '.join(name for name, _ in texts)}: no counts",
            hint="CSV rows, or one [[count]] each",
        )
    ids = [c.id for c in counts]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise SiteRefused(f"{twice[0]!r}: two counts of one id", hint="each count once")
    answers = tuple(
        a
        for name, text in texts
        if not name.endswith(".csv")
        for a in answer_checks(text, counts, where=name)
    )
    return Compared(counts, rivals(counts), changes(counts), answers)


def indicators(path: Path | None, site: Path | None = None) -> tuple[Indicator, ...]:
    """Weigh stated quantities, and those a site's tables hold, against published standards.

    Parameters
    ----------
    path : Path, optional
        TOML, one ``name = number`` a line; what it states goes before what the site says.
    site : Path, optional
        A site, whose people and places by kind are counted.

    Raises
    ------
    SiteRefused
        Nothing is named, a file cannot be read, or a quantity is unknown or no number.
    """
    if path is None and site is None:
        raise SiteRefused("no quantities", hint="name a TOML file, or a site with --site")
    stated = {} if site is None else quantities_of(read_site(site))
    if path is not None:
        stated |= read_quantities(text_of(path), where=path.name)
    return weigh(stated)


def text_of(path: Path) -> str:
    """Return a file's text, or say why it has none."""
    text, fault = read_bytes(path, path.name)
    if fault:
        raise SiteRefused(str(fault), hint=fault.hint or "name a CSV or TOML file")
    return text
