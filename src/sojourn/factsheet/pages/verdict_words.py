"""A published statement beside our number, in the words of a language."""

from sojourn.factsheet.figures.comparison import (
    CANNOT,
    EXACT,
    NEEDS,
    REVISED,
    ROUNDING,
    Published,
    Verdict,
)
from sojourn.factsheet.figures.declared_others import ChangeOf
from sojourn.factsheet.figures.difference import Difference, difference, relative
from sojourn.factsheet.figures.figure import FigureValue, figure
from sojourn.factsheet.figures.printed_series import Printing, printing
from sojourn.factsheet.figures.statement import statements
from sojourn.factsheet.pages.document import Page
from sojourn.factsheet.pages.place_names import whole_name
from sojourn.publish import Catalogue, Change, RichText

_VERDICT = {
    EXACT: "exact",
    ROUNDING: "within_rounding",
    REVISED: "revised",
    NEEDS: "needs",
    CANNOT: "cannot",
}


def changes_head(words: Catalogue) -> tuple[str, str, str, str, str, str]:
    """Return the headings of a table of changes."""

    def head(key: str) -> str:
        return words.text(f"changes.{key}")

    return (
        head("figure"),
        head("then"),
        head("now"),
        head("difference"),
        head("verdict"),
        head("reason"),
    )


def figure_name(page: Page, value: FigureValue) -> str:
    """Return the name of a figure, with its area and sex where they are not the world and both."""
    return named(page, value.figure_id, value.area, value.time_period, value.sex)


def named(page: Page, figure_id: str, area: str, time_period: str, sex: str) -> str:
    """Return the name of what is counted; the period where it is not the page's year.

    Two numbers never have one name; what a figure's own name says is not said twice.
    """
    words = page.words
    name = words.text(f"figure.{figure_id}")
    alone = len(_areas(figure_id)) == 1  # its name says where
    groups = figure(figure_id).op == "groups"  # and here from where to where
    if area != "900" and not alone and not groups:
        name += f", {whole_name(words, area)}"
    if sex != "_T" and figure(figure_id).sexes != (sex,):
        name += f", {words.text(f'sex.{sex}')}"
    return name if time_period == page.year else f"{name}, {words.period(time_period)}"


def _areas(figure_id: str) -> tuple[str, ...]:
    """Return the areas that a figure declares, itself or by the figure it follows from."""
    declared = figure(figure_id)
    return declared.areas or (_areas(declared.of) if isinstance(declared, ChangeOf) else ())


def difference_words(page: Page, found: Difference, digits: int = 1) -> str:
    """Return a difference with its sign, in the unit that it carries.

    ``digits``: decimals of the numbers it is printed beside.
    """
    return page.words.change(found.size, found.unit, digits)


def verdict_row(page: Page, found: Verdict) -> Change:
    """Return one published statement beside our number, with the verdict and its evidence."""
    words = page.words
    difference: RichText = (
        ("—",) if found.difference is None else (difference_words(page, found.difference),)
    )
    verdict = "as_worded" if found.as_worded else _VERDICT[found.verdict]
    return Change(
        figure=figure_name(page, found.ours),
        then=(_printed(page, found.published),),
        now=(page.number(found.ours),),
        difference=difference,
        verdict=words.text(f"verdict.{verdict}"),
        reason=_why(page, found),
    )


def _printed(page: Page, published: Published) -> str:
    """Return a statement's number as IOM worded it; a dash for a statement without one."""
    made = printing(published)
    return "—" if made is None else printed_words(page.words, made)


def printed_words(words: Catalogue, made: Printing) -> str:
    """Return a printed number with its qualifier, in the digits it was printed to."""
    number = words.printed(made.value, made.unit, made.precision)
    if not made.qualifier:
        return number
    key = made.qualifier.replace(" ", "_")
    return words.text(f"qualifier.{key}", value=number)


def _why(page: Page, found: Verdict) -> RichText:
    """Return the evidence of a verdict in the language of the page, with the month of printing."""
    words, evidence = page.words, found.evidence
    month = words.month(found.published.published_on)
    because = f"because.{found.ours.figure_id}"
    if found.ours.value is not None and because in statements() and (said := page.say(because)):
        return said
    if found.verdict == NEEDS and evidence is not None:
        editions = " + ".join(dict.fromkeys(evidence.edition.split(" + ")))
        return words.rich("changes.needs_edition", year=month, edition=editions)
    if found.verdict == CANNOT and evidence is not None:
        value = page.number(evidence, exact=True)
        return words.rich("changes.cannot", month=month, edition=evidence.edition, value=value)
    return (f"{month}{words.text('page.colon')} ", *_shown(page, found))


def _revision(words: Catalogue, now: FigureValue, then: FigureValue) -> str:
    """Return how far a number was revised: in per cent of it; of a share or of few, in its unit."""
    share, found = relative(then, now), difference(then, now)
    if share is None:
        return words.change(found.size, found.unit)
    return words.change(share, "PERCENT")


def _shown(page: Page, found: Verdict) -> RichText:
    """Return which edition gave or gives a statement, or why none can."""
    words, ours, evidence = page.words, found.ours, found.evidence
    if found.verdict == REVISED and evidence is not None and evidence.value is not None:
        if ours.value is None:
            return (
                f"{evidence.edition}{words.text('page.colon')} ",
                page.number(evidence),
                words.listed(["", words.reason(ours.reason)]),
            )
        change = _revision(words, ours, evidence)
        return (
            f"{evidence.edition}{words.text('page.colon')} ",
            page.number(evidence),
            f" → {ours.edition} ({change})",
        )
    if f"why.{ours.figure_id}" in words.messages:
        return words.rich(f"why.{ours.figure_id}")
    if found.verdict in (EXACT, ROUNDING):
        return (ours.edition,)
    return (words.reason(ours.reason or found.reason),)
