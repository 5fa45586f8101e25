"""The signer's pages: what a plan says in numbers, its audit, and a signature; nobody is named."""

from starlette.responses import Response

from sojourn.errors import Misasked, PlanError, PlanMismatch, PlanRefused, counted
from sojourn.files import scratch
from sojourn.relocation.custody.declined import declined
from sojourn.relocation.desk.asked import Asked
from sojourn.relocation.desk.roles import Role, known_keys, role_of
from sojourn.relocation.run.devices import known_devices
from sojourn.relocation.run.relocate import audit_plan, summary
from sojourn.relocation.run.sign import SHORT, sign_plan, signature_of


def plan(asked: Asked, said: str = "", *, bad: bool = False) -> Response:
    """Show the plan to the person who signs."""
    w, held = asked.words, asked.held
    if held.plan_folder is None:
        told = said or w["no_plan"]
        return asked.page("home.html", w["plan"], links=[], tables=[], said=told, bad=True)
    checks, proposal = audit_plan(held.folder, held.plan_folder, papers=False)
    if stale := _declined_since(asked):
        said, bad = (
            f"{said} {w['not_coming']}: {asked.number(len(stale))}. {w['plan_again']}".strip(),
            True,
        )
    numbers = summary(proposal)
    keys = ("assigned", "unplaced", "out_of_plan", "trips")
    signature, by = None, ""
    signed = w["unsigned"]
    try:
        if not any(c.violations for c in checks):
            signature = signature_of(held.folder, held.plan_folder)
    except PlanMismatch:  # one lies there that is of another plan: told, and it can be replaced
        signed, by, bad = w["signature_of_another"], w["somebody"], True
    if signature:
        short = signature.digest[:SHORT]
        known = known_keys(held.ledger.path).get(signature.key) is Role.SIGNER
        word = w["signed" if known else "signed_otherwise"]
        signed, by = word.format(by=signature.by, at=signature.at, digest=short), signature.by
    return asked.page(
        "plan.html",
        w["plan"],
        facts=[(key, asked.number(numbers[key])) for key in keys],
        checks=[(c.rule, asked.number(c.checked), asked.number(len(c.violations))) for c in checks],
        signed=signed,
        by=by,
        said=said,
        bad=bad,
    )


def _declined_since(asked: Asked) -> list[str]:
    """Return the cases that declined by a signed event and that the plan moves."""
    path = asked.held.ledger.path
    said = declined(asked.held.ledger.events, known_devices(path))
    return sorted(said & {seat.case_id for seat in asked.held.seats.values()})


def sign(asked: Asked) -> Response:
    """Sign the plan with the key that was handed in, which has to be the signer's."""
    held, name = asked.held, asked.text("name")
    pem = (asked.fields.get("key", b"").strip() or asked.fields.get("text", b"")).decode(
        "utf-8", "replace"
    )
    if held.plan_folder is None:
        raise PlanError("no plan was named", hint="start the desk with --plan PLAN")
    if not name:
        raise Misasked("a plan is signed by a named person")
    if role_of(known_keys(held.ledger.path), pem) is not Role.SIGNER:
        raise Misasked("this is not the signer's key")
    if stale := _declined_since(asked):
        raise PlanRefused(
            f"{counted(len(stale), 'case')} declined since by a signed event, and the plan still moves them",
            hint="plan again with this ledger: sojourn relocate replan",
        )
    with scratch() as inside:
        inside.write("signer.key", pem.strip() + "\n")
        own, replace = inside.path / "signer.key", bool(asked.text("replace"))
        sign_plan(held.folder, held.plan_folder, own, name, replace=replace)
    return plan(asked)
