"""Slips of a written plan as pages and papers, each language in files of its own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sojourn.errors import PlanMismatch, PublishError
from sojourn.relocation.lists.slip_paper import slips_html, slips_pdf
from sojourn.relocation.lists.slips import Slip, language_of, slip_words, slips
from sojourn.relocation.run.printed import remember
from sojourn.relocation.run.relocate import read_plan
from sojourn.relocation.site.private import add_private
from sojourn.relocation.site.read import read_site
from sojourn.terminal.one_line import OneLine

PEOPLE_A_FILE = 300  # a larger plan is printed in numbered parts


@dataclass(frozen=True)
class Printed(OneLine):
    """What was printed.

    Attributes
    ----------
    drafts : tuple of str
        Languages whose words no reader has signed.
    without_words : mapping of language to number
        People whose languages have no words, by their main one; their slips are in English.
    """

    written: tuple[Path, ...]
    people: int
    drafts: tuple[str, ...]
    without_words: dict[str, int]


def write_slips(
    site_folder: Path,
    plan_folder: Path,
    out: Path,
    *,
    call: str = "",
    people: Sequence[str] = (),
    language: str = "",
) -> Printed:
    """Write each person's slip, by language; where they will lie is remembered for a purge.

    Raises
    ------
    PlanMismatch
        The plan was made from other inputs.
    PublishError
        Nobody has a place, a language has no words, or a file cannot be written.
    """
    site, plan = read_site(site_folder), read_plan(plan_folder)
    if site.digest != plan.site_digest:
        raise PlanMismatch(f"{plan_folder}: made from other inputs", hint="name its own site")
    if not plan.manifest:
        raise PublishError("nobody has a seat in the plan", hint="there is nothing to print")
    if not call.isprintable() or len(call) > 120:
        raise PublishError("--call has a line break or more than 120 characters", hint="shorten it")
    made = slips(site, plan, call=call, people=people, language=language)
    parts: dict[str, list[Slip]] = {}
    for slip in made:
        parts.setdefault(slip.language, []).append(slip)
    files: dict[str, list[Slip]] = {}
    for code, alike in sorted(parts.items()):
        for start in range(0, len(alike), PEOPLE_A_FILE):
            number = f".{start // PEOPLE_A_FILE + 1}" if len(alike) > PEOPLE_A_FILE else ""
            files[f"slips.{code}{number}"] = alike[start : start + PEOPLE_A_FILE]
    remember(plan_folder, [out / f"{stem}.{kind}" for stem in files for kind in ("html", "pdf")])
    dated = plan.trips[0].day
    contents: dict[str, str | bytes] = {}
    for stem, some in files.items():
        contents[f"{stem}.html"] = slips_html(some)
        contents[f"{stem}.pdf"] = slips_pdf(some, dated)
    written = add_private(out, contents)
    told = {s.person for s in made}
    lacking = Counter(
        (p.languages or ("none noted",))[0]
        for p in site.persons
        if p.id in told and not language and language_of(p) is None
    )
    drafts = tuple(code for code in sorted(parts) if not slip_words(code)["reader"])
    return Printed(tuple(written), len(made), drafts, dict(sorted(lacking.items())))
