"""A named person signs what was audited: the digests of the inputs and the plan, with nothing found."""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sojourn.errors import PlanMismatch, PlanRefused, PlanSigned, counted
from sojourn.files import write_whole
from sojourn.relocation.custody.chain import new_key, public_of, sign, verifies
from sojourn.relocation.run.relocate import audit_plan
from sojourn.relocation.run.written import SIGNATURE, plan_digest
from sojourn.relocation.site.seal import plain_bytes
from sojourn.terminal.one_line import OneLine

SHORT = 12  # characters of a digest that lists carry


@dataclass(frozen=True, slots=True)
class Signature(OneLine):
    """Who signed which digest of an audited plan.

    Attributes
    ----------
    digest : str
        Of the inputs' digest, the plan's and the rules that were checked.
    by, at : str
        Name, and time with its offset.
    key, signature : str
        Ed25519, hexadecimal.
    """

    digest: str
    by: str
    at: str
    key: str
    signature: str

    @property
    def text(self) -> str:
        """Return what is signed."""
        return f"{self.digest}\n{self.by}\n{self.at}"


def audited_digest(site: Path, plan: Path) -> str:
    """Audit a plan, and return the digest of what was audited.

    Raises
    ------
    PlanMismatch
        The plan was made from other inputs.
    PlanRefused
        A rule is broken: it must not be signed.
    """
    checks, proposal = audit_plan(site, plan, papers=False)  # papers are not signed
    broken = sum(len(c.violations) for c in checks)
    if broken:
        raise PlanRefused(counted(broken, "violation"), hint="this plan must not be signed")
    rules = ",".join(c.rule for c in checks if c.checked)
    plan_text = plain_bytes(plan / "plan.json").decode()
    said = f"{proposal.site_digest}\n{plan_digest(plan_text)}\n{rules}"
    return hashlib.sha256(said.encode()).hexdigest()


def sign_plan(site: Path, plan: Path, key: Path, name: str, *, replace: bool = False) -> Signature:
    """Audit a plan and sign the digest of what was audited; the signature lies with the plan.

    Parameters
    ----------
    key : Path
        Private key (PEM); made when it is not there.
    replace : bool
        Take the place of the signature that the plan bears.

    Raises
    ------
    PlanMismatch, PlanRefused
        The plan is of other inputs, a rule is broken, or the key is none.
    PlanSigned
        It is signed already, and ``replace`` does not say so.
    """
    digest = audited_digest(site, plan)
    if not replace:
        _refuse_signed(plan, digest)
    if not os.path.lexists(key):
        write_whole(key, new_key(), error=PlanMismatch, durable=True, private=True)
    try:
        pem = key.read_text("utf-8")
        public = public_of(pem)
    except (OSError, ValueError):
        raise PlanMismatch(f"{key}: holds no Ed25519 key", hint="name the key file") from None
    at = datetime.now(UTC).replace(microsecond=0).isoformat()
    bare = Signature(digest, name, at, public, "")
    done = Signature(digest, name, at, public, sign(pem, bare.text))
    content = {n: getattr(done, n) for n in ("digest", "by", "at", "key", "signature")}
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_whole(plan / SIGNATURE, text, error=PlanMismatch, private=True)
    return done


def _refuse_signed(plan: Path, digest: str) -> None:
    """Refuse to sign a plan that somebody has signed: a decision does not change hands unsaid."""
    path = plan / SIGNATURE
    if not os.path.lexists(path):
        return
    found = _sound(path)
    held = f"{path} is there and is no signature of this plan"
    if found is not None and found.digest == digest:
        held = f"{plan} is signed by {found.by} at {found.at}, with key {found.key[:SHORT]}"
    raise PlanSigned(held, hint="ask them; --replace puts yours in its place, and theirs is gone")


def _sound(path: Path) -> Signature | None:
    """Return a signature whose key made it; None where the file holds none."""
    try:
        found = Signature(**json.loads(path.read_text("utf-8")))
        return found if verifies(found.key, found.signature, found.text) else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def signature_of(site: Path, plan: Path) -> Signature | None:
    """Return the signature of a plan; None when it bears none.

    Raises
    ------
    PlanMismatch
        It is not of this plan, or was changed.
    """
    path = plan / SIGNATURE
    if not path.is_file():
        return None
    found = _sound(path)
    if found is None or found.digest != audited_digest(site, plan):
        raise PlanMismatch(
            f"{path}: is no signature of this plan",
            hint="sign what was audited: relocate sign --replace",
        )
    return found
