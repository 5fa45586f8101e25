"""A named person signs what was audited: the digests of the inputs and the plan, with nothing found."""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sojourn.errors import PlanMismatch, PlanRefused, counted
from sojourn.files import write_whole
from sojourn.relocation.custody.chain import new_key, public_of, sign, verifies
from sojourn.relocation.run.relocate import audit_plan
from sojourn.relocation.run.written import plan_digest
from sojourn.relocation.site.seal import plain_bytes
from sojourn.terminal.one_line import OneLine

SIGNATURE = "signature.json"
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
    checks, proposal = audit_plan(site, plan)
    broken = sum(len(c.violations) for c in checks)
    if broken:
        raise PlanRefused(counted(broken, "violation"), hint="this plan must not be signed")
    rules = ",".join(c.rule for c in checks if c.checked)
    plan_text = plain_bytes(plan / "plan.json").decode()
    said = f"{proposal.site_digest}\n{plan_digest(plan_text)}\n{rules}"
    return hashlib.sha256(said.encode()).hexdigest()


def sign_plan(site: Path, plan: Path, key: Path, name: str) -> Signature:
    """Audit a plan and sign the digest of what was audited; the signature lies with the plan.

    Parameters
    ----------
    key : Path
        Private key (PEM); made when it is not there.

    Raises
    ------
    PlanMismatch, PlanRefused
        The plan is of other inputs, a rule is broken, or the key is none.
    """
    digest = audited_digest(site, plan)
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
    try:
        found = Signature(**json.loads(path.read_text("utf-8")))
        sound = verifies(found.key, found.signature, found.text)
    except (OSError, ValueError, TypeError, RecursionError):
        sound, found = False, None
    if found is None or not sound or found.digest != audited_digest(site, plan):
        raise PlanMismatch(
            f"{path}: is no signature of this plan", hint="sign what was audited: relocate sign"
        )
    return found
