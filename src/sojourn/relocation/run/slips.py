"""Slips of a written plan as pages and papers, each language in files of its own."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from sojourn.errors import PlanMismatch, PublishError
from sojourn.relocation.lists.slip_paper import slips_html, slips_pdf
from sojourn.relocation.lists.slips import Slip, language_of, slip_words, slips
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.printed import remember
from sojourn.relocation.run.relocate import read_plan
from sojourn.relocation.site.private import add_private
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site
from sojourn.terminal.one_line import OneLine

PEOPLE_A_FILE = 300  # a larger plan is printed in numbered parts
_WHOSE = re.compile(r"<bdi>([^<]*)</bdi></header>")
_LINE = re.compile(r"<p>((?:(?!</p>).)*)</p></div></section>\s*</article>")
_MARKUP = re.compile(r"<[^>]*>|[\u2068\u2069]")


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


@dataclass(frozen=True)
class ReadSlips:
    """Slips as the tables and the plan have them, for the people whom a printed page names.

    Attributes
    ----------
    call : str
        Whom to call by that page; no table says.
    same : bool
        Whether the page says nothing else.
    """

    slips: tuple[Slip, ...]
    call: str
    same: bool


def read_slips(site: Site, plan: Proposal, page: Path) -> ReadSlips:
    """Make the slips of a printed page anew, and compare.

    Raises
    ------
    PublishError
        It names people without a seat, or its name a language without words.
    """
    text = page.read_text("utf-8")
    people = [unescape(p) for p in _WHOSE.findall(text)]
    line = _LINE.search(text)
    call = unescape(_MARKUP.sub("", line[1])) if line else ""
    language = page.name.split(".")[1]
    made = slips(site, plan, call=call, people=people, language=language) if people else ()
    return ReadSlips(made, call, bool(made) and slips_html(made) == text)


def is_paper_of(plan: Proposal, found: ReadSlips, path: Path) -> bool:
    """Whether a paper holds these slips and nothing else."""
    return path.read_bytes() == slips_pdf(found.slips, plan.trips[0].day)
