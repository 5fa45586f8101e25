"""A replay that was interrupted goes on where it stopped: its plan and its runs so far.

They lie beside the folder to be, in a file that names the replay they are of; it goes when the folder
is whole.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sojourn.errors import PlanError
from sojourn.files import remove, write_whole
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.proposal.read import proposal_of
from sojourn.relocation.replay.outcome import Outcome
from sojourn.relocation.run.tables import plan_json

ENDING = ".resume.json"
EVERY = 5.0  # seconds between two writings


@dataclass
class Resumed:
    """What of a replay is done.

    Attributes
    ----------
    key : str
        Inputs, seed, runs and people of the replay.
    """

    path: Path
    key: str
    plan: Proposal | None = None
    outcomes: dict[tuple[str, int], tuple[Outcome, Outcome]] = field(default_factory=dict)
    written: float = 0.0

    def planned(self, make: Callable[[], Proposal]) -> Proposal:
        """Return the plan, made now or before the interruption."""
        if self.plan is None:
            self.plan = make()
            self.save()
        return self.plan

    def keep(self, name: str, run: int, both: tuple[Outcome, Outcome]) -> None:
        """Add the two outcomes of a run."""
        self.outcomes[name, run] = both
        if time.monotonic() - self.written > EVERY:
            self.save()

    def save(self) -> None:
        """Write what is done.

        Raises
        ------
        PlanError
            It cannot be written.
        """
        told = {
            "replay": self.key,
            "plan": None if self.plan is None else json.loads(plan_json(self.plan)),
            "outcomes": [
                [name, run, *(asdict(o) for o in both)]
                for (name, run), both in self.outcomes.items()
            ],
        }
        write_whole(self.path, json.dumps(told), error=PlanError, private=True)
        self.written = time.monotonic()

    def done(self) -> None:
        """Remove the file: the folder is whole."""
        if self.path.is_file() and not self.path.is_symlink():
            remove(self.path)


def resumed(out: Path, key: str) -> Resumed:
    """Return what an interrupted replay into the same folder has done; nothing where there is none.

    Raises
    ------
    PlanError
        The file beside the folder is of another replay, or of something else.
    """
    path = out.with_name(out.name + ENDING)
    if not path.exists() and not path.is_symlink():
        return Resumed(path, key)
    try:
        told: Any = json.loads(path.read_text("utf-8"))
        if told["replay"] != key:
            raise PlanError(
                f"{path}: of a replay with other inputs, seed, runs or people",
                hint="finish that one with the options it had, or remove the file",
            )
        plan = None if told["plan"] is None else proposal_of(told["plan"])
        outcomes = {
            (str(n), int(run)): (Outcome(**queue), Outcome(**ours))
            for n, run, queue, ours in told["outcomes"]
        }
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise PlanError(
            f"{path}: is no replay that was interrupted",
            hint="move it away, or name another folder",
        ) from None
    return Resumed(path, key, plan, outcomes)
